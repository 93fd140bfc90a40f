//! Waivers: guardrails and warnings that a config, or an environment, sets aside until a day, and waivers that no longer
//! make sense.

use std::collections::BTreeSet;

use crate::{
    config::Waiver,
    diagnostic::{
        Problem, Span,
        rule::{self, Rule},
    },
    model::{Database, Environment, Origin},
    terraform::drift,
    text::{date::Date, suggest},
};

/// Drops the problems that are waived, and adds those of the waivers themselves.
#[must_use]
pub fn apply(database: &Database, problems: Vec<Problem>, today: Date) -> Vec<Problem> {
    if database.waivers.value.is_empty() {
        return problems;
    }
    let mut broken: BTreeSet<_> = problems.iter().map(|problem| problem.rule.code).collect();
    if database.environment.lacks_users() {
        // Said of the environment, of which it takes this database out.
        broken.insert(rule::MASTER_IN_PODS.code);
    }
    if !database.environment.upgrades.waves.is_empty() {
        // Said of the fleet, from the edit on that the waiver is for.
        broken.insert(rule::POLICY_UPGRADE_WAVE.code);
    }
    let bounds = Bounds {
        waivable: Rule::is_waivable,
        of: "",
        ended: &rule::WAIVER_EXPIRED,
        today,
    };
    let span = |below: &str| database.span_below(Origin::Config("waivers"), below);
    set_aside(&database.waivers.value, problems, &broken, &bounds, span)
}

/// The same for what is said of an environment as a whole.
#[must_use]
pub fn apply_to_environment(
    environment: &Environment,
    problems: Vec<Problem>,
    today: Date,
) -> Vec<Problem> {
    let mut broken: BTreeSet<_> = problems.iter().map(|problem| problem.rule.code).collect();
    if environment.lacks_users() {
        // Of the next database, too, when there is none yet.
        broken.insert(rule::MASTER_IN_PODS.code);
    }
    let bounds = Bounds {
        waivable: |rule| {
            rule::OF_ENVIRONMENTS
                .iter()
                .any(|one| one.code == rule.code)
        },
        of: " for a whole environment",
        // The warning is back; a day that passes is no reason to stop every team.
        ended: &rule::WAIVER_UNUSED,
        today,
    };
    let span = |below: &str| environment.span(&format!("waivers{below}"));
    set_aside(&environment.spec.waivers, problems, &broken, &bounds, span)
}

/// Whether a config waives a rule on a day.
#[must_use]
pub fn holds(database: &Database, rule: &Rule, today: Date) -> bool {
    let holds = |waiver: &Waiver| waiver.rule == rule.code && today <= waiver.expires;
    database.waivers.value.iter().any(holds)
}

/// What waivers at a place can do.
struct Bounds {
    /// Whether they can set a rule aside.
    waivable: fn(&Rule) -> bool,
    /// Whose they are, as the end of a sentence.
    of: &'static str,
    /// What is broken by one whose last day has passed.
    ended: &'static Rule,
    today: Date,
}

fn set_aside(
    waivers: &[Waiver],
    problems: Vec<Problem>,
    broken: &BTreeSet<&str>,
    bounds: &Bounds,
    span: impl Fn(&str) -> Span,
) -> Vec<Problem> {
    let mut waived = BTreeSet::new();
    let mut about = Vec::new();
    for (index, waiver) in waivers.iter().enumerate() {
        match judge(waiver, broken, bounds) {
            Ok(rule) => waived.extend(rule.map(|rule| rule.code)),
            Err(objection) => {
                let span = span(&format!("/{index}/{}", objection.key));
                let problem = Problem::new(objection.rule, span, objection.message);
                about.push(problem.help(objection.help));
            }
        }
    }
    let kept = problems
        .into_iter()
        .filter(|problem| !waived.contains(problem.rule.code));
    kept.chain(about).collect()
}

/// What is wrong with a waiver.
struct Objection {
    rule: &'static Rule,
    /// The key of the waiver that is wrong.
    key: &'static str,
    message: String,
    help: String,
}

fn judge(
    waiver: &Waiver,
    broken: &BTreeSet<&str>,
    bounds: &Bounds,
) -> Result<Option<&'static Rule>, Objection> {
    let code = &waiver.rule;
    let waivable: Vec<_> = rule::ALL
        .iter()
        .filter(|rule| (bounds.waivable)(rule))
        .map(|rule| rule.code)
        .collect();
    // What somebody changes in AWS is no matter of a config: `drift` holds such a waiver against what it finds.
    let drift = drift::table::find(code);
    let object = |rule, key, message, help: String| {
        Err(Objection {
            rule,
            key,
            message,
            help,
        })
    };
    if drift.is_none() && waiver.of.is_some() {
        let message = "only a waiver of drift is about one resource".to_owned();
        let help = "take `of` out".to_owned();
        return object(&rule::WAIVER_NOT_ALLOWED, "of", message, help);
    }
    if drift.is_some() {
        if bounds.today <= waiver.expires {
            return Ok(None);
        }
        let message = format!("the waiver of `{code}` ended on {}", waiver.expires);
        let help = "undo the change in AWS or write it into the config, and remove the waiver; or agree on a new day";
        // Nothing breaks a rule here: what it waived counts again where it is found.
        return object(&rule::WAIVER_UNUSED, "expires", message, help.to_owned());
    }
    let Some(found) = rule::find(code) else {
        let message = format!("there is no rule `{code}`");
        let lead = "the rules that can be waived are";
        let known = drift::table::rules().map(|rule| rule.code);
        let known: Vec<_> = waivable.iter().copied().chain(known).collect();
        let help = match suggest::question(code, &known) {
            Some(question) => question,
            None => suggest::question_or_list(code, &waivable, lead),
        };
        return object(&rule::WAIVER_UNKNOWN_RULE, "rule", message, help);
    };
    if !(bounds.waivable)(found) {
        let message = format!("`{code}` cannot be waived{}", bounds.of);
        let help = format!("the rules that can be are {}", suggest::list(&waivable));
        return object(&rule::WAIVER_NOT_ALLOWED, "rule", message, help);
    }
    if bounds.today > waiver.expires {
        let message = format!("the waiver of `{code}` ended on {}", waiver.expires);
        let help = "follow the rule and remove the waiver, or agree on a new day";
        return object(bounds.ended, "expires", message, help.to_owned());
    }
    if !broken.contains(code.as_str()) {
        let message = format!("nothing here breaks `{code}`");
        let help = "remove the waiver".to_owned();
        return object(&rule::WAIVER_UNUSED, "rule", message, help);
    }
    Ok(Some(found))
}

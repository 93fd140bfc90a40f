//! Waivers: guardrails and warnings that a config sets aside until a day, and waivers that no longer make sense.

use std::collections::BTreeSet;

use crate::{
    config::Waiver,
    diagnostic::{
        Problem,
        rule::{self, Rule},
    },
    model::{Database, Origin},
    text::{date::Date, suggest},
};

/// Drops the problems that are waived, and adds those of the waivers themselves.
#[must_use]
pub fn apply(database: &Database, problems: Vec<Problem>, today: Date) -> Vec<Problem> {
    let broken: BTreeSet<_> = problems.iter().map(|problem| problem.rule.code).collect();
    let mut waived = BTreeSet::new();
    let mut about = Vec::new();
    for (index, waiver) in database.waivers.value.iter().enumerate() {
        match judge(waiver, &broken, today) {
            Ok(rule) => {
                waived.insert(rule.code);
            }
            Err(objection) => {
                let below = format!("/{index}/{}", objection.key);
                let span = database.span_below(Origin::Config("waivers"), &below);
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
    today: Date,
) -> Result<&'static Rule, Objection> {
    let code = &waiver.rule;
    let waivable: Vec<_> = rule::ALL
        .iter()
        .filter(|rule| rule.is_waivable())
        .map(|rule| rule.code)
        .collect();
    let object = |rule, key, message, help: String| {
        Err(Objection {
            rule,
            key,
            message,
            help,
        })
    };
    let Some(found) = rule::find(code) else {
        let message = format!("there is no rule `{code}`");
        let lead = "the rules that can be waived are";
        let help = suggest::question_or_list(code, &waivable, lead);
        return object(&rule::WAIVER_UNKNOWN_RULE, "rule", message, help);
    };
    if !found.is_waivable() {
        let message = format!("`{code}` cannot be waived");
        let help = format!("the rules that can be are {}", suggest::list(&waivable));
        return object(&rule::WAIVER_NOT_ALLOWED, "rule", message, help);
    }
    if today > waiver.expires {
        let message = format!("the waiver of `{code}` ended on {}", waiver.expires);
        let help = "follow the rule and remove the waiver, or agree on a new day";
        return object(&rule::WAIVER_EXPIRED, "expires", message, help.to_owned());
    }
    if !broken.contains(code.as_str()) {
        let message = format!("nothing here breaks `{code}`");
        let help = "remove the waiver".to_owned();
        return object(&rule::WAIVER_UNUSED, "rule", message, help);
    }
    Ok(found)
}

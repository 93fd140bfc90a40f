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
    for (index, waiver) in database.waivers.iter().enumerate() {
        match judge(waiver, &broken, today) {
            Ok(rule) => {
                waived.insert(rule.code);
            }
            Err((rule, key, message, help)) => {
                let span =
                    database.span_below(Origin::Config("waivers"), &format!("/{index}/{key}"));
                about.push(Problem::new(rule, span, message).help(help));
            }
        }
    }
    let kept = problems
        .into_iter()
        .filter(|problem| !waived.contains(problem.rule.code));
    kept.chain(about).collect()
}

type Objection = (&'static Rule, &'static str, String, String);

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
    let Some(found) = rule::find(code) else {
        let help = match suggest::nearest(code, &waivable) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "the rules that can be waived are {}",
                suggest::list(&waivable)
            ),
        };
        return Err((
            &rule::WAIVER_UNKNOWN_RULE,
            "rule",
            format!("there is no rule `{code}`"),
            help,
        ));
    };
    if !found.is_waivable() {
        let message = format!("`{code}` cannot be waived");
        let help = format!("the rules that can be are {}", suggest::list(&waivable));
        return Err((&rule::WAIVER_NOT_ALLOWED, "rule", message, help));
    }
    if today > waiver.expires {
        let message = format!("the waiver of `{code}` ended on {}", waiver.expires);
        let help = "follow the rule and remove the waiver, or agree on a new day".to_owned();
        return Err((&rule::WAIVER_EXPIRED, "expires", message, help));
    }
    if !broken.contains(code.as_str()) {
        let message = format!("nothing here breaks `{code}`");
        return Err((
            &rule::WAIVER_UNUSED,
            "rule",
            message,
            "remove the waiver".to_owned(),
        ));
    }
    Ok(found)
}

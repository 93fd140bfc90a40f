//! What a person does about a change: the key that keeps it, or what takes it back.

use serde_json::Value;

use super::{Evidence, Finding, Keys, top, value};
use crate::{
    config::schema::CONFIG,
    review::{
        impact,
        run::cause::{Danger, danger},
    },
    terraform::{dataflow::Node, drift::table::Class, lower::Owner, normal_form::Difference},
};

/// A key, and whether it says the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Whether the value of the attribute is its value.
    pub is_direct: bool,
    /// The file and the line where it is written.
    pub place: Option<(String, usize)>,
}

/// The key that decides an attribute.
pub(super) fn key(keys: &Keys, owner: Option<Owner>, finding: &Finding) -> Option<Key> {
    let (module, resource) = Node::of_plan(&finding.address, "").resource();
    let attribute = top(&finding.attribute);
    if ["", "tags"].contains(&attribute) {
        return None;
    }
    let becomes = format!("{resource}.{attribute}");
    let rows = impact::rows().filter(|row| row.becomes == becomes && row.block == module);
    let mut arguments: Vec<&str> = rows.map(|row| row.argument).collect();
    arguments.dedup();
    let last = finding.attribute.rsplit('.').next();
    let same = arguments.iter().find(|argument| last == Some(*argument));
    let argument = match (same, arguments.as_slice()) {
        (Some(argument), _) | (None, [argument]) => *argument,
        _ => return None,
    };
    let found = keys.of(&format!("module.{module}.{argument}"));
    let own = camel_case(argument);
    let is_own = |name: &str| name.rsplit('.').next() == Some(own.as_str());
    let is_adopted = match owner {
        Some(Owner::Unit(database)) => database.adopted().is_some(),
        _ => false,
    };
    let is_of_config = matches!(owner, Some(Owner::Unit(_)));
    match found.key.strip_prefix("defaults.") {
        // What holds for all of the environment is no place for what one database keeps.
        Some(name) if is_own(name) => Some(Key {
            name: name.to_owned(),
            is_direct: true,
            place: None,
        }),
        _ if is_own(&found.key) && (is_adopted || !found.key.starts_with("adopt.")) => Some(Key {
            name: found.key,
            is_direct: true,
            place: found.place,
        }),
        _ if is_of_config
            && CONFIG
                .document
                .pointer(&format!("/properties/{own}"))
                .is_some() =>
        {
            Some(Key {
                name: own,
                is_direct: true,
                place: None,
            })
        }
        _ if found.key.is_empty() || (!is_adopted && found.key.starts_with("adopt.")) => None,
        _ => Some(Key {
            name: found.key,
            is_direct: false,
            place: found.place,
        }),
    }
}

/// An argument as the key of its name is written.
fn camel_case(argument: &str) -> String {
    let mut words = argument.split('_');
    let mut key = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        key.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        key.push_str(letters.as_str());
    }
    key
}

/// What a person does about it.
pub(super) fn step(finding: &Finding, evidence: &Evidence) -> String {
    if !finding.next.is_empty() {
        return finding.next.clone();
    }
    let rule = finding.rule;
    if rule.class == Class::Benign && !rule.next.is_empty() {
        return rule.next.to_owned();
    }
    let mut steps = Vec::new();
    if !rule.next.is_empty() {
        steps.push(rule.next.to_owned());
    }
    if finding.is_planned {
        let asked = evidence.causes.get(&finding.address).and_then(|of| {
            let same = |what: &&String| top(what) == top(&finding.attribute);
            of.keys().find(same).and_then(|what| of.get(what))
        });
        let is_asked = asked
            .is_some_and(|cause| !["drift", "unexplained", "waiting"].contains(&cause.as_str()));
        let undone = match (finding.action.as_str(), rule.code) {
            _ if is_asked => "an apply sets what the config asks for by now",
            (_, "drift-other-tags") => "an apply takes it away; to keep it, state it in `tags`",
            (_, "drift-tags") => "an apply sets it back; to keep it, state it in `tags`",
            (_, "drift-follows") => "an apply sets it right",
            ("", _) => "an apply brings it back",
            _ => "an apply makes it anew",
        };
        steps.push(match undoing(finding) {
            Danger::Harmless => undone.to_owned(),
            Danger::Hurts(why) => {
                format!("{undone}, once `allow` names `drift`, because undoing it hurts: {why}")
            }
            Danger::Unknown => format!(
                "{undone}, once `allow` names `drift`, because nobody knows what undoing it does"
            ),
        });
    } else if !evidence.is_plan {
        steps
            .push("a plan without `-refresh-only` says whether an apply brings it back".to_owned());
    } else if rule.next.is_empty() {
        steps.push("no apply changes it: set it back in AWS, or waive it".to_owned());
    }
    if let Some(key) = finding.key.as_ref().filter(|_| finding.is_planned) {
        let place = key.place.as_ref();
        let place = place.map(|(file, line)| format!(" ({file}:{line})"));
        let place = place.unwrap_or_default();
        let name = &key.name;
        let is_value = finding.difference.0.is_some()
            && (finding.attribute == top(&finding.attribute)
                || is_last(&key.name, &finding.attribute));
        steps.push(match value(finding.difference.1.as_ref()) {
            Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_)))
                if key.is_direct && is_value =>
            {
                format!("to keep it, write `{name}: {value}`{place}")
            }
            _ if key.is_direct => format!("to keep it, say so with `{name}`{place}"),
            _ => format!("it follows from `{name}`{place}"),
        });
    }
    steps.join("; ")
}

/// Whether a key is named like the last part of a path.
fn is_last(key: &str, path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    key.rsplit('.').next() == Some(camel_case(last).as_str())
}

/// What undoing it does.
fn undoing(finding: &Finding) -> Danger {
    if finding.attribute.is_empty() {
        // What goes or comes as a whole is for the gate to judge.
        return Danger::Harmless;
    }
    let (_, resource) = Node::of_plan(&finding.address, "").resource();
    let Difference(state, aws) = &finding.difference;
    danger(&resource, &finding.attribute, aws.as_ref(), state.as_ref())
}

//! What tags can be, those of the environment and those of a unit.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::{
    diagnostic::{
        Problem, Span,
        rule::{self, Rule},
    },
    model::{Environment, Origin},
    terraform::lower::IDENTITY_TAGS,
    text::pointer,
};

/// The most that AWS takes.
const MOST: usize = 50;

/// The modules add `Name`, the root of a unit three tags of its own.
const OF_A_UNIT: usize = 4;

/// The modules add `Name`, the root of an environment one tag of its own.
const OF_AN_ENVIRONMENT: usize = 2;

/// The modules add `Name`, the root of a cluster's consumer side two tags of its own.
const OF_A_CLUSTER: usize = 3;

/// Everything wrong with the tags of an environment alone.
pub(super) fn environment(environment: &Environment) -> Vec<Problem> {
    let tags = &environment.spec.tags;
    let place =
        |key: &str, part: &str| environment.span(&format!("tags/{}{part}", pointer::escape(key)));
    let mut problems: Vec<_> = tags
        .iter()
        .filter_map(|(key, value)| {
            let wrong = wrong(key, value)?;
            Some(Problem::new(wrong.rule, place(key, wrong.part), wrong.message).help(wrong.help))
        })
        .collect();
    let keys = tags.keys().map(|key| (0, place(key, "#"), key.as_str()));
    problems.extend(twins(keys.collect()));
    let has_consumer = environment.consumers().next().is_some();
    let own = if has_consumer {
        OF_A_CLUSTER
    } else {
        OF_AN_ENVIRONMENT
    };
    if tags.len() + own > MOST {
        problems.push(too_many(environment.span("tags#"), tags.len(), own));
    }
    problems
}

impl Found<'_> {
    pub(super) fn tags(&mut self) {
        let database = self.database;
        let place = |origin: Origin, key: &str, part: &str| {
            database.span_below(origin, &format!("/{}{part}", pointer::escape(key)))
        };
        for (key, given) in &database.tags {
            if let Some(wrong) = wrong(key, &given.value) {
                let span = place(given.origin, key, wrong.part);
                self.problems
                    .push(Problem::new(wrong.rule, span, wrong.message).help(wrong.help));
            }
        }
        if have_twins(&database.tags) {
            let keys = database.tags.iter().map(|(key, given)| {
                let layer = match given.origin {
                    Origin::Config(_) => 2,
                    Origin::Default(_) => 1,
                    _ => 0,
                };
                (layer, place(given.origin, key, "#"), key.as_str())
            });
            self.problems.extend(twins(keys.collect()));
        }
        let kept = database.adopted().and_then(|one| one.tags.as_ref());
        let count = database.tags.len() + kept.map_or(0, BTreeMap::len);
        if count + OF_A_UNIT > MOST {
            let span = database.span(Origin::Config("tags"));
            self.problems.push(too_many(span, count, OF_A_UNIT));
        }
    }
}

/// What is wrong with a tag.
pub(super) struct Wrong {
    pub(super) rule: &'static Rule,
    /// What follows the pointer to its value: `#` for its key.
    pub(super) part: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

pub(super) fn wrong(key: &str, value: &str) -> Option<Wrong> {
    let letters = "use letters, digits, spaces and `_.:/=+-@`";
    let lower = key.to_lowercase();
    if lower.starts_with(IDENTITY_TAGS) {
        return Some(Wrong {
            rule: &rule::RESERVED_TAG,
            part: "#",
            message: format!("tags that start with `{IDENTITY_TAGS}` belong to this tool"),
            help: "choose another key".to_owned(),
        });
    }
    if !is_tag(key, 128) || key.is_empty() || lower.starts_with("aws:") {
        return Some(Wrong {
            rule: &rule::TAG_CHARACTERS,
            part: "#",
            message: format!("AWS refuses the tag key `{key}`"),
            help: format!("{letters}, at most 128, and do not start with `aws:`"),
        });
    }
    (!is_tag(value, 256)).then(|| Wrong {
        rule: &rule::TAG_CHARACTERS,
        part: "",
        message: format!("AWS refuses the value of the tag `{key}`"),
        help: format!("{letters}, at most 256"),
    })
}

/// Whether keys differ only in the case of their letters: hardly ever, so no place is looked up for it.
fn have_twins<V>(tags: &BTreeMap<String, V>) -> bool {
    let lower = |key: &String| key.to_lowercase();
    let is_lower = |key: &String| !key.chars().any(char::is_uppercase);
    !tags.keys().all(is_lower) && tags.keys().map(lower).collect::<BTreeSet<_>>().len() < tags.len()
}

/// Keys that differ only in the case of their letters, each with its layer and place: the one closest to the config is
/// told of the other.
fn twins(mut keys: Vec<(u8, Span, &str)>) -> Vec<Problem> {
    keys.sort_by_key(|(layer, span, _)| (*layer, span.range.start));
    let mut seen: BTreeMap<String, (Span, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (_, span, key) in keys {
        let lower = key.to_lowercase();
        let Some((first, other)) = seen.get(&lower) else {
            seen.insert(lower, (span, key));
            continue;
        };
        let message = format!("the tag `{key}` differs from `{other}` only in the case of letters");
        problems.push(
            Problem::new(&rule::TAG_CASE, span, message)
                .help(format!("write `{other}`, or another key"))
                .also(first.clone(), "the other one is here"),
        );
    }
    problems
}

fn too_many(span: Span, count: usize, own: usize) -> Problem {
    let message = format!("{count} tags and {own} of this tool's are more than {MOST}");
    Problem::new(&rule::TOO_MANY_TAGS, span, message).help("remove some here or in the environment")
}

fn is_tag(text: &str, most: usize) -> bool {
    let allowed = |letter: char| {
        letter.is_alphanumeric()
            || matches!(letter, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
    };
    text.chars().count() <= most && text.chars().all(allowed)
}

//! What tags say of a database to a catalogue of services, as Backstage reads it.

use super::Found;
use crate::{
    diagnostic::{Checked, Diagnostics, Problem, rule},
    model::{Database, Origin},
    text::pointer,
};

/// The longest kind, namespace or name of an entity.
const LONGEST: usize = 63;

/// What the tags of a database refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relations {
    /// Who owns it.
    pub owner: String,
    /// The system that it belongs to.
    pub system: Option<String>,
    /// The components that use it.
    pub components: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<String>,
}

/// What the tags of a database refer to, each with its kind; nothing when its workspace has no catalogue.
///
/// # Errors
/// When it has no owner, or a tag is no reference.
#[must_use]
pub fn relations(database: &Database) -> Option<Checked<Relations>> {
    let catalog = database.environment.catalog.as_ref()?;
    let mut problems = Diagnostics::new();
    let mut of = |tag: Option<&String>, kind| match references(database, tag, kind) {
        Ok(found) => found,
        Err(problem) => {
            problems.extend(problem);
            Vec::new()
        }
    };
    let mut owners = of(Some(&catalog.owner_tag), "group").into_iter();
    let mut systems = of(catalog.system_tag.as_ref(), "system").into_iter();
    let relations = Relations {
        owner: owners.next().unwrap_or_default(),
        system: systems.next(),
        components: of(catalog.component_tag.as_ref(), "component"),
        depends_on: of(catalog.depends_on_tag.as_ref(), ""),
    };
    if relations.owner.is_empty() && problems.is_empty() {
        problems.push(ownerless(database, &catalog.owner_tag));
    }
    let tag = |key: &String| database.tags.get(key);
    let pairs = [
        (Some(&catalog.owner_tag), owners.next(), "owner"),
        (catalog.system_tag.as_ref(), systems.next(), "system"),
    ];
    for (key, second, what) in pairs {
        if let (Some(key), Some(_)) = (key, second)
            && let Some(given) = tag(key)
        {
            let message = format!("`{}` names more than one {what}", given.value);
            let help = format!("name one {what} in the tag `{key}`");
            problems.push(wrong(database, key, given.origin, message, help));
        }
    }
    Some(if problems.is_empty() {
        Ok(relations)
    } else {
        Err(problems)
    })
}

fn ownerless(database: &Database, key: &str) -> Problem {
    let message = format!("no tag `{key}` says who owns {}", database.unit());
    let help = format!("write `tags: {{{key}: …}}` with a group of the catalogue");
    let tags = database.span(Origin::Config("tags"));
    let span = if tags.range.is_empty() {
        database.span(Origin::Config("shortname"))
    } else {
        tags
    };
    Problem::new(&rule::CATALOG_OWNER, span, message).help(help)
}

/// The references in a tag, which is not always there. One without a kind is of this one.
fn references(database: &Database, key: Option<&String>, kind: &str) -> Checked<Vec<String>> {
    let Some((key, given)) = key.and_then(|key| Some((key, database.tags.get(key)?))) else {
        return Ok(Vec::new());
    };
    let mut references = Vec::new();
    for word in given.value.split_whitespace() {
        let whole = if word.contains(':') || kind.is_empty() {
            word.to_owned()
        } else {
            format!("{kind}:{word}")
        };
        if !is_reference(&whole) {
            let message = format!("`{word}` is no reference to an entity of the catalogue");
            let example = if kind.is_empty() { "resource" } else { kind };
            let help = format!(
                "write a name of letters, digits, `-`, `_` and `.`, or `{example}:NAMESPACE/NAME`"
            );
            return Err(wrong(database, key, given.origin, message, help).into());
        }
        references.push(whole);
    }
    Ok(references)
}

fn wrong(database: &Database, key: &str, origin: Origin, message: String, help: String) -> Problem {
    let below = format!("/{}", pointer::escape(key));
    let span = database.span_below(origin, &below);
    Problem::new(&rule::CATALOG_REFERENCE, span, message).help(help)
}

/// Whether a text is `KIND:NAME` or `KIND:NAMESPACE/NAME`, as Backstage takes each part.
fn is_reference(text: &str) -> bool {
    let Some((kind, rest)) = text.split_once(':') else {
        return false;
    };
    let (namespace, name) = rest.split_once('/').unwrap_or(("default", rest));
    let is_short = |part: &str| (1..=LONGEST).contains(&part.len());
    let is_kind = kind.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && kind.bytes().all(|letter| letter.is_ascii_alphanumeric());
    let is_parted = |part: &str, between: &[char], is_letter: fn(char) -> bool| {
        let mut words = part.split(between);
        words.all(|word| !word.is_empty() && word.chars().all(is_letter))
    };
    let is_namespace = is_parted(namespace, &['-'], |letter| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit()
    });
    let is_name = is_parted(name, &['-', '_', '.'], |letter| {
        letter.is_ascii_alphanumeric()
    });
    [kind, namespace, name].into_iter().all(is_short) && is_kind && is_namespace && is_name
}

impl Found<'_> {
    /// What keeps a database out of the catalogue that its workspace has.
    pub(super) fn catalog(&mut self) {
        if let Some(Err(problems)) = relations(self.database) {
            self.problems.extend(problems);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn references_are_those_of_backstage() {
        for (text, expected) in [
            ("group:team-a", true),
            ("user:default/jo.doe_2", true),
            ("Group:a-b/C", true),
            ("team", false),
            ("group:", false),
            ("group:Team A", false),
            ("group:-a", false),
            ("group:a--b", false),
            ("group:A/b", false),
            ("group:a/b/c", false),
            ("1group:a", false),
            (":a", false),
        ] {
            assert_eq!(is_reference(text), expected, "{text}");
        }
        assert!(is_reference(&format!("group:{}", "a".repeat(63))));
        assert!(!is_reference(&format!("group:{}", "a".repeat(64))));
    }
}

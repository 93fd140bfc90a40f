//! Which key of which file made an argument of a root differ, as far as the head says: the base is not compiled.

use std::collections::BTreeMap;

use crate::{
    compile::{example, snapshot::Head},
    diagnostic::Span,
    model::Origin,
    terraform::{
        diff::{self, ArgumentDiff},
        lower::Owner,
        root_module::ArgumentSource,
    },
};

/// The key that the user changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause {
    /// As it is written in its file; empty when there is none.
    pub(super) key: String,
    /// Whether it stands in `valet.yaml`.
    pub(super) is_of_environment: bool,
    /// Path in the workspace and line, where it is written.
    pub(super) place: Option<(String, usize)>,
}

/// What is made of several keys, and the arguments that say which of them: `shortname` is the identity, which nobody edits.
const MADE_OF: [(&str, &[&str]); 3] = [
    (
        "module.rds.parameter_group_name",
        &[BORROWED_GROUP, VERSIONS[0]],
    ),
    ("module.aurora.cluster_parameter_group_name", &[VERSIONS[1]]),
    ("module.aurora.parameter_group_name", &[VERSIONS[1]]),
];

/// The version that is asked for, of an instance and of a cluster.
const VERSIONS: [&str; 2] = ["module.rds.engine_version", "module.aurora.engine_version"];

/// Whether the parameter group is somebody else's.
const BORROWED_GROUP: &str = "module.rds.existing_parameter_group";

/// The difference that another one follows from: itself, or one beside it.
pub(super) fn behind<'a>(delta: &'a ArgumentDiff, all: &'a [ArgumentDiff]) -> &'a ArgumentDiff {
    let made = MADE_OF.iter().filter(|(made, _)| *made == delta.address);
    let mut of = made.flat_map(|(_, of)| of.iter());
    of.find_map(|other| all.iter().find(|one| one.address == *other))
        .unwrap_or(delta)
}

/// The difference that says what becomes of one in AWS: a group that is no longer somebody else's changes at once, and not with
/// an upgrade.
pub(super) fn effect<'a>(delta: &'a ArgumentDiff, behind: &'a ArgumentDiff) -> &'a ArgumentDiff {
    if behind.address == BORROWED_GROUP {
        behind
    } else {
        delta
    }
}

/// Where the arguments of one root come from.
pub(super) struct Causes<'a> {
    head: Option<Head<'a>>,
    sources: BTreeMap<String, ArgumentSource>,
    has_same_version: bool,
}

impl<'a> Causes<'a> {
    /// The origins of a head's arguments, of which these differ; none, when no config of this version stands behind it.
    pub(super) fn new(head: Option<Head<'a>>, differing: &[ArgumentDiff]) -> Self {
        let root = head.map(|head| head.owner.root());
        let arguments = root.as_ref().map(diff::arguments).unwrap_or_default();
        let sources = arguments
            .into_iter()
            .map(|(address, _, argument)| (address, argument.source))
            .collect();
        let has_same_version = differing
            .iter()
            .all(|one| !VERSIONS.contains(&one.address.as_str()));
        Self {
            head,
            sources,
            has_same_version,
        }
    }

    /// The key behind an address.
    pub(super) fn of(&self, address: &str) -> Cause {
        let Some(head) = self.head else {
            return Cause::default();
        };
        let Some(origin) = self.origin(head, address) else {
            return Cause::default();
        };
        let (key, is_of_environment) = match origin {
            Origin::Config(key) | Origin::Derived(key) => (dotted(key), false),
            Origin::Default(key) => (format!("defaults.{}", dotted(key)), true),
            Origin::Environment(key) => (dotted(key), true),
            Origin::Consumer(key) => match head.owner {
                Owner::Consumer(consumer) => (dotted(&consumer.path(key)), true),
                Owner::Unit(_) | Owner::Environment(_) => (dotted(key), true),
            },
            Origin::FileName | Origin::BuiltIn => return Cause::default(),
        };
        Cause {
            key,
            is_of_environment,
            place: place(head.owner, origin),
        }
    }

    /// A key that has been removed is the cause, not the default that steps in for it.
    fn origin(&self, head: Head, address: &str) -> Option<Origin> {
        let usual = example::origins().get(address).copied();
        let only_config = head.config_differs && !head.workspace_differs;
        match self.sources.get(address) {
            Some(ArgumentSource::Wire | ArgumentSource::Outputs | ArgumentSource::Fixed) => None,
            Some(ArgumentSource::Origin(Origin::Default(key))) if only_config => {
                Some(usual.unwrap_or(Origin::Default(key)))
            }
            // It follows from the version again, and that is the same.
            Some(ArgumentSource::Origin(Origin::Derived("engineVersion")))
                if self.has_same_version =>
            {
                usual
            }
            Some(ArgumentSource::Origin(Origin::FileName | Origin::BuiltIn)) | None => {
                match usual {
                    Some(Origin::Config(key)) if head.workspace_differs && !head.config_differs => {
                        Some(Origin::Default(key))
                    }
                    other => other,
                }
            }
            Some(ArgumentSource::Origin(origin)) => Some(*origin),
        }
    }
}

fn place(owner: Owner, origin: Origin) -> Option<(String, usize)> {
    let span: Span = match (owner, origin) {
        (Owner::Unit(database), origin) => database.span(origin),
        (Owner::Environment(environment), Origin::Environment(key)) => environment.span(key),
        (Owner::Consumer(consumer), Origin::Consumer(key)) => consumer.span(key),
        (Owner::Consumer(consumer), Origin::Environment(key)) => consumer.environment.span(key),
        (Owner::Environment(_) | Owner::Consumer(_), _) => return None,
    };
    if span.range.is_empty() {
        return None;
    }
    let (line, _) = span.file.position(span.range.start);
    Some((span.file.path.clone(), line))
}

fn dotted(key: &str) -> String {
    key.replace('/', ".")
}

//! Every name that a unit has in AWS.

use crate::{
    aws::name::{Kind, Named, Presence},
    model::Database,
};

/// The names of everything that the unit has, by kind.
#[must_use]
pub fn names(database: &Database) -> Vec<Named> {
    let logs = database.log_exports.value.iter().map(|log| log.as_str());
    let own = |kind, name| Named {
        kind,
        name,
        presence: Presence::ALWAYS,
    };
    let mut names = vec![
        own(Kind::Role, database.iam_role_name.value.clone()),
        own(Kind::StateKey, database.state().to_string()),
    ];
    names.extend(database.names.all(&logs.collect::<Vec<_>>()));
    names.retain(|named| database.has(named.presence));
    names.sort_by_key(|named| named.kind);
    names
}

//! What an `allow` is about: a module or a resource of the root, or a key and whatever follows from it.

use std::collections::BTreeSet;

use crate::{
    config::Acknowledgement,
    model::Origin,
    review::impact,
    terraform::{
        diff,
        lower::{self, Owner},
        root_module::{ArgumentSource, RootModule},
    },
};

/// How the addresses of a root belong to its modules and to the keys of its files.
pub(super) struct Scopes {
    /// `module.rds`, for each module.
    modules: Vec<String>,
    /// Addresses without the keys of resources, each with a key whose change replaces or removes what is there.
    reached: BTreeSet<(String, String)>,
}

impl Scopes {
    pub(super) fn of(owner: Option<Owner>) -> Self {
        let modules = match owner {
            Some(Owner::Unit(database)) => lower::module_names(database),
            Some(Owner::Environment(_) | Owner::Consumer(_)) | None => Vec::new(),
        };
        let root = owner.map(|owner| owner.root());
        Self {
            modules: modules
                .iter()
                .map(|name| format!("module.{name}"))
                .collect(),
            reached: root.as_ref().map(reached).unwrap_or_default(),
        }
    }

    pub(super) fn is_in_module(&self, address: &str) -> bool {
        self.modules
            .iter()
            .any(|module| crate::config::is_within(address, module))
    }

    /// Whether an acknowledgement is about what is at an address.
    pub(super) fn covers(&self, one: &Acknowledgement, address: &str) -> bool {
        let (plain, index) = address.split_once('[').unwrap_or((address, ""));
        let entry = index
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix("\"]"));
        let keys = self
            .reached
            .iter()
            .filter(|(reached, _)| reached == plain)
            .map(|(_, key)| match entry {
                Some(entry) => format!("{key}.{entry}"),
                None => key.clone(),
            });
        one.is_about(address) || keys.into_iter().any(|key| one.is_about(&key))
    }
}

/// Each key of a root with the addresses that its arguments replace or remove.
fn reached(root: &RootModule) -> BTreeSet<(String, String)> {
    let mut reached = BTreeSet::new();
    for (_, block, argument) in diff::arguments(root) {
        let ArgumentSource::Origin(
            Origin::Config(key) | Origin::Derived(key) | Origin::Environment(key),
        ) = argument.source
        else {
            continue;
        };
        let is_of =
            |row: &&impact::Row| row.block == block && [argument.name, "*"].contains(&row.argument);
        let resources = impact::rows().filter(is_of).flat_map(|row| row.replaces);
        reached.extend(
            resources.map(|resource| (format!("module.{block}.{resource}"), key.replace('/', "."))),
        );
    }
    reached
}

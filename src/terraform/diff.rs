//! Two roots of the same thing, compared argument by argument.

use std::collections::BTreeMap;

use crate::{
    model::Origin,
    terraform::root_module::{Argument, ArgumentSource, Block, Expression, RootModule},
};

/// One argument that differs.
#[derive(Clone, Debug)]
pub struct ArgumentDiff {
    /// Address in the root, such as `module.rds.instance_class`.
    pub address: String,
    /// The module's label, or the kind of another block.
    pub block: &'static str,
    /// Its name.
    pub argument: &'static str,
    /// The value before, if any.
    pub old: Option<Expression>,
    /// The value after, if any.
    pub new: Option<Expression>,
    /// Where the difference comes from.
    pub source: ArgumentSource,
}

impl ArgumentDiff {
    /// The key that the user changed, as written in its file; empty when there is none.
    #[must_use]
    pub fn key(&self) -> String {
        match self.source {
            ArgumentSource::Origin(
                Origin::Config(key) | Origin::Derived(key) | Origin::Environment(key),
            ) => dotted(key),
            ArgumentSource::Origin(Origin::Default(key)) => format!("defaults.{}", dotted(key)),
            ArgumentSource::Origin(Origin::BuiltIn)
            | ArgumentSource::Wire
            | ArgumentSource::Fixed => String::new(),
        }
    }

    /// The file that the key stands in: the config, or `valet.yaml`.
    #[must_use]
    pub fn is_of_environment(&self) -> bool {
        matches!(
            self.source,
            ArgumentSource::Origin(Origin::Default(_) | Origin::Environment(_))
        )
    }
}

fn dotted(key: &str) -> String {
    key.replace('/', ".")
}

/// Every argument of a root with its address, and the name of its block.
#[must_use]
pub fn arguments(root: &RootModule) -> Vec<(String, &'static str, &Argument)> {
    let mut found = Vec::new();
    for file in &root.files {
        for block in file.blocks.iter() {
            collect(block, "", &mut found);
        }
    }
    found
}

fn collect<'a>(
    block: &'a Block,
    above: &str,
    found: &mut Vec<(String, &'static str, &'a Argument)>,
) {
    let (name, address) = (block.name(), block.address(above));
    for argument in &block.arguments {
        found.push((format!("{address}.{}", argument.name), name, argument));
    }
    for nested in &block.blocks {
        collect(nested, &address, found);
    }
}

/// What differs between two roots, in the order of the new one, then what is only in the old one.
#[must_use]
pub fn compare(old: &RootModule, new: &RootModule) -> Vec<ArgumentDiff> {
    let (old, new) = (arguments(old), arguments(new));
    let before: BTreeMap<&str, &Argument> = old
        .iter()
        .map(|(address, _, argument)| (address.as_str(), *argument))
        .collect();
    let after: BTreeMap<&str, &Argument> = new
        .iter()
        .map(|(address, _, argument)| (address.as_str(), *argument))
        .collect();
    let gone = old
        .iter()
        .filter(|(address, ..)| !after.contains_key(address.as_str()));
    new.iter()
        .chain(gone)
        .filter_map(|(address, block, argument)| {
            let old = before.get(address.as_str()).copied();
            let new = after.get(address.as_str()).copied();
            if old.map(|argument| &argument.value) == new.map(|argument| &argument.value) {
                return None;
            }
            Some(ArgumentDiff {
                address: address.clone(),
                block,
                argument: argument.name,
                source: cause(old, new),
                old: old.map(|argument| argument.value.clone()),
                new: new.map(|argument| argument.value.clone()),
            })
        })
        .collect()
}

/// A key that has been removed is the cause, not the default that steps in for it.
fn cause(old: Option<&Argument>, new: Option<&Argument>) -> ArgumentSource {
    let rank = |source: &ArgumentSource| match source {
        ArgumentSource::Origin(Origin::Config(_) | Origin::Derived(_)) => 4,
        ArgumentSource::Origin(Origin::Default(_)) => 3,
        ArgumentSource::Origin(Origin::Environment(_)) => 2,
        ArgumentSource::Origin(Origin::BuiltIn) => 1,
        ArgumentSource::Wire | ArgumentSource::Fixed => 0,
    };
    let sources = [new, old]
        .into_iter()
        .flatten()
        .map(|argument| argument.source);
    // Of two equals the new one counts: it is the first.
    sources
        .reduce(|best, other| {
            if rank(&other) > rank(&best) {
                other
            } else {
                best
            }
        })
        .unwrap_or(ArgumentSource::Fixed)
}

//! How the pods of each cluster find the host of a database: through a consumer side of ours, or somebody else's.

use std::collections::BTreeMap;

use crate::{
    config::workspace::Consumer,
    model::{
        Database,
        identity::{UnitId, of_cluster},
    },
};

/// The ways from clusters to a database.
#[derive(Debug)]
pub struct Ways<'a> {
    /// The consumer sides that lead to it, each with the clusters that use it.
    pub consumers: BTreeMap<UnitId, (&'a Consumer, Vec<&'a String>)>,
    /// The clusters that need an entry in the private-link repository.
    pub others: Vec<&'a String>,
}

impl<'a> Ways<'a> {
    /// Those of a database.
    #[must_use]
    pub fn of(database: &'a Database) -> Self {
        let environment = &database.environment;
        let mut ways = Self {
            consumers: BTreeMap::new(),
            others: Vec::new(),
        };
        for cluster in &database.clusters.value {
            let consumer = environment.consumer_of(cluster);
            match consumer.filter(|(_, spec)| !spec.retired) {
                Some((maker, spec)) => {
                    let unit = UnitId::new(&environment.name, of_cluster(maker));
                    let found = ways.consumers.entry(unit).or_insert((spec, Vec::new()));
                    found.1.push(cluster);
                }
                None => ways.others.push(cluster),
            }
        }
        ways
    }

    /// The names of the consumer sides, in backticks.
    #[must_use]
    pub fn roots(&self) -> String {
        quoted(self.consumers.keys())
    }

    /// What resolves the host, in words: a line for each consumer side, and one for the other clusters.
    #[must_use]
    pub fn resolvers(&self) -> Vec<String> {
        let consumers = self.consumers.iter().map(|(unit, (spec, clusters))| {
            format!(
                "{}: the private zone that `{unit}` makes in `{}`",
                quoted(clusters),
                spec.vpc_id
            )
        });
        let others = (!self.others.is_empty()).then(|| {
            format!(
                "{}: the private zone that belongs to the private-link entry",
                quoted(&self.others)
            )
        });
        consumers.chain(others).collect()
    }
}

/// Names in backticks, one after the other.
fn quoted(names: impl IntoIterator<Item = impl ToString>) -> String {
    let names = names.into_iter();
    let names: Vec<_> = names
        .map(|name| format!("`{}`", name.to_string()))
        .collect();
    names.join(", ")
}

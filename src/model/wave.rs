//! The waves of upgrades: who goes before whom.

use std::sync::Arc;

use wildmatch::WildMatch;

use super::{Environment, identity::UnitId};
use crate::config::workspace::Wave;

/// The waves of a workspace, in their order.
#[derive(Debug)]
pub struct Waves<'a> {
    waves: Vec<(&'a Wave, Vec<WildMatch>)>,
}

impl<'a> Waves<'a> {
    /// Those of a workspace.
    #[must_use]
    pub fn of(environments: &'a [Arc<Environment>]) -> Self {
        let waves = environments.first().map(|one| &one.upgrades.waves);
        let waves = waves.into_iter().flatten().map(|wave| {
            let patterns = wave.units.iter().map(|unit| WildMatch::new(unit));
            (wave, patterns.collect())
        });
        Self {
            waves: waves.collect(),
        }
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> Vec<&'a str> {
        self.waves
            .iter()
            .map(|(one, _)| one.name.as_str())
            .collect()
    }

    /// The number of the wave that a unit is in, from 0: that of the first that names it, or what comes after all of them.
    #[must_use]
    pub fn position(&self, unit: &UnitId) -> usize {
        let name = unit.to_string();
        let has = |(wave, patterns): &(&Wave, Vec<WildMatch>)| {
            wave.environments.contains(&unit.environment)
                || patterns.iter().any(|pattern| pattern.matches(&name))
        };
        let found = self.waves.iter().position(has);
        found.unwrap_or(self.waves.len())
    }
}

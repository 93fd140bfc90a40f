//! What the roots on disk say about the units of a session.

use rayon::prelude::*;

use super::{Session, Stop};
use crate::{
    compile, disk,
    instance::Instance,
    life::{self, Life, StandingRoot},
};

impl Session {
    /// What the roots on disk say about these units.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn life(&self, instances: &[Instance]) -> Result<Life, Stop> {
        let (mut roots, _) = self.strays(instances)?;
        let standing = instances
            .par_iter()
            .map(|instance| self.telling(instance))
            .collect::<Result<Vec<_>, Stop>>()?;
        roots.extend(standing.into_iter().flatten());
        Ok(life::compare(&roots, instances))
    }

    /// Roots of none of these units, and whether a sweep may have something to do.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn strays(&self, instances: &[Instance]) -> Result<(Vec<StandingRoot>, bool), Stop> {
        let expected = compile::expected_roots(&self.environments, instances);
        let is_expected = |directory: &str| expected.contains(directory);
        Ok(disk::stray_roots(
            &self.workspace,
            self.output(),
            &is_expected,
        )?)
    }

    /// The root of a unit, when it has something to say about the unit's life.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn telling(&self, instance: &Instance) -> Result<Option<StandingRoot>, Stop> {
        let directory = instance.directory();
        let terraform = disk::terraform(&self.workspace, &directory)?;
        if !life::is_telling(&terraform, instance) {
            return Ok(None);
        }
        Ok(disk::standing_root(&self.workspace, &directory)?)
    }
}

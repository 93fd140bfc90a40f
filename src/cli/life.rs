//! What the roots on disk say about the units of a session.

use rayon::prelude::*;

use super::{Session, Stop};
use crate::{
    compile, disk,
    instance::Instance,
    life::{self, Life},
};

impl Session {
    /// What the roots on disk say about these units.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn life(&self, instances: &[Instance]) -> Result<Life, Stop> {
        let expected = compile::expected_roots(&self.environments, instances);
        let mut roots = disk::stray_roots(&self.workspace, self.output(), &|directory| {
            expected.contains(directory)
        })?;
        let standing = instances
            .par_iter()
            .map(|instance| {
                let directory = instance.directory();
                let terraform = disk::terraform(&self.workspace, &directory)?;
                if life::is_telling(&terraform, instance) {
                    disk::standing_root(&self.workspace, &directory)
                } else {
                    Ok(None)
                }
            })
            .collect::<Result<Vec<_>, disk::Failure>>()?;
        roots.extend(standing.into_iter().flatten());
        Ok(life::compare(&roots, instances))
    }
}

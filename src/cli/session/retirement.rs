//! What the roots on disk say about the units of a session.

use rayon::prelude::*;

use super::{Session, Stop};
use crate::{
    compile,
    io::{self, Listing},
    model::Database,
    review::retirement::{self, Retirement, StandingRoot},
    terraform::{
        lower::{self, Owner},
        print::print_file,
    },
};

impl Session {
    /// What the roots on disk say about these units.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn life(&self, databases: &[Database]) -> Result<Retirement, Stop> {
        let Listing {
            expected: there,
            strays: mut roots,
            ..
        } = self.listing(databases)?;
        let standing = databases
            .par_iter()
            .filter(|database| there.contains(&database.directory()))
            .map(|database| self.telling(database))
            .collect::<Result<Vec<_>, Stop>>()?;
        roots.extend(standing.into_iter().flatten());
        Ok(retirement::compare(&roots, &self.owners(databases)))
    }

    /// Everything that should have a root, given the units.
    #[must_use]
    pub fn owners<'a>(&'a self, databases: &'a [Database]) -> Vec<Owner<'a>> {
        let shared = self.environments.iter().map(|one| Owner::Environment(one));
        shared.chain(databases.iter().map(Owner::Unit)).collect()
    }

    /// The roots of these units that are there, and what else is beside them.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn listing(&self, databases: &[Database]) -> Result<Listing, Stop> {
        let expected = compile::expected_roots(&self.environments, databases);
        Ok(io::listing(&self.workspace, self.output(), &expected)?)
    }

    /// The root of a unit, when it has something to say about the unit's life.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn telling(&self, database: &Database) -> Result<Option<StandingRoot>, Stop> {
        let directory = database.directory();
        let terraform = io::terraform(&self.workspace, &directory)?;
        let expected = print_file(&database.file.path, &lower::terraform_file(database).blocks);
        if terraform == expected && !retirement::is_retired(database) {
            return Ok(None);
        }
        Ok(io::standing_root(&self.workspace, &directory)?)
    }
}

//! What the roots on disk say about the units of a session.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Session, Stop};
use crate::{
    compile::{self, Compiled},
    diagnostic::Problem,
    io::{self, Listing, Roots},
    model::Database,
    review::{
        foreign,
        retirement::{self, Retirement, StandingRoot},
    },
    terraform::lower::Owner,
};

/// What the root of a unit tells.
#[derive(Debug, Default)]
pub struct Told {
    /// The root, when it has something to say about the unit's life.
    pub root: Option<StandingRoot>,
    /// The files in it that are not ours.
    pub problems: Vec<Problem>,
}

impl Session {
    /// What the roots on disk say about these units.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn life(&self, compiled: &Compiled) -> Result<Retirement, Stop> {
        let databases = &compiled.databases;
        let Listing {
            expected: there,
            strays: mut roots,
            mut problems,
            ..
        } = self.listing(databases)?;
        let standing = self.roots()?;
        let told = databases
            .par_iter()
            .filter(|database| there.contains(&database.directory()))
            .map(|database| self.telling(&standing, database))
            .collect::<Result<Vec<_>, Stop>>()?;
        for one in told {
            roots.extend(one.root);
            problems.extend(one.problems);
        }
        let owners = self.owners(compiled);
        let shared = owners.iter().filter(|one| !matches!(one, Owner::Unit(_)));
        for owner in shared {
            let directory = owner.directory();
            let found = standing.glance(&directory)?.unwrap_or_default();
            problems.extend(foreign::problems(&directory, &found));
        }
        for database in databases.iter().filter(|one| retirement::is_retired(one)) {
            let holders = io::holders(&self.workspace, database)?;
            problems.extend(retirement::endpoint_lives(database, &holders));
        }
        let mut life = retirement::compare(&roots, &owners);
        life.problems.extend(problems);
        Ok(life)
    }

    /// Everything that should have a root.
    #[must_use]
    pub fn owners<'a>(&'a self, compiled: &'a Compiled) -> Vec<Owner<'a>> {
        let shared = self.environments.iter().map(|one| Owner::Environment(one));
        shared
            .chain(compiled.databases.iter().map(Owner::Unit))
            .chain(compiled.consumers.iter().map(Owner::Consumer))
            .collect()
    }

    /// The roots of the workspace; no link stands in the place of a folder that they are in.
    ///
    /// # Errors
    /// When one does, or the workspace cannot be opened.
    pub fn roots(&self) -> Result<Roots, Stop> {
        for environment in &self.environments {
            let parent = format!("{}/{}", environment.output, environment.name);
            io::refuse_links(&self.workspace, &parent)?;
        }
        Ok(Roots::open(&self.workspace)?)
    }

    /// The roots of these units that are there, and what else is beside them.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn listing(&self, databases: &[Database]) -> Result<Listing, Stop> {
        let expected = compile::expected_roots(&self.environments, databases);
        let mut listing = io::listing(&self.workspace, self.output(), &expected)?;
        let names = self.environments.iter().map(|one| one.name.as_str());
        let bare: BTreeSet<&str> = names
            .filter(|name| {
                let own = format!("{}/{name}/", self.output());
                !listing.expected.iter().any(|root| root.starts_with(&own))
            })
            .collect();
        if bare.is_empty() {
            return Ok(listing);
        }
        // Its roots are still where they were before the output folder got another name.
        for former in io::former_outputs(&self.workspace, self.output(), &bare)? {
            let old = io::listing(&self.workspace, &former, &BTreeSet::new())?;
            listing.strays.extend(old.strays);
            listing.problems.extend(old.problems);
        }
        Ok(listing)
    }

    /// What the root of a unit tells.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn telling(&self, roots: &Roots, database: &Database) -> Result<Told, Stop> {
        let directory = database.directory();
        let Some(standing) = roots.glance(&directory)? else {
            return Ok(Told::default());
        };
        let problems = foreign::problems(&directory, &standing);
        let root = if retirement::says_the_same(&standing, database) {
            None
        } else {
            io::standing_root(&self.workspace, &directory)?
        };
        Ok(Told { root, problems })
    }
}

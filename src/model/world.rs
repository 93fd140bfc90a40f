//! What is known beside the files of configs: the day, and which databases there are already.

use super::Database;
use crate::text::date::Date;

/// Where generated roots stand.
pub trait Roots: Sync {
    /// The folder of the root that holds the state of a database, relative to the workspace; none, when the database is
    /// not there yet, or no more.
    fn root_of(&self, database: &Database) -> Option<String>;
}

/// No roots: every database is new.
struct Nowhere;

impl Roots for Nowhere {
    fn root_of(&self, _: &Database) -> Option<String> {
        None
    }
}

/// The day, and the databases that are there.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The day.
    pub today: Date,
    roots: &'a dyn Roots,
}

impl<'a> World<'a> {
    /// A day, and the roots that tell which databases are there.
    #[must_use]
    pub const fn new(today: Date, roots: &'a dyn Roots) -> Self {
        Self { today, roots }
    }

    /// A day on which every database is new.
    #[must_use]
    pub const fn on(today: Date) -> World<'static> {
        World::new(today, &Nowhere)
    }

    /// Whether a database is there already, under this name or another.
    #[must_use]
    pub fn has(&self, database: &Database) -> bool {
        self.roots.root_of(database).is_some()
    }

    /// Whether a database is there already under its own name.
    #[must_use]
    pub fn has_here(&self, database: &Database) -> bool {
        self.roots.root_of(database) == Some(database.directory())
    }
}

//! What is known beside the files of configs: the day, and which databases there are already.

use super::Database;
use crate::{aws::engine_version::EngineVersion, text::date::Date};

/// Where generated roots stand.
pub trait Roots: Sync {
    /// The folder of the root that holds the state of a database, relative to the workspace; none, when the database is
    /// not there yet, or no more.
    fn root_of(&self, database: &Database) -> Option<String>;

    /// Which engine version was asked for before, as far as the root of a database tells, and the record of its last apply.
    fn asked(&self, database: &Database) -> Asked;
}

/// Which engine version was asked for before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// By the root that stands; none without one, or when the last apply tells.
    pub by_root: Option<EngineVersion>,
    /// By what was applied last.
    pub by_apply: ByApply,
}

/// What the record of the last apply tells of the engine version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByApply {
    /// There is none.
    #[default]
    NoRecord,
    /// It cannot be read, or is of before records told it.
    Unclear,
    /// It was asked for.
    Version {
        /// The version.
        version: EngineVersion,
        /// Whether AWS kept it for the maintenance window.
        waits: bool,
    },
}

impl Asked {
    /// Whether the database has been asked for at all.
    #[must_use]
    pub const fn is_made(&self) -> bool {
        self.by_root.is_some() || !matches!(self.by_apply, ByApply::NoRecord)
    }

    /// The version that was there before what its config says now: the applied one, or else that of the root.
    #[must_use]
    pub const fn before(&self) -> Option<EngineVersion> {
        match self.by_apply {
            ByApply::Version { version, .. } => Some(version),
            ByApply::NoRecord | ByApply::Unclear => self.by_root,
        }
    }
}

/// No roots: every database is new.
struct Nowhere;

impl Roots for Nowhere {
    fn root_of(&self, _: &Database) -> Option<String> {
        None
    }

    fn asked(&self, _: &Database) -> Asked {
        Asked::default()
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

    /// Which engine version was asked for before.
    #[must_use]
    pub fn asked(&self, database: &Database) -> Asked {
        self.roots.asked(database)
    }

    /// Whether a database is there already under its own name.
    #[must_use]
    pub fn has_here(&self, database: &Database) -> bool {
        self.roots.root_of(database) == Some(database.directory())
    }
}

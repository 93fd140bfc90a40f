//! What `affected` prints for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{
    model::identity::UnitId,
    review::{self, Kind},
};

/// The units that a change touches, and that are still there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Affected<'a> {
    format_version: FormatVersion,
    /// How many units there are.
    count: usize,
    /// In the order of their names.
    units: Vec<AffectedUnit<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AffectedUnit<'a> {
    /// `ENVIRONMENT/NAMESPACE`, `ENVIRONMENT/_environment` for what units share, or `ENVIRONMENT/_cluster-NAME`
    /// for the consumer side of a cluster.
    unit: &'a UnitId,
    /// Folder of its root, relative to the top of the repository; without one, to the workspace.
    directory: &'a str,
    /// Whether the base has no such unit.
    created: bool,
}

impl<'a> Affected<'a> {
    /// The document of these units.
    #[must_use]
    pub fn new(units: &[&'a review::Unit]) -> Self {
        let units = units.iter().map(|unit| AffectedUnit {
            unit: &unit.id,
            directory: &unit.directory,
            created: unit.kind == Kind::Created,
        });
        Self {
            format_version: FORMAT,
            count: units.len(),
            units: units.collect(),
        }
    }
}

/// A matrix in the shape that GitHub Actions reads, which has no place for a version.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// The jobs.
    pub include: Vec<Job>,
}

/// A job of a matrix.
#[derive(Debug, Serialize)]
pub struct Job {
    /// Its number, from 1.
    pub job: usize,
    /// The environment of its units.
    pub environment: String,
    /// Its units, with spaces between them.
    pub units: String,
    /// The folders of their roots, in the same order.
    pub directories: String,
}

/// A job of the matrix of one environment.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its number, from 1.
    pub job: usize,
    /// Its units, with spaces between them.
    pub units: String,
}

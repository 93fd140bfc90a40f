//! What `diff --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion, check::Problem};
use crate::{
    model::identity::UnitId,
    review::{
        self, Deny, Kind, Review,
        impact::{Happens, Impact},
    },
    text::{date::Date, path::below},
};

/// What a change does, unit by unit.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diff<'a> {
    format_version: FormatVersion,
    /// In the order of their names.
    units: Vec<ReviewedUnit<'a>>,
    /// Roots that are not up to date, then steps that must not be taken, and what is wrong with the configs.
    problems: Vec<Problem<'a>>,
    summary: Summary,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    units: usize,
    /// How many units have which worst effect.
    grades: Grades,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Grades {
    none: usize,
    in_place: usize,
    reboot: usize,
    downtime: usize,
    replace: usize,
    data_loss: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReviewedUnit<'a> {
    /// `ENVIRONMENT/NAMESPACE`, `ENVIRONMENT/_environment` for what units share, or `ENVIRONMENT/_cluster-NAME`
    /// for the consumer side of a cluster.
    unit: &'a UnitId,
    /// Folder of its root, relative to the top of the repository; without one, to the workspace.
    directory: &'a str,
    kind: UnitKind,
    /// Its name before a move; its folder, when the name has stayed.
    moved_from: Option<&'a str>,
    /// Its worst effect.
    #[schemars(extend("enum" = Impact::ALL.map(Impact::as_str)))]
    grade: &'a str,
    /// What clients connect with that becomes another.
    connection: Vec<&'a str>,
    /// The worst effect that its config neither allows nor declares.
    #[schemars(extend("enum" = Impact::ALL.map(Impact::as_str)))]
    unacknowledged: &'a str,
    /// The effect for which `--deny` refuses it.
    denied: Option<String>,
    /// The arguments that differ, the worst first.
    lines: Vec<ReviewedLine<'a>>,
    /// What to know about an upgrade to another major version.
    upgrade: &'a [String],
    /// The generated files that differ, as a unified diff.
    hcl: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum UnitKind {
    Created,
    Changed,
    Moved,
    Gone,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReviewedLine<'a> {
    /// The key behind the change, with `.` between keys inside each other; empty when there is none.
    key: &'a str,
    /// Which kind of file that key stands in.
    file: KeyFile,
    /// That file, relative to the top of the repository; without one, to the workspace; null when the key is not written
    /// there.
    path: Option<String>,
    /// The line of the key in it, from 1.
    line: Option<usize>,
    /// The value before, on one line; empty when there was none.
    old: &'a str,
    /// The value after, on one line; empty when there is none.
    new: &'a str,
    /// Address in the root, such as `module.rds.instance_class`, or the name of a file in it.
    address: &'a str,
    /// What the argument is in AWS; empty when nothing is known.
    becomes: &'a str,
    #[schemars(extend("enum" = Impact::ALL.map(Impact::as_str)))]
    grade: &'a str,
    /// When AWS does it: `now` with the apply, with the next `restart` of the database, or in its maintenance `window`.
    #[schemars(extend("enum" = Happens::ALL.map(Happens::as_str)))]
    happens: &'a str,
    /// The maintenance window in UTC that it waits for, and until which plans show it as a difference.
    window: Option<&'a str>,
    why: &'a str,
    /// What to do instead; empty when nothing is better.
    instead: &'a str,
    /// What clients connect with that becomes another.
    connection: &'a [&'static str],
    /// Whether the config asks for this effect by its lifecycle.
    declared: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
enum KeyFile {
    #[serde(rename = "config")]
    Config,
    #[serde(rename = "valet.yaml")]
    Workspace,
}

impl<'a> Diff<'a> {
    /// The document of a review. `prefix` is the path of the workspace in the repository.
    #[must_use]
    pub fn new(review: &'a Review, deny: Deny, today: Date, prefix: &str) -> Self {
        let mut grades = Grades::default();
        for unit in &review.units {
            *match unit.grade() {
                Impact::None => &mut grades.none,
                Impact::InPlace => &mut grades.in_place,
                Impact::Reboot => &mut grades.reboot,
                Impact::Downtime => &mut grades.downtime,
                Impact::Replace => &mut grades.replace,
                Impact::DataLoss => &mut grades.data_loss,
            } += 1;
        }
        let units = review.units.iter();
        Self {
            format_version: FORMAT,
            units: units
                .map(|unit| ReviewedUnit::new(unit, deny, today, prefix))
                .collect(),
            problems: [&review.stale, &review.problems]
                .into_iter()
                .flat_map(|problems| Problem::list(problems, prefix))
                .collect(),
            summary: Summary {
                units: review.units.len(),
                grades,
            },
        }
    }
}

impl<'a> ReviewedUnit<'a> {
    fn new(unit: &'a review::Unit, deny: Deny, today: Date, prefix: &str) -> Self {
        let (kind, moved_from) = match &unit.kind {
            Kind::Created => (UnitKind::Created, None),
            Kind::Changed => (UnitKind::Changed, None),
            Kind::Moved(from) => (UnitKind::Moved, Some(from.as_str())),
            Kind::Gone => (UnitKind::Gone, None),
        };
        Self {
            unit: &unit.id,
            directory: &unit.directory,
            kind,
            moved_from,
            grade: unit.grade().as_str(),
            connection: unit.connection().into_iter().collect(),
            unacknowledged: unit.unacknowledged(today).as_str(),
            denied: unit.denied(deny, today),
            lines: unit
                .lines
                .iter()
                .map(|line| ReviewedLine::new(line, prefix))
                .collect(),
            upgrade: &unit.upgrade,
            hcl: unit.hcl.iter().map(ToString::to_string).collect(),
        }
    }
}

impl<'a> ReviewedLine<'a> {
    fn new(line: &'a review::Line, prefix: &str) -> Self {
        Self {
            key: &line.key,
            file: if line.is_of_environment {
                KeyFile::Workspace
            } else {
                KeyFile::Config
            },
            path: line.place.as_ref().map(|(path, _)| below(prefix, path)),
            line: line.place.as_ref().map(|(_, line)| *line),
            old: &line.old,
            new: &line.new,
            address: &line.address,
            becomes: &line.becomes,
            grade: line.grade.as_str(),
            happens: line.happens.as_str(),
            window: Some(line.window.as_str()).filter(|window| !window.is_empty()),
            why: &line.why,
            instead: &line.instead,
            connection: &line.connection,
            declared: line.is_declared,
        }
    }
}

//! What `upgrade --format json` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT, FormatVersion};
use crate::{
    aws::{engine::Engine, engine_version::EngineVersion},
    model::identity::UnitId,
    review::{
        self,
        campaign::{self, Campaign, State},
        impact::{Happens, Impact},
    },
    text::{date::Date, path::below},
};

/// An upgrade campaign.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Upgrade<'a> {
    format_version: FormatVersion,
    engine: Engine,
    /// The version that all go to.
    to: EngineVersion,
    /// The configs that this run has written, relative to the top of the repository; without one, to the workspace.
    written: Vec<String>,
    /// What steps between majors take and give.
    majors: Vec<MajorStep<'a>>,
    /// What to look at before another major.
    before: Vec<&'static str>,
    /// The waves that are shown, in their order.
    waves: Vec<Wave<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct MajorStep<'a> {
    from: EngineVersion,
    to: EngineVersion,
    /// Parameters that are gone.
    lost: Vec<&'a str>,
    /// Parameters that are new.
    gained: Vec<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Wave<'a> {
    /// Its name; null for the units that no wave names.
    name: Option<&'a str>,
    /// Its units, in the order of their names.
    units: Vec<Unit<'a>>,
}

#[expect(
    clippy::struct_field_names,
    reason = "the documents of all commands say `unit`"
)]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Unit<'a> {
    /// `ENVIRONMENT/NAMESPACE`.
    unit: &'a UnitId,
    /// Its config, relative to the top of the repository; without one, to the workspace.
    file: String,
    /// The version in force.
    from: EngineVersion,
    /// Last day of standard support of its major; null when nobody knows it.
    support_ends: Option<Date>,
    /// Its maintenance window in UTC.
    maintenance_window: &'a str,
    state: State,
    /// Why it is in that state; empty when there is nothing to say.
    why: &'a str,
    /// What is still to be written, one after the other, each once the one before is applied.
    steps: Vec<Step<'a>>,
    /// The extensions that its parameters name.
    extensions: &'a [String],
    /// What else to know.
    notes: &'a [String],
}

#[derive(Debug, Serialize, JsonSchema)]
struct Step<'a> {
    /// What is written as `engineVersion`.
    to: EngineVersion,
    /// Whether it is another major.
    major: bool,
    /// What that does, the worst first.
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line<'a> {
    /// The key behind the change; empty when there is none.
    key: &'a str,
    /// Address in the root.
    address: &'a str,
    #[schemars(extend("enum" = Impact::ALL.map(Impact::as_str)))]
    grade: &'a str,
    /// When AWS does it: `now` with the apply, with the next `restart` of the database, or in its maintenance `window`.
    #[schemars(extend("enum" = Happens::ALL.map(Happens::as_str)))]
    happens: &'a str,
    why: &'a str,
    /// What to do instead; empty when nothing is better.
    instead: &'a str,
}

impl<'a> Upgrade<'a> {
    /// The document of a campaign. `written` are configs in the workspace; `prefix` is its path in the repository.
    #[must_use]
    pub fn new(campaign: &'a Campaign, written: &[&str], prefix: &str) -> Self {
        let facts = campaign.goal.engine.facts();
        let majors: Vec<_> = campaign.major_steps();
        let before = if majors.is_empty() {
            &[]
        } else {
            facts.before_major
        };
        let waves = campaign.waves.iter().map(|wave| Wave {
            name: wave.name.as_deref(),
            units: wave
                .units
                .iter()
                .map(|one| Unit::new(one, prefix))
                .collect(),
        });
        Self {
            format_version: FORMAT,
            engine: campaign.goal.engine,
            to: campaign.goal.to,
            written: written.iter().map(|path| below(prefix, path)).collect(),
            majors: majors
                .into_iter()
                .map(|step| MajorStep {
                    from: step.from,
                    to: step.to,
                    lost: step.lost,
                    gained: step.gained,
                })
                .collect(),
            before: before.to_vec(),
            waves: waves.collect(),
        }
    }
}

impl<'a> Unit<'a> {
    fn new(unit: &'a campaign::Unit, prefix: &str) -> Self {
        Self {
            unit: &unit.id,
            file: below(prefix, &unit.file),
            from: unit.from,
            support_ends: unit.support_ends,
            maintenance_window: &unit.window,
            state: unit.state,
            why: &unit.why,
            steps: unit.way.iter().map(Step::new).collect(),
            extensions: &unit.extensions,
            notes: &unit.notes,
        }
    }
}

impl<'a> Step<'a> {
    fn new(hop: &'a campaign::Hop) -> Self {
        Self {
            to: hop.to,
            major: hop.is_major,
            lines: hop.lines.iter().map(Line::new).collect(),
        }
    }
}

impl<'a> Line<'a> {
    fn new(line: &'a review::Line) -> Self {
        Self {
            key: &line.key,
            address: &line.address,
            grade: line.grade.as_str(),
            happens: line.happens.as_str(),
            why: &line.why,
            instead: &line.instead,
        }
    }
}

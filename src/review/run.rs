//! What a run of Terraform over many roots comes to: what was reviewed, how each unit has ended, and the summary.

pub mod cause;
mod resumed;
pub mod silent;
mod summary;

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use serde::{Deserialize, Serialize};

use super::gate::Verdict;
use crate::{
    model::identity::UnitId,
    terraform::{drift::Outside, normal_form::NormalForm},
};
use cause::{Item, What};
use silent::Unplanned;

pub use resumed::deviations;
pub use summary::{human, markdown};

/// The file of a unit in the folder of a run: what its plan does. It holds no secret.
pub const REVIEWED: &str = "plan.json";

/// The plan of a unit as it was reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reviewed {
    /// The version of this document.
    pub format_version: String,
    /// The unit.
    pub unit: UnitId,
    /// Where its state is: what makes it the same unit.
    pub state: String,
    /// Whole version of the Terraform that has planned.
    pub terraform: String,
    /// What the plan does.
    pub plan: NormalForm,
    /// What was found changed in AWS.
    pub outside: Outside,
    /// What is otherwise in AWS, though nothing is planned for it.
    pub unplanned: Vec<Unplanned>,
    /// Why each thing in the plan is planned.
    pub causes: Causes,
    /// Why the config has to allow `drift` before it is applied, by the addresses of what no edit explains.
    pub needs: BTreeMap<String, String>,
}

impl Reviewed {
    /// Reads what `plan` has written.
    ///
    /// # Errors
    /// When it is something else, or of another version of the tool.
    pub fn read(bytes: &[u8]) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            format_version: String,
        }
        let version: Version = serde_json::from_slice(bytes).map_err(Unusable::Form)?;
        if version.format_version != FORMAT {
            return Err(Unusable::Version(version.format_version));
        }
        serde_json::from_slice(bytes).map_err(Unusable::Form)
    }
}

/// Why what stands in the folder of a run cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It is something else.
    Form(serde_json::Error),
    /// It is of another version of the tool.
    Version(String),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(error) => write!(f, "not what `plan` has written: {error}"),
            Self::Version(version) => write!(
                f,
                "in format {version}, not {FORMAT}; plan again with this version of the tool"
            ),
        }
    }
}

impl std::error::Error for Unusable {}

/// Bytes of the largest file of a run that is read.
pub const MOST: usize = 64 * 1024 * 1024;

/// The version that is written, and the only one that is read.
pub const FORMAT: &str = "1.2";

/// Causes by their names, by address and by attribute, or by the actions on the whole of a resource.
pub type Causes = BTreeMap<String, BTreeMap<String, String>>;

/// The causes of what is planned, by their names.
#[must_use]
pub fn causes(items: &[Item]) -> Causes {
    let mut causes = Causes::new();
    for item in items {
        let what = match &item.what {
            What::Action(actions) => actions,
            What::Attribute(path, _) => path,
        };
        let of = causes.entry(item.address.clone()).or_default();
        of.insert(what.clone(), item.cause.as_str().to_owned());
    }
    causes
}

/// What a command has done, unit by unit.
#[derive(Debug)]
pub struct Run {
    /// The verb of the command: `plan` or `apply`.
    pub verb: &'static str,
    /// Units, in the order of their names.
    pub units: Vec<UnitRun>,
}

/// What has come of one unit.
#[derive(Debug)]
pub struct UnitRun {
    /// The unit.
    pub unit: UnitId,
    /// Folder of its root, relative to the top of the repository.
    pub directory: String,
    /// How it has ended.
    pub outcome: Outcome,
    /// Why each thing in its plan is planned.
    pub causes: Vec<Item>,
    /// What is otherwise in AWS, though nothing is planned for it.
    pub notes: Vec<String>,
}

impl UnitRun {
    /// What has come of a unit of which no more is known.
    #[must_use]
    pub const fn new(unit: UnitId, directory: String, outcome: Outcome) -> Self {
        Self {
            unit,
            directory,
            outcome,
            causes: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// How a unit has ended.
#[derive(Debug)]
pub enum Outcome {
    /// There is nothing to do.
    Unchanged,
    /// It is planned, and the gate lets it pass.
    Planned(Verdict),
    /// The gate refuses it.
    Refused(Verdict),
    /// It is applied.
    Applied(Verdict),
    /// It was applied by an earlier run.
    AppliedBefore,
    /// Its plan is not the one that was reviewed: the differences, in words.
    Differs(Vec<String>),
    /// It waits for what its environment shares, which has not been applied.
    Waiting,
    /// It waits for this consumer side, whose endpoint to it has not been taken away.
    Held(UnitId),
    /// It was told to stop before its end.
    Interrupted,
    /// A step has failed.
    Failed(Failed),
}

/// A step that has failed.
#[derive(Debug)]
pub struct Failed {
    /// The step: a command of Terraform, or `read`.
    pub step: &'static str,
    /// The reason, on one line.
    pub words: String,
    /// What to do, where that is known.
    pub advice: Option<String>,
    /// The file that tells all of it.
    pub log: Option<String>,
}

impl Outcome {
    /// A step that has failed for this reason, of which nobody knows more.
    #[must_use]
    pub fn failed(step: &'static str, words: impl Display) -> Self {
        Self::Failed(Failed {
            step,
            words: words.to_string(),
            advice: None,
            log: None,
        })
    }

    /// Its name in documents.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Planned(_) => "planned",
            Self::Refused(_) => "refused",
            Self::Applied(_) => "applied",
            Self::AppliedBefore => "applied-before",
            Self::Differs(_) => "differs",
            Self::Waiting | Self::Held(_) => "waiting",
            Self::Interrupted => "interrupted",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether it is as it should be.
    #[must_use]
    pub const fn is_fine(&self) -> bool {
        matches!(
            self,
            Self::Unchanged | Self::Planned(_) | Self::Applied(_) | Self::AppliedBefore
        )
    }

    /// What the gate says, where it was asked.
    #[must_use]
    pub const fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Planned(verdict) | Self::Refused(verdict) | Self::Applied(verdict) => {
                Some(verdict)
            }
            _ => None,
        }
    }
}

impl Run {
    /// Whether every unit is as it should be.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.units.iter().all(|unit| unit.outcome.is_fine())
    }
}

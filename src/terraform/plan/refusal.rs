//! Why bytes cannot be used as a plan, and what they are instead.

use std::{error, fmt};

use serde::{Deserialize, de::IgnoredAny};

/// Why bytes cannot be used as a plan.
#[derive(Debug)]
pub enum PlanError {
    /// They are something else.
    Instead(Instead),
    /// They are JSON of another form.
    Form(serde_json::Error),
    /// The plan is in another major version of the format.
    Version(String),
    /// The plan does not say the version of its format.
    NoVersion,
    /// Terraform could not finish the plan.
    Failed,
    /// Terraform has put off a part of the plan.
    Incomplete,
}

/// What bytes are that are no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Nothing.
    Empty,
    /// Text in another encoding.
    Utf16,
    /// The file that `terraform plan -out` writes.
    PlanFile,
    /// What a script around Terraform adds to its output.
    Wrapper,
    /// All that `terraform plan -json` tells.
    Log,
    /// One line of it.
    LogLine,
    /// No JSON.
    NotJson,
    /// A state file.
    StateFile,
    /// A state as `terraform show -json` prints it.
    State,
    /// What `terraform validate -json` prints.
    Validation,
    /// What `terraform providers schema -json` prints.
    Schemas,
    /// A plan without its values.
    Cut,
    /// Any other JSON.
    Document,
}

const HOW: &str = "write the plan with `terraform plan -out=PLAN` and give what `terraform show -json PLAN` prints";

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Utf16 => "text in UTF-16",
            Self::PlanFile => "the plan file itself",
            Self::Wrapper => "the text of a wrapper around Terraform",
            Self::Log => "the log of `terraform plan -json`",
            Self::LogLine => "a line of the log of `terraform plan -json`",
            Self::NotJson => "not JSON",
            Self::StateFile => "a state file",
            Self::State => "a state: `terraform show -json` without a plan file prints it",
            Self::Validation => "the answer of `terraform validate -json`",
            Self::Schemas => "the schemas of providers",
            Self::Cut => "a plan that has been cut: it has no `planned_values`",
            Self::Document => "a document without `planned_values`",
        })?;
        write!(f, ", not a plan; {HOW}")?;
        match self {
            Self::Utf16 => f.write_str("; in PowerShell, pipe it to `Out-File -Encoding utf8`"),
            Self::Wrapper => {
                f.write_str("; with `hashicorp/setup-terraform`, set `terraform_wrapper: false`")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instead(what) => what.fmt(f),
            Self::Form(error) => write!(f, "it cannot be read as a plan: {error}; {HOW}"),
            Self::Version(version) => write!(
                f,
                "a plan in format version {version}; this version of the tool reads 1.x"
            ),
            Self::NoVersion => f.write_str("a plan without `format_version`"),
            Self::Failed => f.write_str("a plan that has failed, so it is not whole"),
            Self::Incomplete => f.write_str(
                "a plan of which Terraform has put off a part, so it does not say all that would happen",
            ),
        }
    }
}

impl error::Error for PlanError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Form(error) => Some(error),
            Self::Instead(_)
            | Self::Version(_)
            | Self::NoVersion
            | Self::Failed
            | Self::Incomplete => None,
        }
    }
}

impl Instead {
    /// What bytes are that cannot be read as a plan; nothing when they are JSON.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let start = String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes));
        let start = start.trim_start();
        let is_utf16 = |bytes: &[u8]| {
            bytes.starts_with(b"\xff\xfe")
                || bytes.starts_with(b"\xfe\xff")
                || bytes.get(..4).is_some_and(|four| four.contains(&0))
        };
        if start.is_empty() {
            return Some(Self::Empty);
        }
        if is_utf16(bytes) {
            return Some(Self::Utf16);
        }
        if bytes.starts_with(b"PK") {
            return Some(Self::PlanFile);
        }
        if start.starts_with("[command]") || start.starts_with("::") || start.starts_with("##[") {
            return Some(Self::Wrapper);
        }
        if start.starts_with("{\"@level\"") {
            return Some(Self::Log);
        }
        (!start.starts_with('{')).then_some(Self::NotJson)
    }

    /// What a JSON document is that has no planned values.
    pub(super) fn of_document(bytes: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Known {
            values: Option<IgnoredAny>,
            valid: Option<IgnoredAny>,
            lineage: Option<IgnoredAny>,
            provider_schemas: Option<IgnoredAny>,
            resource_changes: Option<IgnoredAny>,
            #[serde(rename = "@level")]
            level: Option<IgnoredAny>,
        }
        match serde_json::from_slice::<Known>(bytes) {
            Ok(Known {
                lineage: Some(_), ..
            }) => Self::StateFile,
            Ok(Known {
                values: Some(_), ..
            }) => Self::State,
            Ok(Known { valid: Some(_), .. }) => Self::Validation,
            Ok(Known {
                provider_schemas: Some(_),
                ..
            }) => Self::Schemas,
            Ok(Known { level: Some(_), .. }) => Self::LogLine,
            Ok(Known {
                resource_changes: Some(_),
                ..
            }) => Self::Cut,
            _ => Self::Document,
        }
    }
}

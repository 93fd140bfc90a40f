//! The version of this tool that a workspace is compiled with.

use crate::{
    diagnostic::{Checked, rule},
    text::version_requirement::{OWN, VersionRequirement},
    yaml::Document,
};

/// Refuses a `valet.yaml` that is not for this version of the tool. What is no requirement is for the schema to say.
///
/// # Errors
/// When it requires another version.
pub fn check(source: &Document) -> Checked<()> {
    let written = source
        .value
        .get("requiredVersion")
        .and_then(|value| value.as_str());
    let requirement = written.and_then(|text| text.parse::<VersionRequirement>().ok());
    match requirement {
        Some(requirement) if !requirement.is_met() => {
            let message =
                format!("this is valet-rds {OWN}, and the workspace requires {requirement}");
            let problem = source.problem(&rule::REQUIRED_VERSION, "/requiredVersion", message);
            Err(problem
                .help("install a version that it takes; or change `requiredVersion`, generate again and commit both")
                .into())
        }
        _ => Ok(()),
    }
}

//! A plan as `terraform show -json PLAN` prints it, in the first major version of that format.

use std::{collections::BTreeMap, error, fmt};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::terraform::lower::IDENTITY_TAGS;

/// Bytes of the largest plan that is read: many times what a root of thousands of resources comes to.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The values of a resource by argument.
pub type Values = Map<String, Value>;

/// A plan, as far as anything here looks at it.
#[derive(Debug, Deserialize)]
pub struct Plan {
    format_version: Option<String>,
    planned_values: Option<IgnoredAny>,
    #[serde(default)]
    errored: bool,
    /// What happened to resources outside Terraform since the last apply.
    #[serde(default)]
    pub resource_drift: Vec<ResourceChange>,
    /// What an apply does.
    #[serde(default)]
    pub resource_changes: Vec<ResourceChange>,
    /// Actions of providers that an apply starts besides, from Terraform 1.14 on.
    #[serde(default)]
    pub action_invocations: Vec<ActionInvocation>,
    /// What the plan was made from. Terraform always writes it.
    pub configuration: Option<Configuration>,
}

/// What happens to one resource.
#[derive(Clone, Debug, Deserialize)]
pub struct ResourceChange {
    /// Its address.
    pub address: String,
    /// Whether it is a resource or a data source.
    #[serde(default)]
    pub mode: Mode,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happens.
    pub change: Change,
}

/// What is planned: a resource, or something that is only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A data source.
    Data,
    /// A resource, or what this version of the tool does not know.
    #[default]
    #[serde(other)]
    Managed,
}

/// Actions, and the values on both sides.
#[derive(Clone, Debug, Deserialize)]
pub struct Change {
    /// What is done.
    #[serde(rename = "actions")]
    pub action: Action,
    /// The values before, if it was there.
    pub before: Option<Values>,
    /// The values after, as far as they are known, if it will be there.
    pub after: Option<Values>,
    /// The arguments that force a replacement, as paths.
    #[serde(default)]
    pub replace_paths: Vec<Vec<Value>>,
}

/// What is done to a resource: the lists of `actions` that Terraform documents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<String>")]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It is read.
    Read,
    /// It is made.
    Create,
    /// It is changed while it stays.
    Update,
    /// Terraform no longer looks after it.
    Forget,
    /// It goes and is made anew, in either order; or a new one is made and the old one forgotten.
    Replace,
    /// It goes.
    Delete,
    /// Something that this version of the tool does not know.
    Unknown(String),
}

impl From<Vec<String>> for Action {
    fn from(actions: Vec<String>) -> Self {
        let words: Vec<&str> = actions.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["no-op"] => Self::NoOp,
            ["read"] => Self::Read,
            ["create"] => Self::Create,
            ["update"] => Self::Update,
            ["forget"] => Self::Forget,
            ["delete"] => Self::Delete,
            ["delete", "create"] | ["create", "delete" | "forget"] => Self::Replace,
            other => Self::Unknown(other.join(", ")),
        }
    }
}

/// An action of a provider that an apply starts.
#[derive(Clone, Debug, Deserialize)]
pub struct ActionInvocation {
    /// Its address.
    pub address: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What a plan was made from.
#[derive(Debug, Deserialize)]
pub struct Configuration {
    /// Providers; those of the root by their local names.
    #[serde(default)]
    provider_config: BTreeMap<String, Provider>,
}

#[derive(Debug, Deserialize)]
struct Provider {
    #[serde(default)]
    expressions: Map<String, Value>,
}

/// Whose something is, as the tags that every generated root gives to everything say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// Name of the environment.
    pub environment: String,
    /// Shortname of the unit; none for what the units of an environment share.
    pub shortname: Option<String>,
}

impl Identity {
    fn of(tags: &Value) -> Option<Self> {
        let tag = |name: &str| {
            Some(
                tags.get(format!("{IDENTITY_TAGS}{name}"))?
                    .as_str()?
                    .to_owned(),
            )
        };
        Some(Self {
            environment: tag("environment")?,
            shortname: tag("shortname"),
        })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shortname {
            Some(shortname) => write!(f, "shortname `{shortname}` in `{}`", self.environment),
            None => write!(f, "what the units of `{}` share", self.environment),
        }
    }
}

impl ResourceChange {
    /// Whose it is, by its tags before the change or else after it; none for what has no tags.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        let sides = [&self.change.before, &self.change.after];
        let mut tags = sides
            .into_iter()
            .flatten()
            .filter_map(|side| side.get("tags_all"));
        tags.find_map(Identity::of)
    }

    /// The arguments that force a replacement, such as `subnet_ids` or `tags.Name`.
    #[must_use]
    pub fn forced_by(&self) -> Vec<String> {
        let part = |part: &Value| {
            part.as_str()
                .map_or_else(|| part.to_string(), str::to_owned)
        };
        let path = |path: &Vec<Value>| path.iter().map(part).collect::<Vec<_>>().join(".");
        let mut paths: Vec<_> = self.change.replace_paths.iter().map(path).collect();
        paths.dedup();
        paths
    }
}

impl Plan {
    /// Whose plan it is: by the tags that its provider gives to everything, or, when the plan does not say what it was
    /// made from, by the tags of its resources. None when they tell of nobody, or of several.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        if let Some(configuration) = &self.configuration {
            let provider = configuration.provider_config.get("aws")?;
            let tags = provider.expressions.get("default_tags")?;
            return Identity::of(tags.pointer("/0/tags/constant_value")?);
        }
        let mut identities: Vec<_> = self
            .resource_changes
            .iter()
            .filter_map(ResourceChange::identity)
            .collect();
        identities.sort();
        identities.dedup();
        identities.pop().filter(|_| identities.is_empty())
    }
}

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
        }
    }
}

impl error::Error for PlanError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Form(error) => Some(error),
            Self::Instead(_) | Self::Version(_) | Self::NoVersion | Self::Failed => None,
        }
    }
}

/// Reads the output of `terraform show -json PLAN`.
///
/// # Errors
/// With what it is instead, or what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Plan, PlanError> {
    // PowerShell writes a mark before UTF-8; it changes nothing.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let plan: Plan = serde_json::from_slice(bytes)
        .map_err(|error| instead(bytes).map_or(PlanError::Form(error), PlanError::Instead))?;
    if plan.planned_values.is_none() {
        return Err(PlanError::Instead(document(bytes)));
    }
    let Some(version) = &plan.format_version else {
        return Err(PlanError::NoVersion);
    };
    if version.split('.').next() != Some("1") {
        return Err(PlanError::Version(version.clone()));
    }
    if plan.errored {
        return Err(PlanError::Failed);
    }
    Ok(plan)
}

/// What bytes are that cannot be read as a plan; nothing when they are JSON.
fn instead(bytes: &[u8]) -> Option<Instead> {
    let start = String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes));
    let start = start.trim_start();
    let is_utf16 = |bytes: &[u8]| {
        bytes.starts_with(b"\xff\xfe")
            || bytes.starts_with(b"\xfe\xff")
            || bytes.get(..4).is_some_and(|four| four.contains(&0))
    };
    if start.is_empty() {
        return Some(Instead::Empty);
    }
    if is_utf16(bytes) {
        return Some(Instead::Utf16);
    }
    if bytes.starts_with(b"PK") {
        return Some(Instead::PlanFile);
    }
    if start.starts_with("[command]") || start.starts_with("::") || start.starts_with("##[") {
        return Some(Instead::Wrapper);
    }
    if start.starts_with("{\"@level\"") {
        return Some(Instead::Log);
    }
    (!start.starts_with('{')).then_some(Instead::NotJson)
}

/// What a JSON document is that has no planned values.
fn document(bytes: &[u8]) -> Instead {
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
        }) => Instead::StateFile,
        Ok(Known {
            values: Some(_), ..
        }) => Instead::State,
        Ok(Known { valid: Some(_), .. }) => Instead::Validation,
        Ok(Known {
            provider_schemas: Some(_),
            ..
        }) => Instead::Schemas,
        Ok(Known { level: Some(_), .. }) => Instead::LogLine,
        Ok(Known {
            resource_changes: Some(_),
            ..
        }) => Instead::Cut,
        _ => Instead::Document,
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Identity, read};

    const SAID: [(&str, &str); 12] = [
        ("", "empty, not a plan"),
        (" \n", "empty, not a plan"),
        ("[]", "not JSON, not a plan"),
        ("No changes.", "not JSON, not a plan"),
        ("PK\u{3}\u{4}", "the plan file itself, not a plan"),
        (
            "[command]/usr/bin/terraform-bin show -json p\n{}",
            "the text of a wrapper around Terraform, not a plan",
        ),
        (
            "{\"@level\":\"info\"}\n{\"@level\":\"info\"}",
            "the log of `terraform plan -json`, not a plan",
        ),
        (
            r#"{"format_version": "1.0", "values": {}}"#,
            "a state: `terraform show -json` without a plan file prints it, not a plan",
        ),
        (
            r#"{"version": 4, "lineage": "x", "serial": 1}"#,
            "a state file, not a plan",
        ),
        (
            r#"{"format_version": "1.0", "valid": true}"#,
            "the answer of `terraform validate -json`, not a plan",
        ),
        (
            r#"{"format_version": "1.2", "resource_changes": []}"#,
            "a plan that has been cut: it has no `planned_values`, not a plan",
        ),
        (
            r#"{"format_version": "1.2", "planned_values": {}, "planned_values": {}}"#,
            "it cannot be read as a plan: duplicate field",
        ),
    ];

    fn error(bytes: &[u8]) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_plan_is_called_by_its_name() {
        for (text, expected) in SAID {
            let said = error(text.as_bytes());
            assert!(said.starts_with(expected), "{text}: {said}");
        }
        let utf16: Vec<u8> = "\u{feff}{}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(error(&utf16).starts_with("text in UTF-16"));
        assert!(error(utf16.get(2..).unwrap()).starts_with("text in UTF-16"));
        for (version, expected) in [
            ("\"2.0\"", "a plan in format version 2.0"),
            ("null", "a plan without"),
        ] {
            let text = format!("{{\"format_version\": {version}, \"planned_values\": {{}}}}");
            assert!(error(text.as_bytes()).starts_with(expected));
        }
        let failed = r#"{"format_version": "1.2", "planned_values": {}, "errored": true}"#;
        assert!(error(failed.as_bytes()).starts_with("a plan that has failed"));
        let marked = "\u{feff}{\"format_version\": \"1.2\", \"planned_values\": {}}";
        assert!(read(marked.as_bytes()).is_ok());
    }

    #[test]
    fn only_the_documented_lists_of_actions_are_known() {
        let action = |words: &[&str]| {
            Action::from(
                words
                    .iter()
                    .map(|word| (*word).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(action(&["create", "delete"]), Action::Replace);
        assert_eq!(action(&["create", "forget"]), Action::Replace);
        for unknown in [
            &[][..],
            &["create", "explode"],
            &["delete", "update"],
            &["no-op", "delete"],
            &["Delete"],
        ] {
            assert!(matches!(action(unknown), Action::Unknown(_)), "{unknown:?}");
        }
    }

    #[test]
    fn a_plan_is_whose_its_provider_says() {
        let plan = |tags: &str| {
            let provider = format!(
                r#"{{"name": "aws", "expressions": {{"default_tags": [{{"tags": {tags}}}]}}}}"#
            );
            let text = format!(
                r#"{{"format_version": "1.2", "planned_values": {{}}, "configuration": {{"provider_config": {{"aws": {provider}}}}}}}"#
            );
            read(text.as_bytes()).unwrap().identity()
        };
        let identity = |shortname: Option<&str>| Identity {
            environment: "dev".to_owned(),
            shortname: shortname.map(str::to_owned),
        };
        let unit = r#"{"constant_value": {"valet-rds:environment": "dev", "valet-rds:shortname": "orders"}}"#;
        assert_eq!(plan(unit), Some(identity(Some("orders"))));
        assert_eq!(
            plan(r#"{"constant_value": {"valet-rds:environment": "dev"}}"#),
            Some(identity(None))
        );
        assert_eq!(plan(r#"{"references": ["var.tags"]}"#), None);
    }
}

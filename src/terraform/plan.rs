//! A plan as `terraform show -json PLAN` prints it, in the first major version of that format.

mod refusal;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::terraform::lower::IDENTITY_TAGS;

pub use refusal::{Instead, PlanError};

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
    complete: Option<bool>,
    prior_state: Option<PriorState>,
    /// What happened to resources outside Terraform since the last apply.
    #[serde(default)]
    pub resource_drift: Vec<ResourceChange>,
    /// What an apply does.
    #[serde(default)]
    pub resource_changes: Vec<ResourceChange>,
    /// What becomes of the outputs, by name.
    #[serde(default)]
    pub output_changes: BTreeMap<String, OutputChange>,
    /// Checks, and how they ended.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Actions of providers that an apply starts besides, from Terraform 1.14 on.
    #[serde(default)]
    pub action_invocations: Vec<ActionInvocation>,
    /// What the plan was made from. Terraform always writes it.
    pub configuration: Option<Configuration>,
}

#[derive(Debug, Deserialize)]
struct PriorState {
    values: Option<PriorValues>,
}

#[derive(Debug, Deserialize)]
struct PriorValues {
    root_module: StandingModule,
}

/// What there is of a module.
#[derive(Debug, Default, Deserialize)]
pub struct StandingModule {
    /// Its resources.
    #[serde(default)]
    pub resources: Vec<StandingResource>,
    /// The modules that it calls.
    #[serde(default)]
    pub child_modules: Vec<StandingModule>,
}

/// A resource that there is.
#[derive(Debug, Deserialize)]
pub struct StandingResource {
    /// Its address.
    pub address: String,
    /// `managed`, or `data`.
    pub mode: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its key, where there are several.
    pub index: Option<Value>,
    /// Its values.
    #[serde(default)]
    pub values: Values,
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
    /// Address of its provider.
    #[serde(default)]
    pub provider_name: String,
    /// Key of what is left of an earlier, broken replacement, when it is that.
    pub deposed: Option<String>,
    /// Why Terraform does this, in a word, where it is not plain.
    pub action_reason: Option<String>,
    /// Its address in the state, when that is another one.
    pub previous_address: Option<String>,
    /// What happens.
    pub change: Change,
}

/// What becomes of an output.
#[derive(Clone, Debug, Deserialize)]
pub struct OutputChange {
    /// Its value before.
    #[serde(default)]
    pub before: Value,
    /// Its value after, as far as it is known.
    #[serde(default)]
    pub after: Value,
    /// `true` where it is not known yet.
    #[serde(default)]
    pub after_unknown: Value,
    /// `true` where nobody may read it.
    #[serde(default)]
    pub before_sensitive: Value,
    /// `true` where nobody may read it.
    #[serde(default)]
    pub after_sensitive: Value,
}

/// A check of a configuration, as it ended.
#[derive(Clone, Debug, Deserialize)]
pub struct Check {
    /// What it is about.
    pub address: CheckAddress,
    status: String,
}

/// What a check is about.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckAddress {
    /// In the words of Terraform.
    pub to_display: String,
}

impl Check {
    /// Whether it did not pass.
    #[must_use]
    pub fn failed(&self) -> bool {
        matches!(self.status.as_str(), "fail" | "error")
    }
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
    /// `true` where a value is not known yet.
    #[serde(default)]
    pub after_unknown: Value,
    /// `true` where nobody may read the value before.
    #[serde(default)]
    pub before_sensitive: Value,
    /// `true` where nobody may read the value after.
    #[serde(default)]
    pub after_sensitive: Value,
    /// What it is imported from, when it is.
    pub importing: Option<Value>,
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
    /// It goes and is made anew, in this order.
    Replace(Order),
    /// It goes.
    Delete,
    /// Something that this version of the tool does not know.
    Unknown(String),
}

/// In which order something is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The old one goes before there is a new one.
    DeleteFirst,
    /// The new one is there before the old one goes.
    CreateFirst,
    /// A new one is made, and the old one forgotten.
    Forget,
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
            ["delete", "create"] => Self::Replace(Order::DeleteFirst),
            ["create", "delete"] => Self::Replace(Order::CreateFirst),
            ["create", "forget"] => Self::Replace(Order::Forget),
            other => Self::Unknown(other.join(", ")),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoOp => "no-op",
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Forget => "forget",
            Self::Replace(Order::DeleteFirst) => "delete, create",
            Self::Replace(Order::CreateFirst) => "create, delete",
            Self::Replace(Order::Forget) => "create, forget",
            Self::Delete => "delete",
            Self::Unknown(words) => words,
        })
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
    #[serde(default)]
    root_module: Module,
}

#[derive(Debug, Default, Deserialize)]
struct Module {
    #[serde(default)]
    module_calls: BTreeMap<String, Call>,
}

#[derive(Debug, Deserialize)]
struct Call {
    #[serde(default)]
    expressions: Map<String, Value>,
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
    /// Name of the cluster, for its consumer side.
    pub cluster: Option<String>,
}

impl Identity {
    /// Whose it is, as tags say; none when they name no environment.
    #[must_use]
    pub fn of(tags: &Value) -> Option<Self> {
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
            cluster: tag("cluster"),
        })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environment = &self.environment;
        match (&self.shortname, &self.cluster) {
            (Some(shortname), _) => write!(f, "shortname `{shortname}` in `{environment}`"),
            (None, Some(cluster)) => {
                write!(f, "the consumer side of `{cluster}` in `{environment}`")
            }
            (None, None) => write!(f, "what the units of `{environment}` share"),
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

    /// Whether it is imported and its tags do not say that it belongs to this one. What has no tags belongs to something else.
    fn is_foreign(&self, identity: &Identity) -> bool {
        let before = self.change.before.as_ref();
        let tags = before.and_then(|before| before.get("tags_all"));
        let is_imported = self.change.importing.is_some();
        is_imported && tags.is_some_and(|tags| Identity::of(tags).as_ref() != Some(identity))
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
    /// Whether nothing is there yet that could have changed.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        let mut changes = self.resource_changes.iter();
        self.resource_drift.is_empty()
            && changes.all(|one| matches!(one.change.action, Action::Create | Action::Read))
    }

    /// Whether it was asked what an apply does: with `-refresh-only`, nothing is said of any resource.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        let is_there = |change: &ResourceChange| change.mode == Mode::Managed;
        self.resource_changes.iter().any(is_there)
    }

    /// What there is before the plan, with what AWS says now; none when the plan does not say it.
    #[must_use]
    pub fn standing(&self) -> Option<&StandingModule> {
        let values = self.prior_state.as_ref()?.values.as_ref()?;
        Some(&values.root_module)
    }

    /// What the root that was planned gives a module for an argument, when that is a constant.
    #[must_use]
    pub fn given(&self, module: &str, argument: &str) -> Option<&Value> {
        let root = &self.configuration.as_ref()?.root_module;
        let call = root.module_calls.get(module)?;
        call.expressions.get(argument)?.get("constant_value")
    }

    /// Addresses of what is imported, though its tags do not say that it belongs to this one.
    #[must_use]
    pub fn foreign_imports(&self, identity: &Identity) -> Vec<&str> {
        let changes = self.resource_changes.iter();
        let foreign = changes.filter(|change| change.is_foreign(identity));
        foreign.map(|change| change.address.as_str()).collect()
    }

    /// Those of these addresses at which something is made instead of imported: the state holds something there that is gone.
    #[must_use]
    pub fn not_imported<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let is_made = |address: &&str| {
            let mut changes = self.resource_changes.iter();
            changes.any(|one| one.address == *address && one.change.action == Action::Create)
        };
        addresses.filter(is_made).collect()
    }

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

/// Reads the output of `terraform show -json PLAN`.
///
/// # Errors
/// With what it is instead, or what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Plan, PlanError> {
    // PowerShell writes a mark before UTF-8; it changes nothing.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let plan: Plan = serde_json::from_slice(bytes)
        .map_err(|error| Instead::of(bytes).map_or(PlanError::Form(error), PlanError::Instead))?;
    if plan.planned_values.is_none() {
        return Err(PlanError::Instead(Instead::of_document(bytes)));
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
    if plan.complete == Some(false) {
        return Err(PlanError::Incomplete);
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::{Action, Identity, Order, read};

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
        assert_eq!(
            action(&["create", "delete"]),
            Action::Replace(Order::CreateFirst)
        );
        assert_eq!(
            action(&["create", "forget"]),
            Action::Replace(Order::Forget)
        );
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
            cluster: None,
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

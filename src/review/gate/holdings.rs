//! What a resource holds: data, a name that clients know it by, or nothing that anybody would miss.

use serde_json::Value;

use crate::{
    config::Effect,
    terraform::plan::{Action, ResourceChange, Values},
};

/// What is lost with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing: Terraform makes another one, and nobody sees a difference.
    Nothing,
    /// A user's password, which the function that made it makes again. The master's is RDS's own.
    Login,
    /// What others know it by: a name, an id, an address.
    Identity,
    /// Data, or nobody knows what.
    Data,
}

/// Types that hold neither data nor identity. Everything that is in neither list counts as data.
pub(super) const NOTHING: &[&str] = &[
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_metric_alarm",
    "aws_db_event_subscription",
    "aws_db_parameter_group",
    "aws_db_proxy_default_target_group",
    "aws_db_proxy_target",
    "aws_db_subnet_group",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function",
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_invocation",
    "aws_lambda_permission",
    "aws_lb_target_group",
    "aws_lb_target_group_attachment",
    "aws_rds_cluster_parameter_group",
    "aws_scheduler_schedule",
    "aws_scheduler_schedule_group",
    "aws_secretsmanager_secret_rotation",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_endpoint_service_allowed_principal",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "terraform_data",
];

/// Types that others know by a name, an id or an address of their own, and that hold no data.
const IDENTITY: &[&str] = &[
    "aws_db_proxy",
    "aws_db_proxy_endpoint",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_lb",
    "aws_lb_listener",
    "aws_rds_cluster_endpoint",
    "aws_rds_cluster_instance",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_vpc_endpoint",
    "aws_vpc_endpoint_service",
];

/// Types that AWS can protect from being destroyed, and that leave a snapshot when they are.
const DATABASES: [&str; 2] = ["aws_db_instance", "aws_rds_cluster"];

/// What an instance and a cluster follow.
const SOURCES: [&str; 2] = ["replicate_source_db", "replication_source_identifier"];

impl Holds {
    pub(super) fn of(change: &ResourceChange) -> Self {
        let kind = change.kind.as_str();
        let before = change.change.before.as_ref();
        let is =
            |name: &str| before.and_then(|before| before.get(name)) == Some(&Value::Bool(true));
        if NOTHING.contains(&kind) {
            return Self::Nothing;
        }
        match kind {
            "aws_iam_role" if before.is_some_and(is_for_services) => Self::Nothing,
            // Terraform lets go of it; in AWS it stays with everything in it.
            "aws_cloudwatch_log_group" if is("skip_destroy") => Self::Nothing,
            "aws_secretsmanager_secret" if change.address.starts_with("module.users.") => {
                Self::Login
            }
            _ if IDENTITY.contains(&kind) => Self::Identity,
            _ => Self::Data,
        }
    }

    /// What it takes to let it go.
    pub(super) const fn effect(self) -> Effect {
        match self {
            Self::Login => Effect::Downtime,
            Self::Nothing | Self::Identity => Effect::Replace,
            Self::Data => Effect::DataLoss,
        }
    }

    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::Nothing => "holds nothing",
            Self::Login => "somebody logs in with it",
            Self::Identity => "clients know it",
            Self::Data => "holds data, or may",
        }
    }
}

/// Whether only services of AWS may assume a role: nobody else knows it.
fn is_for_services(role: &Values) -> bool {
    let policy = role.get("assume_role_policy").and_then(Value::as_str);
    let Some(policy) = policy.and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return false;
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return false,
    };
    let is_service = |statement: &Value| {
        let principal = statement.get("Principal").and_then(Value::as_object);
        principal.is_some_and(|principal| principal.len() == 1 && principal.contains_key("Service"))
    };
    !statements.is_empty() && statements.iter().all(is_service)
}

/// What a replacement only looks like, in words: Terraform knows no other way to have a function run.
pub(super) fn runs_again(change: &ResourceChange) -> Option<&'static str> {
    let is_replaced = matches!(change.change.action, Action::Replace(_));
    (change.kind == "aws_lambda_invocation" && is_replaced)
        .then_some("its function runs once more; nothing is destroyed")
}

/// Whether it is a database.
pub(super) fn is_database(change: &ResourceChange) -> bool {
    DATABASES.contains(&change.kind.as_str())
}

/// Whether a database that goes leaves a snapshot, as far as its state says; none for what is no database.
pub(super) fn leaves_snapshot(change: &ResourceChange) -> Option<bool> {
    if !DATABASES.contains(&change.kind.as_str()) {
        return None;
    }
    let before = change.change.before.as_ref();
    let value = |name: &str| before.and_then(|before| before.get(name));
    let is_named = value("final_snapshot_identifier")
        .and_then(Value::as_str)
        .is_some_and(|name| !name.is_empty());
    Some(value("skip_final_snapshot") == Some(&Value::Bool(false)) && is_named)
}

/// Whether AWS refuses to destroy a database, as far as its state says.
pub(super) fn is_protected(change: &ResourceChange) -> bool {
    let before = change.change.before.as_ref();
    let value = before.and_then(|before| before.get("deletion_protection"));
    DATABASES.contains(&change.kind.as_str()) && value == Some(&Value::Bool(true))
}

/// Why AWS refuses a change in place, whatever anybody allows.
pub(super) fn impossible(change: &ResourceChange) -> Option<String> {
    let (before, after) = (
        change.change.before.as_ref()?,
        change.change.after.as_ref()?,
    );
    if !DATABASES.contains(&change.kind.as_str()) {
        return None;
    }
    let text =
        |side: &Values, name: &str| side.get(name).and_then(Value::as_str).map(str::to_owned);
    let group = |side| text(side, "db_subnet_group_name");
    if group(before) != group(after) {
        return Some("AWS moves no database to another subnet group of its VPC".to_owned());
    }
    let leaves = |name: &str| {
        let filled = |side| text(side, name).filter(|text| !text.is_empty());
        filled(before).filter(|_| filled(after).is_none())
    };
    let source = SOURCES.iter().find_map(|name| leaves(name));
    if let Some(source) = source {
        return Some(format!(
            "it follows `{source}`, and would become a database of its own: no config is that of a replica"
        ));
    }
    if let Some(global) = leaves("global_cluster_identifier") {
        return Some(format!(
            "it would leave the global cluster `{global}`: no config is that of one in it"
        ));
    }
    let runs = text(before, "engine_version_actual")?;
    let wanted = text(after, "engine_version")?;
    is_older(&wanted, &runs).then(|| {
        format!("AWS runs {runs} already and never goes back: write `engineVersion: \"{runs}\"`, or the major version alone")
    })
}

/// Whether a version is before another one, as far as it is stated: 17 is not before 17.6.
fn is_older(wanted: &str, runs: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let parts = version.split('.');
        parts.map_while(|part| part.parse().ok()).collect()
    };
    let (wanted, runs) = (numbers(wanted), numbers(runs));
    let stated = runs.get(..wanted.len().min(runs.len())).unwrap_or_default();
    wanted.as_slice() < stated
}

/// The effect of a change in place that takes data or identity, and what it is.
pub(super) fn update(change: &ResourceChange) -> Option<(Effect, &'static str)> {
    let (before, after) = (
        change.change.before.as_ref()?,
        change.change.after.as_ref()?,
    );
    let number = |side: &Values| side.get("backup_retention_period").and_then(Value::as_f64);
    let name = |side: &Values| side.get("name").and_then(Value::as_str).map(str::to_owned);
    match change.kind.as_str() {
        "aws_db_instance" | "aws_rds_cluster"
            if number(after) == Some(0.0) && number(before) != Some(0.0) =>
        {
            Some((Effect::DataLoss, "all automated backups are deleted"))
        }
        "aws_db_proxy" if name(before) != name(after) => {
            Some((Effect::Replace, "clients know it by its old name"))
        }
        _ => None,
    }
}

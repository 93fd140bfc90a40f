//! A Terraform plan against what the configs declare: nothing that holds data or identity may go undeclared.

use std::fmt::Write;

use serde_json::Value;

use crate::{
    config::{Effect, Lifecycle},
    model::{Database, identity::UnitId},
    review::{impact, retirement::Identity},
    terraform::lower::IDENTITY_TAGS,
    text::date::Date,
};

/// Types that hold data, or that clients know by a name or id of their own.
const GUARDED: &[&str] = &[
    "aws_db_instance",
    "aws_db_proxy",
    "aws_db_snapshot",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_kms_key",
    "aws_lb",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_secretsmanager_secret",
    "aws_vpc_endpoint_service",
];

/// What a plan does to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// What is done.
    pub action: Action,
    /// The arguments that force a replacement.
    pub because: Vec<String>,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed while it stays.
    Update,
    /// Terraform no longer looks after it.
    Forget,
    /// It goes and is made anew.
    Replace,
    /// It goes.
    Delete,
}

impl Action {
    /// The action as it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Forget => "forget",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }

    fn of(actions: &[&str]) -> Option<Self> {
        let has = |word: &str| actions.contains(&word);
        match actions {
            _ if has("delete") && has("create") => Some(Self::Replace),
            _ if has("delete") => Some(Self::Delete),
            // A replacement that leaves the old one behind.
            _ if has("forget") && has("create") => Some(Self::Replace),
            _ if has("forget") => Some(Self::Forget),
            _ if has("create") => Some(Self::Create),
            _ if has("update") => Some(Self::Update),
            [] | ["no-op" | "read"] => None,
            // What is not known is taken for the worst.
            _ => Some(Self::Delete),
        }
    }
}

/// A plan, as far as the gate looks at it.
#[derive(Debug)]
pub struct Plan {
    /// What is done, in its order.
    pub steps: Vec<Step>,
    /// Whose plan it is, by the tags of its resources; none when they tell of nobody, or of several.
    pub identity: Option<Identity>,
}

/// Reads the output of `terraform show -json PLAN`.
///
/// # Errors
/// With what is wrong with it, in words.
pub fn read(bytes: &[u8]) -> Result<Plan, String> {
    let plan: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("not JSON: {error}"))?;
    let format = plan.get("format_version").and_then(Value::as_str);
    if !format.is_some_and(|version| version.starts_with("1.")) {
        return Err("not the output of `terraform show -json PLAN`".to_owned());
    }
    if plan.get("errored").and_then(Value::as_bool) == Some(true) {
        return Err("the plan has failed, so it is not whole".to_owned());
    }
    let none = Vec::new();
    let changes = match plan.get("resource_changes") {
        None => &none,
        Some(changes) => changes
            .as_array()
            .ok_or("`resource_changes` is not a list")?,
    };
    let mut steps = Vec::new();
    for change in changes {
        let text = |key: &str| change.get(key).and_then(Value::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else {
            return Err("a change without address or type".to_owned());
        };
        let actions = change.pointer("/change/actions").and_then(Value::as_array);
        let actions = actions.ok_or_else(|| format!("{address} has no actions"))?;
        let words: Vec<&str> = actions
            .iter()
            .map(|word| word.as_str().unwrap_or("?"))
            .collect();
        if let Some(action) = Action::of(&words) {
            steps.push(Step {
                address: address.to_owned(),
                kind: kind.to_owned(),
                action,
                because: because(change),
            });
        }
    }
    let mut identities: Vec<Identity> = changes.iter().filter_map(owner).collect();
    identities.sort();
    identities.dedup();
    let identity = if identities.len() == 1 {
        identities.pop()
    } else {
        None
    };
    Ok(Plan { steps, identity })
}

/// The unit that the tags of a resource name, before the change or after it.
fn owner(change: &Value) -> Option<Identity> {
    let tag = |side: &str, name: &str| {
        let tags = change.pointer(&format!("/change/{side}/tags_all"))?;
        Some(
            tags.get(format!("{IDENTITY_TAGS}{name}"))?
                .as_str()?
                .to_owned(),
        )
    };
    ["before", "after"]
        .into_iter()
        .find_map(|side| Some((tag(side, "environment")?, tag(side, "shortname")?)))
}

fn because(change: &Value) -> Vec<String> {
    let paths = change
        .pointer("/change/replace_paths")
        .and_then(Value::as_array);
    let path = |path: &Value| {
        let parts = path.as_array().into_iter().flatten();
        let parts: Vec<_> = parts
            .map(|part| {
                part.as_str()
                    .map_or_else(|| part.to_string(), str::to_owned)
            })
            .collect();
        parts.join(".")
    };
    let mut paths: Vec<_> = paths.into_iter().flatten().map(path).collect();
    paths.dedup();
    paths
}

/// What the gate says about a plan.
#[derive(Debug)]
pub struct Verdict {
    /// The steps that matter: those on guarded resources that go, then everything else that goes.
    pub rows: Vec<Row>,
    /// How many resources are made, changed, forgotten, replaced, destroyed.
    pub counts: Vec<(Action, usize)>,
}

/// A step and whether it may be taken.
#[derive(Debug)]
pub struct Row {
    /// The step.
    pub step: Step,
    /// Why it may or may not.
    pub reason: String,
    /// Whether it may.
    pub passes: bool,
}

impl Verdict {
    /// Whether every step may be taken.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.rows.iter().all(|row| row.passes)
    }
}

/// Judges a plan by the config of its unit; without one, nothing is declared.
#[must_use]
pub fn judge(steps: &[Step], database: Option<&Database>, today: Date) -> Verdict {
    let mut rows: Vec<Row> = steps
        .iter()
        .filter(|step| step.action >= Action::Forget)
        .map(|step| {
            let (passes, reason) = verdict(step, database, today);
            Row {
                step: step.clone(),
                reason,
                passes,
            }
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.passes, !is_guarded(&row.step), row.step.address.clone());
        key(a).cmp(&key(b))
    });
    let all = [
        Action::Create,
        Action::Update,
        Action::Forget,
        Action::Replace,
        Action::Delete,
    ];
    let count = |action| steps.iter().filter(|step| step.action == action).count();
    Verdict {
        rows,
        counts: all
            .into_iter()
            .map(|action| (action, count(action)))
            .collect(),
    }
}

fn is_guarded(step: &Step) -> bool {
    GUARDED.contains(&step.kind.as_str())
}

fn verdict(step: &Step, database: Option<&Database>, today: Date) -> (bool, String) {
    let pass = |reason: &str| (true, reason.to_owned());
    let Some(database) = database else {
        return if is_guarded(step) {
            (false, "no config declares it".to_owned())
        } else {
            pass("holds neither data nor identity")
        };
    };
    let is_retired = database.lifecycle.value == Lifecycle::Retired;
    match step.action {
        // Forgetting leaves the thing in AWS, but with nobody to look after it.
        Action::Forget if is_retired && database.retain.value => return pass("`retain: true`"),
        Action::Delete | Action::Replace
            if is_retired && database.retain.value && is_guarded(step) =>
        {
            return (
                false,
                "the config says `retain: true`, but the plan destroys".to_owned(),
            );
        }
        Action::Delete if is_retired => return pass("`lifecycle: retired`"),
        _ if !is_guarded(step) => return pass("holds neither data nor identity"),
        _ => {}
    }
    let needed = match (step.action, step.kind.as_str()) {
        (Action::Replace, "aws_db_instance" | "aws_rds_cluster")
            if !database.deletion_protection.value =>
        {
            Effect::DataLoss
        }
        (Action::Replace, _) => Effect::Replace,
        _ => Effect::DataLoss,
    };
    let covering = database
        .allow
        .value
        .iter()
        .filter(|one| impact::allowed(one.change) >= impact::allowed(needed));
    let (current, expired): (Vec<_>, Vec<_>) = covering.partition(|one| today <= one.expires);
    match (current.first(), expired.first()) {
        (Some(one), _) => (
            true,
            format!("allowed until {}: {}", one.expires, one.reason),
        ),
        (None, Some(one)) => (false, format!("was allowed until {}", one.expires)),
        (None, None) => (
            false,
            format!("not declared: `allow` names no `{}`", needed.as_str()),
        ),
    }
}

/// The verdict as a table for a terminal.
#[must_use]
pub fn human(verdict: &Verdict, unit: Option<&UnitId>) -> String {
    let mut text = String::new();
    let width = verdict
        .rows
        .iter()
        .map(|row| row.step.address.chars().count())
        .max()
        .unwrap_or(0);
    for row in &verdict.rows {
        let mark = if row.passes { "ok" } else { "REFUSED" };
        let because = because_of(row);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{mark:<7}  {:<7}  {:<width$}  {}{because}",
            row.step.action.as_str(),
            row.step.address,
            row.reason
        );
    }
    let _ = writeln!(text, "{}", closing(verdict, unit));
    text
}

/// The verdict as the comment of a pull request.
#[must_use]
pub fn markdown(verdict: &Verdict, unit: Option<&UnitId>) -> String {
    const MOST_ROWS: usize = 150;
    let mut text = format!(
        "<!-- valet-rds gate -->\n### Plan: {}\n",
        closing(verdict, unit)
    );
    if !verdict.rows.is_empty() {
        text.push_str("\n| | action | resource | why |\n|---|---|---|---|\n");
    }
    for row in verdict.rows.iter().take(MOST_ROWS) {
        let mark = if row.passes { "ok" } else { "**refused**" };
        let _ = writeln!(
            text,
            "| {mark} | {} | `{}` | {}{} |",
            row.step.action.as_str(),
            row.step.address.replace(['`', '|', '\n'], " "),
            row.reason
                .replace('|', "\\|")
                .replace('<', "&lt;")
                .replace('\n', " "),
            because_of(row)
        );
    }
    let more = verdict.rows.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = writeln!(text, "\n{more} more are not shown.");
    }
    text
}

fn because_of(row: &Row) -> String {
    if row.step.because.is_empty() {
        String::new()
    } else {
        format!(" (forced by {})", row.step.because.join(", "))
    }
}

fn closing(verdict: &Verdict, unit: Option<&UnitId>) -> String {
    let counts = verdict.counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(action, count)| format!("{count} to {}", action.as_str()))
        .collect();
    let counts = if counts.is_empty() {
        "nothing to do".to_owned()
    } else {
        counts.join(", ")
    };
    let refused = verdict.rows.iter().filter(|row| !row.passes).count();
    let unit = unit.map(|unit| format!("{unit}: ")).unwrap_or_default();
    if refused == 0 {
        format!("{unit}{counts}; passes")
    } else {
        format!("{unit}{counts}; {refused} refused")
    }
}

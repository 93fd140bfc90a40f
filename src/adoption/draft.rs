//! The config of an adopted database: the keys without which it would come to something else, and the waivers that it needs.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Order, Place, Refusal, refusal::malformed, text, values};
use crate::{
    compile,
    diagnostic::{Diagnostics, Problem},
    inspect::{debts, resolved},
    model::{Database, identity::UnitId},
};
use values::{Values, Wanted};

/// Why a rule is waived.
const REASON: &str = "adopted as it was";

/// The share of the connections that a proxy takes where clients connect to the instance itself, too.
const SHARE: u32 = 50;

/// A config that is to be written.
#[derive(Debug)]
pub struct Draft {
    /// The unit.
    pub unit: UnitId,
    /// Path of the config inside the workspace.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The identifier of the database.
    pub identifier: String,
    /// The ARN of the database.
    pub arn: String,
    /// The identity.
    pub shortname: String,
    /// What it keeps of its own.
    pub debts: Vec<Debt>,
    /// The rules that are waived, and what breaks them.
    pub waivers: Vec<Waived>,
    /// What somebody should know.
    pub notes: Vec<String>,
    /// What the text comes to, until all of them are looked at together.
    pub(super) database: Option<Database>,
}

/// A key below `adopt`: a difference from what this tool makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Debt {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Whether it can never be removed.
    pub is_for_ever: bool,
}

/// A rule that is waived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// The rule.
    pub rule: &'static str,
    /// What breaks it.
    pub message: String,
}

/// What makes a config impossible, as a reason and its way out.
#[must_use]
pub fn refusal(problem: &Problem) -> Refusal {
    let way = problem
        .help
        .clone()
        .unwrap_or_else(|| format!("`valet-rds rules {}` says more", problem.rule.code));
    Refusal::new(format!("{} ({})", problem.message, problem.rule.code), way)
}

/// Writes the config of an order.
///
/// # Errors
/// With every reason why there is none.
pub(super) fn write(order: &Order, place: Place) -> Result<Draft, Vec<Refusal>> {
    let values = values::of(order).map_err(|wrong| vec![malformed(order.existing, &wrong)])?;
    let (mut config, mut database, mut problems) = keys(order, &values, place)?;
    let waivers = waivers(&problems);
    if !waivers.is_empty() {
        let until = place.until.to_string();
        let written = waivers
            .iter()
            .map(|one| json!({"rule": one.rule, "reason": REASON, "expires": until}));
        config.insert("waivers".to_owned(), written.collect());
        (database, problems) = compiled(order, &config, place);
    }
    let errors: Vec<_> = problems
        .iter()
        .filter(|one| one.is_error())
        .map(refusal)
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let path = order.path();
    Ok(Draft {
        unit: order.unit(),
        text: text::of(&path, &config),
        path,
        identifier: order.existing.identifier.clone(),
        arn: order.existing.arn.text.clone(),
        shortname: order.shortname.clone(),
        debts: debts(&config),
        waivers,
        notes: super::notes::of(order),
        database,
    })
}

/// A config, what it comes to, and its problems.
type Tried = (Map<String, Value>, Option<Database>, Diagnostics);

/// The keys without which the config would come to something else than the database is.
fn keys(order: &Order, values: &Values, place: Place) -> Result<Tried, Vec<Refusal>> {
    let mut config = first(order, values);
    loop {
        let (database, problems) = compiled(order, &config, place);
        let Some(database) = database else {
            return Err(problems.iter().map(refusal).collect());
        };
        let mut missing = differing(&database, &values.wanted);
        if missing.is_empty() {
            return Ok((config, Some(database), problems));
        }
        let (stuck, open): (Vec<_>, Vec<_>) = missing
            .iter()
            .partition(|one| one.value.is_null() || config.contains_key(one.key));
        if !stuck.is_empty() {
            return Err(stuck.into_iter().map(|one| given(order, one)).collect());
        }
        // Its default follows from the size, which is decided before.
        if open.len() > 1 {
            missing.retain(|one| one.key != "maxAllocatedStorage");
        }
        for Wanted { key, value } in missing {
            config.insert((*key).to_owned(), value.clone());
        }
    }
}

/// What every config has, before its values are compared.
fn first(order: &Order, values: &Values) -> Map<String, Value> {
    let mut adopt = values.adopt.clone();
    let policy = &order.environment.spec.policy;
    let required = policy.require_tags.as_deref().unwrap_or_default();
    // A tag that a policy asks for is one of the whole unit.
    let (of_unit, own): (Vec<_>, Vec<_>) = values
        .tags
        .iter()
        .partition(|(key, _)| required.contains(key));
    let map = |tags: Vec<&(String, String)>| -> Map<String, Value> {
        let tags = tags.into_iter();
        tags.map(|(key, value)| (key.clone(), json!(value)))
            .collect()
    };
    if !own.is_empty() {
        adopt.insert("tags".to_owned(), map(own).into());
    }
    let mut config = Map::new();
    let mut put = |key: &str, value: Value| drop(config.insert(key.to_owned(), value));
    put("adopt", adopt.into());
    put("shortname", json!(order.shortname));
    if !of_unit.is_empty() {
        put("tags", map(of_unit).into());
    }
    let defaults = &order.environment.spec.defaults;
    // What `defaults` say of other engines is none of its business.
    let usual = defaults.engine.unwrap_or_default().as_str();
    let engine = values.wanted.iter().find(|one| one.key == "engine");
    if let Some(engine) = engine.filter(|one| one.value != usual) {
        put("engine", engine.value.clone());
    }
    if defaults.username.is_none()
        && let Some(user) = values.wanted.iter().find(|one| one.key == "username")
    {
        put("username", user.value.clone());
    }
    let proxy = defaults.proxy.as_ref();
    let share = proxy.and_then(|proxy| proxy.max_connections_percent);
    if order.secret.is_some() && share.is_none_or(|share| share > SHARE) {
        put("proxy", json!({"maxConnectionsPercent": SHARE}));
    }
    config
}

/// The values that a config does not come to.
fn differing<'a>(database: &Database, wanted: &'a [Wanted]) -> Vec<&'a Wanted> {
    let entries = resolved::entries(database);
    let value = |key: &str| {
        let is_it = |entry: &&resolved::Entry| entry.key.iter().eq([key]);
        entries
            .iter()
            .find(is_it)
            .map_or(&Value::Null, |entry| &entry.value)
    };
    let differs = |one: &&Wanted| !is_same(value(one.key), &one.value);
    wanted.iter().filter(differs).collect()
}

/// Windows are the same whatever the case of their days.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

/// A value that the environment gives, and that no config can take back.
fn given(order: &Order, wanted: &Wanted) -> Refusal {
    let (key, name) = (wanted.key, &order.environment.name);
    Refusal::new(
        format!(
            "the `defaults` of `{name}` give it `{key}`, which it has not, and which no config can take back"
        ),
        format!("move `{key}` from the `defaults` to the configs of the databases that have it"),
    )
}

fn compiled(
    order: &Order,
    config: &Map<String, Value>,
    place: Place,
) -> (Option<Database>, Diagnostics) {
    let path = order.path();
    let bytes = text::of(&path, config).into_bytes();
    compile::unit(order.environment, &path, bytes, place.world)
}

/// The rules that are broken and can be waived, each once.
fn waivers(problems: &[Problem]) -> Vec<Waived> {
    let mut seen = BTreeSet::new();
    let mut waivers: Vec<_> = problems
        .iter()
        .filter(|one| one.rule.is_waivable() && seen.insert(one.rule.code))
        .map(|one| Waived {
            rule: one.rule.code,
            message: one.message.clone(),
        })
        .collect();
    waivers.sort_by_key(|one| one.rule);
    waivers
}

fn debts(config: &Map<String, Value>) -> Vec<Debt> {
    let adopt = config.get("adopt").and_then(Value::as_object);
    let mut debts: Vec<_> = adopt
        .into_iter()
        .flatten()
        .map(|(key, value)| Debt {
            key: key.clone(),
            value: value.clone(),
            is_for_ever: debts::never(key).is_some(),
        })
        .collect();
    debts.sort_by(|a, b| a.key.cmp(&b.key));
    debts
}

//! What `list --format json` prints: one document for each unit, on a line of its own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{FORMAT, FormatVersion};
use crate::{
    aws::engine::Form,
    inspect::fleet::{self, Fleet},
    model::identity::UnitId,
    rules::Usage,
    text::{date::Date, path::below},
};

/// A unit at a glance.
#[expect(
    clippy::struct_field_names,
    reason = "the documents of all commands say `unit`"
)]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unit<'a> {
    format_version: FormatVersion,
    /// `ENVIRONMENT/NAMESPACE`.
    unit: UnitId,
    environment: &'a str,
    namespace: &'a str,
    /// The config, relative to the top of the repository; without one, to the workspace.
    file: String,
    /// Folder of its root, relative to the same.
    root: String,
    account_id: &'a str,
    region: &'a str,
    engine: &'a str,
    /// A major version, whose minors follow, or an exact one.
    engine_version: String,
    instance_class: String,
    storage_type: &'a str,
    /// GiB; null of a cluster, whose storage has no size.
    allocated_storage: Option<u32>,
    /// GiB up to which the volume grows, 0 when it does not; null of a cluster.
    max_allocated_storage: Option<u32>,
    /// Null of a cluster.
    multi_az: Option<bool>,
    /// Readers of a cluster; null of an instance.
    replicas: Option<u32>,
    authentication: &'a str,
    lifecycle: &'a str,
    maintenance_window: String,
    /// Where these values come from, by key: a file and its line, or in words.
    origins: BTreeMap<&'static str, String>,
    tags: BTreeMap<&'a str, &'a str>,
    /// Where its root takes the shared modules from.
    modules: &'a str,
    /// The last day of standard support of its version; null when nobody knows it.
    support_ends: Option<Date>,
    waivers: Vec<Waiver<'a>>,
    /// What its config says otherwise than its environment or this tool would.
    deviations: Vec<Deviation<'a>>,
    /// The rules that it breaks, as `check` tells them.
    problems: Vec<&'static str>,
    /// What AWS keeps for the maintenance window since the last apply; null when there is no record of one.
    waiting: Option<Vec<String>>,
    /// How much of its quotas its environment uses, with all that shares them, by key.
    quotas: &'a BTreeMap<&'static str, Quota<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Waiver<'a> {
    rule: &'a str,
    reason: &'a str,
    /// The last day on which it holds.
    expires: Date,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Deviation<'a> {
    /// The key, with dots.
    key: String,
    /// What is in force.
    value: &'a Value,
    /// What would be, if the config did not say it; null when AWS would decide.
    instead_of: &'a Value,
}

/// How much of a quota is used.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Quota<'a> {
    /// What shares it.
    scope: &'a str,
    used: u32,
    limit: u32,
}

/// The quotas of each environment, by key.
pub type Quotas<'a> = BTreeMap<&'a str, BTreeMap<&'static str, Quota<'a>>>;

/// The quotas of every environment of a fleet.
#[must_use]
pub fn quotas<'a>(fleet: &'a Fleet) -> Quotas<'a> {
    let of = |usage: &'a Usage| Quota {
        scope: &usage.scope,
        used: usage.used,
        limit: usage.limit,
    };
    let environments = fleet.environments.iter().map(|one| {
        let quotas = fleet.quotas_of(&one.name).into_iter();
        let quotas = quotas.map(|usage| (usage.key, of(usage)));
        (one.name.as_str(), quotas.collect())
    });
    environments.collect()
}

/// The keys whose origin is told.
const TOLD: [&str; 11] = [
    "allocatedStorage",
    "authentication",
    "engine",
    "engineVersion",
    "instanceClass",
    "lifecycle",
    "maintenanceWindow",
    "maxAllocatedStorage",
    "multiAz",
    "replicas",
    "storageType",
];

impl<'a> Unit<'a> {
    /// The document of a unit, with the quotas of its environment. `prefix` is the path of the workspace in the repository.
    #[must_use]
    pub fn new(
        unit: &'a fleet::Unit,
        quotas: &'a BTreeMap<&'static str, Quota<'a>>,
        prefix: &str,
    ) -> Self {
        let database = unit.database;
        let spec = &database.environment.spec;
        let is_instance = database.facts().form == Form::Instance;
        let told = unit.entries.iter().filter_map(|entry| {
            let [key] = entry.key.as_slice() else {
                return None;
            };
            let key = TOLD.into_iter().find(|told| told == key)?;
            Some((key, entry.place(database)))
        });
        let tags = database.tags.iter();
        Self {
            format_version: FORMAT,
            unit: database.unit(),
            environment: &database.environment.name,
            namespace: &database.namespace.value,
            file: below(prefix, &database.file.path),
            root: below(prefix, &database.directory()),
            account_id: &spec.account_id,
            region: &spec.region,
            engine: database.engine.value.as_str(),
            engine_version: database.engine_version.value.to_string(),
            instance_class: database.instance_class.value.to_string(),
            storage_type: database.storage_type.value.as_str(),
            allocated_storage: is_instance.then_some(database.allocated_storage.value),
            max_allocated_storage: is_instance.then_some(database.max_allocated_storage.value),
            multi_az: is_instance.then_some(database.multi_az.value),
            replicas: (!is_instance).then_some(database.readers()),
            authentication: database.authentication.value.as_str(),
            lifecycle: database.lifecycle.value.as_str(),
            maintenance_window: database.maintenance_window.value.to_string(),
            origins: told.collect(),
            tags: tags
                .map(|(key, tag)| (key.as_str(), tag.value.as_str()))
                .collect(),
            modules: &database.environment.modules.written,
            support_ends: unit.support_ends,
            waivers: unit.waivers().iter().map(Waiver::new).collect(),
            deviations: unit.deviations.iter().map(Deviation::new).collect(),
            problems: unit.problems.iter().map(|one| one.rule.code).collect(),
            waiting: unit.waiting.map(|waiting| {
                let paths = waiting.values().flat_map(BTreeMap::keys);
                paths.cloned().collect()
            }),
            quotas,
        }
    }
}

impl<'a> Waiver<'a> {
    fn new(waiver: &'a crate::config::Waiver) -> Self {
        Self {
            rule: &waiver.rule,
            reason: &waiver.reason,
            expires: waiver.expires,
        }
    }
}

impl<'a> Deviation<'a> {
    fn new(deviation: &'a fleet::Deviation) -> Self {
        Self {
            key: deviation.key.join("."),
            value: &deviation.value,
            instead_of: &deviation.instead_of,
        }
    }
}

//! Everything that is decided about a unit, as data: each value with its origin, and the names in AWS.

use serde_json::{Value, json};

use crate::{
    model::{Database, Origin, Resolved},
    text::pointer,
};

/// A value of the effective config.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, with `.` between keys inside each other.
    pub key: Vec<String>,
    /// The value; null when AWS decides.
    pub value: Value,
    /// Where it comes from: a file and its line, or in words.
    pub origin: String,
}

/// Every key of the config with the value in force, in the order of the keys.
#[must_use]
pub fn entries(database: &Database) -> Vec<Entry> {
    let mut list = List {
        database,
        entries: Vec::new(),
    };
    list.identity();
    list.settings();
    list.life();
    list.proxy();
    list.maps();
    list.entries.sort_by(|a, b| a.key.cmp(&b.key));
    list.entries
}

struct List<'a> {
    database: &'a Database,
    entries: Vec<Entry>,
}

impl List<'_> {
    fn add(&mut self, key: &[&str], value: impl Into<Value>, origin: Origin) {
        self.entries.push(Entry {
            key: key.iter().map(ToString::to_string).collect(),
            value: value.into(),
            origin: mark(self.database, origin, ""),
        });
    }

    fn resolved<T: Clone + Into<Value>>(&mut self, key: &str, given: &Resolved<T>) {
        self.add(&[key], given.value.clone(), given.origin);
    }

    fn identity(&mut self) {
        let it = self.database;
        self.add(
            &["shortname"],
            it.shortname.clone(),
            Origin::Config("shortname"),
        );
        match it.namespace.origin {
            Origin::BuiltIn => self.entries.push(Entry {
                key: vec!["namespace".to_owned()],
                value: it.namespace.value.clone().into(),
                origin: "name of the file".to_owned(),
            }),
            _ => self.resolved("namespace", &it.namespace),
        }
        self.resolved("serviceAccountName", &it.service_account_name);
        self.resolved("iamRoleName", &it.iam_role_name);
        self.resolved("username", &it.username);
    }

    fn settings(&mut self) {
        let it = self.database;
        let authentication = it.authentication.value.as_str();
        self.add(
            &["authentication"],
            authentication,
            it.authentication.origin,
        );
        self.add(&["engine"], it.engine.value.as_str(), it.engine.origin);
        self.add(
            &["storageType"],
            it.storage_type.value.as_str(),
            it.storage_type.origin,
        );
        let logs: Vec<_> = it
            .log_exports
            .value
            .iter()
            .map(|log| log.as_str())
            .collect();
        self.add(&["logExports"], logs, it.log_exports.origin);
        self.resolved("allocatedStorage", &it.allocated_storage);
        self.resolved("backupRetentionPeriod", &it.backup_retention_period);
        self.add(
            &["backupWindow"],
            json!(it.backup_window.value),
            it.backup_window.origin,
        );
        self.resolved("clusters", &it.clusters);
        self.resolved("databaseName", &it.database_name);
        self.resolved("deletionProtection", &it.deletion_protection);
        self.resolved("encrypted", &it.encrypted);
        self.add(
            &["engineVersion"],
            json!(it.engine_version.value),
            it.engine_version.origin,
        );
        self.add(
            &["instanceClass"],
            json!(it.instance_class.value),
            it.instance_class.origin,
        );
        self.resolved("iops", &it.iops);
        self.add(
            &["maintenanceWindow"],
            json!(it.maintenance_window.value),
            it.maintenance_window.origin,
        );
        self.resolved("maxAllocatedStorage", &it.max_allocated_storage);
        self.resolved("monitoringInterval", &it.monitoring_interval);
        self.resolved("multiAz", &it.multi_az);
        self.resolved("passwordRotationDays", &it.password_rotation_days);
        self.resolved("port", &it.port);
        self.resolved("storageThroughput", &it.storage_throughput);
    }

    fn proxy(&mut self) {
        let proxy = &self.database.proxy;
        for (key, given) in [
            ("connectionBorrowTimeout", &proxy.connection_borrow_timeout),
            ("idleClientTimeout", &proxy.idle_client_timeout),
            ("maxConnectionsPercent", &proxy.max_connections_percent),
            (
                "maxIdleConnectionsPercent",
                &proxy.max_idle_connections_percent,
            ),
        ] {
            self.add(&["proxy", key], given.value, given.origin);
        }
        let query = &proxy.init_query;
        self.add(&["proxy", "initQuery"], query.value.clone(), query.origin);
        let filters = &proxy.session_pinning_filters;
        let words: Vec<_> = filters.value.iter().map(|filter| filter.as_str()).collect();
        self.add(&["proxy", "sessionPinningFilters"], words, filters.origin);
    }

    fn life(&mut self) {
        let it = self.database;
        let (lifecycle, restore) = (&it.lifecycle, &it.restore_from);
        self.add(&["lifecycle"], lifecycle.value.as_str(), lifecycle.origin);
        self.add(&["restoreFrom"], restore.value.clone(), restore.origin);
        let written = |given: bool, key| {
            if given {
                Origin::Config(key)
            } else {
                Origin::BuiltIn
            }
        };
        let requested = it.retirement_requested;
        let origin = written(requested.is_some(), "retirementRequested");
        self.add(&["retirementRequested"], json!(requested), origin);
        self.add(&["retain"], it.retain, written(it.retain, "retain"));
        let (allow, waivers) = (json!(it.allow), json!(it.waivers));
        self.add(&["allow"], allow, written(!it.allow.is_empty(), "allow"));
        self.add(
            &["waivers"],
            waivers,
            written(!it.waivers.is_empty(), "waivers"),
        );
    }

    fn maps(&mut self) {
        let it = self.database;
        for (map, values) in [("parameters", &it.parameters), ("tags", &it.tags)] {
            for (key, given) in values {
                let below = format!("/{}", pointer::escape(key));
                self.entries.push(Entry {
                    key: vec![map.to_owned(), key.clone()],
                    value: given.value.clone().into(),
                    origin: mark(it, given.origin, &below),
                });
            }
        }
    }
}

/// Where a value comes from. Files go by the line, so that an editor can open them.
fn mark(database: &Database, origin: Origin, below: &str) -> String {
    match origin {
        Origin::BuiltIn => "default".to_owned(),
        Origin::Derived(key) => format!("from {key}"),
        _ => {
            let span = database.span_below(origin, below);
            let (line, _) = span.file.position(span.range.start);
            format!("{}:{line}", span.file.path)
        }
    }
}

//! Config and environment to instance: every default, in one place.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::Deserialize;

use crate::{
    aws::{
        engine::Engine,
        name::{self, Names},
    },
    config::{Authentication, Config, Lifecycle, Proxy as WrittenProxy, Settings, StorageType},
    diagnostic::{Checked, rule},
    model::{Database, Environment, Origin, Proxy, Resolved},
    yaml::Document,
};

/// Largest RDS volume in GiB.
pub const LARGEST_VOLUME: u32 = 65536;

/// Decides everything that a config leaves open. `stem` is the name of its file without the extension.
///
/// The source has passed the schema.
///
/// # Errors
/// When the config has no user and its environment has none either.
pub fn resolve(source: &Document, stem: &str, environment: &Arc<Environment>) -> Checked<Database> {
    let config = Config::deserialize(&source.value)
        .map_err(|error| vec![source.problem(&rule::WRONG_TYPE, "", error.to_string())])?;
    let layers = Layers {
        config: &config.settings,
        defaults: &environment.spec.defaults,
    };
    let username = username(&layers, source, environment)?;
    let namespace = written_or(config.namespace, "namespace", stem.to_owned());
    let service_account_name = given_or(config.service_account_name, "serviceAccountName", || {
        name::service_account(&namespace.value)
    });
    let iam_role_name = given_or(config.iam_role_name, "iamRoleName", || {
        name::access_role(&namespace.value, &environment.name)
    });
    let engine = layers.pick("engine", |s| s.engine, Engine::Postgres);
    let facts = engine.value.facts();
    let engine_version = layers.pick("engineVersion", |s| s.engine_version, facts.default_major);
    let allocated_storage = layers.pick("allocatedStorage", |s| s.allocated_storage, 50);
    let twice = (allocated_storage.value * 2).min(LARGEST_VOLUME);
    let names = Names::derive(
        &config.shortname,
        &environment.name,
        &facts.family(engine_version.value),
    );
    Ok(Database {
        max_allocated_storage: layers.pick(
            "maxAllocatedStorage",
            |s| s.max_allocated_storage,
            twice,
        ),
        allocated_storage,
        authentication: layers.pick(
            "authentication",
            |s| s.authentication,
            Authentication::Password,
        ),
        backup_retention_period: layers.pick(
            "backupRetentionPeriod",
            |s| s.backup_retention_period,
            7,
        ),
        backup_window: layers.pick(
            "backupWindow",
            |s| s.backup_window.clone(),
            built_in("16:00-17:00"),
        ),
        clusters: clusters(&layers, environment),
        database_name: layers.maybe("databaseName", |s| s.database_name.clone()),
        deletion_protection: layers.pick("deletionProtection", |s| s.deletion_protection, true),
        encrypted: layers.pick("encrypted", |s| s.encrypted, true),
        instance_class: layers.pick(
            "instanceClass",
            |s| s.instance_class.clone(),
            built_in("db.t4g.medium"),
        ),
        iops: layers.maybe("iops", |s| s.iops),
        log_exports: sorted(layers.pick(
            "logExports",
            |s| s.log_exports.clone(),
            facts.default_log_exports.to_vec(),
        )),
        maintenance_window: layers.pick(
            "maintenanceWindow",
            |s| s.maintenance_window.clone(),
            built_in("Sun:18:00-Sun:19:00"),
        ),
        monitoring_interval: layers.pick("monitoringInterval", |s| s.monitoring_interval, 60),
        multi_az: layers.pick("multiAz", |s| s.multi_az, false),
        parameters: layers.merge("parameters", |s| s.parameters.as_ref()),
        password_rotation_days: layers.pick(
            "passwordRotationDays",
            |s| s.password_rotation_days,
            7,
        ),
        port: layers.pick("port", |s| s.port, facts.port),
        proxy: proxy(&layers),
        storage_throughput: layers.maybe("storageThroughput", |s| s.storage_throughput),
        storage_type: layers.pick("storageType", |s| s.storage_type, StorageType::Gp3),
        tags: tags(&layers, environment),
        lifecycle: written_or(config.lifecycle, "lifecycle", Lifecycle::Active),
        restore_from: written_or(config.restore_from.map(Some), "restoreFrom", None),
        retirement_requested: config.retirement_requested,
        retain: config.retain.unwrap_or(false),
        allow: config.allow.unwrap_or_default(),
        username,
        engine,
        engine_version,
        waivers: config.waivers.unwrap_or_default(),
        shortname: config.shortname,
        namespace,
        service_account_name,
        iam_role_name,
        names,
        file: Arc::clone(&source.file),
        environment: Arc::clone(environment),
    })
}

fn username(
    layers: &Layers,
    source: &Document,
    environment: &Environment,
) -> Checked<Resolved<String>> {
    layers
        .find("username", |s| s.username.clone())
        .ok_or_else(|| {
            let help = format!(
                "write `username: postgres`, or set it for every config in `environments.{}.defaults` of valet.yaml",
                environment.name
            );
            vec![source.problem(&rule::MISSING_KEY, "", "`username` is missing").help(help)]
        })
}

/// A config over the defaults of its environment. Scalars and lists replace; maps merge by key.
struct Layers<'a> {
    config: &'a Settings,
    defaults: &'a Settings,
}

impl Layers<'_> {
    fn find<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<T>,
    ) -> Option<Resolved<T>> {
        read(self.config)
            .map(|value| Resolved::new(value, Origin::Config(key)))
            .or_else(|| read(self.defaults).map(|value| Resolved::new(value, Origin::Default(key))))
    }

    fn pick<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<T>,
        built_in: T,
    ) -> Resolved<T> {
        self.find(key, read)
            .unwrap_or(Resolved::new(built_in, Origin::BuiltIn))
    }

    fn maybe<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<T>,
    ) -> Resolved<Option<T>> {
        match self.find(key, read) {
            Some(Resolved { value, origin }) => Resolved::new(Some(value), origin),
            None => Resolved::new(None, Origin::BuiltIn),
        }
    }

    fn merge(
        &self,
        key: &'static str,
        read: impl Fn(&Settings) -> Option<&BTreeMap<String, String>>,
    ) -> BTreeMap<String, Resolved<String>> {
        let mut merged = BTreeMap::new();
        for (layer, origin) in [
            (self.defaults, Origin::Default(key)),
            (self.config, Origin::Config(key)),
        ] {
            merged.extend(
                read(layer)
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.clone(), Resolved::new(value.clone(), origin))),
            );
        }
        merged
    }
}

/// A default, read as it would be from a config.
#[expect(
    clippy::expect_used,
    reason = "defaults are part of the program; every test run reads them"
)]
fn built_in<T: FromStr<Err: fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the default is a value of its key")
}

fn written_or<T>(value: Option<T>, key: &'static str, built_in: T) -> Resolved<T> {
    match value {
        Some(value) => Resolved::new(value, Origin::Config(key)),
        None => Resolved::new(built_in, Origin::BuiltIn),
    }
}

fn given_or(
    value: Option<String>,
    key: &'static str,
    otherwise: impl Fn() -> String,
) -> Resolved<String> {
    match value {
        Some(value) => Resolved::new(value, Origin::Config(key)),
        None => Resolved::new(otherwise(), Origin::Derived("namespace")),
    }
}

fn sorted<T: Ord>(mut list: Resolved<Vec<T>>) -> Resolved<Vec<T>> {
    list.value.sort();
    list.value.dedup();
    list
}

fn clusters(layers: &Layers, environment: &Environment) -> Resolved<Vec<String>> {
    let all = || environment.spec.clusters.keys().cloned().collect();
    sorted(
        layers
            .find("clusters", |s| s.clusters.clone())
            .unwrap_or_else(|| Resolved::new(all(), Origin::Environment("clusters"))),
    )
}

fn tags(layers: &Layers, environment: &Environment) -> BTreeMap<String, Resolved<String>> {
    let origin = Origin::Environment("tags");
    let mut tags: BTreeMap<_, _> = environment
        .spec
        .tags
        .iter()
        .map(|(key, value)| (key.clone(), Resolved::new(value.clone(), origin)))
        .collect();
    tags.extend(layers.merge("tags", |s| s.tags.as_ref()));
    tags
}

fn proxy(layers: &Layers) -> Proxy {
    fn read<T>(get: impl Fn(&WrittenProxy) -> Option<T>) -> impl Fn(&Settings) -> Option<T> {
        move |settings| settings.proxy.as_ref().and_then(&get)
    }
    let max = layers.pick(
        "proxy/maxConnectionsPercent",
        read(|p| p.max_connections_percent),
        100,
    );
    Proxy {
        connection_borrow_timeout: layers.pick(
            "proxy/connectionBorrowTimeout",
            read(|p| p.connection_borrow_timeout),
            120,
        ),
        idle_client_timeout: layers.pick(
            "proxy/idleClientTimeout",
            read(|p| p.idle_client_timeout),
            1800,
        ),
        init_query: layers.maybe("proxy/initQuery", read(|p| p.init_query.clone())),
        max_idle_connections_percent: layers.pick(
            "proxy/maxIdleConnectionsPercent",
            read(|p| p.max_idle_connections_percent),
            max.value / 2,
        ),
        max_connections_percent: max,
        session_pinning_filters: sorted(layers.pick(
            "proxy/sessionPinningFilters",
            read(|p| p.session_pinning_filters.clone()),
            Vec::new(),
        )),
    }
}

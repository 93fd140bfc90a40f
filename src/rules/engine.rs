//! What an engine takes: keys that mean nothing with it, and values that it does not have.

use super::Found;
use crate::{
    aws::engine::{Engine, Facts},
    config::engine,
    diagnostic::rule,
    model::Origin,
    text::suggest,
};

impl Found<'_> {
    pub(super) fn engine(&mut self) {
        self.engine_keys();
        self.engine_values();
        self.serverless();
        self.readers();
        self.engine_proxy();
    }

    /// Keys that mean nothing with what AWS makes of the engine. What stands in `defaults` is for the other databases.
    fn engine_keys(&mut self) {
        let database = self.database;
        let title = database.facts().title;
        for key in engine::of_others(database.facts().form) {
            self.meaningless(key, Origin::Config(key), title, &why(key));
        }
        let filters = &database.proxy.session_pinning_filters;
        if database.facts().session_pinning_filters.is_empty() && !filters.value.is_empty() {
            let engines = Engine::with(|facts| !facts.session_pinning_filters.is_empty());
            let why = format!(
                "RDS Proxy has filters for {} alone",
                suggest::list(&engines)
            );
            self.meaningless("sessionPinningFilters", filters.origin, title, &why);
        }
    }

    fn meaningless(&mut self, path: &str, origin: Origin, title: &str, why: &str) {
        let key = path.replace('/', ".");
        let is_said = !self.database.span(origin).range.is_empty();
        if !matches!(origin, Origin::Config(_)) || !is_said {
            return;
        }
        self.add(
            &rule::ENGINE_KEY,
            origin,
            format!("`{key}` says nothing about {title}"),
            format!("remove it: {why}"),
        );
    }

    fn engine_values(&mut self) {
        let database = self.database;
        let facts = database.facts();
        let title = facts.title;
        let kind = &database.storage_type;
        if !facts.storage_types.contains(&kind.value) {
            let known: Vec<_> = facts.storage_types.iter().map(|one| one.as_str()).collect();
            self.add(
                &rule::ENGINE_VALUE,
                kind.origin,
                format!("{title} has no storage of type `{}`", kind.value.as_str()),
                format!("use {}", suggest::list(&known)),
            );
        }
        let logs = &database.log_exports;
        if let Some(log) = logs
            .value
            .iter()
            .find(|log| !facts.log_exports.contains(log))
        {
            let known: Vec<_> = facts.log_exports.iter().map(|one| one.as_str()).collect();
            self.add(
                &rule::ENGINE_VALUE,
                logs.origin,
                format!("{title} has no log `{}`", log.as_str()),
                format!("there are {}", suggest::list(&known)),
            );
        }
        let backups = &database.backup_retention_period;
        if facts.is_cluster() && backups.value == 0 {
            self.add(
                &rule::ENGINE_VALUE,
                backups.origin,
                format!("{title} always keeps backups"),
                "use 1 or more days",
            );
        }
        let (family, size) = database.instance_class.value.parts();
        let is_serverless = database.instance_class.value.is_serverless();
        let refused = if is_serverless {
            (!facts.serverless).then_some(facts.classes.unwrap_or_default())
        } else {
            facts.refuses_class(family, size)
        };
        if let Some(classes) = refused {
            let families: Vec<_> = classes.iter().map(|one| one.family).collect();
            let help = match families.as_slice() {
                [] => "use a class of a fixed size, such as `db.t4g.medium`".to_owned(),
                families => format!(
                    "its families are {}; not every one has all sizes",
                    suggest::list(families)
                ),
            };
            self.add_unless_kept(
                &rule::ENGINE_VALUE,
                database.instance_class.origin,
                format!(
                    "{title} does not run on `{}`",
                    database.instance_class.value
                ),
                help,
            );
        }
        if !facts.default_database_is_for_pods && database.database_name.value.is_none() {
            self.add_unless_kept(
                &rule::NO_DATABASE_NAME,
                database.engine.origin,
                format!("{title} makes no database by itself, so there is none for pods"),
                format!(
                    "write `databaseName`, for example `databaseName: {}`",
                    database.shortname.replace('-', "_")
                ),
            );
        }
    }

    /// Capacity that follows the load, and its bounds.
    fn serverless(&mut self) {
        let database = self.database;
        let (least, most) = (&database.min_capacity, &database.max_capacity);
        if !database.facts().is_cluster() {
            return;
        }
        let bounds = [("minCapacity", least), ("maxCapacity", most)];
        if !database.instance_class.value.is_serverless() {
            for (key, given) in bounds {
                if given.value.is_some() && matches!(given.origin, Origin::Config(_)) {
                    self.add(
                        &rule::SERVERLESS_CAPACITY,
                        given.origin,
                        format!("`{key}` says nothing about an instance of a fixed size"),
                        "write `instanceClass: db.serverless`, or remove it",
                    );
                }
            }
            return;
        }
        for (key, given) in bounds {
            if given.value.is_none() {
                self.add(
                    &rule::SERVERLESS_CAPACITY,
                    database.instance_class.origin,
                    format!("`db.serverless` needs `{key}`"),
                    "write both `minCapacity` and `maxCapacity`, in ACUs of 2 GiB memory: for example 0.5 and 8",
                );
            }
        }
        if let (Some(low), Some(high)) = (least.value, most.value)
            && low > high
        {
            self.add(
                &rule::SERVERLESS_CAPACITY,
                least.origin,
                format!("the least capacity, {low}, is more than the most, {high}"),
                format!("use {high} or less"),
            );
        }
        if let Some(high) = most.value
            && high.memory_gib() < 2
        {
            self.add(
                &rule::SERVERLESS_CAPACITY,
                most.origin,
                "AWS takes no `maxCapacity` below 1",
                "use 1 or more",
            );
        }
    }

    fn readers(&mut self) {
        let database = self.database;
        if database.has_read_only_path() && database.readers() == 0 {
            self.add(
                &rule::NO_READERS,
                database.read_only_endpoint.origin,
                "there is no reader that `readOnlyEndpoint` could lead to",
                "write `replicas: 1` or more, or remove it",
            );
        }
    }

    fn engine_proxy(&mut self) {
        let database = self.database;
        let facts = database.facts();
        let version = database.engine_version.value;
        let is_known = facts.major(version).is_some();
        if database.has_path() && is_known && !facts.is_proxied(version) {
            let takes: Vec<_> = facts.proxy_takes.iter().map(ToString::to_string).collect();
            self.add(
                &rule::PROXY_UNPROVEN,
                database.engine_version.origin,
                format!(
                    "AWS does not say that RDS Proxy takes {} {version}",
                    facts.title
                ),
                format!(
                    "use one of {}, or try it in a test environment first",
                    suggest::list(&takes)
                ),
            );
        }
    }
}

/// Why a key means nothing with an engine whose databases have another form.
fn why(key: &str) -> String {
    let why = match key {
        "adopt/dedicatedLogVolume" => "Aurora has no volumes",
        "adopt/optionGroup" => "an Aurora cluster has none of its own",
        "adopt/clusterParameterGroup" | "adopt/instances" => "only a cluster has it",
        "allocatedStorage" | "maxAllocatedStorage" => "Aurora's storage grows by itself",
        "iops" | "storageThroughput" => "Aurora's storage has no performance of its own",
        "multiAz" => "in Aurora a reader takes the writer's place: write `replicas`",
        _ => {
            let has = |facts: &Facts| engine::of_others(facts.form).all(|other| other != key);
            let engines = Engine::with(has);
            let verb = if engines.len() == 1 { "has" } else { "have" };
            return format!("only {} {verb} it", suggest::list(&engines));
        }
    };
    why.to_owned()
}

//! The consumer sides of clusters, from the configs of units and from what their applies have told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::Lifecycle,
    connect::outputs::{self, Service},
    diagnostic::Diagnostics,
    model::{
        Database, Environment,
        consumer::{Consumer, Endpoint, READERS, Waiting},
        identity::UnitId,
    },
};

/// The bytes of the outputs of units, by the paths of their files in the workspace.
pub type Told = BTreeMap<String, Vec<u8>>;

/// Whether a consumer side has an endpoint to a unit, once its outputs are known.
#[must_use]
pub fn is_consumed(database: &Database) -> bool {
    database.lifecycle.value == Lifecycle::Active
        && database.consumers().values().any(|one| !one.retired)
}

/// The consumer sides of environments, with what is wrong with the outputs that they need.
#[must_use]
pub fn consumers(
    environments: &[Arc<Environment>],
    databases: &[Database],
    told: &Told,
) -> (Vec<Consumer>, Diagnostics) {
    let mut problems = Diagnostics::new();
    if environments
        .iter()
        .all(|one| one.consumers().next().is_none())
    {
        return (Vec::new(), problems);
    }
    let mut found: BTreeMap<UnitId, Result<Service, &'static str>> = BTreeMap::new();
    for database in databases.iter().filter(|one| is_consumed(one)) {
        match service(database, told) {
            Ok(service) => drop(found.insert(database.unit(), service)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    let all = environments.iter().flat_map(|environment| {
        let consumers = environment.consumers();
        consumers.map(move |(cluster, spec)| (environment, cluster, spec))
    });
    let consumers = all.map(|(environment, cluster, spec)| {
        let mut consumer = Consumer {
            environment: Arc::clone(environment),
            cluster: cluster.clone(),
            spec: spec.clone(),
            endpoints: Vec::new(),
            waiting: Vec::new(),
            leaving: BTreeSet::new(),
        };
        let own = databases.iter().filter(|database| {
            database.environment.name == environment.name
                && database.consumers().contains_key(cluster)
        });
        for database in own {
            if database.lifecycle.value != Lifecycle::Active {
                consumer.leaving.insert(database.shortname.clone());
            } else if let Some(service) = found.get(&database.unit()).filter(|_| !spec.retired) {
                add(&mut consumer, database, service);
            }
        }
        consumer.endpoints.sort_by(|a, b| a.key.cmp(&b.key));
        consumer.waiting.sort_by(|a, b| a.unit.cmp(&b.unit));
        consumer
    });
    (consumers.collect(), problems)
}

/// What the outputs of a unit tell of its service, or what it waits for.
fn service(database: &Database, told: &Told) -> Result<Result<Service, &'static str>, Diagnostics> {
    let path = outputs::path(database);
    if !database.has_path() {
        return Ok(Err(
            "nothing leads to it until its config has `adopt.credentials`",
        ));
    }
    match told.get(&path) {
        None => Ok(Err("its outputs are not known before its apply")),
        Some(bytes) => Ok(outputs::service(&path, bytes.clone(), database)?
            .ok_or("nothing leads to it before its next apply")),
    }
}

fn add(consumer: &mut Consumer, database: &Database, service: &Result<Service, &'static str>) {
    let unit = database.unit();
    let wait = |reason| Waiting {
        unit: unit.clone(),
        reason,
    };
    let service = match service {
        Ok(service) => service,
        Err(reason) => return consumer.waiting.push(wait(reason)),
    };
    let zone_ids = match &service.zone_ids {
        // Zones of another Region are none of this one's.
        _ if consumer.is_across_regions() => Vec::new(),
        Some(zone_ids) => zone_ids.clone(),
        None => {
            let reason = "its outputs tell no zones before its next apply";
            return consumer.waiting.push(wait(reason));
        }
    };
    let endpoint = |key: String, host: &str, service_name: &str| Endpoint {
        unit: unit.clone(),
        key,
        host: host.to_owned(),
        port: service.port,
        service_name: service_name.to_owned(),
        zone_ids: zone_ids.clone(),
    };
    let shortname = &database.shortname;
    let writer = endpoint(shortname.clone(), &service.host, &service.name);
    consumer.endpoints.push(writer);
    let readers = service.readers.as_ref();
    let readers = readers.filter(|_| database.has_read_only_path());
    consumer
        .endpoints
        .extend(readers.map(|(name, host)| endpoint(format!("{shortname}{READERS}"), host, name)));
}

//! Databases as entities of a Backstage catalogue.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    aws::name,
    config::Lifecycle,
    diagnostic::{Checked, Diagnostics},
    model::{Database, Environment},
    rules::{Relations, relations},
    text::unicode::spelt_out,
};

/// An entity, with the keys in the order in which Backstage shows them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Serialize)]
struct Metadata {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    title: String,
    description: String,
    annotations: BTreeMap<&'static str, String>,
    labels: BTreeMap<&'static str, String>,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct Link {
    url: String,
    title: &'static str,
    icon: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    #[serde(rename = "type")]
    kind: &'static str,
    lifecycle: &'static str,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependency_of: Vec<String>,
}

/// The entities of all databases that are there, by environment and namespace. `prefix` is the path of the workspace in its
/// repository.
///
/// # Errors
/// When one of them has no owner, or refers to what cannot be.
pub fn entities(databases: &[Database], prefix: &str) -> Checked<Vec<Entity>> {
    let mut problems = Diagnostics::new();
    let mut entities = Vec::new();
    for database in databases {
        if database.lifecycle.value == Lifecycle::Retired {
            continue;
        }
        match relations(database) {
            Some(Ok(relations)) => entities.push(Entity::of(database, relations, prefix)),
            Some(Err(found)) => problems.extend(found),
            None => {}
        }
    }
    if problems.is_empty() {
        Ok(entities)
    } else {
        Err(problems)
    }
}

impl Entity {
    fn of(database: &Database, relations: Relations, prefix: &str) -> Self {
        let environment = &database.environment;
        let spec = &environment.spec;
        let version = database.engine_version.value;
        let engine = database.engine.value.as_str();
        let major = database.facts().major(version);
        let major = major.map_or(version, |major| major.version);
        let annotations = [
            ("storage-valet.example/unit", database.unit().to_string()),
            ("storage-valet.example/aws-account", spec.account_id.clone()),
            ("storage-valet.example/aws-region", spec.region.clone()),
            (
                "storage-valet.example/db-instance",
                database.names.instance.clone(),
            ),
        ];
        let labels = [
            (
                "storage-valet.example/environment",
                environment.name.clone(),
            ),
            ("storage-valet.example/engine", engine.to_owned()),
            ("storage-valet.example/engine-version", version.to_string()),
        ];
        Self {
            api_version: "backstage.io/v1alpha1",
            kind: "Resource",
            metadata: Metadata {
                name: name::entity(&environment.name, &database.shortname),
                namespace: environment
                    .catalog
                    .as_ref()
                    .and_then(|catalog| catalog.namespace.clone()),
                title: database.unit().to_string(),
                description: format!(
                    "{engine} {version} on {} for the namespace {} in {}",
                    database.instance_class.value,
                    spelt_out(&database.namespace.value),
                    environment.name
                ),
                annotations: annotations.into_iter().collect(),
                labels: labels.into_iter().collect(),
                tags: vec![
                    engine.to_owned(),
                    format!("{engine}-{}", major.to_string().replace('.', "-")),
                ],
                links: links(environment, database, prefix),
            },
            spec: Spec {
                kind: "database",
                lifecycle: database.lifecycle.value.as_str(),
                owner: relations.owner,
                system: relations.system,
                depends_on: relations.depends_on,
                dependency_of: relations.components,
            },
        }
    }
}

fn links(environment: &Environment, database: &Database, prefix: &str) -> Vec<Link> {
    let config = environment.link(prefix, &database.file.path);
    let root = environment.link(prefix, &database.directory());
    let link = |url: Option<String>, title, icon| url.map(|url| Link { url, title, icon });
    let links = [
        link(config, "Config", "code"),
        link(root, "Terraform root", "code"),
    ];
    links.into_iter().flatten().collect()
}

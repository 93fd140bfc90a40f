//! What a namespace needs in Kubernetes to reach its database: objects as data, and as one YAML stream.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    config::Authentication,
    connect::{outputs, way::Ways},
    model::Database,
    text::{
        duration::Duration,
        go_template::{in_url, literal},
        starlark::quoted,
    },
    yaml,
};

/// Where a database is reached, from its outputs or from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Host that clients connect to: TLS and IAM tokens are made for this name.
    pub host: String,
    /// ARN of the secret.
    pub secret_arn: String,
    /// ARN of the ServiceAccount's role.
    pub role_arn: String,
    /// Host that clients connect to when they only read, when there is one.
    pub read_only_host: Option<String>,
    /// Port that clients connect to.
    pub port: u32,
    /// The database.
    pub database: String,
    /// DNS names of the VPC endpoint in the cluster's VPC. When there is none, the mesh resolves the host itself.
    pub vpc_endpoints: Vec<String>,
}

impl Target {
    /// A target of which only the host and the secret are known; the rest follows from the config.
    #[must_use]
    pub fn of(database: &Database, host: String, secret_arn: String) -> Self {
        Self {
            host,
            secret_arn,
            read_only_host: None,
            role_arn: outputs::role_arn(database, &database.iam_role_name.value),
            port: database.facts().port,
            database: database_name(database, None),
            vpc_endpoints: Vec::new(),
        }
    }

    /// The target that outputs describe.
    #[must_use]
    pub fn from_outputs(database: &Database, outputs: &outputs::Outputs) -> Self {
        Self {
            host: outputs.proxy_endpoint.clone(),
            secret_arn: outputs.secret_arn.clone(),
            read_only_host: outputs.read_only_proxy_endpoint.clone(),
            role_arn: outputs.role_arn.clone(),
            port: outputs.port,
            database: database_name(database, outputs.database_name.clone()),
            vpc_endpoints: Vec::new(),
        }
    }
}

fn database_name(database: &Database, output: Option<String>) -> String {
    output
        .or_else(|| database.database_name.value.clone())
        .unwrap_or_else(|| database.facts().default_database.to_owned())
}

/// Name of every object of a unit but the ServiceAccount.
#[must_use]
pub fn name(database: &Database) -> &str {
    &database.names.instance
}

/// End of the name of what leads to readers.
const READ_ONLY: &str = "-read-only";

/// The mesh that the pods are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mesh {
    /// Istio.
    Istio,
    /// None.
    None,
}

/// The objects of a unit, in the order in which they are applied.
#[must_use]
pub fn objects(database: &Database, target: &Target, refresh: Duration, mesh: Mesh) -> Vec<Value> {
    let mut objects = vec![service_account(database, target)];
    if mesh == Mesh::Istio {
        objects.push(service_entry(
            database,
            target,
            name(database),
            &target.host,
        ));
        if let Some(host) = &target.read_only_host {
            let name = [name(database), READ_ONLY].concat();
            objects.push(service_entry(database, target, &name, host));
        }
    }
    match database.authentication.value {
        Authentication::Password => {
            objects.push(secret_store(database));
            objects.push(external_secret(database, target, refresh));
        }
        Authentication::Iam => objects.push(config_map(database, target)),
    }
    objects
}

fn object(database: &Database, api_version: &str, kind: &str, name: &str, rest: Value) -> Value {
    let mut object = Map::new();
    object.insert("apiVersion".to_owned(), api_version.into());
    object.insert("kind".to_owned(), kind.into());
    let metadata = json!({
        "name": name,
        "namespace": database.namespace.value,
        "labels": {"app.kubernetes.io/managed-by": "valet-rds"},
    });
    object.insert("metadata".to_owned(), metadata);
    if let Value::Object(rest) = rest {
        object.extend(rest);
    }
    Value::Object(object)
}

fn service_account(database: &Database, target: &Target) -> Value {
    let name = &database.service_account_name.value;
    let mut account = object(database, "v1", "ServiceAccount", name, Value::Null);
    if let Some(Value::Object(metadata)) = account.get_mut("metadata") {
        let role = json!({"eks.amazonaws.com/role-arn": target.role_arn});
        metadata.insert("annotations".to_owned(), role);
    }
    account
}

fn service_entry(database: &Database, target: &Target, name: &str, host: &str) -> Value {
    let port_name = database.facts().client.port_name;
    let mut spec = json!({
        "hosts": [host],
        "addresses": [mesh_address(host)],
        "exportTo": ["."],
        "location": "MESH_EXTERNAL",
        "ports": [{"number": target.port, "name": port_name, "protocol": "TCP"}],
        "resolution": "DNS",
    });
    // Those lead to the one that writes.
    if let Value::Object(spec) = &mut spec
        && !target.vpc_endpoints.is_empty()
        && host == target.host
    {
        let endpoints = target
            .vpc_endpoints
            .iter()
            .map(|address| json!({"address": address}));
        spec.insert("endpoints".to_owned(), endpoints.collect());
    }
    object(
        database,
        "networking.istio.io/v1",
        "ServiceEntry",
        name,
        json!({"spec": spec}),
    )
}

/// An address that only this host has in the mesh.
///
/// A TCP entry without an address matches every connection on its port, so a second database on 5432 would get the
/// first one's traffic. The address comes from class E, which nothing routes, outside of 240.240.0.0/16, which Istio
/// gives out itself; it follows from the host, so it never changes while the host does not.
#[must_use]
pub fn mesh_address(host: &str) -> String {
    const FIRST: u8 = 241;
    const LAST: u8 = 254;
    let digest = Sha256::digest(host.as_bytes());
    let mut bytes = digest.iter().copied();
    let mut next = || bytes.next().unwrap_or_default();
    let first = FIRST + next() % (LAST - FIRST + 1);
    format!("{first}.{}.{}.{}", next(), next(), next())
}

fn secret_store(database: &Database) -> Value {
    let spec = json!({"provider": {"aws": {
        "service": "SecretsManager",
        "region": database.environment.spec.region,
        "auth": {"jwt": {"serviceAccountRef": {"name": database.service_account_name.value}}},
    }}});
    object(
        database,
        "external-secrets.io/v1",
        "SecretStore",
        name(database),
        json!({"spec": spec}),
    )
}

/// Percent-encodes: `urlquery` alone would write a space as `+`, which stays a plus sign before the `@` of a URL.
const ENCODE: &str = r#"urlquery | replace "+" "%20""#;

fn external_secret(database: &Database, target: &Target, refresh: Duration) -> Value {
    let client = &database.facts().client;
    let (tls, level) = (client.tls_option, client.tls_level);
    let Target {
        host,
        port,
        database: database_name,
        secret_arn,
        ..
    } = target;
    let url = |host: &str| {
        format!(
            "{}://{{{{ .username | {ENCODE} }}}}:{{{{ .password | {ENCODE} }}}}@{}:{port}/{}?{tls}={level}",
            client.url_scheme,
            literal(host),
            in_url(database_name)
        )
    };
    let mut data = json!({
        "host": literal(host),
        "port": port.to_string(),
        "database": literal(database_name),
        "user": "{{ .username }}",
        "password": "{{ .password }}",
        tls: level,
        "url": url(host),
    });
    if let (Some(host), Value::Object(data)) = (&target.read_only_host, &mut data) {
        data.insert("read-only-host".to_owned(), literal(host).into());
        data.insert("read-only-url".to_owned(), url(host).into());
    }
    let name = name(database);
    let property = |property: &str| json!({"secretKey": property, "remoteRef": {"key": secret_arn, "property": property}});
    let spec = json!({
        "refreshInterval": refresh.to_string(),
        "secretStoreRef": {"kind": "SecretStore", "name": name},
        "target": {
            "name": name,
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
            "template": {
                "engineVersion": "v2",
                "type": "Opaque",
                "data": data,
            },
        },
        "data": [property("username"), property("password")],
    });
    object(
        database,
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        json!({"spec": spec}),
    )
}

/// All that an IAM client needs: it makes its own password, a token for host, port, user and Region.
fn config_map(database: &Database, target: &Target) -> Value {
    let client = &database.facts().client;
    let (tls, level) = (client.tls_option, client.tls_level);
    let mut data = json!({
        "host": target.host,
        "port": target.port.to_string(),
        "database": target.database,
        "user": database.client_user().value,
        "region": database.environment.spec.region,
        tls: level,
    });
    if let (Some(host), Value::Object(data)) = (&target.read_only_host, &mut data) {
        data.insert("read-only-host".to_owned(), host.as_str().into());
    }
    object(
        database,
        "v1",
        "ConfigMap",
        name(database),
        json!({"data": data}),
    )
}

/// Where the example Deployment mounts what a client needs.
pub const MOUNT: &str = "/etc/database";

/// An example Deployment that reads what it needs from files, which follow a rotation without a restart.
#[must_use]
pub fn deployment(database: &Database) -> Value {
    const APP: &str = "example";
    let name = name(database);
    let volume = match database.authentication.value {
        Authentication::Password => json!({"name": "database", "secret": {"secretName": name}}),
        Authentication::Iam => json!({"name": "database", "configMap": {"name": name}}),
    };
    let labels = json!({"app.kubernetes.io/name": APP});
    let container = json!({
        "name": APP,
        "image": "example:latest",
        "volumeMounts": [{"name": "database", "mountPath": MOUNT, "readOnly": true}],
    });
    let spec = json!({
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "serviceAccountName": database.service_account_name.value,
                "containers": [container],
                "volumes": [volume],
            },
        },
    });
    object(
        database,
        "apps/v1",
        "Deployment",
        APP,
        json!({"spec": spec}),
    )
}

/// What stands above the `ServiceEntry`.
const OF_THE_ENTRY: &str = "\
# Without an address of its own, an entry for TCP takes every connection on its port, to other databases, too. Pods get
# this one for the host from the mesh's DNS capture (ISTIO_META_DNS_CAPTURE in the proxy's metadata), which has to be on.
";

/// What stands above objects for pods without a mesh: what resolves the host, in comments.
#[must_use]
pub fn resolution(database: &Database) -> String {
    let mut text = "# No mesh. What resolves the host:\n".to_owned();
    for resolver in Ways::of(database).resolvers() {
        text.push_str(&["#   ", &resolver, "\n"].concat());
    }
    text
}

/// Objects as one YAML stream, ready for `kubectl apply --server-side -f -`, with what is to know about the mesh.
///
/// # Errors
/// When a value cannot be written as YAML; those of this module always can.
pub fn yaml(objects: &[Value]) -> Result<String, serde_yaml::ser::Error> {
    let mut text = String::new();
    for object in objects {
        text.push_str("---\n");
        if object.get("kind") == Some(&"ServiceEntry".into()) {
            text.push_str(OF_THE_ENTRY);
        }
        text.push_str(&yaml::print(object, true)?);
    }
    Ok(text)
}

/// The arguments of a `storage_valet_rds_k8s_resources` call that the config does not tell.
#[derive(Debug)]
pub struct Bazel<'a> {
    /// Name of the target.
    pub name: &'a str,
    /// Label of the target that applies the root.
    pub terraform_target: &'a str,
}

/// The Bazel macro call that makes the same objects.
#[must_use]
pub fn bazel(database: &Database, target: &Target, refresh: Duration, call: &Bazel) -> String {
    let arguments = [
        ("name", call.name),
        ("environment", &database.environment.name),
        ("host", &target.host),
        ("namespace", &database.namespace.value),
        ("refresh_interval", &refresh.to_string()),
        ("secret", &target.secret_arn),
        ("terraform_target", call.terraform_target),
    ];
    let lines = arguments.map(|(name, value)| format!("    {name} = {},\n", quoted(value)));
    format!("storage_valet_rds_k8s_resources(\n{})\n", lines.concat())
}

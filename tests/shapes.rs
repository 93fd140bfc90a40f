//! The Kubernetes objects against closed schemas of their kinds.
//!
//! Written from what the specifications of `v1`, `apps/v1`, `networking.istio.io/v1` and `external-secrets.io/v1` say of
//! each field, and only as wide as what is printed: a misspelt or misplaced field is an unknown one, and fails.
//! `cargo xtask readers` holds the same objects against the schemas that those projects publish, which let more pass.
#![expect(
    clippy::needless_pass_by_value,
    reason = "schemas are built of `json!` in each other"
)]

use serde_json::{Value, json};

use crate::support::{
    command::{run, valet},
    outputs::applied,
    workspace::Workspace,
};

const LABEL: &str = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
const SUBDOMAIN: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// An object with exactly these properties; those whose name ends in `?` may be left out.
fn closed(properties: Value) -> Value {
    let mut all = serde_json::Map::new();
    let mut required = Vec::new();
    for (name, schema) in properties.as_object().unwrap() {
        let key = name.trim_end_matches('?');
        if key == name {
            required.push(key.to_owned());
        }
        all.insert(key.to_owned(), schema.clone());
    }
    json!({"type": "object", "properties": all, "required": required, "additionalProperties": false})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

fn texts(value_pattern: &str) -> Value {
    json!({"type": "object", "additionalProperties": {"type": "string", "pattern": value_pattern}, "minProperties": 1})
}

fn metadata() -> Value {
    let value = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";
    closed(json!({
        "name": {"type": "string", "pattern": SUBDOMAIN, "maxLength": 253},
        "namespace": {"type": "string", "pattern": LABEL},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "pattern": value, "maxLength": 63}},
        "annotations?": texts(""),
    }))
}

fn schema(api_version: &str, kind: &str, rest: Value) -> Value {
    let mut properties = json!({
        "apiVersion": {"const": api_version},
        "kind": {"const": kind},
        "metadata": metadata(),
    });
    properties
        .as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    closed(properties)
}

fn data_keys(values: Value) -> Value {
    json!({
        "type": "object",
        "propertyNames": {"pattern": "^[-._a-zA-Z0-9]+$", "maxLength": 253},
        "additionalProperties": values,
        "minProperties": 1,
    })
}

fn service_entry() -> Value {
    let name = json!({"type": "string", "pattern": SUBDOMAIN, "maxLength": 253});
    let ports = closed(json!({
        "number": {"type": "integer", "minimum": 1, "maximum": 65535},
        // A TCP server that speaks before TLS begins; the prefix tells Istio, too.
        "name": {"type": "string", "pattern": "^tcp-[a-z]+$"},
        "protocol": {"const": "TCP"},
    }));
    let spec = closed(json!({
        "hosts": {"type": "array", "items": name, "minItems": 1, "maxItems": 256},
        "addresses": {"type": "array", "items": {"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$"}, "maxItems": 256},
        "exportTo": {"const": ["."]},
        "location": {"enum": ["MESH_EXTERNAL", "MESH_INTERNAL"]},
        "ports": list(ports),
        "resolution": {"enum": ["NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"]},
        "endpoints?": list(closed(json!({"address": name}))),
    }));
    schema(
        "networking.istio.io/v1",
        "ServiceEntry",
        json!({"spec": spec}),
    )
}

fn secret_store() -> Value {
    let account =
        closed(json!({"name": {"type": "string", "pattern": SUBDOMAIN, "maxLength": 253}}));
    let aws = closed(json!({
        "service": {"enum": ["SecretsManager", "ParameterStore", "CertificateManager"]},
        "region": {"type": "string", "minLength": 1},
        "auth": closed(json!({"jwt": closed(json!({"serviceAccountRef": account}))})),
    }));
    let spec = closed(json!({"provider": closed(json!({"aws": aws}))}));
    schema(
        "external-secrets.io/v1",
        "SecretStore",
        json!({"spec": spec}),
    )
}

fn external_secret() -> Value {
    let name = json!({"type": "string", "pattern": SUBDOMAIN, "minLength": 1, "maxLength": 253});
    let template = closed(json!({
        "engineVersion": {"const": "v2"},
        "type": {"const": "Opaque"},
        "data": data_keys(json!({"type": "string", "minLength": 1})),
    }));
    let target = closed(json!({
        "name": name,
        "creationPolicy": {"enum": ["Owner", "Orphan", "Merge", "None", "CreateOrMerge"]},
        "deletionPolicy": {"enum": ["Retain", "Delete", "Merge"]},
        "template": template,
    }));
    let remote = closed(json!({
        "key": {"type": "string", "pattern": "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$"},
        "property": {"enum": ["username", "password"]},
    }));
    let data = closed(json!({
        "secretKey": {"type": "string", "pattern": "^[-._a-zA-Z0-9]+$", "minLength": 1, "maxLength": 253},
        "remoteRef": remote,
    }));
    let spec = closed(json!({
        "refreshInterval": {"type": "string", "pattern": "^([0-9]+[hms])+$"},
        "secretStoreRef": closed(json!({"kind": {"enum": ["SecretStore", "ClusterSecretStore"]}, "name": name})),
        "target": target,
        "data": list(data),
    }));
    schema(
        "external-secrets.io/v1",
        "ExternalSecret",
        json!({"spec": spec}),
    )
}

fn deployment() -> Value {
    let name = json!({"type": "string", "pattern": LABEL});
    let mount = closed(json!({
        "name": name,
        "mountPath": {"type": "string", "pattern": "^/[^:]*$"},
        "readOnly": {"const": true},
    }));
    let container =
        closed(json!({"name": name, "image": {"type": "string"}, "volumeMounts": list(mount)}));
    let volume = closed(json!({
        "name": name,
        "secret?": closed(json!({"secretName": {"type": "string", "pattern": SUBDOMAIN}})),
        "configMap?": closed(json!({"name": {"type": "string", "pattern": SUBDOMAIN}})),
    }));
    let pod = closed(json!({
        "serviceAccountName": {"type": "string", "pattern": SUBDOMAIN},
        "containers": list(container),
        "volumes": list(volume),
    }));
    let template = closed(json!({"metadata": closed(json!({"labels": texts(".")})), "spec": pod}));
    let spec = closed(json!({
        "replicas": {"type": "integer", "minimum": 0},
        "selector": closed(json!({"matchLabels": texts(".")})),
        "template": template,
    }));
    schema("apps/v1", "Deployment", json!({"spec": spec}))
}

fn of_kind(kind: &str) -> Value {
    match kind {
        "ConfigMap" => schema(
            "v1",
            kind,
            json!({"data": data_keys(json!({"type": "string"}))}),
        ),
        "Deployment" => deployment(),
        "ExternalSecret" => external_secret(),
        "SecretStore" => secret_store(),
        "ServiceAccount" => schema("v1", kind, json!({})),
        "ServiceEntry" => service_entry(),
        _ => unreachable!("{kind} has no schema"),
    }
}

fn errors(object: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&of_kind(object["kind"].as_str().unwrap())).unwrap();
    validator
        .iter_errors(object)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

#[test]
fn every_object_of_every_unit_fits_its_schema() {
    let city = applied("shapes");
    let mut count = 0;
    for database in Workspace::open(&city).databases {
        let endpoint = [
            "--vpc-endpoint",
            "vpce-0a1b-2c3d.vpce-svc-0123.ap-northeast-1.vpce.amazonaws.com",
        ];
        let ran = valet(
            &city,
            &[
                &["k8s", &database.unit().to_string(), "--deployment"][..],
                &endpoint,
            ]
            .concat(),
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        for object in serde_yaml::from_multiple::<Value>(&ran.out).unwrap() {
            assert_eq!(errors(&object), [""; 0], "{object:#}");
            count += 1;
        }
    }
    assert_eq!(count, 10 * 5 + 2 * 4);
}

#[test]
fn the_schemas_see_a_slip() {
    let city = applied("shapes-slip");
    let objects: Vec<Value> = serde_yaml::from_multiple(&run(&city, "k8s dev3/agora").out).unwrap();
    for (kind, pointer, wrong) in [
        ("ServiceEntry", "/spec/ports/0/protocol", json!("TLS")),
        ("ServiceEntry", "/spec/ports/0/number", json!("5432")),
        (
            "ExternalSecret",
            "/apiVersion",
            json!("external-secrets.io/v1beta1"),
        ),
        ("ExternalSecret", "/spec/data/0", json!({"secretkey": "a"})),
        (
            "SecretStore",
            "/spec/provider/aws/service",
            json!("SecretManager"),
        ),
        ("ServiceAccount", "/metadata", json!({"name": "A_b"})),
    ] {
        let mut object = objects
            .iter()
            .find(|object| object["kind"] == kind)
            .unwrap()
            .clone();
        assert_eq!(errors(&object), [""; 0]);
        *object.pointer_mut(pointer).unwrap() = wrong;
        assert_ne!(errors(&object), [""; 0], "{kind} {pointer}");
    }
}

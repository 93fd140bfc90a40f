//! One connection from config to pod: what the Terraform makes, and what the Kubernetes objects say of it.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};
use storage_valet_rds::{
    config::Authentication,
    connect::outputs,
    terraform::{
        lower,
        root_module::{Argument, BlockKind, Expression, RootModule},
    },
};

use crate::support::{
    command::{run, valet},
    kubernetes::{documents, kind},
    outputs::{applied, outputs_of},
    workspace::Workspace,
};

/// The value of a module argument in a laid out root.
fn argument<'a>(root: &'a RootModule, module: &str, name: &str) -> &'a Expression {
    let mut blocks = root.files.iter().flat_map(|file| file.blocks.iter());
    let call = blocks
        .find(|block| block.kind == BlockKind::Module && block.labels == [module])
        .unwrap();
    &call
        .arguments
        .iter()
        .find(|argument| argument.name == name)
        .unwrap()
        .value
}

/// What stands behind an output of a laid out root.
fn output<'a>(root: &'a RootModule, name: &str) -> &'a Expression {
    let blocks = root.files.iter().flat_map(|file| file.blocks.iter());
    let block = blocks
        .into_iter()
        .find(|block| block.kind == BlockKind::Output && block.labels == [name])
        .unwrap();
    let value = |argument: &&Argument| argument.name == "value";
    &block.arguments.iter().find(value).unwrap().value
}

#[test]
fn config_terraform_and_manifests_agree() {
    let city = applied("k8s-agree");
    // With these, the name and the namespace that the root hands over are the subject of the trust policy.
    let policy = fs::read_to_string("modules/irsa-role/main.tf").unwrap();
    assert!(policy.contains(
        ":sub\" = \"system:serviceaccount:${var.namespace}:${var.service_account_name}\""
    ));
    for database in Workspace::open(&city).databases {
        let unit = database.unit().to_string();
        let root = lower::unit(&database);
        for (name, module, behind) in [
            ("proxy_endpoint", "proxy", "endpoint"),
            ("role_arn", "irsa_role", "arn"),
            ("secret_arn", database.facts().form.module(), "secret_arn"),
        ] {
            assert_eq!(output(&root, name), &Expression::Output(module, behind));
        }
        let ran = valet(&city, &["k8s", &unit]);
        assert_eq!(ran.code, 0, "{unit}: {}", ran.err);
        let objects = documents(&ran.out);
        let outputs = outputs_of(&database);
        let text = |module, name| match argument(&root, module, name) {
            Expression::Text(text) => text.clone(),
            other => unreachable!("{name}: {other:?}"),
        };
        let account = &kind(&objects, "ServiceAccount")["metadata"];
        assert_eq!(
            account["name"],
            text("irsa_role", "service_account_name"),
            "{unit}: subject of the trust policy"
        );
        assert_eq!(account["namespace"], text("irsa_role", "namespace"));
        let role = account["annotations"]["eks.amazonaws.com/role-arn"]
            .as_str()
            .unwrap();
        assert_eq!(role, outputs["role_arn"]["value"]);
        assert!(role.ends_with(&format!(":role/{}", text("irsa_role", "name"))));
        assert_eq!(
            argument(&root, "irsa_role", "secret_arn"),
            &Expression::Output(database.facts().form.module(), "secret_arn")
        );
        let host = &outputs["proxy_endpoint"]["value"];
        assert_eq!(&kind(&objects, "ServiceEntry")["spec"]["hosts"][0], host);
        if database.authentication.value == Authentication::Iam {
            assert!(
                objects
                    .iter()
                    .all(|object| !object["kind"].as_str().unwrap().contains("Secret"))
            );
            let data = &kind(&objects, "ConfigMap")["data"];
            assert_eq!(&data["host"], host);
            assert_eq!(data["user"], text("irsa_role", "username"));
            assert_eq!(data["region"], text("irsa_role", "region"));
        } else {
            let spec = &kind(&objects, "ExternalSecret")["spec"];
            for item in spec["data"].as_array().unwrap() {
                assert_eq!(item["remoteRef"]["key"], outputs["secret_arn"]["value"]);
            }
            assert_eq!(&spec["target"]["template"]["data"]["host"], host);
            let store = kind(&objects, "SecretStore");
            assert_eq!(spec["secretStoreRef"]["name"], store["metadata"]["name"]);
            let aws = &store["spec"]["provider"]["aws"];
            assert_eq!(
                aws["auth"]["jwt"]["serviceAccountRef"]["name"],
                account["name"]
            );
            assert_eq!(aws["region"], text("proxy", "region"));
        }
        for object in &objects {
            assert_eq!(object["metadata"]["namespace"], database.namespace.value);
        }
    }
}

/// Go's text/template with the functions that the URL uses: `urlquery` is Go's `url.QueryEscape`, in which a space
/// becomes `+`; `replace OLD NEW TEXT` is sprig's.
fn render(template: &str, secret: &Value) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = after.split_once("}}").unwrap();
        text.push_str(before);
        let mut steps = action.split('|').map(str::trim);
        let field = steps.next().unwrap().strip_prefix('.').unwrap();
        let value = secret[field].as_str().unwrap().to_owned();
        text.push_str(&steps.fold(
            value,
            |value, step| match step.split(' ').collect::<Vec<_>>()[..] {
                ["urlquery"] => query_escape(&value),
                ["replace", old, new] => {
                    value.replace(old.trim_matches('"'), new.trim_matches('"'))
                }
                _ => unreachable!("{step} is not emulated"),
            },
        ));
        rest = after;
    }
    text + rest
}

fn query_escape(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// Decodes as RFC 3986 says for what stands before the `@`: a plus sign is a plus sign.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_password_of_all_printable_characters_survives_into_the_url_and_back() {
    let city = applied("k8s-url");
    let objects = documents(&run(&city, "k8s prod/search").out);
    let data = &kind(&objects, "ExternalSecret")["spec"]["target"]["template"]["data"];
    let password: String = (' '..='~').chain("ü€😀".chars()).collect();
    let secret = json!({"username": "a user@+/:%", "password": password});
    let url = render(data["url"].as_str().unwrap(), &secret);
    assert!(
        url.is_ascii() && !url.contains([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']),
        "{url}"
    );
    let rest = url.strip_prefix("postgresql://").unwrap();
    let (authority, tail) = rest.split_once('/').unwrap();
    let (login, host) = authority.split_once('@').unwrap();
    assert_eq!(
        host,
        "search-prod-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:5432"
    );
    assert_eq!(tail, "postgres?sslmode=verify-full");
    let (user, encoded) = login.split_once(':').unwrap();
    assert_eq!(percent_decode(user), "a user@+/:%");
    assert_eq!(percent_decode(encoded), password);
    assert_eq!(
        render(data["password"].as_str().unwrap(), &secret),
        password
    );
}

/// The value of an attribute of an object.
fn attribute<'a>(object: &'a Expression, name: &str) -> &'a Expression {
    let Expression::Object(attributes) = object else {
        unreachable!("{object}");
    };
    let (_, value) = attributes.iter().find(|(key, _)| *key == name).unwrap();
    value
}

/// The entries of a map.
fn entries(map: &Expression) -> BTreeMap<&str, &Expression> {
    let Expression::Map(entries) = map else {
        unreachable!("{map}");
    };
    let entries = entries.iter().map(|(key, value)| (key.as_str(), value));
    entries.collect()
}

/// The service in the databases' account, the endpoint in the cluster's, the zone for the host, the host in the manifests,
/// and the trust in the cluster that the pods are in.
#[test]
fn the_way_from_the_pods_of_a_cluster_agrees_link_by_link() {
    let folder = Path::new("fixtures/ok/consumer");
    let workspace = Workspace::open(folder);
    // What becomes of the host is said in one place: its own tests hold the rest of the module.
    let module = fs::read_to_string("modules/endpoint-consumer/main.tf").unwrap();
    assert_eq!(module.matches("= each.value.host\n").count(), 2);
    let mut links = Vec::new();
    for consumer in &workspace.consumers {
        let root = lower::consumer(consumer);
        let spec = &consumer.spec;
        for (shortname, endpoint) in entries(argument(&root, "endpoint_consumer", "databases")) {
            let mut databases = workspace.databases.iter();
            let database = databases.find(|one| one.shortname == shortname).unwrap();
            let unit = lower::unit(database);
            let told = folder.join(database.directory()).join(outputs::FILE);
            let told: Value = serde_json::from_slice(&fs::read(told).unwrap()).unwrap();
            let text = |name: &str| Expression::from(told[name]["value"].as_str().unwrap());

            // The service stands behind the proxy, and is the one that the endpoint asks for.
            let behind = [
                ("endpoint_service_name", "endpoint_service", "service_name"),
                ("port", "proxy", "port"),
                ("proxy_endpoint", "proxy", "endpoint"),
                ("zone_ids", "endpoint_service", "zone_ids"),
            ];
            for (name, module, is) in behind {
                assert_eq!(output(&unit, name), &Expression::Output(module, is));
            }
            for (module, name, of, is) in [
                ("nlb", "port", "proxy", "port"),
                ("nlb", "proxy_endpoint", "proxy", "endpoint"),
                ("endpoint_service", "nlb_arn", "nlb", "arn"),
            ] {
                assert_eq!(argument(&unit, module, name), &Expression::Output(of, is));
            }
            assert_eq!(
                attribute(endpoint, "service_name"),
                &text("endpoint_service_name")
            );

            // Whoever makes the endpoint is let in, and it is where the service is.
            let Expression::List(principals) =
                argument(&unit, "endpoint_service", "allowed_principals")
            else {
                unreachable!();
            };
            let account = format!("arn:aws:iam::{}:root", spec.account_id);
            let makers = [Some(account), spec.deploy_role_arn.clone()];
            assert!(
                makers
                    .into_iter()
                    .flatten()
                    .any(|arn| principals.contains(&arn.into()))
            );
            assert_eq!(
                argument(&unit, "endpoint_service", "subnet_ids"),
                argument(&unit, "nlb", "subnet_ids")
            );
            let zones = told["zone_ids"]["value"].as_array().unwrap();
            let zones = zones.iter().filter(|_| !consumer.is_across_regions());
            let zones = zones.map(|zone| zone.as_str().unwrap().into()).collect();
            assert_eq!(attribute(endpoint, "zone_ids"), &Expression::List(zones));

            // The zone answers for the host and the port that the manifests name.
            assert_eq!(attribute(endpoint, "host"), &text("proxy_endpoint"));
            let name = database.unit().to_string();
            let objects = documents(&valet(folder, &["k8s", &name]).out);
            let entry = &kind(&objects, "ServiceEntry")["spec"];
            let secret = &kind(&objects, "ExternalSecret")["spec"]["target"]["template"]["data"];
            for host in [&entry["hosts"][0], &secret["host"]] {
                assert_eq!(attribute(endpoint, "host"), &host.as_str().unwrap().into());
            }
            let Expression::Number(port) = attribute(endpoint, "port") else {
                unreachable!();
            };
            assert_eq!(entry["ports"][0]["number"], *port);
            assert_eq!(secret["port"], port.to_string());
            let url = secret["url"].as_str().unwrap();
            let place = format!("@{}:{port}/", secret["host"].as_str().unwrap());
            assert!(url.contains(&place), "{url}");

            // The role trusts the clusters of the pods that come this way.
            let trusted = entries(argument(&unit, "irsa_role", "clusters"));
            let environment = &database.environment;
            let shared = lower::environment(environment);
            let issuers = entries(argument(&shared, "cluster_trust", "clusters"));
            for cluster in &database.clusters.value {
                let (maker, _) = environment.consumer_of(cluster).unwrap();
                if *maker != consumer.cluster {
                    continue;
                }
                let issuer = &environment.spec.clusters[cluster].oidc_issuer;
                let provider = environment.oidc_provider_arn(issuer);
                assert_eq!(trusted[cluster.as_str()], &Expression::from(&provider));
                assert_eq!(issuers[cluster.as_str()], &Expression::from(issuer));
                links.push(format!("{cluster} by {maker} to {shortname}"));
            }
        }
    }
    assert_eq!(
        links,
        [
            "apps by apps to ledger",
            "apps by apps to orders",
            "jobs by apps to orders",
            "edge by edge to ledger",
        ]
    );
}

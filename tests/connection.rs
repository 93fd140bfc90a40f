//! One connection from config to pod: what the Terraform makes, and what the Kubernetes objects say of it.

use std::fs;

use serde_json::{Value, json};
use storage_valet_rds::{
    config::Authentication,
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
            ("secret_arn", "rds", "secret_arn"),
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
            &Expression::Output("rds", "secret_arn")
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

//! `k8s` and the outputs it reads: objects that fit the config, the Terraform and the published shapes.

use std::{fs, path::Path};

use serde_json::{Value, json};
use storage_valet_rds::{
    config::Authentication,
    instance::Instance,
    lay_out,
    manifest::{self, Target},
    outputs,
    root::{Root, Term},
};

use crate::{
    cli::{copy, valet},
    workspace::Workspace,
};

/// What `terraform output -json` prints once the unit's root has been applied.
pub(crate) fn outputs_of(instance: &Instance) -> Value {
    let environment = &instance.environment.written;
    let (region, account) = (&environment.region, &environment.account_id);
    let text = |value: String| json!({"sensitive": false, "type": "string", "value": value});
    let mut outputs = json!({
        "endpoint_service_name": text(format!("com.amazonaws.vpce.{region}.vpce-svc-0123456789abcdef0")),
        "port": {"sensitive": false, "type": "number", "value": 5432},
        "proxy_endpoint": text(format!("{}.proxy-abcdefghijkl.{region}.rds.amazonaws.com", instance.names.proxy)),
        "role_arn": text(format!("arn:aws:iam::{account}:role/{}", instance.iam_role_name.value)),
        "secret_arn": text(format!("arn:aws:secretsmanager:{region}:{account}:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf")),
        "username": text(instance.username.value.clone()),
    });
    if let Some(name) = &instance.database_name.value {
        outputs["database_name"] = text(name.clone());
    }
    outputs
}

/// A copy of the example workspace in which every unit's outputs are committed.
pub(crate) fn applied(name: &str) -> std::path::PathBuf {
    let city = copy("fixtures/city", name);
    assert_eq!(valet(&city, &["generate"]).code, 0);
    for instance in Workspace::open(&city).instances {
        let path = city.join(instance.directory()).join(outputs::FILE);
        fs::write(path, format!("{:#}\n", outputs_of(&instance))).unwrap();
    }
    city
}

/// The documents of a YAML stream.
fn documents(yaml: &str) -> Vec<Value> {
    serde_yaml::from_multiple(yaml).unwrap()
}

fn kind<'a>(documents: &'a [Value], kind: &str) -> &'a Value {
    documents
        .iter()
        .find(|document| document["kind"] == kind)
        .unwrap()
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/k8s");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_objects_of_a_password_and_of_an_iam_database_are_as_reviewed() {
    let city = applied("k8s-snapshots");
    for (unit, name) in [("dev3/test-dev", "password"), ("dev3/payments-iam", "iam")] {
        let run = valet(&city, &["k8s", unit, "--deployment"]);
        assert_eq!(run.code, 0, "{}", run.err);
        snapshot(name, &format!("{}{}", run.err, run.out));
    }
    let bazel = valet(
        &city,
        &[
            "k8s",
            "dev3/test-dev",
            "--format",
            "bazel",
            "-n",
            "testdev_rds",
        ],
    );
    snapshot("bazel", &bazel.out);
}

#[test]
fn what_an_existing_user_types_needs_no_outputs() {
    let city = copy("fixtures/city", "k8s-flags");
    let secret = "arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:rds!db-0a1b-AbCdEf";
    let host = "testdev.proxy-xyz.ap-northeast-1.rds.amazonaws.com";
    let flags = [
        "k8s",
        "--environment",
        "dev3",
        "--namespace",
        "test-dev",
        "-p",
        host,
        "-s",
        secret,
    ];
    let run = valet(
        &city,
        &[&flags[..], &["--external-secret-refresh-interval", "30m"]].concat(),
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let objects = documents(&run.out);
    assert_eq!(
        kind(&objects, "ServiceEntry")["spec"]["hosts"],
        json!([host])
    );
    assert_eq!(
        kind(&objects, "ExternalSecret")["spec"]["refreshInterval"],
        "30m"
    );
    assert!(
        run.err
            .contains("rotates every 7 days, and for up to 32m after that"),
        "{}",
        run.err
    );
    let bazel = valet(&city, &[&flags[..], &["--format", "bazel"]].concat());
    assert_eq!(
        bazel
            .out
            .lines()
            .map(|line| line.trim().split(" = ").next().unwrap())
            .collect::<Vec<_>>(),
        [
            "storage_valet_rds_k8s_resources(",
            "name",
            "environment",
            "host",
            "namespace",
            "refresh_interval",
            "secret",
            "terraform_target",
            ")"
        ]
    );
}

#[test]
fn outputs_come_from_a_file_from_standard_input_or_from_beside_the_root() {
    let city = applied("k8s-sources");
    let beside = valet(&city, &["k8s", "dev3/agora"]);
    assert_eq!(beside.code, 0, "{}", beside.err);
    let committed = city.join("generated/dev3/agora/outputs.json");
    let elsewhere = city.join("elsewhere.json");
    fs::rename(&committed, &elsewhere).unwrap();
    let file = valet(&city, &["k8s", "dev3/agora", "--outputs", "elsewhere.json"]);
    assert_eq!((file.code, &file.out), (0, &beside.out), "{}", file.err);
    let piped = std::process::Command::new(env!("CARGO_BIN_EXE_valet-rds"))
        .args(["k8s", "dev3/agora", "--outputs", "-"])
        .stdin(fs::File::open(&elsewhere).unwrap())
        .current_dir(&city)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), beside.out);
    let none = valet(&city, &["k8s", "dev3/agora"]);
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .contains("terraform output -json > outputs.json` in generated/dev3/agora"),
        "{}",
        none.err
    );
}

#[test]
fn outputs_that_are_none_or_of_another_unit_are_refused() {
    let city = applied("k8s-foreign");
    let other = "generated/dev3/agora/outputs.json";
    let run = valet(&city, &["k8s", "dev3/test-dev", "--outputs", other]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    for said in [
        "the output `role_arn` is `arn:aws:iam::111111111111:role/agora-dev3-proxy-access`",
        "the output `proxy_endpoint` is `agora-dev3-proxy.",
        "iamRoleName: test-dev-dev3-proxy-access",
        "2 errors",
    ] {
        assert!(run.err.contains(said), "{said}:\n{}", run.err);
    }
    let file = city.join("bad.json");
    for (text, said) in [
        ("{}", "the root has not been applied"),
        ("[]", "not the outputs of a root"),
        ("proxy_endpoint = \"x\"\n", "not the outputs of a root"),
        (
            r#"{"port": {"value": 5432}}"#,
            "the output `secret_arn` is missing",
        ),
        (r#"{"port": 5432}"#, "the output `port` has no value"),
        (
            r#"{"port": {"value": "5432"}}"#,
            "the output `port` is not a port",
        ),
        (
            r#"{"role_arn": {"value": ["x"]}}"#,
            "the output `role_arn` is not text",
        ),
        ("{\"a\": ", "bad.json"),
    ] {
        fs::write(&file, text).unwrap();
        let run = valet(&city, &["k8s", "dev3/test-dev", "--outputs", "bad.json"]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{text}");
        assert!(run.err.contains(said), "{text}: {said}\n{}", run.err);
    }
}

#[test]
fn nonsense_on_the_command_line_is_wrong_usage() {
    let city = applied("k8s-usage");
    for arguments in [
        &["k8s"][..],
        &["k8s", "--environment", "dev3"],
        &[
            "k8s",
            "dev3/test-dev",
            "--environment",
            "dev3",
            "--namespace",
            "test-dev",
        ],
        &["k8s", "dev3/test-dev", "-p", "host:5432"],
        &["k8s", "dev3/test-dev", "-p", "evil}}.example.com"],
        &[
            "k8s",
            "dev3/test-dev",
            "-s",
            "arn:aws:secretsmanager:ap-northeast-1:333333333333:secret:x",
        ],
        &[
            "k8s",
            "dev3/test-dev",
            "--external-secret-refresh-interval",
            "0",
        ],
        &[
            "k8s",
            "dev3/test-dev",
            "--external-secret-refresh-interval",
            "168h",
        ],
        &["k8s", "dev3/test-dev", "--outputs", "no-such-file"],
    ] {
        assert_eq!(valet(&city, arguments).code, 2, "{arguments:?}");
    }
}

/// The value of a module argument in a laid out root.
fn argument<'a>(root: &'a Root, module: &str, name: &str) -> &'a Term {
    let blocks = root.files.iter().flat_map(|file| file.blocks.iter());
    let call = blocks
        .into_iter()
        .find(|block| block.kind == "module" && block.labels == [module])
        .unwrap();
    &call
        .arguments
        .iter()
        .find(|argument| argument.name == name)
        .unwrap()
        .term
}

#[test]
fn config_terraform_and_manifests_agree() {
    let city = applied("k8s-agree");
    for instance in Workspace::open(&city).instances {
        let unit = instance.unit();
        let run = valet(&city, &["k8s", &unit]);
        assert_eq!(run.code, 0, "{unit}: {}", run.err);
        let objects = documents(&run.out);
        let outputs = outputs_of(&instance);
        let root = lay_out::unit(&instance);
        let text = |module, name| match argument(&root, module, name) {
            Term::Text(text) => text.clone(),
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
            &Term::Output("rds", "secret_arn")
        );
        let host = &outputs["proxy_endpoint"]["value"];
        assert_eq!(&kind(&objects, "ServiceEntry")["spec"]["hosts"][0], host);
        if instance.authentication.value == Authentication::Iam {
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
            assert_eq!(object["metadata"]["namespace"], instance.namespace.value);
        }
    }
}

#[test]
fn databases_on_one_port_do_not_collide_in_the_mesh() {
    let mut seen = std::collections::BTreeSet::new();
    for instance in Workspace::open(Path::new("fixtures/city")).instances {
        let host = outputs_of(&instance)["proxy_endpoint"]["value"]
            .as_str()
            .unwrap()
            .to_owned();
        let target = Target::of(&instance, host, String::new());
        let objects = manifest::objects(&instance, &target, "1h".parse().unwrap());
        let spec = &kind(&objects, "ServiceEntry")["spec"];
        assert_eq!(spec["exportTo"], json!(["."]));
        assert_eq!(spec["ports"][0]["protocol"], "TCP");
        let address: std::net::Ipv4Addr = spec["addresses"][0].as_str().unwrap().parse().unwrap();
        assert!(
            (241..=254).contains(&address.octets()[0]),
            "{address} can be somebody's"
        );
        assert!(seen.insert(address), "{address} is taken");
    }
    assert_eq!(seen.len(), 8);
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
    let objects = documents(&valet(&city, &["k8s", "prod/search"]).out);
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

#[test]
fn strings_that_look_like_something_else_stay_strings() {
    for text in [
        "yes",
        "0x10",
        "1e3",
        "null",
        "~",
        "12:30:45",
        "2026-01-01",
        "0o7",
        "1_000",
        "- a",
        "a: b",
        "a #b",
        "",
        "{{ .a }}",
        "\"",
        "'",
        "line\nline",
        "rds!db-1",
    ] {
        let yaml = manifest::yaml(&[json!({"key": text, text: 1})]).unwrap();
        assert_eq!(documents(&yaml), [json!({"key": text, text: 1})], "{yaml}");
        assert!(text.contains('\n') || yaml.lines().count() == 3, "{yaml}");
    }
}

//! `k8s` and the outputs it reads: objects that fit the config, the Terraform and the published shapes.

use std::{fs, path::Path};

use serde_json::json;
use storage_valet_rds::connect::kubernetes::{self, Mesh, Target};

use crate::support::{
    command::{Ran, command, run, valet},
    folder::{city, copy, edit},
    kubernetes::{documents, kind},
    outputs::{applied, outputs_of},
    snapshot,
    workspace::Workspace,
};

fn snapshot(name: &str, text: &str) {
    snapshot::settings("k8s").bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_objects_of_a_password_and_of_an_iam_database_are_as_reviewed() {
    let city = applied("k8s-snapshots");
    for (unit, name) in [("dev3/test-dev", "password"), ("dev3/payments-iam", "iam")] {
        let ran = valet(&city, &["k8s", unit, "--deployment"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        snapshot(name, &format!("{}{}", ran.err, ran.out));
    }
    let bazel = run(&city, "k8s dev3/test-dev --format bazel -n testdev_rds");
    snapshot("bazel", &bazel.out);
}

#[test]
fn what_an_existing_user_types_needs_no_outputs() {
    let city = city("k8s-flags");
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
    let ran = valet(
        &city,
        &[&flags[..], &["--external-secret-refresh-interval", "30m"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let objects = documents(&ran.out);
    assert_eq!(
        kind(&objects, "ServiceEntry")["spec"]["hosts"],
        json!([host])
    );
    assert_eq!(
        kind(&objects, "ExternalSecret")["spec"]["refreshInterval"],
        "30m"
    );
    assert!(
        ran.err
            .contains("rotates every 7 days, and for up to 32m after that"),
        "{}",
        ran.err
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
fn the_window_of_a_rotation_is_that_of_whoever_pods_log_in_as() {
    let folder = copy("fixtures/ok/database-users", "k8s-users");
    let said = |unit: &str| {
        let secret = "-s arn:aws:secretsmanager:eu-central-1:111111111111:secret:x-AbCdEf";
        let line = format!("k8s dev/{unit} -p x.eu-central-1.rds.amazonaws.com {secret}");
        let ran = run(&folder, &line);
        assert_eq!(ran.code, 0, "{ran}");
        let lines = ran.err.lines();
        lines
            .filter(|line| line.contains("rotate"))
            .collect::<String>()
    };
    // The user is there, and pods are the master still.
    insta::assert_snapshot!(said("mail"), @"warning: the password rotates every 7 days, and for up to 1h2m after that (refresh 1h, mounted files 2m) new connections with the old one fail; environment variables keep it until the pod restarts, so read the files at each connect, or use `authentication: iam`");
    insta::assert_snapshot!(said("orders"), @"warning: the passwords of `orders_eu_app` and `orders_ro` rotate every 7 days, and for up to 1h2m after that (refresh 1h, mounted files 2m) new connections with the old one fail; while the function changes one, for about 0.2 s, no new connection of its user works: connect again; environment variables keep it until the pod restarts, so read the files at each connect, or use `authentication: iam`");
    insta::assert_snapshot!(said("search"), @"warning: the passwords of `search_app` and `search_ro` rotate every 7 days, and for up to 1h2m after that (refresh 1h, mounted files 2m) new connections with the old one fail; while the function changes one, for about 0.2 s, no new connection of its user works: connect again; environment variables keep it until the pod restarts, so read the files at each connect, or use `authentication: iam`");
    insta::assert_snapshot!(said("ledger"), @"warning: the proxy logs in with the passwords of `ledger` and `ledger_ro`, which rotate every 7 days; while the function changes one, for about 0.2 s, no new connection of its user works: connect again");
    edit(
        &folder.join("valet.yaml"),
        "      readOnlyUser: \"{namespace}_ro\"\n",
        "",
    );
    insta::assert_snapshot!(said("orders"), @"warning: the password of `orders_eu_app` rotates every 7 days, and for up to 1h2m after that (refresh 1h, mounted files 2m) new connections with the old one fail; while the function changes one, for about 0.2 s, no new connection of its user works: connect again; environment variables keep it until the pod restarts, so read the files at each connect, or use `authentication: iam`");
}

#[test]
fn outputs_come_from_a_file_from_standard_input_or_from_beside_the_root() {
    let city = applied("k8s-sources");
    let beside = run(&city, "k8s dev3/agora");
    assert_eq!(beside.code, 0, "{}", beside.err);
    let committed = city.join("generated/dev3/agora/outputs.json");
    let elsewhere = city.join("elsewhere.json");
    fs::rename(&committed, &elsewhere).unwrap();
    let file = run(&city, "k8s dev3/agora --outputs elsewhere.json");
    assert_eq!((file.code, &file.out), (0, &beside.out), "{}", file.err);
    let mut piped = command(&city, &["k8s", "dev3/agora", "--outputs", "-"]);
    piped.stdin(fs::File::open(&elsewhere).unwrap());
    assert_eq!(Ran::of(piped.output().unwrap()).out, beside.out);
    let none = run(&city, "k8s dev3/agora");
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .contains("`valet-rds apply` writes generated/dev3/agora/outputs.json, and so does `terraform output -json` there"),
        "{}",
        none.err
    );
}

#[test]
fn outputs_that_are_none_or_of_another_unit_are_refused() {
    let city = applied("k8s-foreign");
    let other = "generated/dev3/agora/outputs.json";
    let ran = valet(&city, &["k8s", "dev3/test-dev", "--outputs", other]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    for said in [
        "the output `role_arn` is `arn:aws:iam::111111111111:role/agora-dev3-proxy-access`",
        "the output `proxy_endpoint` is `agora-dev3-proxy.",
        "iamRoleName: test-dev-dev3-proxy-access",
        "2 errors",
    ] {
        assert!(ran.err.contains(said), "{said}:\n{}", ran.err);
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
        let ran = run(&city, "k8s dev3/test-dev --outputs bad.json");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{text}");
        assert!(ran.err.contains(said), "{text}: {said}\n{}", ran.err);
    }
}

#[test]
fn an_iam_client_needs_no_secret_and_a_slip_in_the_host_is_named() {
    let city = city("k8s-iam-flags");
    let host = "payments-dev3-proxy.proxy-xyz.ap-northeast-1.rds.amazonaws.com";
    let ran = valet(&city, &["k8s", "dev3/payments-iam", "-p", host]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(!ran.out.contains("Secret"), "{}", ran.out);
    let bazel = ["k8s", "dev3/payments-iam", "-p", host, "--format", "bazel"];
    let ran = valet(&city, &bazel);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("and --secret-arn"), "{}", ran.err);
    let other = "agora-dev3-proxy.proxy-xyz.ap-northeast-1.rds.amazonaws.com";
    let named = ["k8s", "dev3/payments-iam", "-p", other, "-n", "target"];
    let ran = valet(&city, &named);
    assert_eq!(ran.code, 0);
    let warning = format!(
        "warning: `{other}` is not the proxy of dev3/payments-iam, which starts with `payments-dev3-proxy.`\n\
         note: the Bazel target is not in the YAML; `--format bazel` prints its call\n"
    );
    assert_eq!(ran.err, warning);
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
        &["k8s", "dev3/test-dev", "--format", "bazel", "--deployment"],
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

#[test]
fn databases_on_one_port_do_not_collide_in_the_mesh() {
    let mut seen = std::collections::BTreeSet::new();
    for database in Workspace::open(Path::new("fixtures/city")).databases {
        let host = outputs_of(&database)["proxy_endpoint"]["value"]
            .as_str()
            .unwrap()
            .to_owned();
        let target = Target::of(&database, host, String::new());
        let objects = kubernetes::objects(&database, &target, "1h".parse().unwrap(), Mesh::Istio);
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
    assert_eq!(seen.len(), 12);
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
        let yaml = kubernetes::yaml(&[json!({"key": text, text: 1})]).unwrap();
        assert_eq!(documents(&yaml), [json!({"key": text, text: 1})], "{yaml}");
        assert!(text.contains('\n') || yaml.lines().count() == 3, "{yaml}");
    }
}

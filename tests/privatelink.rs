//! `privatelink`: one entry in somebody else's file, and nothing else.

use std::{fs, path::PathBuf};

use crate::support::{command::valet, outputs::applied, snapshot};

const FILE: &str = "# Owned by the network team.\n\nbilling:   # keep this first\n  apps:\n    gc-0-apps-ap-northeast-1:\n      billing.proxy-a.ap-northeast-1.rds.amazonaws.com:\n        service_name: 'com.amazonaws.vpce.ap-northeast-1.vpce-svc-1'\n\n# The agora team\nagora:\n  owner: [agora, \"web\"]\n  apps:\n    gc-0-prod-ap-northeast-1:\n      agora-prod-proxy.proxy-a.ap-northeast-1.rds.amazonaws.com:\n        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-2  # since 2024\n";

const HOST: &str = "agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com";

/// An applied workspace, and beside it a private-link repository with this file.
fn linked(name: &str, text: &str) -> (PathBuf, PathBuf) {
    let city = applied(name);
    let repository = city.join("network");
    fs::create_dir_all(repository.join("live")).unwrap();
    fs::write(repository.join("live/endpoints.yaml"), text).unwrap();
    let valet = city.join("valet.yaml");
    let text = fs::read_to_string(&valet).unwrap();
    let setting = "privatelink: {repository: network, file: live/endpoints.yaml}\n";
    fs::write(&valet, format!("{setting}{text}")).unwrap();
    let file = repository.join("live/endpoints.yaml");
    (city, file)
}

#[test]
fn an_entry_is_added_once_and_nothing_else_is_touched() {
    let (city, file) = linked("link-once", FILE);
    let dry = valet(&city, &["privatelink", "dev3/agora", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let run = valet(&city, &["privatelink", "dev3/agora"]);
    assert_eq!((run.code, &run.out), (0, &dry.out));
    let service = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0";
    let added = format!(
        "    gc-0-apps-ap-northeast-1:\n      {HOST}:\n        service_name: {service}\n    gc-1-batch-ap-northeast-1:\n      {HOST}:\n        service_name: {service}\n"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{FILE}{added}"));
    let lines: Vec<_> = run
        .out
        .lines()
        .filter(|line| line.starts_with(['-', '+']))
        .collect();
    assert_eq!(
        lines[..2],
        ["--- a/live/endpoints.yaml", "+++ b/live/endpoints.yaml"]
    );
    assert!(
        lines.len() == 8 && lines[2..].iter().all(|line| line.starts_with('+')),
        "{}",
        run.out
    );
    let again = valet(&city, &["privatelink", "dev3/agora"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert!(again.err.contains("is up to date"), "{}", again.err);
}

#[test]
fn what_an_existing_user_types_needs_no_outputs() {
    let (city, file) = linked("link-flags", FILE);
    let elsewhere = city.join("checkout");
    fs::rename(city.join("network"), &elsewhere).unwrap();
    let run = valet(
        &city,
        &[
            "privatelink",
            "--environment",
            "dev3",
            "--namespace",
            "test-dev",
            "--privatelink-repository",
            "checkout",
            "-p",
            HOST,
            "-e",
            "com.amazonaws.vpce.ap-northeast-1.vpce-svc-9",
            "-c",
            "gc-1-batch-ap-northeast-1",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(elsewhere.join("live/endpoints.yaml")).unwrap();
    let added = format!(
        "test:\n  apps:\n    gc-1-batch-ap-northeast-1:\n      {HOST}:\n        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-9\n"
    );
    assert_eq!(text, format!("{FILE}{added}"));
    assert!(!file.exists());
}

#[test]
fn a_changed_service_replaces_the_old_name_and_a_replaced_proxy_is_named() {
    let old = FILE.replace("gc-0-prod", "gc-0-apps").replace(
        "agora-prod-proxy.proxy-a",
        "agora-dev3-proxy.proxy-abcdefghijkl",
    );
    let (city, file) = linked("link-change", &old);
    let run = valet(
        &city,
        &[
            "privatelink",
            "dev3/agora",
            "-c",
            "gc-0-apps-ap-northeast-1",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        old.replace("vpce-svc-2 ", "vpce-svc-0123456789abcdef0 ")
    );
    fs::write(&file, old.replace("proxy-abcdefghijkl", "proxy-old")).unwrap();
    let run = valet(
        &city,
        &[
            "privatelink",
            "dev3/agora",
            "-c",
            "gc-0-apps-ap-northeast-1",
        ],
    );
    assert!(
        run.err
            .contains("note: `agora` still has agora-dev3-proxy.proxy-old."),
        "{}",
        run.err
    );
}

#[test]
fn a_file_that_cannot_be_edited_is_an_error_at_its_place_and_stays() {
    for (text, span, code) in [
        ("agora:\n  apps: [\n", "live/endpoints.yaml:", "yaml-syntax"),
        (
            "agora: {}\nagora: {}\n",
            "live/endpoints.yaml:2:1",
            "duplicate-key",
        ),
        (
            "base: &base {}\nagora: *base\n",
            "live/endpoints.yaml:1:7",
            "anchor",
        ),
        (
            "agora:\n  apps: text\n",
            "live/endpoints.yaml:2:9",
            "bad-privatelink",
        ),
        ("- agora\n", "live/endpoints.yaml:1:1", "bad-privatelink"),
        (
            "a: 1\n---\nb: 1\n",
            "live/endpoints.yaml",
            "second-document",
        ),
    ] {
        let (city, file) = linked("link-bad", text);
        let run = valet(&city, &["privatelink", "dev3/agora"]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{text}");
        assert!(
            run.err.contains(span) && run.err.contains(code),
            "{text}\n{}",
            run.err
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn unknown_clusters_and_missing_settings_are_wrong_usage() {
    let (city, file) = linked("link-usage", FILE);
    for (arguments, said) in [
        (
            &["-c", "gc-0-app-ap-northeast-1"][..],
            "did you mean `gc-0-apps-ap-northeast-1`?",
        ),
        (
            &["-c", "gc-0-prod-ap-northeast-1"],
            "environment dev3 has no cluster",
        ),
        (
            &["--privatelink-repository", "no-such-folder"],
            "no-such-folder",
        ),
        (&["--outputs", "/no/such"], "/no/such"),
    ] {
        let run = valet(&city, &[&["privatelink", "dev3/agora"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(said), "{said}\n{}", run.err);
    }
    let unserved = valet(
        &city,
        &[
            "privatelink",
            "dev3/payments-iam",
            "-c",
            "gc-1-batch-ap-northeast-1",
        ],
    );
    assert_eq!(unserved.code, 2);
    assert!(
        unserved.err.contains("does not serve cluster"),
        "{}",
        unserved.err
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let bare = applied("link-bare");
    let run = valet(&bare, &["privatelink", "dev3/agora"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("privatelink.repository"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_path_outside_the_repository_is_refused() {
    let (city, file) = linked("link-outside", FILE);
    let outside = city.join("outside.yaml");
    fs::rename(&file, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &file).unwrap();
    let run = valet(&city, &["privatelink", "dev3/agora"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("it leads out of network"), "{}", run.err);
    let valet_yaml = city.join("valet.yaml");
    let text = fs::read_to_string(&valet_yaml).unwrap();
    fs::write(
        &valet_yaml,
        text.replace("live/endpoints.yaml", "../outside.yaml"),
    )
    .unwrap();
    let run = valet(&city, &["privatelink", "dev3/agora"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("outside of the repository"), "{}", run.err);
    assert_eq!(fs::read_to_string(&outside).unwrap(), FILE);
}

#[test]
fn nothing_is_handed_over_of_a_database_that_is_gone() {
    let (city, file) = linked("link-retired", FILE);
    let config = city.join("configs/dev3/agora.yaml");
    let gone = "shortname: agora\nlifecycle: retired\nretirementRequested: \"2026-01-01\"\n";
    fs::write(config, gone).unwrap();
    for command in ["privatelink", "k8s", "handoff"] {
        let run = valet(&city, &[command, "dev3/agora"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{command}");
        assert!(run.err.contains("is retired"), "{}", run.err);
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
}

#[test]
fn handoff_does_it_all_and_says_so() {
    let (city, file) = linked("handoff", FILE);
    let dry = valet(&city, &["handoff", "dev3/agora", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let run = valet(&city, &["handoff", "dev3/agora"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains(&valet(&city, &["k8s", "dev3/agora"]).out));
    assert!(
        run.err.contains("network/live/endpoints.yaml updated"),
        "{}",
        run.err
    );
    let after = valet(&city, &["privatelink", "dev3/agora"]);
    assert!(after.err.contains("is up to date"), "{}", after.err);
    let again = valet(&city, &["handoff", "dev3/agora"]);
    assert!(
        again.out.contains("private-link entry: it is there."),
        "{}",
        again.out
    );
    let prose = |unit| {
        let out = valet(&city, &["handoff", unit, "--dry-run"]).out;
        out.split("## Kubernetes objects")
            .next()
            .unwrap()
            .to_owned()
    };
    let settings = snapshot::settings("k8s");
    settings.bind(|| {
        insta::assert_snapshot!(
            "handoff",
            format!("{}\n{}", prose("dev3/test-dev"), prose("dev3/payments-iam"))
        );
    });
}

//! `privatelink`: one entry in somebody else's file, and nothing else.

use std::{fs, path::PathBuf};

use insta::assert_snapshot;

use crate::support::{
    command::run,
    folder::{copy, edit, modules},
    outputs::applied,
    snapshot,
};

const FILE: &str = "\
# Owned by the network team.

billing:   # keep this first
  apps:
    gc-0-apps-ap-northeast-1:
      billing.proxy-a.ap-northeast-1.rds.amazonaws.com:
        service_name: 'com.amazonaws.vpce.ap-northeast-1.vpce-svc-1'

# The agora team
agora:
  owner: [agora, \"web\"]
  apps:
    gc-0-prod-ap-northeast-1:
      agora-prod-proxy.proxy-a.ap-northeast-1.rds.amazonaws.com:
        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-2  # since 2024
";

const HOST: &str = "agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com";

/// An applied workspace, and beside it a private-link repository with this file.
fn linked(name: &str, text: &str) -> (PathBuf, PathBuf) {
    let city = applied(name);
    let repository = city.join("network");
    fs::create_dir_all(repository.join("live")).unwrap();
    fs::write(repository.join("live/endpoints.yaml"), text).unwrap();
    let setting = "privatelink: {repository: network, file: live/endpoints.yaml}\nmodules:";
    edit(&city.join("valet.yaml"), "modules:", setting);
    let file = repository.join("live/endpoints.yaml");
    (city, file)
}

#[test]
fn environments_may_have_one_cluster_together_but_not_two_of_one_name() {
    let folder = copy("fixtures/bad/privatelink-collision", "link-collision");
    let valet_yaml = folder.join("valet.yaml");
    modules(&folder.join("../../../modules"));
    assert_eq!(run(&folder, "check").code, 1);
    edit(&valet_yaml, "EXAMPLE2", "EXAMPLE1");
    let ran = run(&folder, "check --deny warnings");
    assert_eq!(ran.code, 0, "{ran}");
    edit(&valet_yaml, "EXAMPLE1", "EXAMPLE3");
    edit(&valet_yaml, "privatelink: {file: endpoints.yaml}\n", "");
    let ran = run(&folder, "check --deny warnings");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn an_entry_is_added_once_and_nothing_else_is_touched() {
    let (city, file) = linked("link-once", FILE);
    let dry = run(&city, "privatelink dev3/agora --dry-run");
    assert_snapshot!(dry, @r"
    exit code 0
    --- stdout ---
    --- a/live/endpoints.yaml
    +++ b/live/endpoints.yaml
    @@ -13,3 +13,9 @@
         gc-0-prod-ap-northeast-1:
           agora-prod-proxy.proxy-a.ap-northeast-1.rds.amazonaws.com:
             service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-2  # since 2024
    +    gc-0-apps-ap-northeast-1:
    +      agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    +    gc-1-batch-ap-northeast-1:
    +      agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    --- stderr ---
    network/live/endpoints.yaml would be updated
    ");
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let ran = run(&city, "privatelink dev3/agora");
    assert_eq!((ran.code, &ran.out), (0, &dry.out), "{ran}");
    let added: String = (ran.out.lines().filter(|line| !line.starts_with("+++")))
        .filter_map(|line| line.strip_prefix('+'))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{FILE}{added}"));
    assert_snapshot!(run(&city, "privatelink dev3/agora"), @r"
    exit code 0
    --- stderr ---
    network/live/endpoints.yaml is up to date
    ");
}

#[test]
fn what_an_existing_user_types_needs_no_outputs() {
    let (city, file) = linked("link-flags", FILE);
    let elsewhere = city.join("checkout");
    fs::rename(city.join("network"), &elsewhere).unwrap();
    let unit = "--environment dev3 --namespace test-dev";
    let entry = format!(
        "-p {HOST} -e com.amazonaws.vpce.ap-northeast-1.vpce-svc-9 -c gc-1-batch-ap-northeast-1"
    );
    let line = format!("privatelink {unit} --privatelink-repository checkout {entry}");
    assert_snapshot!(run(&city, &line), @r"
    exit code 0
    --- stdout ---
    --- a/live/endpoints.yaml
    +++ b/live/endpoints.yaml
    @@ -13,3 +13,8 @@
         gc-0-prod-ap-northeast-1:
           agora-prod-proxy.proxy-a.ap-northeast-1.rds.amazonaws.com:
             service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-2  # since 2024
    +test:
    +  apps:
    +    gc-1-batch-ap-northeast-1:
    +      agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-9
    --- stderr ---
    warning: `agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com` is not the proxy of dev3/test-dev, which starts with `testdev-dev3-proxy.`
    checkout/live/endpoints.yaml updated; commit it there
    ");
    let text = fs::read_to_string(elsewhere.join("live/endpoints.yaml")).unwrap();
    assert!(text.starts_with(FILE), "{text}");
    assert!(!file.exists());
}

#[test]
fn a_changed_service_replaces_the_old_name_and_a_replaced_proxy_is_named() {
    let old = FILE.replace("gc-0-prod", "gc-0-apps").replace(
        "agora-prod-proxy.proxy-a",
        "agora-dev3-proxy.proxy-abcdefghijkl",
    );
    let (city, file) = linked("link-change", &old);
    let line = "privatelink dev3/agora -c gc-0-apps-ap-northeast-1";
    assert_snapshot!(run(&city, line), @r"
    exit code 0
    --- stdout ---
    --- a/live/endpoints.yaml
    +++ b/live/endpoints.yaml
    @@ -12,4 +12,4 @@
       apps:
         gc-0-apps-ap-northeast-1:
           agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    -        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-2  # since 2024
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0  # since 2024
    --- stderr ---
    network/live/endpoints.yaml updated; commit it there
    ");
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        old.replace("vpce-svc-2 ", "vpce-svc-0123456789abcdef0 ")
    );
    fs::write(&file, old.replace("proxy-abcdefghijkl", "proxy-old")).unwrap();
    assert_snapshot!(run(&city, line).err, @r"
    note: `agora` still has agora-dev3-proxy.proxy-old.ap-northeast-1.rds.amazonaws.com in gc-0-apps-ap-northeast-1; remove it once nothing connects to it
    network/live/endpoints.yaml updated; commit it there
    ");
}

#[test]
fn a_file_that_cannot_be_edited_is_an_error_at_its_place_and_stays() {
    let (city, file) = linked("link-bad", FILE);
    for (text, code, place) in [
        ("agora:\n  apps: [\n", "yaml-syntax", "2:9"),
        ("agora: {}\nagora: {}\n", "duplicate-key", "2:1"),
        ("base: &base {}\nagora: *base\n", "anchor", "1:7"),
        ("agora:\n  apps: text\n", "bad-privatelink", "2:9"),
        ("- agora\n", "bad-privatelink", "1:1"),
        ("a: 1\n---\nb: 1\n", "second-document", "2:1"),
    ] {
        fs::write(&file, text).unwrap();
        let ran = run(&city, "privatelink dev3/agora");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{text}");
        let place = format!("[network/live/endpoints.yaml:{place}]");
        assert!(
            ran.err.starts_with(code) && ran.err.contains(&place),
            "{ran}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn unknown_clusters_and_missing_settings_are_wrong_usage() {
    let (city, file) = linked("link-usage", FILE);
    let refused = |line: &str| {
        let ran = run(&city, &format!("privatelink {line}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        ran.err
    };
    assert_snapshot!(refused("dev3/agora -c gc-0-app-ap-northeast-1"), @"error: environment dev3 has no cluster `gc-0-app-ap-northeast-1`; did you mean `gc-0-apps-ap-northeast-1`?");
    assert_snapshot!(refused("dev3/agora -c gc-0-prod-ap-northeast-1"), @"error: environment dev3 has no cluster `gc-0-prod-ap-northeast-1`; did you mean `gc-0-apps-ap-northeast-1`?");
    assert_snapshot!(refused("dev3/payments-iam -c gc-1-batch-ap-northeast-1"), @"error: dev3/payments-iam does not serve cluster `gc-1-batch-ap-northeast-1`: add it to `clusters` in configs/dev3/payments-iam.yaml");
    assert_snapshot!(refused("dev3/agora --privatelink-repository no-such-folder"), @"system error: no-such-folder: No such file or directory (os error 2)");
    assert_snapshot!(refused("dev3/agora --outputs /no/such"), @"system error: /no/such: No such file or directory (os error 2)");
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let bare = applied("link-bare");
    assert_snapshot!(run(&bare, "privatelink dev3/agora"), @r"
    exit code 2
    --- stderr ---
    error: the private-link repository is not known: give --privatelink-repository, or write `privatelink.repository` in valet.yaml
    ");
}

#[cfg(unix)]
#[test]
fn a_path_outside_the_repository_is_refused() {
    let (city, file) = linked("link-outside", FILE);
    let outside = city.join("outside.yaml");
    fs::rename(&file, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &file).unwrap();
    let ran = run(&city, "privatelink dev3/agora");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("it leads out of network"), "{ran}");
    edit(
        &city.join("valet.yaml"),
        "live/endpoints.yaml",
        "../outside.yaml",
    );
    let ran = run(&city, "privatelink dev3/agora");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("outside of the repository"), "{ran}");
    assert_eq!(fs::read_to_string(&outside).unwrap(), FILE);
}

#[test]
fn nothing_is_handed_over_of_a_database_that_is_gone() {
    let (city, file) = linked("link-retired", FILE);
    let config = city.join("configs/dev3/agora.yaml");
    let gone = "shortname: agora\nlifecycle: retired\nretirementRequested: \"2026-01-01\"\n";
    fs::write(config, gone).unwrap();
    for command in ["privatelink", "k8s", "handoff"] {
        let ran = run(&city, &format!("{command} dev3/agora"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{command}");
        assert!(ran.err.contains("is retired"), "{ran}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
}

#[test]
fn handoff_does_it_all_and_says_so() {
    let (city, file) = linked("handoff", FILE);
    let dry = run(&city, "handoff dev3/agora --dry-run");
    assert_eq!(dry.code, 0, "{dry}");
    assert_eq!(fs::read_to_string(&file).unwrap(), FILE);
    let ran = run(&city, "handoff dev3/agora");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.out.contains(&run(&city, "k8s dev3/agora").out));
    assert_snapshot!(ran.err, @"network/live/endpoints.yaml updated; commit it there");
    assert_snapshot!(run(&city, "privatelink dev3/agora"), @r"
    exit code 0
    --- stderr ---
    network/live/endpoints.yaml is up to date
    ");
    let again = run(&city, "handoff dev3/agora").out;
    assert!(
        again.contains("private-link entry: it is there."),
        "{again}"
    );
    let prose = |unit| {
        let out = run(&city, &format!("handoff {unit} --dry-run")).out;
        let (prose, _) = out.split_once("## Kubernetes objects").unwrap();
        prose.to_owned()
    };
    let both = format!("{}\n{}", prose("dev3/test-dev"), prose("dev3/payments-iam"));
    snapshot::settings("k8s").bind(|| assert_snapshot!("handoff", both));
}

#[test]
fn a_file_that_is_not_there_yet_is_made() {
    let (city, file) = linked("link-first", "");
    fs::remove_dir_all(file.parent().unwrap()).unwrap();
    let line = "privatelink dev3/agora -c gc-0-apps-ap-northeast-1";
    let dry = run(&city, &format!("{line} --dry-run"));
    assert_snapshot!(dry, @r"
    exit code 0
    --- stdout ---
    --- /dev/null
    +++ b/live/endpoints.yaml
    @@ -0,0 +1,5 @@
    +agora:
    +  apps:
    +    gc-0-apps-ap-northeast-1:
    +      agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    --- stderr ---
    network/live/endpoints.yaml would be created
    ");
    assert!(!file.exists());
    let ran = run(&city, line);
    assert!(
        ran.err
            .contains("network/live/endpoints.yaml created; commit it there"),
        "{ran}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 5);
    let again = run(&city, line);
    assert!(again.err.contains("is up to date"), "{again}");
    // The repository itself has to be there: a wrong path makes none.
    fs::remove_dir_all(city.join("network")).unwrap();
    let ran = run(&city, line);
    assert!(ran.code == 2 && !city.join("network").exists(), "{ran}");
}

/// A link that leads nowhere is no file that is not there yet.
#[cfg(unix)]
#[test]
fn nothing_is_made_at_the_end_of_a_link() {
    let (city, file) = linked("link-dangling", "");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("elsewhere.yaml", &file).unwrap();
    let ran = run(&city, "privatelink dev3/agora");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!file.exists() && file.symlink_metadata().is_ok(), "{ran}");
}

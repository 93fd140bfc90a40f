//! `handoff --all`: what is handed over of every unit, as files that only change when it does.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{
    command::{Ran, run},
    folder::{edit, paths},
    outputs::applied,
};

const OUTPUTS: &str = "generated/dev3/agora/outputs.json";
const HEADER: &str = "# Made by `valet-rds handoff --all`. Do not edit.\n";

/// Every file below a folder, with its text and the moment of its last change.
fn files(folder: &Path) -> BTreeMap<String, (String, SystemTime)> {
    let all = paths(folder).into_iter().filter_map(|path| {
        let file = folder.join(&path);
        let metadata = fs::symlink_metadata(&file).unwrap();
        let text = metadata.is_file().then(|| fs::read_to_string(&file))?;
        Some((path, (text.unwrap(), metadata.modified().unwrap())))
    });
    all.collect()
}

fn handed_over(name: &str) -> PathBuf {
    let city = applied(name);
    let ran = run(&city, "handoff --all");
    assert_eq!(ran.code, 0, "{ran}");
    city
}

/// A run that changes nothing, and what it ends with.
fn refused(city: &Path, line: &str) -> Ran {
    let before = files(city);
    let ran = run(city, line);
    assert_ne!(ran.code, 0, "{line}: {ran}");
    assert!(files(city) == before, "{line}: {ran}");
    ran
}

#[test]
fn every_unit_gets_its_files_and_a_second_run_touches_none() {
    let city = applied("handoff-all");
    assert_snapshot!(run(&city, "handoff --all"), @"
    exit code 0
    --- stdout ---
    created handoff/dev3/a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be.md
    created handoff/dev3/agora.md
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/agora.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/payments-iam.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/pinned.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/shop.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/stock.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/test-dev.yaml
    created handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/wiki.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/agora.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/pinned.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/shop.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/stock.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/test-dev.yaml
    created handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/wiki.yaml
    created handoff/dev3/payments-iam.md
    created handoff/dev3/pinned.md
    created handoff/dev3/privatelink/a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be.yaml
    created handoff/dev3/privatelink/agora.yaml
    created handoff/dev3/privatelink/payments-iam.yaml
    created handoff/dev3/privatelink/pinned.yaml
    created handoff/dev3/privatelink/shop.yaml
    created handoff/dev3/privatelink/stock.yaml
    created handoff/dev3/privatelink/test-dev.yaml
    created handoff/dev3/privatelink/wiki.yaml
    created handoff/dev3/shop.md
    created handoff/dev3/stock.md
    created handoff/dev3/test-dev.md
    created handoff/dev3/wiki.md
    created handoff/prod/agora.md
    created handoff/prod/analytics.md
    created handoff/prod/kubernetes/gc-0-prod-ap-northeast-1/agora.yaml
    created handoff/prod/kubernetes/gc-0-prod-ap-northeast-1/analytics.yaml
    created handoff/prod/kubernetes/gc-0-prod-ap-northeast-1/ledger.yaml
    created handoff/prod/kubernetes/gc-0-prod-ap-northeast-1/search.yaml
    created handoff/prod/kubernetes/gc-1-prod-ap-northeast-1/agora.yaml
    created handoff/prod/kubernetes/gc-1-prod-ap-northeast-1/analytics.yaml
    created handoff/prod/kubernetes/gc-1-prod-ap-northeast-1/ledger.yaml
    created handoff/prod/kubernetes/gc-1-prod-ap-northeast-1/search.yaml
    created handoff/prod/ledger.md
    created handoff/prod/privatelink/agora.yaml
    created handoff/prod/privatelink/analytics.yaml
    created handoff/prod/privatelink/ledger.yaml
    created handoff/prod/privatelink/search.yaml
    created handoff/prod/search.md
    --- stderr ---
    47 created, 0 updated, 0 removed, 0 unchanged
    ");
    let (before, folder) = (files(&city), city.join("handoff"));
    assert_snapshot!(run(&city, "handoff --all"), @"
    exit code 0
    --- stderr ---
    0 created, 0 updated, 0 removed, 47 unchanged
    ");
    assert!(files(&city) == before);
    assert_snapshot!(run(&city, "handoff --all --check"), @"exit code 0");
    let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
    assert_snapshot!(read("dev3/agora.md"), @"
    <!-- Made by `valet-rds handoff --all`. Do not edit. -->

    # The database of dev3/agora

    | | |
    |---|---|
    | host | `agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com` |
    | port | `5432` |
    | database | `postgres` |
    | user | `postgres` |
    | secret | `arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf` |
    | role | `arn:aws:iam::111111111111:role/agora-dev3-proxy-access` |
    | endpoint service | `com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0` |
    | clusters | `gc-0-apps-ap-northeast-1, gc-1-batch-ap-northeast-1` |

    ## What to do

    1. The network team merges the private-link entry: it is in `privatelink/agora.yaml`. Until its endpoint is there, nothing connects.
    2. Apply the file of each cluster there with `kubectl apply --server-side -f FILE`: `kubernetes/gc-0-apps-ap-northeast-1/agora.yaml`, `kubernetes/gc-1-batch-ap-northeast-1/agora.yaml`.
    3. Let the pods run as ServiceAccount `agora-sa`. Pods that run already get the role when they are restarted.
    4. Mount the Secret `agora-dev3` as files and read them at every connect: `host`, `port`, `database`, `user`, `password`, or `url`, which holds all of it.
    5. TLS is verified against the host's name. Its certificate comes from Amazon Trust Services, which systems trust already; libpq 16 and later find them with `PGSSLROOTCERT=system`.
    6. In the mesh, the ServiceEntry gives the host an address of its own, so that it is not mixed up with other databases; the mesh's DNS capture must be on. Keep TCP keepalives below 350 seconds, after which the load balancer forgets a silent connection.
    7. Mind the rotation: the password rotates every 7 days, and for up to 1h2m after that (refresh 1h, mounted files 2m) new connections with the old one fail; environment variables keep it until the pod restarts, so read the files at each connect, or use `authentication: iam`.
    ");
    assert_snapshot!(read("dev3/privatelink/agora.yaml"), @"
    # Made by `valet-rds handoff --all`. Do not edit.
    agora:
      apps:
        gc-0-apps-ap-northeast-1:
          agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
            service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
        gc-1-batch-ap-northeast-1:
          agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
            service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    ");
    // One cluster of one environment is one folder to apply, and holds what `k8s` prints.
    let objects = read("dev3/kubernetes/gc-1-batch-ap-northeast-1/agora.yaml");
    let printed = run(&city, "k8s dev3/agora").out;
    assert_eq!(objects, format!("{HEADER}{printed}"));
    for (path, (text, _)) in files(&folder) {
        if Path::new(&path).extension().unwrap() == "yaml" {
            let documents = text
                .split("---\n")
                .skip(usize::from(path.contains("kubernetes")));
            for document in documents {
                let read: Value = serde_yaml::from_str(document).unwrap();
                assert!(read.is_object(), "{path}: {document}");
            }
        }
    }
}

#[test]
fn only_what_differs_is_written_and_check_says_it_before() {
    let city = handed_over("handoff-differs");
    let before = files(&city.join("handoff"));
    edit(
        &city.join(OUTPUTS),
        "vpce-svc-0123456789abcdef0",
        "vpce-svc-9",
    );
    let ran = refused(&city, "handoff --all --check");
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran, @"
    exit code 1
    --- stdout ---
    --- a/handoff/dev3/agora.md
    +++ b/handoff/dev3/agora.md
    @@ -10,7 +10,7 @@
     | user | `postgres` |
     | secret | `arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:rds!db-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-AbCdEf` |
     | role | `arn:aws:iam::111111111111:role/agora-dev3-proxy-access` |
    -| endpoint service | `com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0` |
    +| endpoint service | `com.amazonaws.vpce.ap-northeast-1.vpce-svc-9` |
     | clusters | `gc-0-apps-ap-northeast-1, gc-1-batch-ap-northeast-1` |
     
     ## What to do
    --- a/handoff/dev3/privatelink/agora.yaml
    +++ b/handoff/dev3/privatelink/agora.yaml
    @@ -3,7 +3,7 @@
       apps:
         gc-0-apps-ap-northeast-1:
           agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    -        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-9
         gc-1-batch-ap-northeast-1:
           agora-dev3-proxy.proxy-abcdefghijkl.ap-northeast-1.rds.amazonaws.com:
    -        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0
    +        service_name: com.amazonaws.vpce.ap-northeast-1.vpce-svc-9
    --- stderr ---
    2 files not up to date: run the same without --check, and commit the result
    ");
    assert_snapshot!(run(&city, "handoff --all"), @"
    exit code 0
    --- stdout ---
    updated handoff/dev3/agora.md
    updated handoff/dev3/privatelink/agora.yaml
    --- stderr ---
    0 created, 2 updated, 0 removed, 45 unchanged
    ");
    let after = files(&city.join("handoff"));
    let touched: Vec<_> = (after.iter())
        .filter(|(path, file)| before.get(*path) != Some(file))
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(touched, ["dev3/agora.md", "dev3/privatelink/agora.yaml"]);
    assert_eq!(run(&city, "handoff --all --check").code, 0);
    // A checkout with the line ends of Windows.
    let text = fs::read_to_string(city.join("handoff/dev3/agora.md")).unwrap();
    fs::write(
        city.join("handoff/dev3/agora.md"),
        text.replace('\n', "\r\n"),
    )
    .unwrap();
    assert_eq!(run(&city, "handoff --all --check").code, 0);
}

#[test]
fn a_unit_without_outputs_is_named_and_keeps_what_it_had() {
    let city = applied("handoff-waiting");
    fs::remove_file(city.join("generated/dev3/test-dev/outputs.json")).unwrap();
    let ran = run(&city, "handoff --all");
    assert_eq!(ran.code, 0);
    assert!(!ran.out.contains("test-dev"), "{ran}");
    assert!(ran.err.contains("dev3/test-dev: not handed over, because there is no generated/dev3/test-dev/outputs.json yet"), "{ran}");
    let before = files(&city.join("handoff"));
    fs::remove_file(city.join(OUTPUTS)).unwrap();
    let ran = run(&city, "handoff --all");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran}");
    assert!(ran.err.contains("dev3/agora: generated/dev3/agora/outputs.json is gone; what was handed over stays as it is"), "{ran}");
    assert!(files(&city.join("handoff")) == before);
    assert_eq!(run(&city, "handoff --all --check").code, 0);
}

#[test]
fn nothing_is_written_when_the_outputs_of_one_unit_are_wrong() {
    let city = applied("handoff-wrong");
    let other = city.join("generated/dev3/test-dev/outputs.json");
    fs::copy(other, city.join(OUTPUTS)).unwrap();
    fs::write(city.join("generated/dev3/pinned/outputs.json"), "{").unwrap();
    let ran = refused(&city, "handoff --all");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
    for said in [
        "foreign-outputs",
        OUTPUTS,
        "generated/dev3/pinned/outputs.json:1:",
    ] {
        assert!(ran.err.contains(said), "{said}: {ran}");
    }
    assert!(!city.join("handoff").exists());
}

#[test]
fn the_files_of_a_unit_that_is_gone_go_and_no_other_ones() {
    let city = handed_over("handoff-gone");
    let by_hand = city.join("handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/namespace.yaml");
    fs::write(&by_hand, "kind: Namespace\n").unwrap();
    fs::write(city.join("handoff/dev3/notes.md"), "# Ours\n").unwrap();
    fs::create_dir_all(city.join("handoff/old")).unwrap();
    let strange = city.join("handoff/old/orders.md");
    fs::copy(city.join("handoff/dev3/agora.md"), &strange).unwrap();
    let gone = "shortname: testdev\nlifecycle: retired\nretirementRequested: \"2026-01-01\"\n";
    fs::write(city.join("configs/dev3/test-dev.yaml"), gone).unwrap();
    fs::remove_file(city.join("configs/prod/ledger.yaml")).unwrap();
    assert_snapshot!(run(&city, "handoff --all"), @"
    exit code 0
    --- stdout ---
    removed handoff/dev3/kubernetes/gc-0-apps-ap-northeast-1/test-dev.yaml
    removed handoff/dev3/kubernetes/gc-1-batch-ap-northeast-1/test-dev.yaml
    removed handoff/dev3/privatelink/test-dev.yaml
    removed handoff/dev3/test-dev.md
    removed handoff/prod/kubernetes/gc-0-prod-ap-northeast-1/ledger.yaml
    removed handoff/prod/kubernetes/gc-1-prod-ap-northeast-1/ledger.yaml
    removed handoff/prod/ledger.md
    removed handoff/prod/privatelink/ledger.yaml
    --- stderr ---
    about no environment of this workspace, and left alone: old/orders.md
    0 created, 0 updated, 8 removed, 39 unchanged
    ");
    let left = paths(&city.join("handoff"));
    assert!(
        left.iter()
            .all(|path| !path.contains("test-dev") && !path.contains("ledger")),
        "{left:?}"
    );
    assert!(by_hand.exists() && strange.exists() && left.contains(&"dev3/notes.md".to_owned()));
    assert_eq!(run(&city, "handoff --all --check").code, 0);
}

#[test]
fn a_file_in_the_way_is_not_overwritten() {
    let city = applied("handoff-occupied");
    let folder = city.join("handoff");
    fs::create_dir_all(folder.join("dev3/privatelink/agora.yaml")).unwrap();
    fs::write(folder.join("dev3/agora.md"), "# Ours\n").unwrap();
    fs::write(folder.join("dev3/kubernetes"), HEADER).unwrap();
    fs::write(
        folder.join("dev3/test-dev.md"),
        b"<!-- Made by `valet-rds handoff --all`. Do not edit. -->\n\xff",
    )
    .unwrap();
    let before = paths(&city);
    let ran = run(&city, "handoff --all");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
    assert_eq!(paths(&city), before);
    let said: Vec<_> = ran
        .err
        .lines()
        .filter(|line| line.contains("was not generated"))
        .collect();
    assert_snapshot!(said.join("\n"), @"
    × dev3/agora.md was not generated, so it is not overwritten
    × dev3/kubernetes was not generated, so it is not overwritten
    × dev3/privatelink/agora.yaml was not generated, so it is not overwritten: it is a folder
    × dev3/test-dev.md was not generated, so it is not overwritten: it is not text
    ");
    assert_eq!(run(&city, "handoff --all --check").code, 1);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_removed_through_a_link() {
    use std::os::unix::fs::symlink;
    let city = handed_over("handoff-links");
    let (folder, outside) = (
        city.join("handoff"),
        city.with_file_name("handoff-links-outside"),
    );
    let _ = fs::remove_dir_all(&outside);
    edit(
        &city.join(OUTPUTS),
        "vpce-svc-0123456789abcdef0",
        "vpce-svc-9",
    );
    for path in ["dev3/agora.md", "dev3/privatelink", "dev3", ""] {
        let link = folder.join(path);
        let link = if path.is_empty() {
            folder.clone()
        } else {
            link
        };
        fs::create_dir_all(&outside).unwrap();
        let real = outside.join("real");
        fs::rename(&link, &real).unwrap();
        symlink(&real, &link).unwrap();
        let before = files(&outside);
        for line in [
            "handoff --all",
            "handoff --all --check",
            "handoff --all --out handoff",
        ] {
            let ran = run(&city, line);
            assert_eq!(
                ran.code,
                if path.is_empty() { 2 } else { 1 },
                "{path}: {line}: {ran}"
            );
            assert!(ran.err.contains("symbolic link"), "{path}: {line}: {ran}");
        }
        assert!(files(&outside) == before, "{path}");
        fs::remove_file(&link).unwrap();
        fs::rename(&real, &link).unwrap();
    }
    // A folder of a unit that is gone is not looked into either.
    fs::create_dir_all(outside.join("gone")).unwrap();
    fs::copy(folder.join("dev3/agora.md"), outside.join("gone/gone.md")).unwrap();
    symlink(outside.join("gone"), folder.join("dev3/gone")).unwrap();
    assert_eq!(run(&city, "handoff --all").code, 0);
    assert!(outside.join("gone/gone.md").exists());
}

#[test]
fn the_folder_is_one_of_its_own() {
    let city = applied("handoff-folder");
    let ran = run(&city, "handoff --all --out gitops/databases");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(city.join("gitops/databases/dev3/agora.md").exists() && !city.join("handoff").exists());
    for folder in [
        ".",
        "generated",
        "generated/dev3/agora",
        "configs/dev3",
        "configs",
        "..",
        "nowhere/../x",
        "/",
    ] {
        let ran = refused(&city, &format!("handoff --all --out {folder}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{folder}: {ran}");
    }
    fs::write(city.join("file"), "").unwrap();
    assert_eq!(refused(&city, "handoff --all --out file").code, 2);
    assert_eq!(refused(&city, "handoff --all --out .git/hooks").code, 2);
    let elsewhere = city.with_file_name("handoff-elsewhere");
    let _ = fs::remove_dir_all(&elsewhere);
    let line = format!("handoff --all --out {}", elsewhere.display());
    assert_eq!(run(&city, &line).code, 0);
    assert!(elsewhere.join("dev3/agora.md").exists());
    // From another folder, the files are beside valet.yaml all the same.
    let ran = run(&city.join(".."), "handoff --all --workspace handoff-folder");
    assert!(
        ran.out
            .contains("created handoff-folder/handoff/dev3/agora.md\n"),
        "{ran}"
    );
}

#[test]
fn all_goes_with_nothing_that_is_about_one_unit() {
    let city = applied("handoff-usage");
    for line in [
        "handoff --all dev3/agora",
        "handoff --all --namespace agora",
        "--namespace agora handoff --all",
        "handoff --all --outputs -",
        "handoff --all -p a.example.com",
        "handoff --all --app x",
        "handoff --all --dry-run",
        "handoff --check dev3/agora",
        "handoff --out x dev3/agora",
    ] {
        let ran = refused(&city, line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}: {ran}");
    }
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let city = handed_over("handoff-killed");
    let left = city.join("handoff/dev3/.valet-rds-unfinished-agora.md");
    fs::write(&left, "half").unwrap();
    assert_eq!(run(&city, "handoff --all --check").code, 0);
    assert!(left.exists());
    assert_eq!(run(&city, "handoff --all").code, 0);
    assert!(!left.exists());
}

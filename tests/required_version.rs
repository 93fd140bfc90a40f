//! `requiredVersion`: everybody compiles with one version, or not at all.

use std::fs;

use crate::support::{
    command::run,
    folder::{edit, minimal},
    repository,
};

/// A workspace that requires a version, before everything else that its `valet.yaml` says.
fn requiring(version: &str, name: &str) -> std::path::PathBuf {
    let folder = minimal(name);
    let valet = folder.join("valet.yaml");
    let text = fs::read_to_string(&valet).unwrap();
    fs::write(valet, format!("requiredVersion: \"{version}\"\n{text}")).unwrap();
    folder
}

#[test]
fn every_command_that_compiles_refuses_another_version() {
    for (version, rule) in [("=99.0.0", "required-version"), ("newest", "bad-format")] {
        let folder = requiring(version, &format!("required-{rule}"));
        repository::top(&folder);
        repository::commit(&folder);
        for line in [
            "affected --base HEAD",
            "check",
            "diff --base HEAD",
            "explain dev/orders",
            "generate",
            "generate --check",
            "graph dev/orders",
            "handoff dev/orders",
            "info dev/orders",
            "k8s dev/orders",
            "plan --all",
            "preview dev/orders",
            "privatelink dev/orders",
            "retire dev/orders",
        ] {
            let ran = run(&folder, line);
            assert_eq!(ran.code, 1, "{line}: {ran}");
            assert!(ran.err.starts_with(rule), "{line}: {ran}");
            assert!(ran.err.contains("valet.yaml:1:18"), "{line}: {ran}");
        }
        assert!(!folder.join("generated").exists());
    }
}

#[test]
fn a_base_may_have_been_for_another_version() {
    let folder = requiring("=99.0.0", "required-base");
    repository::top(&folder);
    fs::write(folder.join(".gitignore"), "generated/\n").unwrap();
    let elsewhere = "git::https://git.example.com/platform.git//modules?ref=v1";
    edit(&folder.join("valet.yaml"), "../../../modules", elsewhere);
    repository::commit(&folder);
    let own = format!("={}", env!("CARGO_PKG_VERSION"));
    edit(&folder.join("valet.yaml"), "=99.0.0", &own);
    assert_eq!(run(&folder, "generate").code, 0);
    // Roots that are not committed are compiled on both sides.
    let ran = run(&folder, "affected --base HEAD --first");
    assert_eq!(ran.code, 0, "{ran}");
}

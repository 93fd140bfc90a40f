//! `init`: a workspace that compiles at once.

use std::fs;

use insta::assert_snapshot;

use crate::support::{
    command::{Ran, command, run},
    folder::copy,
    repository,
};

#[test]
fn what_it_makes_compiles_and_nothing_is_overwritten() {
    let folder = copy("fixtures/ok/minimal/configs", "init");
    assert_snapshot!(run(&folder, "init new"), @r"
    exit code 0
    --- stdout ---
    created new/valet.yaml
    created new/configs/dev/orders.yaml
    created new/schemas/config.schema.json
    created new/schemas/workspace.schema.json
    created new/.gitattributes
    created new/.gitignore
    --- stderr ---
    next: fill in valet.yaml, then run `valet-rds check`, `valet-rds lock` and `valet-rds generate`
    ");
    let new = folder.join("new");
    assert_snapshot!(run(&new, "check --deny warnings"), @r"
    exit code 0
    --- stderr ---
    1 config: no problems
    ");
    assert_snapshot!(run(&new, "generate"), @r"
    exit code 0
    --- stdout ---
    created generated/dev/_environment
    created generated/dev/orders
    --- stderr ---
    2 created, 0 updated, 0 removed, 0 unchanged
    ");
    let schema = fs::read_to_string(new.join("schemas/config.schema.json")).unwrap();
    assert_eq!(schema, run(&new, "schema config").out);
    assert_snapshot!(run(&folder, "init new"), @r"
    exit code 2
    --- stderr ---
    error: new/valet.yaml exists; nothing is overwritten
    ");
}

#[test]
fn what_git_has_been_told_stays_and_the_rest_is_asked_for() {
    let folder = copy("fixtures/ok/minimal/configs", "init-git");
    fs::create_dir(folder.join("new")).unwrap();
    for (name, text) in [
        (".gitattributes", "* text=auto\n"),
        (".gitignore", "*.log\n"),
    ] {
        fs::write(folder.join("new").join(name), text).unwrap();
    }
    let ran = run(&folder, "init new");
    assert_eq!(ran.code, 0, "{ran}");
    for said in [
        "new/.gitattributes exists; add `generated/** text eol=lf`, so that",
        "new/.gitignore exists; add `.terraform/` and `valet-plans/`, so that",
    ] {
        assert!(ran.err.contains(said), "{ran}");
    }
    assert_eq!(
        fs::read_to_string(folder.join("new/.gitignore")).unwrap(),
        "*.log\n"
    );
}

#[test]
fn the_modules_and_the_tool_have_the_version_that_writes_them() {
    let folder = copy("fixtures/ok/minimal/configs", "init-version");
    assert_eq!(run(&folder, "init new").code, 0);
    let valet = fs::read_to_string(folder.join("new/valet.yaml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        valet.contains(&format!("requiredVersion: \"={version}\"\n")),
        "{valet}"
    );
    assert!(
        valet.contains(&format!("//modules?ref=v{version}\n")),
        "{valet}"
    );
    // A release is made of a tag of this name, and the action installs it.
    let action = fs::read_to_string("action.yml").unwrap();
    assert!(
        action.contains(&format!("    default: \"{version}\"\n")),
        "{action}"
    );
    let release = fs::read_to_string(".github/workflows/release.yml").unwrap();
    assert!(release.contains("tags: [\"v*\"]"), "{release}");
}

#[test]
fn without_terraform_there_is_no_lock_file_and_everything_else_is_there() {
    let folder = copy("fixtures/ok/minimal/configs", "init-lock");
    let child = command(&folder, &["init", "--lock", "new"])
        .env("PATH", "")
        .output();
    let ran = Ran::of(child.unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.err
            .contains("no lock file yet: there is no terraform: "),
        "{ran}"
    );
    assert!(!folder.join("new/.terraform.lock.hcl").exists());
    assert_eq!(run(&folder.join("new"), "check").code, 0);
}

#[test]
fn the_pipeline_is_written_to_the_repository_around_it() {
    let folder = copy("fixtures/ok/minimal/configs", "init-ci");
    repository::top(&folder);
    let ran = run(&folder, "init --ci github new/db");
    assert_eq!(ran.code, 0, "{ran}");
    let again = "run `valet-rds ci github` again after each edit of valet.yaml";
    assert!(ran.err.contains(again), "{ran}");
    for name in ["", "-apply", "-drift"] {
        let path = format!(".github/workflows/valet-rds-new-db{name}.yml");
        assert!(ran.out.contains(&format!("created {path}\n")), "{ran}");
        assert!(folder.join(path).is_file());
    }
    assert_eq!(run(&folder.join("new/db"), "ci github --check").code, 0);
}

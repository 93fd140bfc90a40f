//! `init`: a workspace that compiles at once.

use std::fs;

use insta::assert_snapshot;

use crate::support::{command::run, folder::copy};

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
    next: fill in valet.yaml, then run `valet-rds check` and `valet-rds generate`
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

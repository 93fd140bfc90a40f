//! Faults from the field: what `diff` says of a change that somebody has trusted and regretted.

use std::{fs, path::Path};

use crate::support::{
    command::{Ran, valet},
    folder::{edit, minimal},
    repository::{commit, init},
    snapshot,
    workspace::cases,
};

/// What `diff` says when a config becomes another one, without the lines of the files.
fn diff(case: &Path) -> String {
    let name = case.file_name().unwrap().to_str().unwrap();
    let folder = minimal(&format!("field-{name}/platform/storage"));
    let modules = "git::https://git.example.com/platform.git//modules?ref=v1.4.0";
    edit(&folder.join("valet.yaml"), "../../../modules", modules);
    let config = folder.join("configs/dev/orders.yaml");
    fs::copy(case.join("base.yaml"), &config).unwrap();
    init(&folder);
    commit(&folder);
    fs::copy(case.join("head.yaml"), &config).unwrap();
    let Ran { code, out, err } = valet(&folder, &["diff", "--base", "HEAD"]);
    let (facts, rest) = out.split_once("\n\n").unwrap_or((&out, ""));
    let summary = rest.lines().last().unwrap_or_default();
    // The first line names the commit.
    let (_, problems) = err.split_once('\n').unwrap_or_default();
    format!("exit code {code}\n{facts}\n{summary}\n\n{problems}")
}

#[test]
fn a_change_is_told_as_it_will_happen() {
    for case in cases("fixtures/field") {
        let said = diff(&case);
        let name = case.file_name().unwrap().to_str().unwrap();
        snapshot::settings("field").bind(|| insta::assert_snapshot!(name, said));
    }
}

//! Every workspace in `fixtures/` compiles, or fails, exactly as its snapshot says.

use std::{fmt::Write, path::Path};

use crate::support::{
    snapshot,
    workspace::{Workspace, cases},
};

#[test]
fn ok() {
    for case in cases("fixtures/ok") {
        let workspace = Workspace::open(&case);
        assert_eq!(workspace.drawn(), "", "{}", case.display());
        snapshot("ok", &case, &listing(&workspace));
    }
}

#[test]
fn the_example_workspace() {
    let city = Path::new("fixtures/city");
    let workspace = Workspace::open(city);
    assert_eq!(workspace.drawn(), "");
    snapshot("", city, &listing(&workspace));
}

#[test]
fn bad() {
    for case in cases("fixtures/bad") {
        let drawn = Workspace::open(&case).drawn();
        assert_ne!(drawn, "", "{} is not bad", case.display());
        snapshot("bad", &case, &drawn);
    }
}

#[test]
fn the_schemas() {
    for (name, schema) in [
        ("config", &storage_valet_rds::config::schema::CONFIG),
        ("workspace", &storage_valet_rds::config::schema::WORKSPACE),
    ] {
        snapshot("schema", Path::new(name), &schema.text());
    }
}

fn listing(workspace: &Workspace) -> String {
    let mut text = String::new();
    for (path, file) in workspace.tree() {
        writeln!(text, "==> {path} <==\n{file}").unwrap();
    }
    text
}

fn snapshot(folder: &str, case: &Path, text: &str) {
    let name = case.file_name().unwrap().to_str().unwrap();
    snapshot::settings(folder).bind(|| insta::assert_snapshot!(name, text));
}

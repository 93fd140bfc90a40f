//! Where a path is named to others, it is relative to the top of the repository: wherever the command runs, and however
//! it was told the workspace.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{
    command::valet,
    monorepo::{Monorepo, WORKSPACE, git},
};

/// The same run from every place from which it can be started.
fn from_everywhere(repo: &Monorepo, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let absolute = repo.workspace.to_str().unwrap();
    let below = repo.workspace.join("configs/dev");
    let beside = repo.top.join("modules/rds");
    let outside = repo.top.parent().unwrap();
    let places: [(&Path, Option<&str>); 6] = [
        (&repo.workspace, None),
        (&below, None),
        (&repo.top, Some(WORKSPACE)),
        (&repo.top, Some(absolute)),
        (&beside, Some("../../platform/db")),
        (outside, Some("top/platform/db")),
    ];
    let run = |(folder, workspace): (&Path, Option<&str>)| {
        let mut all = words.clone();
        if let Some(workspace) = workspace {
            all.extend(["--workspace", workspace]);
        }
        valet(folder, &all).out
    };
    places.into_iter().map(run).collect()
}

fn assert_same(repo: &Monorepo, line: &str, expected: &str) {
    let all = from_everywhere(repo, line);
    for (at, out) in all.iter().enumerate() {
        assert!(out.contains(expected), "{line}, place {at}: {out}");
        assert_eq!(*out, all[0], "{line}, place {at}");
    }
}

#[test]
fn annotations_and_documents_name_the_same_file_from_everywhere() {
    let repo = Monorepo::new("paths");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\ninstanceClas: db.t4g.large\n",
    );
    let path = "platform/db/configs/dev/orders.yaml";
    for (format, expected) in [
        ("github", format!("file={path},line=2,")),
        ("sarif", format!("\"uri\": \"{path}\"")),
        ("json", format!("\"file\": \"{path}\"")),
    ] {
        assert_same(&repo, &format!("check --format {format}"), &expected);
    }
    for (format, expected) in [
        ("markdown", format!("(`{path}:2`)")),
        ("json", format!("\"file\": \"{path}\"")),
    ] {
        let line = format!("diff --base HEAD --format {format}");
        assert_same(&repo, &line, &expected);
    }
}

#[test]
fn a_workspace_file_that_is_wrong_is_named_in_the_same_way() {
    let repo = Monorepo::new("paths-workspace");
    repo.edit("valet.yaml", "    accountId", "    acountId");
    for (format, expected) in [
        ("github", "file=platform/db/valet.yaml,"),
        ("sarif", "\"uri\": \"platform/db/valet.yaml\""),
        ("json", "\"file\": \"platform/db/valet.yaml\""),
    ] {
        assert_same(&repo, &format!("check --format {format}"), expected);
    }
}

#[test]
fn folders_of_roots_are_named_in_the_same_way() {
    let repo = Monorepo::new("paths-roots");
    repo.edit(
        "configs/dev/orders.yaml",
        "orders\n",
        "orders\nport: 6000\n",
    );
    repo.generate();
    let root = "platform/db/generated/dev/orders";
    assert_same(&repo, "affected --base HEAD --format json", root);
    assert_same(&repo, "affected --base HEAD --format matrix", root);
    let line = "diff --base HEAD --format json";
    assert_same(&repo, line, &format!("\"directory\": \"{root}\""));
    let place = "\"path\": \"platform/db/configs/dev/orders.yaml\"";
    assert_same(&repo, line, place);
    let file = format!("\"file\": \"{root}/main.tf\"");
    assert_same(&repo, "explain dev/orders --format json", &file);
}

#[test]
fn a_root_of_a_folder_that_has_moved_is_named_where_it_was() {
    let repo = Monorepo::new("paths-moved");
    fs::create_dir(repo.top.join("infra")).unwrap();
    repo.git("mv platform/db infra/db");
    let moved = Monorepo {
        top: repo.top.clone(),
        workspace: repo.top.join("infra/db"),
    };
    fs::remove_file(moved.workspace.join("configs/dev/ledger.yaml")).unwrap();
    fs::remove_dir_all(moved.workspace.join("generated/dev/ledger")).unwrap();
    moved.generate_and_commit();
    let ran = moved.run("diff --base HEAD~1 --format json");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let problem = &document["problems"][0];
    assert_eq!(problem["code"], "live-root-orphaned", "{ran}");
    assert_eq!(
        problem["file"],
        "platform/db/generated/dev/ledger/terraform.tf"
    );
}

#[test]
fn a_linked_work_tree_and_a_submodule_have_tops_of_their_own() {
    let repo = Monorepo::new("paths-tops");
    git(&repo.top, &["worktree", "add", "--quiet", "../linked"]);
    let linked = Monorepo::at(&repo.top.with_file_name("linked"));
    let outer = repo.top.with_file_name("outer");
    fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]);
    let url = repo.top.to_str().unwrap();
    git(&outer, &["submodule", "--quiet", "add", url, "inner"]);
    let inner = Monorepo::at(&outer.join("inner"));
    for repo in [linked, inner] {
        repo.write("configs/dev/orders.yaml", "shortnam: orders\n");
        let out = repo.run("check --format github").out;
        let expected = "file=platform/db/configs/dev/orders.yaml,";
        assert!(out.contains(expected), "{out}");
    }
}

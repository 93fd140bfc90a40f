//! Modules in a submodule, and a workspace in one: what the superproject records is what counts.

use std::{fs, path::PathBuf};

use crate::support::{
    answer::{Answer, NOTHING, fine, wrong},
    monorepo::{Monorepo, git},
};

const ALL: Answer = fine(
    "dev/_environment dev/ledger dev/orders prod/_environment prod/orders",
    "5 units change: 5 in-place",
);

/// The repository with its modules in a submodule, and the repository of that.
fn with_submodule(name: &str) -> (Monorepo, PathBuf) {
    let repo = Monorepo::new(name);
    let modules = repo.top.with_file_name("modules-repository");
    fs::rename(repo.top.join("modules"), &modules).unwrap();
    git(&modules, &["init", "--quiet", "--initial-branch", "main"]);
    git(&modules, &["add", "--all"]);
    git(&modules, &["commit", "--quiet", "-m", "x"]);
    repo.commit();
    let url = modules.to_str().unwrap();
    git(&repo.top, &["submodule", "--quiet", "add", url, "modules"]);
    repo.commit();
    (repo, modules)
}

fn bump(repo: &Monorepo, modules: &std::path::Path) {
    fs::write(modules.join("rds/main.tf"), "# two\n").unwrap();
    git(modules, &["commit", "--quiet", "--all", "-m", "x"]);
    git(&repo.top.join("modules"), &["pull", "--quiet"]);
    repo.commit();
}

#[test]
fn a_submodule_of_modules_differs_when_its_commit_or_its_files_do() {
    let (repo, modules) = with_submodule("submodule");
    NOTHING.assert("nothing", &repo, "HEAD");
    ALL.assert("where there were none", &repo, "HEAD~1");
    bump(&repo, &modules);
    ALL.assert("another commit", &repo, "HEAD~1");
    NOTHING.assert("nothing after it", &repo, "HEAD");
    fs::write(repo.top.join("modules/rds/main.tf"), "# by hand\n").unwrap();
    ALL.assert("a file", &repo, "HEAD");
    git(&repo.top.join("modules"), &["checkout", "--quiet", "."]);
    fs::write(repo.top.join("modules/rds/extra.tf"), "# new\n").unwrap();
    ALL.assert("a new file", &repo, "HEAD");
    fs::remove_file(repo.top.join("modules/rds/extra.tf")).unwrap();
    git(
        &repo.top.join("modules"),
        &["checkout", "--quiet", "HEAD~1"],
    );
    ALL.assert("another checkout", &repo, "HEAD");
    git(&repo.top, &["config", "diff.ignoreSubmodules", "all"]);
    git(&repo.top, &["config", "submodule.modules.ignore", "all"]);
    ALL.assert("which a setting hides", &repo, "HEAD");
}

#[test]
fn a_checkout_without_submodules_sees_another_commit_and_says_what_is_missing() {
    let (repo, modules) = with_submodule("submodule-absent");
    bump(&repo, &modules);
    let clone = repo.clone("without", "");
    assert!(!clone.top.join("modules/rds").exists());
    ALL.assert("another commit", &clone, "HEAD~1");
    NOTHING.assert("nothing", &clone, "HEAD");
    for line in [
        "check",
        "generate",
        "generate --check",
        "check --base HEAD~1",
    ] {
        let ran = clone.run(line);
        assert_eq!(ran.code, 1, "{line}: {ran}");
        assert!(ran.err.contains("missing-modules"), "{line}: {ran}");
    }
}

#[test]
fn a_submodule_that_goes_is_told() {
    let (repo, modules) = with_submodule("submodule-gone");
    repo.git("rm --quiet modules");
    repo.commit();
    let answer = wrong(
        "dev/_environment dev/ledger dev/orders prod/_environment prod/orders",
        "1 error; 5 units change: 5 in-place",
        "missing-modules",
    );
    answer.assert("gone", &repo, "HEAD~1");
    // The same files in its place are no longer a commit that can be compared.
    git(
        &repo.top,
        &["clone", "--quiet", modules.to_str().unwrap(), "modules"],
    );
    fs::remove_dir_all(repo.top.join("modules/.git")).unwrap();
    repo.commit();
    ALL.assert("files in its place", &repo, "HEAD~2");
}

#[test]
fn a_workspace_in_a_submodule_is_compared_inside_of_it() {
    let repo = Monorepo::new("submodule-workspace");
    let outer = repo.top.with_file_name("outer");
    fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]);
    let url = repo.top.to_str().unwrap();
    git(&outer, &["submodule", "--quiet", "add", url, "inner"]);
    git(&outer, &["commit", "--quiet", "--all", "-m", "x"]);
    let inner = Monorepo::at(&outer.join("inner"));
    inner.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 3\n",
    );
    inner.generate();
    let answer = fine("dev/orders", "1 unit changes: 1 in-place");
    answer.assert("inside", &inner, "HEAD");
    let ran = inner.run("affected --base HEAD");
    assert!(ran.err.contains("compared inside the submodule"), "{ran}");
}

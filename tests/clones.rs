//! What a change means in clones that have less than everything: partial, shallow, sparse, and with folders elsewhere.

use std::fs;

use crate::support::{
    answer::{Answer, NOTHING, fine, flat, none, wrong},
    monorepo::{Monorepo, git},
};

const ORDERS: Answer = fine("dev/orders", "1 unit changes: 1 in-place");

/// A change of one unit on a branch, with `main` two commits further.
fn feature(name: &str) -> Monorepo {
    let repo = Monorepo::new(name);
    repo.git("checkout --quiet -b feature");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 3\n",
    );
    repo.generate_and_commit();
    repo.git("checkout --quiet main");
    repo.write("configs/dev/fresh.yaml", "shortname: fresh\n");
    repo.generate_and_commit();
    repo.commit();
    repo.git("checkout --quiet feature");
    repo
}

#[test]
fn a_partial_clone_fetches_what_it_needs_and_says_when_it_cannot() {
    let repo = feature("partial");
    let treeless = repo.clone("treeless", "--filter=tree:0");
    none("no filter but `--filter=blob:none`").assert("treeless", &treeless, "origin/main");
    for (name, options) in [
        ("blobless", "--filter=blob:none"),
        ("small", "--filter=blob:limit=100"),
    ] {
        let clone = repo.clone(name, options);
        ORDERS.assert(name, &clone, "origin/main");
        let clone = repo.clone(&format!("{name}-alone"), options);
        let away = repo.top.with_file_name("away");
        fs::rename(&repo.top, &away).unwrap();
        none("git").assert(&format!("{name} without its origin"), &clone, "origin/main");
        fs::rename(&away, &repo.top).unwrap();
        ORDERS.assert(&format!("{name} with it again"), &clone, "origin/main");
    }
}

#[test]
fn a_shallow_clone_answers_when_the_merge_base_is_in_it() {
    let repo = feature("shallow");
    let clone = |name: &str, depth: u8| {
        let clone = repo.clone(name, &format!("--depth {depth} --no-single-branch"));
        clone.git("checkout --quiet feature");
        clone
    };
    let one = clone("one", 1);
    let answer = none("`git fetch --unshallow`, or `fetch-depth: 0`");
    answer.assert("depth 1", &one, "origin/main");
    answer.assert("depth 1, before it", &one, "HEAD~1");
    answer.assert("depth 2 of 3", &clone("two", 2), "origin/main");
    ORDERS.assert("depth 3", &clone("three", 3), "origin/main");
    one.git("fetch --quiet --unshallow");
    ORDERS.assert("fetched", &one, "origin/main");
    let single = repo.clone("single", "--single-branch --branch feature");
    none("git knows no commit `origin/main`").assert("one branch", &single, "origin/main");
}

#[test]
fn a_sparse_checkout_without_modules_is_told_by_check_and_answered_by_git() {
    let repo = Monorepo::new("sparse-modules");
    let clone = repo.clone("sparse", "--sparse");
    clone.git("sparse-checkout set platform");
    assert!(!clone.top.join("modules").exists());
    NOTHING.assert("nothing", &clone, "HEAD");
    for line in ["check", "generate", "generate --check", "check dev/orders"] {
        let ran = clone.run(line);
        assert_eq!(ran.code, 1, "{line}: {ran}");
        assert!(ran.err.contains("missing-modules"), "{line}: {ran}");
    }
    fs::write(repo.top.join("modules/rds/main.tf"), "# two\n").unwrap();
    repo.commit();
    clone.git("pull --quiet");
    let answer = fine(
        "dev/ledger dev/orders prod/orders",
        "3 units change: 3 in-place",
    );
    answer.assert("a module", &clone, "HEAD~1");
}

#[test]
fn a_sparse_checkout_without_an_environment_works_for_the_other_one() {
    let repo = Monorepo::new("sparse-environment");
    let clone = repo.clone("sparse", "--sparse");
    clone.git("sparse-checkout set modules platform/db/configs/dev platform/db/generated/dev");
    assert!(!clone.workspace.join("configs/prod").exists());
    for line in [
        "check dev/orders",
        "check dev/orders dev/ledger",
        "generate --check dev/orders",
        "generate dev/orders",
        "explain dev/orders",
        "preview dev/orders",
    ] {
        let ran = clone.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    for line in ["check", "generate", "generate --check"] {
        let ran = clone.run(line);
        assert_eq!(ran.code, 1, "{line}: {ran}");
        let said = "`configs/prod` is left out of this sparse checkout";
        assert!(flat(&ran.err).contains(said), "{line}: {ran}");
    }
    NOTHING.assert("nothing", &clone, "HEAD");
    clone.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 3\n",
    );
    let ran = clone.run("generate dev/orders");
    assert_eq!(ran.out, "updated generated/dev/orders\n", "{ran}");
    ORDERS.assert("a change", &clone, "HEAD");
    // What differs where nothing is checked out is seen all the same.
    repo.write(
        "configs/prod/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 3\n",
    );
    repo.generate_and_commit();
    clone.git("stash --quiet");
    clone.git("pull --quiet");
    let answer = fine("prod/orders", "1 unit changes: 1 in-place");
    answer.assert("a change of what is left out", &clone, "HEAD~1");
    fs::remove_file(repo.workspace.join("configs/prod/orders.yaml")).unwrap();
    fs::remove_dir_all(repo.workspace.join("generated/prod/orders")).unwrap();
    repo.commit();
    clone.git("pull --quiet");
    let answer = wrong(
        "",
        "1 error; no unit changes",
        "its database is still there",
    );
    answer.assert("a database of what is left out", &clone, "HEAD~1");
}

#[test]
fn a_module_that_changes_is_seen_in_roots_that_are_left_out() {
    let repo = Monorepo::new("sparse-roots");
    let clone = repo.clone("sparse", "--sparse");
    clone.git("sparse-checkout set modules platform/db/configs/dev");
    fs::write(clone.top.join("modules/cluster-trust/main.tf"), "# two\n").unwrap();
    let answer = fine(
        "dev/_environment prod/_environment",
        "2 units change: 2 in-place",
    );
    answer.assert("left out", &clone, "HEAD");
}

#[test]
fn a_linked_work_tree_a_bare_repository_and_a_folder_of_git_elsewhere_are_the_same() {
    let repo = feature("elsewhere");
    git(
        &repo.top,
        &[
            "worktree",
            "add",
            "--quiet",
            "--detach",
            "../linked",
            "feature",
        ],
    );
    let linked = Monorepo::at(&repo.top.with_file_name("linked"));
    ORDERS.assert("a linked work tree", &linked, "main");

    let bare = repo.top.with_file_name("bare.git");
    let (from, to) = (repo.top.to_str().unwrap(), bare.to_str().unwrap());
    git(&repo.top, &["clone", "--quiet", "--bare", from, to]);
    git(
        &bare,
        &["worktree", "add", "--quiet", "../of-bare", "feature"],
    );
    let of_bare = Monorepo::at(&repo.top.with_file_name("of-bare"));
    ORDERS.assert("a work tree of a bare repository", &of_bare, "main");

    let separate = repo.clone("separate", "--separate-git-dir ../elsewhere-separate.git");
    assert!(separate.top.join(".git").is_file());
    ORDERS.assert("a folder of git elsewhere", &separate, "origin/main");

    let reference = repo.clone("reference", &format!("--reference {from}"));
    ORDERS.assert("objects of another repository", &reference, "origin/main");

    let sha256 = Monorepo::new("elsewhere-sha256");
    fs::remove_dir_all(sha256.top.join(".git")).unwrap();
    sha256.git("init --quiet --initial-branch main --object-format=sha256");
    sha256.commit();
    sha256.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 3\n",
    );
    sha256.generate();
    ORDERS.assert("another kind of object names", &sha256, "HEAD");

    let reftable = repo.clone("reftable", "--ref-format=reftable");
    ORDERS.assert("another kind of references", &reftable, "origin/main");
}

#[test]
fn the_work_tree_of_another_folder_is_not_answered_for() {
    let repo = Monorepo::new("worktree-setting");
    let away = repo.top.with_file_name("away");
    fs::create_dir(&away).unwrap();
    git(
        &repo.top,
        &["config", "core.worktree", away.to_str().unwrap()],
    );
    none("has its work tree elsewhere").assert("elsewhere", &repo, "HEAD");
}

#[test]
fn what_a_filter_has_written_is_what_terraform_would_read() {
    let repo = Monorepo::new("filter");
    let pattern = "platform/db/generated/dev/orders/*.tf filter=large\n";
    fs::write(repo.top.join(".gitattributes"), pattern).unwrap();
    repo.commit();
    let clean = "sed s/postgres/POINTER/";
    git(&repo.top, &["config", "filter.large.clean", clean]);
    git(&repo.top, &["add", "--renormalize", "."]);
    repo.commit();
    // Where the filter runs both ways, nothing differs.
    git(
        &repo.top,
        &["config", "filter.large.smudge", "sed s/POINTER/postgres/"],
    );
    NOTHING.assert("with the filter", &repo, "HEAD");
    // Where it does not run, what it wrote stands in the root.
    let clone = repo.clone("without", "");
    let ran = clone.run("diff --base HEAD~1");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("stale-root"), "{ran}");
    assert!(ran.out.contains("dev/orders: "), "{ran}");
    assert!(!ran.out.contains("dev/orders: none"), "{ran}");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    clone.write("generated/dev/orders/main.tf", pointer);
    clone.commit();
    let ran = clone.run("diff --base HEAD~1");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("dev/orders: data-loss"), "{ran}");
    let ran = clone.run("generate --check");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("main.tf was not generated"), "{ran}");
}

//! A unit is its state: folders move around it, and what is left behind is told by every command alike.

use std::fs;

use crate::support::{
    answer::{NOTHING, fine, flat, none, wrong},
    command::valet,
    folder::copy_all,
    monorepo::{Monorepo, git},
};

const ALL: &str = "dev/_environment dev/ledger dev/orders prod/_environment prod/orders";

/// The repository with its workspace in another folder.
fn moved(repo: &Monorepo, to: &str) -> Monorepo {
    let workspace = repo.top.join(to);
    fs::create_dir_all(workspace.parent().unwrap()).unwrap();
    repo.git(&format!("mv platform/db {to}"));
    Monorepo {
        top: repo.top.clone(),
        workspace,
    }
}

fn forget(repo: &Monorepo, unit: &str) {
    fs::remove_file(repo.workspace.join(format!("configs/{unit}.yaml"))).unwrap();
    fs::remove_dir_all(repo.workspace.join(format!("generated/{unit}"))).unwrap();
}

/// Every command that is told the base refuses, and writes nothing.
#[track_caller]
fn assert_refused(repo: &Monorepo, told: &str) {
    for line in [
        "affected",
        "diff",
        "check",
        "check --changed",
        "generate --check",
        "generate",
    ] {
        let ran = repo.run(&format!("{line} --base HEAD~1"));
        assert_eq!(ran.code, 1, "{line}: {ran}");
        let said = flat(&ran.err);
        assert!(said.contains("live-root-orphaned"), "{line}: {ran}");
        assert!(said.contains(told), "{line}: {ran}");
        assert_eq!(repo.git("status --short"), "", "{line}");
    }
}

#[test]
fn a_workspace_that_moves_takes_its_databases_along_or_is_refused() {
    let repo = moved(&Monorepo::new("workspace"), "infra/db");
    repo.commit();
    let answer = fine(ALL, "5 units change: 5 none");
    answer.assert("moved alone", &repo, "HEAD~1");
    let deeper = moved(&Monorepo::new("workspace-deeper"), "a/b/c");
    deeper.edit("valet.yaml", "../../modules", "../../../modules");
    deeper.generate_and_commit();
    let answer = fine(ALL, "5 units change: 5 none");
    answer.assert("moved down", &deeper, "HEAD~1");

    let repo = moved(&Monorepo::new("workspace-less"), "infra/db");
    repo.edit(
        "valet.yaml",
        "username: postgres}\n  prod",
        "username: another}\n  prod",
    );
    forget(&repo, "dev/ledger");
    repo.generate_and_commit();
    assert_eq!(repo.run("check prod/orders --base HEAD~1").code, 1);
    // Nothing here says what there was before; the base does.
    assert_eq!(repo.run("check").code, 0);
    assert_eq!(repo.run("generate --check").code, 0);
    assert_refused(&repo, "no config has the shortname `ledger`");
    let ran = repo.run("diff --base HEAD~1 --deny replace");
    assert!(ran.out.contains("denied: dev/orders: replace"), "{ran}");
}

#[test]
fn a_database_that_vanishes_is_refused_whatever_its_config_was_like() {
    for (name, before) in [
        ("sound", "shortname: ledger\n"),
        ("unknown-key", "shortname: ledger\nkeyOfAnotherVersion: 1\n"),
        ("no-yaml", "shortname: [\n"),
        ("empty", ""),
        ("marked", "\u{feff}shortname: ledger\n"),
    ] {
        let repo = Monorepo::new(&format!("vanished-{name}"));
        repo.write("configs/dev/ledger.yaml", before);
        repo.commit();
        forget(&repo, "dev/ledger");
        repo.commit();
        assert_refused(&repo, "database is still there");
    }
    // Without its config the root stands where it did.
    let repo = Monorepo::new("vanished-config");
    fs::remove_file(repo.workspace.join("configs/dev/ledger.yaml")).unwrap();
    repo.commit();
    assert_refused(&repo, "database is still there");
    for line in ["check", "generate", "generate --check"] {
        assert_eq!(repo.run(line).code, 1, "{line}");
    }
    // Without its root the config gives it again: nothing is left behind when it is written.
    let repo = Monorepo::new("vanished-root");
    fs::remove_dir_all(repo.workspace.join("generated/dev/ledger")).unwrap();
    repo.commit();
    let answer = wrong("", "2 errors; no unit changes", "live-root-orphaned");
    answer.assert("its root", &repo, "HEAD~1");
    assert_eq!(repo.run("check --base HEAD~1").code, 0);
    let ran = repo.run("generate --base HEAD~1");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "created generated/dev/ledger\n")
    );
    NOTHING.assert("written again", &repo, "HEAD~1");
}

#[test]
fn what_was_broken_and_is_mended_under_another_name_is_still_the_same_database() {
    let repo = Monorepo::new("mended");
    repo.write(
        "configs/dev/ledger.yaml",
        "shortname: ledger\nkeyOfAnotherVersion: 1\n",
    );
    repo.commit();
    repo.git("mv platform/db/configs/dev/ledger.yaml platform/db/configs/dev/book.yaml");
    repo.write(
        "configs/dev/book.yaml",
        "shortname: ledger\nusername: another\n",
    );
    repo.generate_and_commit();
    let answer = fine("dev/book", "1 unit changes: 1 replace");
    answer.assert("mended", &repo, "HEAD~1");
    let ran = repo.run("diff --base HEAD~1 --deny in-place");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.out.contains("dev/book: replace, moved from dev/ledger"),
        "{ran}"
    );
}

#[test]
fn an_output_folder_that_is_renamed_moves_the_roots() {
    let repo = Monorepo::new("output");
    repo.edit(
        "valet.yaml",
        "modules:",
        "output: terraform/roots\nmodules:",
    );
    fs::create_dir(repo.workspace.join("terraform")).unwrap();
    repo.git("mv platform/db/generated platform/db/terraform/roots");
    repo.generate_and_commit();
    let answer = fine(ALL, "5 units change: 5 none");
    answer.assert("by git", &repo, "HEAD~1");
    assert_eq!(repo.run("check --base HEAD~1").code, 0);

    let repo = Monorepo::new("output-alone");
    repo.edit("valet.yaml", "modules:", "output: roots\nmodules:");
    let ran = repo.run("generate --check");
    assert_eq!(ran.code, 1, "{ran}");
    let ran = repo.run("generate");
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        !repo.workspace.join("generated/dev/orders/main.tf").exists(),
        "{ran}"
    );
    repo.commit();
    let answer = fine(ALL, "5 units change: 5 none");
    answer.assert("by generate", &repo, "HEAD~1");
}

#[test]
fn the_folders_of_configs_and_namespaces_move_freely() {
    let repo = Monorepo::new("configs");
    repo.edit("valet.yaml", "configs/dev", "databases/development");
    fs::create_dir(repo.workspace.join("databases")).unwrap();
    repo.git("mv platform/db/configs/dev platform/db/databases/development");
    repo.generate_and_commit();
    let answer = fine("dev/ledger dev/orders", "2 units change: 2 none");
    answer.assert("a folder of configs", &repo, "HEAD~1");

    let repo = Monorepo::new("namespace");
    repo.git("mv platform/db/configs/dev/orders.yaml platform/db/configs/dev/shop.yaml");
    repo.generate_and_commit();
    let answer = fine("dev/shop", "1 unit changes: 1 replace");
    answer.assert("a namespace", &repo, "HEAD~1");

    let repo = Monorepo::new("exchanged");
    repo.write("configs/dev/orders.yaml", "shortname: ledger\n");
    repo.write("configs/dev/ledger.yaml", "shortname: orders\n");
    repo.generate_and_commit();
    let answer = fine("dev/ledger dev/orders", "2 units change: 2 replace");
    answer.assert("two that are exchanged", &repo, "HEAD~1");

    let repo = Monorepo::new("shortname");
    repo.write("configs/dev/orders.yaml", "shortname: shop\n");
    let ran = repo.run("generate");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.err.contains("no config has the shortname `orders`"),
        "{ran}"
    );
    fs::remove_dir_all(repo.workspace.join("generated/dev/orders")).unwrap();
    repo.generate_and_commit();
    assert_refused(&repo, "no config has the shortname `orders`");
}

#[test]
fn an_environment_that_is_renamed_gives_everything_another_name() {
    let repo = Monorepo::new("environment");
    repo.edit("valet.yaml", "  dev:\n", "  test:\n");
    let ran = repo.run("generate");
    assert_eq!(ran.code, 0, "{ran}");
    repo.commit();
    let ran = repo.run("affected --base HEAD~1");
    assert_eq!(
        ran.out, "test/_environment\ntest/ledger\ntest/orders\n",
        "{ran}"
    );
    let ran = repo.run("diff --base HEAD~1 --deny replace");
    assert_eq!(ran.code, 1, "{ran}");
    for unit in ["test/ledger", "test/orders"] {
        assert!(
            ran.out.contains(&format!("denied: {unit}: replace")),
            "{ran}"
        );
    }
    // With another place for its states, everything is left behind.
    let repo = Monorepo::new("environment-states");
    repo.edit("valet.yaml", "keyPrefix: db/dev", "keyPrefix: db/other");
    let left = "the state of generated/dev/orders is s3://example-state/db/dev/orders/terraform.tfstate; at s3://example-state/db/other/orders/terraform.tfstate, Terraform would know nothing of it";
    for line in ["check", "generate", "generate --check"] {
        let ran = repo.run(line);
        assert_eq!(ran.code, 1, "{line}: {ran}");
        assert!(flat(&ran.err).contains(left), "{line}: {ran}");
    }
    fs::remove_dir_all(repo.workspace.join("generated/dev")).unwrap();
    repo.generate_and_commit();
    assert_refused(&repo, left);
}

#[test]
fn states_move_by_a_declared_step() {
    let repo = Monorepo::new("states");
    let place = |bucket: &str, prefix: &str, more: &str| {
        format!("state: {{bucket: {bucket}, keyPrefix: {prefix}, region: eu-central-1{more}}}")
    };
    let before = place("example-state", "db/dev", "");
    let former = ", movedFrom: {bucket: example-state, keyPrefix: db/dev}";
    repo.edit(
        "valet.yaml",
        &before,
        &place("other-state", "storage/dev", former),
    );
    let ran = repo.run("generate");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(
        ran.out,
        "updated generated/dev/_environment\nupdated generated/dev/ledger\nupdated generated/dev/orders\n"
    );
    repo.commit();
    let answer = fine(
        "dev/_environment dev/ledger dev/orders",
        "3 units change: 3 replace",
    );
    answer.assert("moved", &repo, "HEAD~1");
    for line in [
        "diff --base HEAD~1 --deny in-place",
        "check --base HEAD~1",
        "generate --check --base HEAD~1",
    ] {
        let ran = repo.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    // What else changes is as bad as ever, and what is gone is left behind.
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nusername: another\n",
    );
    forget(&repo, "dev/ledger");
    repo.generate_and_commit();
    let ran = repo.run("diff --base HEAD~2 --deny in-place");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("denied: dev/orders: replace"), "{ran}");
    assert!(
        flat(&ran.err).contains("no config has the shortname `ledger`"),
        "{ran}"
    );
    // A place that an environment still has has not moved.
    let repo = Monorepo::new("states-taken");
    let former = ", movedFrom: {bucket: example-state, keyPrefix: db/prod}";
    repo.edit(
        "valet.yaml",
        &before,
        &place("other-state", "storage/dev", former),
    );
    let ran = repo.run("generate");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("Terraform would know"), "{ran}");
}

#[test]
fn a_database_that_is_made_where_its_state_should_have_been_copied_to_is_refused() {
    let repo = Monorepo::new("states-gate");
    let plan = fs::canonicalize("fixtures/plans/create.json").unwrap();
    fs::copy(plan, repo.workspace.join("plan.json")).unwrap();
    let ran = repo.run("gate plan.json --unit dev/orders");
    assert_eq!(ran.code, 0, "{ran}");
    repo.edit(
        "valet.yaml",
        "keyPrefix: db/dev, region: eu-central-1",
        "keyPrefix: db/dev, region: eu-central-1, movedFrom: {bucket: old-state, keyPrefix: db/dev}",
    );
    let ran = repo.run("gate plan.json --unit dev/orders");
    assert_eq!(ran.code, 1, "{ran}");
    let told = "its state is said to have been at s3://old-state/db/dev/orders/terraform.tfstate";
    assert!(
        flat(&ran.out).contains(told) || flat(&ran.err).contains(told),
        "{ran}"
    );
}

#[test]
fn the_case_of_letters_alone_is_a_name_of_its_own() {
    let repo = moved(&Monorepo::new("case"), "platform/DB");
    repo.commit();
    let answer = fine(ALL, "5 units change: 5 none");
    answer.assert("the workspace", &repo, "HEAD~1");
    let repo = Monorepo::new("case-config");
    repo.git("mv platform/db/configs/dev/orders.yaml platform/db/configs/dev/Orders.yaml");
    repo.commit();
    let ran = repo.run("affected --base HEAD~1");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("bad-file-name"), "{ran}");
    let repo = Monorepo::new("case-root");
    repo.git("mv platform/db/generated/dev/orders platform/db/generated/dev/ORDERS");
    repo.commit();
    let ran = repo.run("affected --base HEAD~1");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("stale-root"), "{ran}");
}

#[test]
fn two_workspaces_in_one_repository_keep_to_themselves() {
    let repo = Monorepo::new("two");
    let second = Monorepo {
        top: repo.top.clone(),
        workspace: repo.top.join("platform/other"),
    };
    copy_all(
        &repo.workspace,
        second
            .workspace
            .strip_prefix(env!("CARGO_TARGET_TMPDIR"))
            .unwrap()
            .to_str()
            .unwrap(),
    );
    second.edit("valet.yaml", "keyPrefix: db/", "keyPrefix: other/");
    fs::remove_dir_all(second.workspace.join("generated")).unwrap();
    second.generate_and_commit();
    let write = |repo: &Monorepo, unit: &str, text: &str| {
        repo.write(&format!("configs/{unit}.yaml"), text);
    };
    let text = "shortname: orders\nbackupRetentionPeriod: 3\n";
    write(&second, "dev/orders", text);
    second.generate();
    NOTHING.assert("the other one's change", &repo, "HEAD");
    let answer = fine("dev/orders", "1 unit changes: 1 in-place");
    answer.assert("its own change", &second, "HEAD");
    second.commit();
    // A database moves from one to the other, with its state.
    forget(&repo, "dev/ledger");
    fs::copy(
        repo.workspace.join("generated/dev/orders/main.tf"),
        repo.top.with_file_name("kept.tf"),
    )
    .unwrap();
    repo.commit();
    assert_refused(&repo, "no config has the shortname `ledger`");
    NOTHING.assert("what the other one left", &second, "HEAD~1");
    repo.git("revert --no-edit HEAD");
    second.edit("valet.yaml", "keyPrefix: other/dev", "keyPrefix: db/dev");
    fs::remove_dir_all(second.workspace.join("generated/dev")).unwrap();
    second.generate_and_commit();
    for side in [&repo, &second] {
        let ran = side.run("affected --base HEAD~1");
        assert_eq!(ran.code, 1, "{ran}");
        let is_told = ["state-collision", "live-root-orphaned"];
        assert!(is_told.iter().any(|code| ran.err.contains(code)), "{ran}");
    }
}

#[test]
fn a_root_that_is_copied_has_the_state_of_another_one() {
    let repo = Monorepo::new("copied");
    let from = repo.workspace.join("generated/dev/orders");
    let to = repo.workspace.join("generated/dev/copy");
    fs::create_dir(&to).unwrap();
    for name in ["main.tf", "outputs.tf", "terraform.tf"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let ran = repo.run("affected --base HEAD");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("state-collision"), "{ran}");
}

#[test]
fn a_retired_database_goes_without_a_word_and_an_active_one_does_not() {
    let repo = Monorepo::new("retired");
    for lifecycle in ["retiring", "retired"] {
        repo.write(
            "configs/dev/ledger.yaml",
            &format!(
                "shortname: ledger\nlifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n"
            ),
        );
        repo.generate_and_commit();
    }
    fs::remove_file(repo.workspace.join("configs/dev/ledger.yaml")).unwrap();
    repo.generate_and_commit();
    let answer = fine("", "1 unit changes: 1 gone");
    answer.assert("retired", &repo, "HEAD~1");
    for line in ["check", "generate --check", "generate"] {
        let ran = repo.run(&format!("{line} --base HEAD~1"));
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    // All at once is too fast.
    let ran = repo.run("diff --base HEAD~3");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("live-root-orphaned"), "{ran}");
}

#[test]
fn roots_of_an_older_version_are_reviewed_like_any_change() {
    let repo = Monorepo::new("older");
    for unit in ["dev/orders", "dev/ledger", "prod/orders"] {
        let main = format!("generated/{unit}/main.tf");
        let text = fs::read_to_string(repo.workspace.join(&main)).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.contains("backup_retention_period"));
        repo.write(
            &main,
            &format!("{}\n", lines.collect::<Vec<_>>().join("\n")),
        );
    }
    repo.commit();
    NOTHING.assert("before the upgrade", &repo, "HEAD");
    repo.generate_and_commit();
    let ran = repo.run("diff --base HEAD~1 --deny in-place");
    assert_eq!(ran.code, 1, "{ran}");
    let answer = fine(
        "dev/ledger dev/orders prod/orders",
        "3 units change: 3 in-place",
    );
    answer.assert("the upgrade", &repo, "HEAD~1");
    // An upgrade that nobody has run shows in whatever else changes.
    repo.git("reset --quiet --hard HEAD~1");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\ntags: {team: a}\n",
    );
    repo.commit();
    let answer = wrong("", "1 error; no unit changes", "stale-root");
    answer.assert("stale", &repo, "HEAD~1");
}

#[test]
fn a_base_without_any_root_asks_for_a_word() {
    let repo = Monorepo::new("first");
    repo.git("checkout --quiet --orphan start");
    repo.git("rm -r --quiet --cached .");
    git(
        &repo.top,
        &["commit", "--quiet", "--allow-empty", "-m", "x"],
    );
    repo.commit();
    for line in ["affected", "diff", "check", "generate --check", "generate"] {
        let ran = repo.run(&format!("{line} --base HEAD~1"));
        assert_eq!(ran.code, 2, "{line}: {ran}");
        assert!(ran.err.contains("--first"), "{line}: {ran}");
        let ran = repo.run(&format!("{line} --base HEAD~1 --first"));
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    let ran = valet(&repo.workspace, &["check", "--first"]);
    assert_eq!(ran.code, 2, "{ran}");
    none("--first").assert("nothing before", &repo, "HEAD~1");
}

//! What a change means in repositories as they are found: each with the one right answer.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::support::{
    answer::{Answer, NOTHING, fine, flat, none, wrong},
    command::{Ran, command},
    monorepo::{Monorepo, git},
};

const BACKUPS: &str = "shortname: orders\nbackupRetentionPeriod: 3\n";
const ONE: &str = "1 unit changes: 1 in-place";
const ORDERS: Answer = fine("dev/orders", ONE);

/// Changes one unit, and its root with it.
fn change(repo: &Monorepo) {
    repo.write("configs/dev/orders.yaml", BACKUPS);
    repo.generate();
}

/// The same on a branch of its own.
fn branch(repo: &Monorepo, name: &str, unit: &str) {
    repo.git(&format!("checkout --quiet -b {name}"));
    let namespace = unit.split('/').next_back().unwrap();
    let text = format!("shortname: {namespace}\nbackupRetentionPeriod: 3\n");
    repo.write(&format!("configs/{unit}.yaml"), &text);
    repo.generate_and_commit();
}

fn shell(folder: &Path, script: &str) -> Output {
    Command::new("sh")
        .args(["-e", "-c", script, "sh", env!("CARGO_BIN_EXE_valet-rds")])
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env("GIT_EDITOR", "true")
        .env("GIT_AUTHOR_NAME", "t")
        .env("GIT_AUTHOR_EMAIL", "t@example.com")
        .env("GIT_COMMITTER_NAME", "t")
        .env("GIT_COMMITTER_EMAIL", "t@example.com")
        .output()
        .unwrap()
}

#[test]
fn histories() {
    type Make = fn(&Monorepo) -> &'static str;
    let cases: &[(&str, Make, Answer)] = &[
        ("nothing", |_| "main", NOTHING),
        (
            "in the work tree",
            |repo| {
                change(repo);
                "HEAD"
            },
            ORDERS,
        ),
        (
            "in the index",
            |repo| {
                change(repo);
                repo.git("add --all");
                "HEAD"
            },
            ORDERS,
        ),
        (
            "in the index, and taken back in the work tree",
            |repo| {
                change(repo);
                repo.git("add --all");
                repo.write("configs/dev/orders.yaml", "shortname: orders\n");
                repo.generate();
                "HEAD"
            },
            NOTHING,
        ),
        (
            "taken out of the index, and still there",
            |repo| {
                change(repo);
                repo.git("rm -r --quiet --cached platform/db/generated");
                "HEAD"
            },
            ORDERS,
        ),
        (
            "taken out of the index, and another database in its place",
            |repo| {
                repo.write(
                    "configs/dev/orders.yaml",
                    "shortname: orders\nusername: another\n",
                );
                repo.generate();
                repo.git("rm -r --quiet --cached platform/db/generated");
                git(&repo.top, &["commit", "--quiet", "-m", "x"]);
                "main~1"
            },
            fine("dev/orders", "1 unit changes: 1 replace"),
        ),
        (
            "a detached head",
            |repo| {
                repo.git("checkout --quiet --detach");
                change(repo);
                repo.commit();
                "main"
            },
            ORDERS,
        ),
        (
            "a base that has moved on",
            |repo| {
                branch(repo, "feature", "dev/orders");
                repo.git("checkout --quiet main");
                repo.write("configs/dev/fresh.yaml", "shortname: fresh\n");
                repo.write(
                    "configs/dev/ledger.yaml",
                    "shortname: ledger\nallocatedStorage: 90\n",
                );
                repo.generate_and_commit();
                repo.git("checkout --quiet feature");
                "main"
            },
            ORDERS,
        ),
        (
            "a merge commit of a pull request",
            |repo| {
                branch(repo, "feature", "dev/orders");
                repo.git("checkout --quiet -b next main");
                branch(repo, "other", "dev/ledger");
                git(
                    &repo.top,
                    &["merge", "--quiet", "--no-ff", "-m", "x", "feature"],
                );
                "HEAD^1"
            },
            ORDERS,
        ),
        (
            "main merged into the branch",
            |repo| {
                branch(repo, "feature", "dev/orders");
                repo.git("checkout --quiet main");
                repo.write("configs/dev/fresh.yaml", "shortname: fresh\n");
                repo.generate_and_commit();
                repo.git("checkout --quiet feature");
                git(&repo.top, &["merge", "--quiet", "-m", "x", "main"]);
                "main"
            },
            ORDERS,
        ),
        (
            "an octopus",
            |repo| {
                branch(repo, "one", "dev/orders");
                repo.git("checkout --quiet main");
                branch(repo, "two", "dev/ledger");
                repo.git("checkout --quiet main");
                branch(repo, "three", "prod/orders");
                repo.git("checkout --quiet -b all main");
                git(
                    &repo.top,
                    &["merge", "--quiet", "-m", "x", "one", "two", "three"],
                );
                "main"
            },
            fine(
                "dev/ledger dev/orders prod/orders",
                "3 units change: 3 in-place",
            ),
        ),
        (
            "branches that were merged into each other",
            |repo| {
                branch(repo, "one", "dev/orders");
                repo.git("checkout --quiet main");
                branch(repo, "two", "dev/ledger");
                repo.git("branch three");
                git(&repo.top, &["merge", "--quiet", "-m", "x", "one"]);
                repo.git("checkout --quiet one");
                git(&repo.top, &["merge", "--quiet", "-m", "x", "three"]);
                "two"
            },
            none("merge bases"),
        ),
        (
            "a revert",
            |repo| {
                branch(repo, "feature", "dev/orders");
                repo.git("revert --no-edit HEAD");
                "main"
            },
            NOTHING,
        ),
        (
            "a revert of what is on main",
            |repo| {
                change(repo);
                repo.commit();
                repo.git("checkout --quiet -b feature");
                repo.git("revert --no-edit HEAD");
                "main"
            },
            ORDERS,
        ),
        (
            "a cherry-picked commit",
            |repo| {
                branch(repo, "feature", "dev/orders");
                repo.git("checkout --quiet -b picked main");
                repo.git("cherry-pick feature");
                "main"
            },
            ORDERS,
        ),
        (
            "an orphaned branch",
            |repo| {
                repo.git("checkout --quiet --orphan other");
                repo.commit();
                "main"
            },
            none("no commit in common"),
        ),
        (
            "nothing committed",
            |repo| {
                repo.git("checkout --quiet --orphan other");
                "main"
            },
            none("nothing is committed here yet"),
        ),
        (
            "a branch and a tag of one name",
            |repo| {
                repo.git("branch twice");
                repo.git("tag twice");
                "twice"
            },
            none("is a branch and a tag"),
        ),
        (
            "an annotated tag",
            |repo| {
                repo.git("tag --annotate --message x v1");
                change(repo);
                "v1"
            },
            ORDERS,
        ),
        ("a range", |_| "main..HEAD", none("is not one commit")),
        ("three dots", |_| "main...HEAD", none("is not one commit")),
        ("an exclusion", |_| "^main", none("is not one commit")),
        ("a tree", |_| "HEAD^{tree}", none("is a tree")),
        (
            "a blob",
            |_| "HEAD:platform/db/valet.yaml",
            none("is a blob"),
        ),
        (
            "a new unit that git is only told of",
            |repo| {
                repo.write("configs/dev/fresh.yaml", "shortname: fresh\n");
                repo.generate();
                repo.git("add --intent-to-add platform/db");
                "HEAD"
            },
            fine("dev/fresh", "1 unit changes: 1 new"),
        ),
        (
            "nothing but the mode of a file",
            |repo| {
                repo.git("update-index --chmod=+x platform/db/generated/dev/orders/main.tf");
                git(&repo.top, &["commit", "--quiet", "-m", "x"]);
                "HEAD~1"
            },
            NOTHING,
        ),
        (
            "attributes that hide a diff",
            |repo| {
                fs::write(
                    repo.top.join(".gitattributes"),
                    "generated/** binary -diff\n",
                )
                .unwrap();
                repo.commit();
                change(repo);
                "HEAD"
            },
            ORDERS,
        ),
        (
            "a program for diffs",
            |repo| {
                repo.git("config diff.external false");
                repo.git("config diff.tf.textconv false");
                fs::write(repo.top.join(".gitattributes"), "*.tf diff=tf\n").unwrap();
                repo.commit();
                change(repo);
                "HEAD"
            },
            ORDERS,
        ),
        (
            "settings that change what git prints",
            |repo| {
                for setting in [
                    "color.ui always",
                    "core.quotePath true",
                    "diff.noprefix true",
                    "diff.relative true",
                    "diff.renames copies",
                    "diff.ignoreSubmodules all",
                    "core.abbrev 4",
                    "log.showSignature true",
                    "status.relativePaths false",
                    "column.ui always",
                ] {
                    repo.git(&format!("config {setting}"));
                }
                change(repo);
                "HEAD"
            },
            ORDERS,
        ),
    ];
    for (name, make, answer) in cases {
        let repo = Monorepo::new("histories");
        let base = make(&repo);
        answer.assert(name, &repo, base);
    }
}

#[test]
fn a_hook_an_alias_and_a_rebase_in_a_linked_work_tree_give_the_answer_of_a_terminal() {
    let repo = Monorepo::new("hooks");
    git(
        &repo.top,
        &["worktree", "add", "--quiet", "-b", "feature", "../linked"],
    );
    let linked = Monorepo::at(&repo.top.with_file_name("linked"));
    linked.edit(
        "valet.yaml",
        "defaults: {username: postgres}\n  prod",
        "defaults: {username: another}\n  prod",
    );
    linked.generate();
    let answer = fine("dev/ledger dev/orders", "2 units change: 2 replace");
    answer.assert("by hand", &linked, "main");
    let script = "cd platform/db\n\
        for command in affected diff; do\n\
        \"$VALET\" --today 2026-11-01 $command --base main --deny replace > \"$OUT/$command\" 2>&1 || :\n\
        \"$VALET\" --today 2026-11-01 $command --base main > \"$OUT/$command\" 2> /dev/null || echo $? > \"$OUT/$command\"\n\
        done\n";
    let hook = repo.top.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let out = repo.top.parent().unwrap();
    let valet = env!("CARGO_BIN_EXE_valet-rds");
    fs::write(
        &hook,
        format!("#!/bin/sh\nVALET={valet}\nOUT={}\n{script}", out.display()),
    )
    .unwrap();
    assert!(
        shell(out, &format!("chmod +x {}", hook.display()))
            .status
            .success()
    );
    let told = |place: &str| {
        let units = fs::read_to_string(out.join("affected")).unwrap();
        assert_eq!(units, "dev/ledger\ndev/orders\n", "{place}");
        let diff = fs::read_to_string(out.join("diff")).unwrap();
        let last = diff.lines().last().unwrap();
        assert_eq!(last, "2 units change: 2 replace", "{place}");
        fs::remove_file(out.join("affected")).unwrap();
        fs::remove_file(out.join("diff")).unwrap();
    };
    linked.commit();
    told("in a hook");
    fs::remove_file(&hook).unwrap();
    let file = out.join("ask");
    fs::write(
        &file,
        format!("VALET={valet}\nOUT={}\n{script}", out.display()),
    )
    .unwrap();
    let file = file.display();
    let alias = format!("git -c alias.ask='!sh {file}' ask");
    let ran = shell(&linked.workspace, &alias);
    assert!(ran.status.success(), "{ran:?}");
    told("in an alias");
    let rebase = format!("git rebase --quiet --force-rebase --exec 'sh {file}' main");
    let ran = shell(&linked.top, &rebase);
    assert!(ran.status.success(), "{ran:?}");
    told("in a rebase");
}

#[test]
fn variables_of_another_repository_change_nothing() {
    let repo = Monorepo::new("variables");
    let other = Monorepo::new("variables-other");
    change(&repo);
    let folder = other.top.join(".git");
    let folder = folder.to_str().unwrap();
    for variables in [
        &[("GIT_DIR", folder)][..],
        &[
            ("GIT_DIR", folder),
            ("GIT_WORK_TREE", other.top.to_str().unwrap()),
        ],
        &[("GIT_WORK_TREE", other.top.to_str().unwrap())],
        &[("GIT_INDEX_FILE", "/dev/null")],
        &[("GIT_OBJECT_DIRECTORY", folder)],
        &[("GIT_PREFIX", "platform/")],
        &[("GIT_NAMESPACE", "x")],
        &[("GIT_EXTERNAL_DIFF", "false"), ("GIT_DIFF_OPTS", "-u0")],
        &[("GIT_GLOB_PATHSPECS", "1")],
        &[("GIT_ICASE_PATHSPECS", "1")],
        &[("LANGUAGE", "de"), ("LC_ALL", "de_DE.UTF-8")],
    ] {
        let name = format!("{variables:?}");
        ORDERS.assert_asked(&name, |asked| {
            repo.run_with(&format!("{asked} --base HEAD"), variables)
        });
    }
}

#[test]
fn a_pair_of_folders_is_followed_where_nothing_else_leads_to_the_workspace() {
    let repo = Monorepo::new("pair");
    change(&repo);
    // The tests themselves are in a repository, which would be nearer.
    let outside = Outside::new("pair");
    let (top, folder) = (outside.0.join("top"), outside.0.join("folder.git"));
    let ran = shell(&repo.top, &format!("cp -r . {}", top.display()));
    assert!(ran.status.success(), "{ran:?}");
    fs::rename(top.join(".git"), &folder).unwrap();
    let pair = [
        ("GIT_DIR", folder.to_str().unwrap()),
        ("GIT_WORK_TREE", top.to_str().unwrap()),
    ];
    let repo = Monorepo::at(&top);
    ORDERS.assert_asked("the pair", |asked| {
        repo.run_with(&format!("{asked} --base HEAD"), &pair)
    });
    none("is in no git repository").assert("without it", &repo, "HEAD");
}

/// A folder that is in no repository.
struct Outside(PathBuf);

impl Outside {
    fn new(name: &str) -> Self {
        let name = format!("valet-rds-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_conflict_that_nobody_has_solved_is_never_taken_for_an_answer() {
    let repo = Monorepo::new("conflict");
    branch(&repo, "feature", "dev/orders");
    repo.git("checkout --quiet main");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 9\n",
    );
    repo.generate_and_commit();
    repo.git("checkout --quiet feature");
    let ran = shell(&repo.top, "git rebase --quiet main");
    assert!(!ran.status.success());
    // Marks stand in the config and in its root.
    let answer = wrong(
        "dev/orders",
        "1 error; 1 unit changes: 1 data-loss",
        "yaml-syntax",
    );
    answer.assert("in the middle", &repo, "main");
    assert_eq!(repo.run("check --base main").code, 1);
    assert_eq!(repo.run("generate --check --base main").code, 1);
    // Whoever solves it generates anew.
    change(&repo);
    ORDERS.assert("solved", &repo, "main");
    let ran = shell(&repo.top, "git add --all && git rebase --continue");
    assert!(ran.status.success(), "{ran:?}");
    ORDERS.assert("at the end", &repo, "main");
}

#[test]
fn a_repository_that_is_damaged_is_refused() {
    let repo = Monorepo::new("damaged");
    change(&repo);
    let object = repo.git("rev-parse HEAD:platform/db/generated/dev/orders/main.tf");
    let (start, rest) = object.split_at(2);
    let file = repo.top.join(".git/objects").join(start).join(rest);
    fs::remove_file(&file).unwrap();
    none("clone anew").assert("a missing object", &repo, "HEAD");
    fs::write(&file, "x").unwrap();
    none("git").assert("a broken object", &repo, "HEAD");
}

#[test]
fn another_repository_in_the_work_tree_is_never_asked_and_never_passed_over() {
    // Files that look like a repository, with a setting that runs a program and a base of their own.
    let repo = Monorepo::new("embedded");
    let bare = repo.top.with_file_name("bare.git");
    git(
        &repo.top,
        &["init", "--quiet", "--bare", bare.to_str().unwrap()],
    );
    git(&bare, &["config", "core.fsmonitor", "sh x.sh"]);
    for name in ["HEAD", "config"] {
        fs::copy(bare.join(name), repo.workspace.join(name)).unwrap();
    }
    fs::create_dir_all(repo.workspace.join("objects")).unwrap();
    fs::create_dir_all(repo.workspace.join("refs/heads")).unwrap();
    let marker = repo.top.with_file_name("ran");
    repo.write("x.sh", &format!("touch {}\n", marker.display()));
    change(&repo);
    ORDERS.assert("files like a repository", &repo, "HEAD");
    assert!(!marker.exists(), "code of the checkout has run");

    let repo = Monorepo::new("nested");
    let root = repo.workspace.join("generated/dev/orders");
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "-m", "x"]);
    repo.edit(
        "generated/dev/orders/main.tf",
        "deletion_protection        = true",
        "deletion_protection        = false",
    );
    let answer = wrong(
        "dev/orders",
        "1 error; 1 unit changes: 1 in-place",
        "stale-root",
    );
    answer.assert("a repository in a root", &repo, "HEAD");
}

#[test]
fn a_path_that_needs_quotes_is_a_path_like_others() {
    let repo = Monorepo::new("quotes");
    let strange = repo.top.with_file_name("tö p \"x\"");
    fs::rename(&repo.top, &strange).unwrap();
    let workspace = "plat form/dä'b*[a]";
    fs::create_dir_all(strange.join("plat form")).unwrap();
    git(&strange, &["mv", "platform/db", workspace]);
    let repo = Monorepo {
        workspace: strange.join(workspace),
        top: strange,
    };
    repo.commit();
    NOTHING.assert("nothing", &repo, "HEAD");
    change(&repo);
    ORDERS.assert("a change", &repo, "HEAD");
    repo.commit();
    let ran = repo.run("affected --base HEAD~1 --format json");
    assert!(
        ran.out.contains("plat form/dä'b*[a]/generated/dev/orders"),
        "{ran}"
    );
}

#[test]
fn a_hook_of_pre_commit_passes_the_files_that_it_has() {
    let repo = Monorepo::new("pre-commit");
    let folder = "platform/db/configs";
    let run = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        Ran::of(command(&repo.top, &words).output().unwrap())
    };
    for line in [
        format!("check {folder}/dev/orders.yaml {folder}/prod/orders.yaml"),
        format!("check {folder}/dev/orders.yaml platform/db/valet.yaml"),
        format!("generate --check {folder}/dev/orders.yaml {folder}/dev/ledger.yaml"),
        format!("generate {folder}/prod/orders.yaml"),
        format!("explain {folder}/dev/orders.yaml"),
        format!("check --base HEAD {folder}/dev/orders.yaml"),
    ] {
        let ran = run(&line);
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    repo.write("configs/dev/orders.yaml", BACKUPS);
    repo.write("configs/dev/ledger.yaml", "shortnam: ledger\n");
    let ran = run(&format!("generate --check {folder}/dev/orders.yaml"));
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("b/generated/dev/orders/main.tf"), "{ran}");
    let ran = run(&format!("check {folder}/dev/orders.yaml"));
    assert_eq!(ran.code, 0, "{ran}");
    let ran = run(&format!("check {folder}/dev/ledger.yaml"));
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        flat(&ran.err).contains("platform/db/configs/dev/ledger.yaml:1:1"),
        "{ran}"
    );
}

#[test]
fn an_error_in_one_config_does_not_hide_the_units_that_are_well() {
    let repo = Monorepo::new("healthy");
    change(&repo);
    repo.write("configs/dev/ledger.yaml", "shortname: ledger\nport: high\n");
    repo.commit();
    let answer = wrong(
        "dev/orders",
        "1 error; 1 unit changes: 1 in-place",
        "wrong-type",
    );
    answer.assert("healthy", &repo, "HEAD~1");
    for format in ["json", "matrix"] {
        let ran = repo.run(&format!("affected --base HEAD~1 --format {format}"));
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.out.contains("dev/orders"), "{ran}");
    }
}

#[test]
fn another_copy_of_the_workspace_is_compared_with_its_modules_or_not_at_all() {
    let repo = Monorepo::new("base-dir");
    let copy = repo.top.with_file_name("copy");
    let ran = shell(&repo.top, &format!("cp -r . {}", copy.display()));
    assert!(ran.status.success(), "{ran:?}");
    fs::remove_dir_all(copy.join(".git")).unwrap();
    let asked = |answer: Answer, name: &str, folder: &str| {
        answer.assert_asked(name, |command| {
            repo.run(&format!("{command} --base-dir {folder}"))
        });
    };
    let whole = "../../../copy/platform/db";
    asked(NOTHING, "the same", whole);
    change(&repo);
    let root = "generated/dev/orders";
    asked(ORDERS, "a change", whole);
    for line in ["check", "generate --check"] {
        let ran = repo.run(&format!("{line} --base-dir {whole}"));
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
    // Line ends are no change, neither of roots nor of modules.
    for path in [
        format!("platform/db/{root}/main.tf"),
        "modules/rds/main.tf".to_owned(),
    ] {
        let path = copy.join(path);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace('\n', "\r\n")).unwrap();
    }
    asked(ORDERS, "other line ends", whole);
    fs::write(copy.join("modules/target-sync/main.tf"), "# another\n").unwrap();
    let answer = fine(
        "dev/_environment dev/orders prod/_environment",
        "3 units change: 3 in-place",
    );
    asked(answer, "a module", whole);
    fs::rename(copy.join("platform/db"), copy.with_file_name("alone")).unwrap();
    asked(
        none("the base has no modules here"),
        "without modules",
        "../../../alone",
    );
}

#[test]
fn a_workspace_that_keeps_its_roots_out_of_git_is_compared_by_its_configs() {
    let repo = Monorepo::new("ignored");
    repo.git("rm -r --quiet --cached platform/db/generated");
    fs::write(repo.top.join(".gitignore"), "generated/\n").unwrap();
    repo.commit();
    NOTHING.assert("nothing", &repo, "HEAD");
    repo.write("configs/dev/orders.yaml", BACKUPS);
    ORDERS.assert("a change", &repo, "HEAD");
    let ran = repo.run("affected --base HEAD");
    assert!(
        ran.err
            .contains("are not committed, so both sides are compiled"),
        "{ran}"
    );
    fs::remove_file(repo.workspace.join("configs/dev/ledger.yaml")).unwrap();
    fs::remove_dir_all(repo.workspace.join("generated")).unwrap();
    repo.commit();
    for line in ["affected", "diff", "check", "generate --check", "generate"] {
        let ran = repo.run(&format!("{line} --base HEAD~1"));
        assert_eq!(ran.code, 1, "{line}: {ran}");
        let told = "no config has the shortname `ledger`";
        assert!(flat(&ran.err).contains(told), "{line}: {ran}");
    }
    // One that could not be read is no less of a database.
    let repo = Monorepo::new("ignored-broken");
    repo.git("rm -r --quiet --cached platform/db/generated");
    fs::write(repo.top.join(".gitignore"), "generated/\n").unwrap();
    repo.write(
        "configs/dev/ledger.yaml",
        "shortname: ledger\nkeyOfAnotherVersion: 1\n",
    );
    repo.commit();
    fs::remove_file(repo.workspace.join("configs/dev/ledger.yaml")).unwrap();
    fs::remove_dir_all(repo.workspace.join("generated")).unwrap();
    repo.commit();
    for line in ["affected", "diff", "check", "generate --check", "generate"] {
        let ran = repo.run(&format!("{line} --base HEAD~1"));
        assert_eq!(ran.code, 1, "{line}: {ran}");
        let told = "its database may still be there";
        assert!(flat(&ran.err).contains(told), "{line}: {ran}");
    }
}

#[test]
fn a_root_that_git_passes_over_is_not_passed_over() {
    let repo = Monorepo::new("passed-over");
    fs::write(repo.top.join(".gitignore"), "**/generated/dev/fresh/\n").unwrap();
    repo.commit();
    repo.write("configs/dev/fresh.yaml", "shortname: fresh\n");
    repo.generate();
    let answer = fine("dev/fresh", "1 unit changes: 1 data-loss");
    answer.assert("a new one", &repo, "HEAD");
    let ran = repo.run("diff --base HEAD");
    assert!(ran.out.contains("git ignores its files"), "{ran}");
    // A clone has no such root.
    repo.commit();
    let clone = repo.clone("clone", "");
    let answer = wrong("", "1 error; no unit changes", "stale-root");
    answer.assert("in a clone", &clone, "HEAD~1");
    // One that is moved there has left its place.
    let repo = Monorepo::new("passed-over-move");
    fs::write(repo.top.join(".gitignore"), "**/generated/dev/shop/\n").unwrap();
    repo.commit();
    repo.git("mv platform/db/configs/dev/orders.yaml platform/db/configs/dev/shop.yaml");
    repo.generate();
    let ran = repo.run("diff --base HEAD --deny data-loss");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.out
            .contains("dev/shop: data-loss, moved from dev/orders"),
        "{ran}"
    );
}

#[test]
fn a_root_that_cannot_be_read_is_the_worst() {
    for (name, bytes) in [
        ("another encoding", b"# caf\xe9\n".to_vec()),
        ("too large", vec![b'#'; 9 << 20]),
        ("no HCL", b"module {{{\n".to_vec()),
        ("nothing", Vec::new()),
        ("zeros", vec![0; 4096]),
        (
            "a conflict",
            b"<<<<<<< one\n=======\n>>>>>>> two\n".to_vec(),
        ),
    ] {
        let repo = Monorepo::new("unreadable");
        let path = repo.workspace.join("generated/dev/orders/main.tf");
        fs::write(&path, bytes).unwrap();
        repo.commit();
        for base in ["HEAD~1", "HEAD"] {
            let ran = repo.run(&format!("diff --base {base}"));
            let is_seen = base == "HEAD~1";
            assert_eq!(
                ran.out.contains("dev/orders: data-loss"),
                is_seen,
                "{name}: {ran}"
            );
            assert_eq!(ran.code, i32::from(is_seen), "{name}: {ran}");
        }
        assert_eq!(repo.run("generate --check").code, 1, "{name}");
        // And so is what replaces it: nobody knows what it was.
        let main = repo.git("show HEAD~1:platform/db/generated/dev/orders/main.tf");
        fs::write(&path, format!("{main}\n")).unwrap();
        let ran = repo.run("diff --base HEAD --deny data-loss");
        assert_eq!(ran.code, 1, "{name}: {ran}");
    }
}

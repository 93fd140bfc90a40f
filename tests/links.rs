//! Links at each place of a workspace: followed where they stay inside, refused where something would be written, and
//! never a way around the review.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::support::{
    answer::{Answer, NOTHING, fine, flat, none, wrong},
    monorepo::Monorepo,
};

const ORDERS: Answer = fine("dev/orders", "1 unit changes: 1 in-place");
const BACKUPS: &str = "shortname: orders\nbackupRetentionPeriod: 3\n";

/// Moves something of the repository away and puts a link in its place, which goes up no further than it has to.
fn link(repo: &Monorepo, path: &str, to: &str) -> PathBuf {
    let parts = path.split('/').zip(to.split('/'));
    let common = parts.take_while(|(a, b)| a == b).count();
    let up = "../".repeat(path.matches('/').count() - common);
    let down: Vec<&str> = to.split('/').skip(common).collect();
    let (from, to) = (repo.top.join(path), repo.top.join(to));
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(&from, &to).unwrap();
    symlink(Path::new(&up).join(down.join("/")), &from).unwrap();
    to
}

#[test]
fn the_workspace_may_be_reached_through_a_link() {
    let repo = Monorepo::new("link-workspace");
    link(&repo, "platform/db", "real/db");
    repo.commit();
    NOTHING.assert("nothing", &repo, "HEAD");
    repo.write("configs/dev/orders.yaml", BACKUPS);
    repo.generate();
    ORDERS.assert("a change", &repo, "HEAD");
    let answer = fine(
        "dev/_environment dev/ledger dev/orders prod/_environment prod/orders",
        "5 units change: 1 in-place, 4 none",
    );
    answer.assert("since it was no link", &repo, "HEAD~1");
}

#[test]
fn no_root_is_reached_through_a_link() {
    for (path, to) in [
        ("platform/db/generated", "real/generated"),
        ("platform/db/generated/dev", "real/dev"),
        ("platform/db/generated/dev/orders", "real/orders"),
    ] {
        let repo = Monorepo::new("link-roots");
        link(&repo, path, to);
        repo.commit();
        none("a symbolic link").assert(path, &repo, "HEAD~1");
        none("a symbolic link").assert(path, &repo, "HEAD");
        for line in [
            "check",
            "generate",
            "generate --check",
            "check --base HEAD~1",
        ] {
            let ran = repo.run(line);
            assert_eq!(ran.code, 2, "{path}: {line}: {ran}");
            assert!(ran.err.contains("a symbolic link"), "{path}: {line}: {ran}");
        }
    }
}

#[test]
fn a_file_of_a_root_that_is_a_link_is_the_worst() {
    for name in ["main.tf", "outputs.tf", "terraform.tf"] {
        let repo = Monorepo::new("link-file");
        let path = format!("platform/db/generated/dev/orders/{name}");
        let real = link(&repo, &path, &format!("real/{name}.text"));
        repo.commit();
        let ran = repo.run("diff --base HEAD~1");
        assert_eq!(ran.code, 1, "{name}: {ran}");
        assert!(ran.out.contains("dev/orders: data-loss"), "{name}: {ran}");
        // What it leads to changes, and the link does not.
        let text = fs::read_to_string(&real).unwrap();
        fs::write(&real, format!("{text}\n# two\n")).unwrap();
        repo.commit();
        let ran = repo.run("affected --base HEAD~1");
        assert_eq!(ran.out, "dev/orders\n", "{name}: {ran}");
        for line in ["check", "generate", "generate --check"] {
            let ran = repo.run(line);
            assert_eq!(ran.code, 1, "{name}: {line}: {ran}");
            let said = flat(&ran.err);
            assert!(said.contains("it is a symbolic link"), "{name}: {ran}");
        }
        // And it leads nowhere.
        fs::remove_file(&real).unwrap();
        repo.commit();
        let ran = repo.run("affected --base HEAD~1");
        assert_eq!(ran.out, "dev/orders\n", "{name}: {ran}");
    }
}

#[test]
fn modules_may_be_reached_through_links_inside_the_repository() {
    let repo = Monorepo::new("link-modules");
    let real = link(&repo, "modules", "shared/modules");
    repo.commit();
    NOTHING.assert("nothing", &repo, "HEAD");
    assert_eq!(repo.run("check").code, 0);
    fs::write(real.join("irsa-role/main.tf"), "# two\n").unwrap();
    let units = "dev/ledger dev/orders prod/orders";
    let answer = fine(units, "3 units change: 3 in-place");
    answer.assert("all modules", &repo, "HEAD");

    let repo = Monorepo::new("link-module");
    let real = link(&repo, "modules/nlb", "shared/balancer");
    repo.commit();
    fs::write(real.join("main.tf"), "# two\n").unwrap();
    answer.assert("one module", &repo, "HEAD");

    let repo = Monorepo::new("link-module-file");
    let real = link(&repo, "modules/nlb/main.tf", "shared/balancer.tf");
    repo.commit();
    fs::write(real, "# two\n").unwrap();
    answer.assert("one file", &repo, "HEAD");

    // The link itself leads elsewhere.
    let repo = Monorepo::new("link-module-turned");
    fs::create_dir(repo.top.join("kept")).unwrap();
    fs::write(repo.top.join("kept/main.tf"), "# two\n").unwrap();
    link(&repo, "modules/nlb", "kept/one");
    repo.commit();
    fs::remove_file(repo.top.join("modules/nlb")).unwrap();
    symlink("../kept", repo.top.join("modules/nlb")).unwrap();
    answer.assert("another folder", &repo, "HEAD");
}

#[test]
fn modules_outside_of_the_repository_are_not_read() {
    let repo = Monorepo::new("link-modules-out");
    let outside = repo.top.with_file_name("outside");
    fs::rename(repo.top.join("modules"), &outside).unwrap();
    symlink("../outside", repo.top.join("modules")).unwrap();
    repo.commit();
    for line in [
        "check",
        "generate --check",
        "affected --base HEAD~1",
        "affected --base-dir ../../../copy",
    ] {
        if line.contains("copy") {
            let copy = repo.top.with_file_name("copy");
            let made = std::process::Command::new("cp")
                .args([
                    "-r",
                    repo.workspace.to_str().unwrap(),
                    copy.to_str().unwrap(),
                ])
                .status();
            assert!(made.unwrap().success());
        }
        let ran = repo.run(line);
        assert_eq!(ran.code, 2, "{line}: {ran}");
        let said = [
            "leads out of",
            "outside the git repository",
            "no modules here",
        ];
        assert!(
            said.iter().any(|said| ran.err.contains(said)),
            "{line}: {ran}"
        );
    }
}

#[test]
fn configs_may_be_links_inside_the_workspace() {
    let repo = Monorepo::new("link-config");
    let real = link(
        &repo,
        "platform/db/configs/dev/orders.yaml",
        "platform/db/shared/orders.yaml",
    );
    repo.commit();
    NOTHING.assert("nothing", &repo, "HEAD");
    fs::write(&real, BACKUPS).unwrap();
    let answer = wrong("", "1 error; no unit changes", "stale-root");
    answer.assert("what it leads to", &repo, "HEAD");
    repo.generate();
    ORDERS.assert("generated", &repo, "HEAD");

    let repo = Monorepo::new("link-configs");
    link(&repo, "platform/db/configs", "platform/db/shared/configs");
    repo.commit();
    repo.write("configs/dev/orders.yaml", BACKUPS);
    repo.generate();
    ORDERS.assert("the folder", &repo, "HEAD");

    let repo = Monorepo::new("link-valet-yaml");
    let real = link(&repo, "platform/db/valet.yaml", "platform/db/shared.yaml");
    repo.commit();
    let text = fs::read_to_string(&real).unwrap();
    let text = text.replacen(
        "username: postgres}",
        "username: postgres, backupRetentionPeriod: 3}",
        1,
    );
    fs::write(&real, text).unwrap();
    repo.generate();
    let answer = fine("dev/ledger dev/orders", "2 units change: 2 in-place");
    answer.assert("valet.yaml", &repo, "HEAD");

    let repo = Monorepo::new("link-config-out");
    let outside = repo.top.with_file_name("outside.yaml");
    fs::write(&outside, BACKUPS).unwrap();
    fs::remove_file(repo.workspace.join("configs/dev/orders.yaml")).unwrap();
    symlink(&outside, repo.workspace.join("configs/dev/orders.yaml")).unwrap();
    repo.commit();
    for line in [
        "check",
        "generate",
        "affected --base HEAD~1",
        "check --base HEAD~1",
    ] {
        let ran = repo.run(line);
        assert_ne!(ran.code, 0, "{line}: {ran}");
        assert!(!ran.err.contains("backupRetentionPeriod"), "{line}: {ran}");
    }
}

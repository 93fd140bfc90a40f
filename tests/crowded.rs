//! A crowded change stays readable: others' problems are counted, and what is said twice is said once.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{answer::flat, command::run, folder::minimal, monorepo::Monorepo};

const EXPIRED: &str =
    "encrypted: false\nwaivers: [{rule: unencrypted, reason: a test, expires: 2026-10-31}]\n";

/// A unit with a waiver that has expired, and one with a warning; both are committed.
fn crowded(name: &str) -> Monorepo {
    let repo = Monorepo::new(name);
    repo.write(
        "configs/dev/ledger.yaml",
        &format!("shortname: ledger\n{EXPIRED}"),
    );
    repo.write(
        "configs/prod/orders.yaml",
        "shortname: orders\ndeletionProtection: false\n",
    );
    // On the day before, everything was well.
    let ran = repo.run("generate --today 2026-10-31");
    assert_eq!(ran.code, 0, "{ran}");
    repo.commit();
    repo
}

#[test]
fn what_others_have_left_is_counted_and_stops_nobody() {
    let repo = crowded("crowded");
    let ran = repo.run("check");
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.err.contains("waiver-expired"), "{ran}");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nbackupRetentionPeriod: 0\n",
    );
    assert_snapshot!(
        repo.run("check --changed --base HEAD").err.split_once('\n').unwrap().1,
        @r"
    no-backups

      ⚠ automated backups are off
       ╭─[configs/dev/orders.yaml:2:24]
     1 │ shortname: orders
     2 │ backupRetentionPeriod: 0
       ·                        ─
       ╰────
      help: use 1 or more days

    3 configs: 1 warning
    not counted, because the change does not touch these units: 1 error, 2 warnings
    "
    );
    let ran = repo.run("check --changed --base HEAD");
    assert_eq!(ran.code, 0, "{ran}");
    let ran = repo.run("check --changed --base HEAD --deny warnings");
    assert_eq!(ran.code, 1, "its own warning counts: {ran}");
    let ran = repo.run("check --changed --base HEAD --format json");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["problems"].as_array().unwrap().len(), 1, "{ran}");
    assert_eq!(
        document["summary"],
        serde_json::json!({
            "configs": 3, "errors": 0, "warnings": 1,
            "untouched": {"errors": 1, "warnings": 2},
        })
    );
    for format in ["github", "sarif"] {
        let ran = repo.run(&format!("check --changed --base HEAD --format {format}"));
        assert_eq!(ran.code, 0, "{ran}");
        assert!(!ran.out.contains("ledger"), "{ran}");
    }
}

#[test]
fn what_a_change_touches_and_what_is_everybodys_always_counts() {
    // The unit with the waiver itself.
    let repo = crowded("crowded-own");
    repo.write(
        "configs/dev/ledger.yaml",
        &format!("shortname: ledger\nport: 6000\n{EXPIRED}"),
    );
    let changed = |told: &str| {
        let ran = repo.run("check --changed --base HEAD");
        assert_eq!(ran.code, 1, "{told}: {ran}");
        assert!(flat(&ran.err).contains(told), "{told}: {ran}");
        repo.git("checkout --quiet .");
        repo.git("clean --quiet --force -d");
    };
    changed("waiver-expired");
    // Its root alone.
    repo.write("generated/dev/ledger/extra.tf", "# mine\n");
    changed("generated/dev/ledger/extra.tf was not generated");
    // valet.yaml concerns everybody.
    repo.edit(
        "valet.yaml",
        "example-state, keyPrefix: db/prod",
        "example-state , keyPrefix: db/prod",
    );
    changed("waiver-expired");
    // A file that is of no unit.
    repo.write("configs/dev/stray.yml", "shortname: stray\n");
    changed("stray-config");
    // What two units have together.
    repo.write("configs/dev/orders.yaml", "shortname: ledger\n");
    changed("shortname-taken");
    // A database that is left behind.
    std::fs::remove_file(repo.workspace.join("configs/dev/orders.yaml")).unwrap();
    changed("no config has the shortname `orders`");
    std::fs::remove_file(repo.workspace.join("configs/dev/orders.yaml")).unwrap();
    std::fs::remove_dir_all(repo.workspace.join("generated/dev/orders")).unwrap();
    changed("no config has the shortname `orders`");
}

#[test]
fn changed_goes_with_a_base() {
    let repo = Monorepo::new("crowded-usage");
    for line in [
        "check --changed",
        "check --changed --base-dir .",
        "check --base HEAD --base-dir .",
        "check --first",
    ] {
        assert_eq!(repo.run(line).code, 2, "{line}");
    }
}

#[test]
fn the_same_warning_in_many_configs_is_drawn_once() {
    let folder = minimal("crowded-warnings");
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        std::fs::write(
            folder.join(format!("configs/dev/{name}.yaml")),
            format!("shortname: {name}\nencrypted: false\n"),
        )
        .unwrap();
    }
    assert_snapshot!(run(&folder, "check"), @r"
    exit code 0
    --- stderr ---
    unencrypted

      ⚠ the volume is not encrypted
       ╭─[configs/dev/a.yaml:2:12]
     1 │ shortname: a
     2 │ encrypted: false
       ·            ─────
       ╰────
      help: write `encrypted: true` before the database exists; later it replaces the instance
      the same in 6 more places: configs/dev/b.yaml:2, configs/dev/c.yaml:2, configs/dev/d.yaml:2, configs/dev/e.yaml:2 and 2 more

    8 configs: 7 warnings
    ");
    let annotations = run(&folder, "check --format github").out;
    assert_eq!(annotations.lines().count(), 7, "each has its own place");
}

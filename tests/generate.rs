//! `generate`: what it writes, what it leaves alone, and what it says.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use insta::assert_snapshot;

use crate::support::{
    command::{Ran, command, run},
    folder::{city, edit},
};

/// Every file below a folder, with the time of its last change.
fn write_times(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let files = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter();
    let files = files
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    let times = files.map(|entry| {
        let changed = entry.metadata().unwrap().modified().unwrap();
        (entry.into_path(), changed)
    });
    times.collect()
}

#[test]
fn what_is_written_once_is_not_touched_again() {
    let city = city("writes-once");
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    created generated/dev3/_environment
    created generated/prod/_environment
    created generated/dev3/a-namespace-which-is-exactly-as-long-as-kubernetes-lets-them-be
    created generated/dev3/agora
    created generated/dev3/payments-iam
    created generated/dev3/pinned
    created generated/dev3/shop
    created generated/dev3/stock
    created generated/dev3/test-dev
    created generated/dev3/wiki
    created generated/prod/agora
    created generated/prod/analytics
    created generated/prod/ledger
    created generated/prod/search
    --- stderr ---
    14 created, 0 updated, 0 removed, 0 unchanged
    ");
    let before = write_times(&city.join("generated"));
    assert_eq!(before.len(), 12 * 3 + 2 * 2);
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stderr ---
    0 created, 0 updated, 0 removed, 14 unchanged
    ");
    assert_eq!(write_times(&city.join("generated")), before);
    assert_snapshot!(run(&city, "generate --check"), @"exit code 0");
}

#[test]
fn an_edit_changes_its_own_unit_alone() {
    let city = city("own-unit");
    run(&city, "generate");
    let before = write_times(&city.join("generated"));
    edit(
        &city.join("configs/dev3/test-dev.yaml"),
        "db.t3.large",
        "db.t4g.large",
    );
    assert_snapshot!(run(&city, "generate --check"), @r#"
    exit code 1
    --- stdout ---
    --- a/generated/dev3/test-dev/main.tf
    +++ b/generated/dev3/test-dev/main.tf
    @@ -10,7 +10,7 @@
       engine                     = "postgres"
       engine_version             = "17"
       identifier                 = "testdev-dev3"
    -  instance_class             = "db.t3.large"
    +  instance_class             = "db.t4g.large"
       log_exports = [
         "postgresql",
         "upgrade",
    --- stderr ---
    1 root not up to date: run `valet-rds generate` and commit the result
    "#);
    assert_eq!(
        write_times(&city.join("generated")),
        before,
        "--check writes nothing"
    );
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    updated generated/dev3/test-dev
    --- stderr ---
    0 created, 1 updated, 0 removed, 13 unchanged
    ");
    let mut after = write_times(&city.join("generated"));
    after.retain(|entry| !before.contains(entry));
    let [(changed, _)] = &after[..] else {
        panic!("{after:?}");
    };
    assert!(changed.ends_with("generated/dev3/test-dev/main.tf"));
}

#[test]
fn named_units_alone_are_written_whatever_the_others_look_like() {
    let city = city("named-units");
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    assert_eq!(run(&city, "generate").code, 1);
    assert!(
        !city.join("generated").exists(),
        "nothing is written unless everything compiles"
    );
    assert_snapshot!(run(&city, "generate dev3/agora"), @r"
    exit code 0
    --- stdout ---
    created generated/dev3/agora
    --- stderr ---
    1 created, 0 updated, 0 removed, 0 unchanged
    ");
    assert_snapshot!(run(&city, "check dev3/agora"), @r"
    exit code 0
    --- stderr ---
    1 config: no problems
    ");
    assert_eq!(run(&city, "check prod/search").code, 1);
}

#[test]
fn a_hand_written_file_is_left_alone_and_named() {
    let city = city("hand-written");
    let mine = city.join("generated/dev3/agora/main.tf");
    fs::create_dir_all(mine.parent().unwrap()).unwrap();
    fs::write(&mine, "# mine\n").unwrap();
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 1
    --- stderr ---
    occupied-path

      × generated/dev3/agora/main.tf was not generated, so it is not overwritten
       ╭─[generated/dev3/agora/main.tf:1:1]
       ╰────
      help: move it away, or remove it

    1 error
    ");
    assert_eq!(fs::read_to_string(&mine).unwrap(), "# mine\n");
    assert!(
        !city.join("generated/prod").exists(),
        "nothing else is written either"
    );
}

#[test]
fn a_config_that_vanishes_is_refused_and_one_that_moves_is_followed() {
    let city = city("moves");
    run(&city, "generate");
    let (old, new) = (
        city.join("configs/dev3/test-dev.yaml"),
        city.join("configs/dev3/trial.yaml"),
    );
    fs::rename(&old, city.join("kept")).unwrap();
    assert_snapshot!(run(&city, "generate"), @r#"
    exit code 1
    --- stderr ---
    live-root-orphaned

      × no config has the shortname `testdev` of configs/dev3/test-dev.yaml any more, but its database
      │ is still there
        ╭─[generated/dev3/test-dev/terraform.tf:16:21]
     15 │     encrypt      = true
     16 │     key          = "storage-valet-rds/dev3/testdev/terraform.tfstate"
        ·                     ────────────────────────────────────────────────
     17 │     region       = "ap-northeast-1"
        ╰────
      help: put configs/dev3/test-dev.yaml back as it was; to move the database, keep `shortname:
            testdev` in the new file; to end it, write `lifecycle: retiring` in it and apply, then
            `lifecycle: retired` and apply, then delete it

    1 error
    "#);
    assert!(city.join("generated/dev3/test-dev/main.tf").exists());
    fs::rename(city.join("kept"), &new).unwrap();
    edit(&new, "namespace: test-dev", "namespace: trial");
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    created generated/dev3/trial
    removed generated/dev3/test-dev
    --- stderr ---
    1 created, 0 updated, 1 removed, 13 unchanged
    ");
    assert!(!city.join("generated/dev3/test-dev").exists());
    let terraform = fs::read_to_string(city.join("generated/dev3/trial/terraform.tf")).unwrap();
    let key = "key          = \"storage-valet-rds/dev3/testdev/terraform.tfstate\"";
    assert!(terraform.contains(key), "{terraform}");
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let tree = |name: &str, threads: &str| {
        let city = city(name);
        let mut command = command(&city, &["generate"]);
        let ran = Ran::of(command.env("RAYON_NUM_THREADS", threads).output().unwrap());
        assert_eq!(ran.code, 0, "{ran}");
        let paths = write_times(&city.join("generated"))
            .into_iter()
            .map(|(path, _)| path);
        let files = paths.map(|path| {
            let inner = path.strip_prefix(&city).unwrap().to_owned();
            (inner, fs::read(&path).unwrap())
        });
        (ran.out, files.collect::<Vec<_>>())
    };
    let one = tree("one-thread", "1");
    assert!(one == tree("two-threads", "2") && one == tree("eight-threads", "8"));
}

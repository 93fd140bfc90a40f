//! The life of a unit on disk: active, retiring, retired, gone.

use std::{fs, path::Path};

use insta::assert_snapshot;

use crate::support::{
    command::run,
    folder::{city, edit, paths},
};

fn set(config: &Path, text: &str) {
    let active = fs::read_to_string("fixtures/city/configs/dev3/test-dev.yaml").unwrap();
    fs::write(config, format!("{active}{text}")).unwrap();
}

#[test]
fn a_unit_retires_step_by_step_and_then_its_root_goes() {
    let city = city("life");
    let (config, root) = (
        city.join("configs/dev3/test-dev.yaml"),
        city.join("generated/dev3/test-dev"),
    );
    run(&city, "generate");
    let retired = "lifecycle: retired\nretirementRequested: 2026-11-01\n";
    set(&config, retired);
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 1
    --- stderr ---
    lifecycle-step

      × the database is still active: `retiring` comes first
        ╭─[configs/dev3/test-dev.yaml:12:12]
     11 │ username: postgres
     12 │ lifecycle: retired
        ·            ───────
     13 │ retirementRequested: 2026-11-01
        ╰────
      help: write `lifecycle: retiring`, apply, and come back to `retired` in a change of its own

    1 error
    ");
    for line in ["check", "generate dev3/test-dev"] {
        let skipped = run(&city, line);
        assert_eq!(skipped.code, 1, "{line}");
        assert!(skipped.err.contains("`retiring` comes first"), "{skipped}");
    }
    set(
        &config,
        "lifecycle: retiring\nretirementRequested: 2026-11-01\n",
    );
    assert_snapshot!(run(&city, "generate --check"), @r#"
    exit code 1
    --- stdout ---
    --- a/generated/dev3/test-dev/main.tf
    +++ b/generated/dev3/test-dev/main.tf
    @@ -6,9 +6,10 @@
       auto_minor_version_upgrade = true
       backup_retention_period    = 1
       backup_window              = "16:00-17:00"
    -  deletion_protection        = true
    +  deletion_protection        = false
       engine                     = "postgres"
       engine_version             = "17"
    +  final_snapshot_identifier  = "testdev-dev3-final-2026-11-01"
       identifier                 = "testdev-dev3"
       instance_class             = "db.t3.large"
       log_exports = [
    @@ -23,6 +24,7 @@
       parameter_group_name   = "testdev-dev3-postgres17"
       password_rotation_days = 7
       port                   = 5432
    +  retiring               = true
       security_group_name    = "testdev-dev3-db"
       storage_encrypted      = true
       storage_type           = "gp3"
    --- stderr ---
    1 root not up to date: run `valet-rds generate` and commit the result
    "#);
    assert_eq!(run(&city, "generate").code, 0);
    fs::remove_file(&config).unwrap();
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
            testdev` in the new file; to end it, write `lifecycle: retired` in it and apply, then
            delete it

    1 error
    "#);
    set(
        &config,
        "lifecycle: retired\nretirementRequested: 2026-11-02\n",
    );
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 1
    --- stderr ---
    lifecycle-step

      × the final snapshot is to be called `testdev-dev3-final-2026-11-01`, which is another day
        ╭─[configs/dev3/test-dev.yaml:12:12]
     11 │ username: postgres
     12 │ lifecycle: retired
        ·            ───────
     13 │ retirementRequested: 2026-11-02
        ╰────
      help: put `retirementRequested` back; a new date needs `lifecycle: retiring` and an apply first

    1 error
    ");
    set(&config, retired);
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    updated generated/dev3/test-dev
    --- stderr ---
    0 created, 1 updated, 0 removed, 13 unchanged
    ");
    assert_eq!(paths(&root), ["terraform.tf"]);
    fs::remove_file(&config).unwrap();
    assert_eq!(run(&city, "check").code, 0);
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    removed generated/dev3/test-dev
    --- stderr ---
    0 created, 0 updated, 1 removed, 13 unchanged
    ");
    assert!(!root.exists());
}

#[test]
fn what_lies_beside_a_root_moves_along_and_survives_its_end() {
    let city = city("beside-a-root");
    run(&city, "generate");
    let roots = city.join("generated/dev3");
    let beside = [".terraform.lock.hcl", "outputs.json", "notes.md"];
    for name in beside {
        fs::write(roots.join("test-dev").join(name), name).unwrap();
    }
    let new = city.join("configs/dev3/trial.yaml");
    fs::rename(city.join("configs/dev3/test-dev.yaml"), &new).unwrap();
    edit(&new, "namespace: test-dev", "namespace: trial");
    let moved = run(&city, "generate");
    assert_eq!(moved.code, 0, "{}", moved.err);
    assert!(!roots.join("test-dev").exists());
    for name in beside {
        let text = fs::read_to_string(roots.join("trial").join(name)).unwrap();
        assert_eq!(text, name);
    }
    for lifecycle in ["retiring", "retired"] {
        let step = format!("lifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n");
        fs::write(&new, format!("shortname: testdev\n{step}")).unwrap();
        assert_eq!(run(&city, "generate").code, 0, "{lifecycle}");
    }
    fs::remove_file(&new).unwrap();
    assert_snapshot!(run(&city, "generate"), @r"
    exit code 0
    --- stdout ---
    removed generated/dev3/trial
    --- stderr ---
    0 created, 0 updated, 1 removed, 13 unchanged
    generated/dev3/trial/.terraform.lock.hcl was not generated and stays
    generated/dev3/trial/notes.md was not generated and stays
    generated/dev3/trial/outputs.json was not generated and stays
    ");
    assert!(roots.join("trial/notes.md").exists());
}

#[test]
fn a_shortname_that_changes_in_place_leaves_a_database_behind() {
    let city = city("shortname-in-place");
    run(&city, "generate");
    edit(
        &city.join("configs/dev3/test-dev.yaml"),
        "shortname: testdev",
        "shortname: other",
    );
    for line in ["generate", "check", "generate dev3/test-dev"] {
        let ran = run(&city, line);
        assert_eq!(ran.code, 1, "{line}");
        let said = "no config has the shortname `testdev`";
        assert!(ran.err.contains(said), "{ran}");
    }
}

#[test]
fn retire_writes_the_next_step_and_keeps_comments() {
    let city = city("retire");
    let config = city.join("configs/dev3/test-dev.yaml");
    let before = format!("# mine\n{}", fs::read_to_string(&config).unwrap());
    fs::write(&config, &before).unwrap();
    let expect = |lifecycle: &str| {
        let expected = format!("{before}lifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n");
        assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    };
    assert_snapshot!(run(&city, "retire dev3/test-dev"), @r"
    exit code 0
    --- stdout ---
    updated configs/dev3/test-dev.yaml
    --- stderr ---
    generate, merge and apply it; then run `valet-rds retire dev3/test-dev` again
    ");
    expect("retiring");
    assert_snapshot!(run(&city, "retire dev3/test-dev"), @r"
    exit code 0
    --- stdout ---
    updated configs/dev3/test-dev.yaml
    --- stderr ---
    generate, merge and apply it; then delete configs/dev3/test-dev.yaml and generate
    ");
    expect("retired");
    assert_snapshot!(run(&city, "retire dev3/test-dev"), @r"
    exit code 0
    --- stderr ---
    dev3/test-dev is retired: once that is applied, delete configs/dev3/test-dev.yaml and generate
    ");
    assert_eq!(run(&city, "retire --retain dev3/agora").code, 0);
    let text = fs::read_to_string(city.join("configs/dev3/agora.yaml")).unwrap();
    assert!(
        text.ends_with("lifecycle: retiring\nretirementRequested: 2026-11-01\nretain: true\n"),
        "{text}"
    );
}

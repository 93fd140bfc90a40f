//! `check`: what it finds, the forms that it tells it in, and what it mends.

use std::fs;

use insta::assert_snapshot;

use crate::support::{
    command::run,
    folder::{case, city, copy, minimal},
    monorepo::Monorepo,
    repository::top,
};

#[test]
fn what_only_the_platform_team_can_mend_is_not_a_service_teams() {
    let repo = Monorepo::new("check-masters");
    let valet_yaml = fs::read_to_string(repo.workspace.join("valet.yaml")).unwrap();
    let told: Vec<_> = valet_yaml
        .lines()
        .filter(|line| !line.contains("waivers:"))
        .collect();
    repo.write("valet.yaml", &(told.join("\n") + "\n"));
    repo.commit();
    let all = repo.run("check --deny warnings");
    assert_eq!(all.code, 1, "{all}");
    assert_eq!(all.err.matches("pods log in as the master").count(), 2);
    assert!(all.err.contains("2 databases of `dev`"), "{all}");
    assert!(all.err.contains("1 database of `prod`"), "{all}");
    repo.write("configs/dev/orders.yaml", "shortname: orders\nport: 5433\n");
    for line in [
        "check dev/orders --deny warnings",
        "check --changed --base HEAD --deny warnings",
    ] {
        let ran = repo.run(line);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(!ran.err.contains("pods log in"), "{ran}");
    }
    // Who edits `valet.yaml` is told.
    let text = told.join("\n") + "\n# edited\n";
    repo.write("valet.yaml", &text);
    let ran = repo.run("check --changed --base HEAD --deny warnings");
    assert_eq!(ran.code, 1, "{ran}");
}

#[test]
fn what_a_database_must_not_become_is_said_before_its_root_is_generated() {
    let repo = Monorepo::new("check-before-generate");
    repo.write(
        "configs/dev/orders.yaml",
        "shortname: orders\nengineVersion: \"17\"\nallocatedStorage: 100\ndatabaseName: orders\n",
    );
    repo.generate_and_commit();
    let kept = "shortname: orders\ndatabaseName: orders\n";
    for (code, text) in [
        ("engine-changed", "engine: mysql\n"),
        (
            "version-downgrade",
            "engineVersion: \"16\"\nallocatedStorage: 100\n",
        ),
        ("storage-shrinks", "allocatedStorage: 50\n"),
        (
            "restore-changed",
            "allocatedStorage: 100\nencrypted: true\nengineVersion: \"17\"\nrestoreFrom: some-snapshot\n",
        ),
        (
            "lifecycle-step",
            "allocatedStorage: 100\nlifecycle: retired\nretirementRequested: 2026-11-01\n",
        ),
    ] {
        repo.write("configs/dev/orders.yaml", &format!("{kept}{text}"));
        for line in [
            "check --base HEAD",
            "check --changed --base HEAD",
            "check dev/orders --base HEAD",
        ] {
            let ran = repo.run(line);
            assert_eq!(ran.code, 1, "{code}: {ran}");
            assert_eq!(ran.err.matches(code).count(), 1, "{code}: {ran}");
        }
    }
    // What may be done, and a database that is new, wait for their roots.
    repo.write(
        "configs/dev/orders.yaml",
        &format!("{kept}allocatedStorage: 200\n"),
    );
    repo.write("configs/dev/added.yaml", "shortname: added\n");
    let ran = repo.run("check --base HEAD");
    assert_eq!(ran.code, 0, "{ran}");
    // So do the defaults of an environment.
    repo.git("checkout --quiet .");
    let valet_yaml = fs::read_to_string(repo.workspace.join("valet.yaml")).unwrap();
    repo.write(
        "valet.yaml",
        &valet_yaml.replace(
            "username: postgres",
            "username: postgres, engineVersion: \"16\"",
        ),
    );
    let ran = repo.run("check --base HEAD");
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(ran.err.matches("version-downgrade").count(), 2, "{ran}");
}

#[test]
fn each_form_tells_the_same_problems() {
    let folder = case("bad/unknown-cluster", "check-forms");
    top(&folder);
    assert_snapshot!(run(&folder, "check"), @r"
    exit code 1
    --- stderr ---
    unknown-cluster

      × `dev` has no cluster `app`
       ╭─[configs/dev/orders.yaml:2:12]
     1 │ shortname: orders
     2 │ clusters: [app]
       ·            ───
       ╰────
      help: did you mean `apps`?

    1 config: 1 error
    ");
    assert_snapshot!(run(&folder, "check --format github"), @r"
    exit code 1
    --- stdout ---
    ::error title=unknown-cluster,file=configs/dev/orders.yaml,line=2,endLine=2,col=12,endColumn=15::`dev` has no cluster `app`%0Ahelp: did you mean `apps`?
    ");
    assert_snapshot!(run(&folder, "check --format json"), @r#"
    exit code 1
    --- stdout ---
    {
      "formatVersion": "1.0",
      "problems": [
        {
          "code": "unknown-cluster",
          "severity": "error",
          "message": "`dev` has no cluster `app`",
          "help": "did you mean `apps`?",
          "file": "configs/dev/orders.yaml",
          "line": 2,
          "column": 12,
          "endLine": 2,
          "endColumn": 15
        }
      ],
      "summary": {
        "configs": 1,
        "errors": 1,
        "warnings": 0,
        "untouched": {
          "errors": 0,
          "warnings": 0
        }
      }
    }
    "#);
}

#[test]
fn a_unit_is_mended_to_the_number_that_rds_takes() {
    let folder = case("bad/parameter-value", "check-units");
    assert_eq!(run(&folder, "check --fix").code, 1);
    let mended = fs::read_to_string(folder.join("configs/dev/orders.yaml")).unwrap();
    let (_, mended) = mended.split_once("parameters:\n").unwrap();
    assert_eq!(
        mended,
        "  autovacuum: \"1\"\n  log_min_duration_statement: \"1000\"\n  log_statement: \"everything\"\n  \
         max_connections: \"lots\"\n  random_page_cost: \"cheap\"\n  \
         shared_buffers: \"{DBInstanceMemory/32768}\"\n  work_mem: \"65536\"\n"
    );
}

#[test]
fn sarif_holds_every_rule_and_result() {
    let folder = copy("fixtures/bad/policy-multi-az", "sarif");
    let ran = run(&folder, "check --format sarif");
    let document: serde_sarif::sarif::Sarif = serde_json::from_str(&ran.out).unwrap();
    let sarif = &document.runs[0];
    let rules = sarif.tool.driver.rules.as_ref().unwrap();
    assert_eq!(rules.len(), storage_valet_rds::diagnostic::rule::ALL.len());
    let result = &sarif.results.as_ref().unwrap()[0];
    let index = usize::try_from(result.rule_index.unwrap()).unwrap();
    assert_eq!(rules[index].id, "policy-multi-az");
    assert_eq!(result.related_locations.as_ref().unwrap().len(), 1);
}

#[test]
fn warnings_fail_only_when_they_are_denied() {
    let folder = case("bad/unencrypted", "check-warnings");
    assert_snapshot!(run(&folder, "check"), @r"
    exit code 0
    --- stderr ---
    unencrypted

      ⚠ the volume is not encrypted
       ╭─[configs/dev/orders.yaml:2:12]
     1 │ shortname: orders
     2 │ encrypted: false
       ·            ─────
       ╰────
      help: write `encrypted: true` before the database exists; later it replaces the instance

    1 config: 1 warning
    ");
    let denied = run(&folder, "check --deny warnings");
    assert_eq!((denied.code, denied.err), (1, run(&folder, "check").err));
}

#[test]
fn what_is_certain_is_mended_and_the_rest_is_kept() {
    let folder = minimal("fix");
    let config = folder.join("configs/dev/orders.yaml");
    let text = "# Orders.\nshortname: orders   # for ever\n\nengineVersion: 17.10\n\
                instance_class: db.t4g.large # small\nstorageType: GP3\nmultiAz_: true\nbackupWindow: soon\n";
    fs::write(&config, text).unwrap();
    assert_snapshot!(run(&folder, "check --fix"), @r#"
    exit code 1
    --- stderr ---
    mended configs/dev/orders.yaml: 4 problems
    bad-format

      × `soon` does not have the form of `backupWindow`
       ╭─[configs/dev/orders.yaml:9:15]
     8 │ multiAz: true
     9 │ backupWindow: soon
       ·               ────
       ╰────
      help: write it like `backupWindow: "16:00-17:00"`

    1 config: 1 error
    "#);
    assert_snapshot!(fs::read_to_string(&config).unwrap(), @r#"
    # yaml-language-server: $schema=../../schemas/config.schema.json
    # Orders.
    shortname: orders   # for ever

    engineVersion: "17.10"
    instanceClass: db.t4g.large # small
    storageType: gp3
    multiAz: true
    backupWindow: soon
    "#);
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    let city = city("usage");
    for line in [
        "check /no/such",
        "check dev3",
        "preview dev3/../prod/agora",
        "rules no-such-rule",
        "--workspace no-such-folder check",
        "--today yesterday check",
        "frobnicate",
    ] {
        let ran = run(&city, line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
    }
    assert_snapshot!(run(&city, "check dev9/agora"), @r"
    exit code 2
    --- stderr ---
    error: there is no environment `dev9`; there are `dev3`, `prod`
    ");
    assert_snapshot!(run(&city, "check dev3/agroa"), @r"
    exit code 2
    --- stderr ---
    error: `dev3/agroa`: there is no configs/dev3/agroa.yaml; did you mean `dev3/agora`?
    ");
    assert_snapshot!(run(&city, "check --today 2027-02-29"), @r"
    exit code 2
    --- stderr ---
    error: invalid value '2027-02-29' for '--today <DATE>': the month ends on 2027-02-28

    For more information, try '--help'.
    ");
    assert_snapshot!(run(city.parent().unwrap(), "check"), @r"
    exit code 2
    --- stderr ---
    error: no valet.yaml here or above; name its folder with --workspace or VALET_WORKSPACE
    ");
}

//! Which workspace a run means, and units that are named by the paths of their configs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;

use crate::support::{
    command::{Ran, command, run},
    folder::{city, copy, edit, modules},
};

/// A repository that has the example workspace in `platform/city`.
fn repository(name: &str) -> PathBuf {
    let city = city(&format!("finding/{name}/platform/city"));
    city.ancestors().nth(2).unwrap().to_owned()
}

/// Runs with `VALET_WORKSPACE`.
fn run_with(folder: &Path, variable: &str, line: &str) -> Ran {
    let words: Vec<_> = line.split(' ').collect();
    let mut command = command(folder, &words);
    Ran::of(command.env("VALET_WORKSPACE", variable).output().unwrap())
}

#[test]
fn files_named_from_anywhere_are_enough_to_find_their_workspace() {
    let root = repository("named");
    let configs = "platform/city/configs";
    assert_snapshot!(
        run(&root, &format!("check {configs}/dev3/agora.yaml {configs}/prod/ledger.yaml")),
        @r"
        exit code 0
        --- stderr ---
        2 configs: no problems
        "
    );
    assert_snapshot!(run(&root, &format!("generate {configs}/prod/ledger.yaml")), @r"
    exit code 0
    --- stdout ---
    created platform/city/generated/prod/ledger
    --- stderr ---
    1 created, 0 updated, 0 removed, 0 unchanged
    ");
    assert_snapshot!(
        run(&root, &format!("explain {configs}/dev3/test-dev.yaml:6")),
        @r#"
        exit code 0
        --- stdout ---
        module.rds.instance_class = "db.t3.large"
          platform/city/generated/dev3/test-dev/main.tf:13
          config `instanceClass` (configs/dev3/test-dev.yaml:6)
          becomes aws_db_instance.this.instance_class
        "#
    );
    assert_snapshot!(
        run(&root, &format!("explain {configs}/dev3/agora.yaml module.rds.port")),
        @r"
        exit code 0
        --- stdout ---
        module.rds.port = 5432
          platform/city/generated/dev3/agora/main.tf:25
          built-in default
          becomes aws_db_instance.this.port
        "
    );
    let preview = run(&root, &format!("preview {configs}/prod/ledger.yaml"));
    assert!(preview.out.starts_with("# generated/prod/ledger/main.tf\n"));
    let within = run(&root.join(configs), "check dev3/agora.yaml");
    assert_snapshot!(within, @r"
    exit code 0
    --- stderr ---
    1 config: no problems
    ");
    edit(
        &root.join(configs).join("dev3/agora.yaml"),
        "shortname",
        "shortnam",
    );
    assert_snapshot!(run(&root, &format!("check {configs}/dev3/agora.yaml")), @r#"
    exit code 1
    --- stderr ---
    missing-key

      × `shortname` is missing
       ╭─[platform/city/configs/dev3/agora.yaml:2:1]
     1 │ # The smallest config there is.
     2 │ shortnam: agora
       · ▲
       ╰────
      help: for example `shortname: "testdev"`

    unknown-key

      × there is no key `shortnam`
       ╭─[platform/city/configs/dev3/agora.yaml:2:1]
     1 │ # The smallest config there is.
     2 │ shortnam: agora
       · ────────
       ╰────
      help: did you mean `shortname`?

    1 config: 2 errors
    "#);
}

#[test]
fn a_list_of_changed_files_may_name_one_twice_and_valet_yaml_for_all() {
    let root = repository("list");
    let city = "platform/city";
    let twice = format!("check {city}/configs/dev3/agora.yaml dev3/agora");
    assert_snapshot!(run(&root, &twice), @r"
    exit code 0
    --- stderr ---
    1 config: no problems
    ");
    let all = format!("check {city}/configs/dev3/agora.yaml {city}/valet.yaml");
    assert_snapshot!(run(&root, &all), @r"
    exit code 0
    --- stderr ---
    12 configs: no problems
    ");
}

#[test]
fn what_is_no_config_of_one_workspace_is_wrong_usage() {
    let root = repository("no-config");
    copy("fixtures/city", "finding/no-config/other");
    fs::write(root.join("platform/city/notes.yaml"), "a: 1\n").unwrap();
    for (line, says) in [
        (
            "check platform/city/configs/dev3/agora.yaml other/configs/dev3/agora.yaml",
            "error: `platform/city/configs/dev3/agora.yaml` and `other/configs/dev3/agora.yaml` are in different workspaces; \
             name the files of one\n",
        ),
        (
            "generate platform/city/notes.yaml",
            "error: `platform/city/notes.yaml` is not a config: configs are the files in `platform/city/configs/dev3`, \
             `platform/city/configs/prod`\n",
        ),
        (
            "check platform/city/configs/dev3/agroa.yaml",
            "error: there is no platform/city/configs/dev3/agroa.yaml\n",
        ),
        (
            "check nowhere.yaml",
            "error: no valet.yaml here or above; name its folder with --workspace or VALET_WORKSPACE\n",
        ),
    ] {
        let ran = run(&root, line);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (2, "", says)
        );
    }
}

#[test]
fn the_workspace_is_the_named_one_then_that_of_the_variable_then_the_nearest() {
    let root = repository("variable");
    copy("fixtures/ok/minimal", "finding/variable/minimal");
    fs::copy("fixtures/valet.yaml", root.join("minimal/valet.yaml")).unwrap();
    modules(&root.join("minimal/../../../modules"));
    let configs = |ran: Ran| {
        assert_eq!(ran.code, 0, "{ran}");
        ran.err.split(':').next().unwrap().to_owned()
    };
    let city = root.join("platform/city");
    assert_eq!(
        configs(run_with(&root, "platform/city", "check")),
        "12 configs"
    );
    assert_eq!(
        configs(run_with(&city, "../../minimal", "check")),
        "1 config"
    );
    let both = run_with(&root, "minimal", "--workspace platform/city check");
    assert_eq!(configs(both), "12 configs");
    assert_eq!(configs(run_with(&city, "", "check")), "12 configs");
    assert_eq!(configs(run(&city.join("configs"), "check")), "12 configs");
}

#[test]
fn a_config_in_a_workspace_that_is_broken_is_not_previewed_as_an_example() {
    let root = repository("broken");
    fs::write(root.join("platform/city/valet.yaml"), "environments: [\n").unwrap();
    let ran = run(&root, "preview platform/city/configs/dev3/agora.yaml");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran}");
    assert!(ran.err.contains("platform/city/valet.yaml"), "{ran}");
}

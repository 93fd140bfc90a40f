//! The command as a user meets it: output, files and exit codes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use serde_json::Value;

use crate::support::{
    command::valet,
    folder::{case, city, copy, minimal},
    oracle,
};

fn write_times(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut times: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            (
                entry.path().to_owned(),
                entry.metadata().unwrap().modified().unwrap(),
            )
        })
        .collect();
    times.sort();
    times
}

#[test]
fn generate_writes_once_and_then_touches_nothing() {
    let city = city("writes-once");
    let first = valet(&city, &["generate"]);
    assert_eq!(
        (first.code, first.err.as_str()),
        (0, "10 created, 0 updated, 0 removed, 0 unchanged\n")
    );
    let before = write_times(&city.join("generated"));
    assert_eq!(before.len(), 8 * 3 + 2 * 2);
    let second = valet(&city, &["generate"]);
    assert_eq!((second.code, second.out.as_str()), (0, ""));
    assert_eq!(
        second.err,
        "0 created, 0 updated, 0 removed, 10 unchanged\n"
    );
    assert_eq!(write_times(&city.join("generated")), before);
    assert_eq!(valet(&city, &["generate", "--check"]).code, 0);
}

#[test]
fn an_edit_changes_its_own_unit_alone() {
    let city = city("own-unit");
    valet(&city, &["generate"]);
    let before = write_times(&city.join("generated"));
    let config = city.join("configs/dev3/test-dev.yaml");
    let text = fs::read_to_string(&config)
        .unwrap()
        .replace("db.t3.large", "db.t4g.large");
    fs::write(&config, text).unwrap();
    let check = valet(&city, &["generate", "--check"]);
    assert_eq!(check.code, 1);
    assert_eq!(
        check.out,
        "--- a/generated/dev3/test-dev/main.tf\n+++ b/generated/dev3/test-dev/main.tf\n@@ -10,7 +10,7 @@\n   engine                     = \"postgres\"\n   engine_version             = \"17\"\n   identifier                 = \"testdev-dev3\"\n-  instance_class             = \"db.t3.large\"\n+  instance_class             = \"db.t4g.large\"\n   log_exports = [\n     \"postgresql\",\n     \"upgrade\",\n"
    );
    assert_eq!(
        write_times(&city.join("generated")),
        before,
        "--check writes nothing"
    );
    assert_eq!(
        valet(&city, &["generate"]).out,
        "updated generated/dev3/test-dev\n"
    );
    let changed: Vec<_> = write_times(&city.join("generated"))
        .into_iter()
        .filter(|entry| !before.contains(entry))
        .map(|(path, _)| path.strip_prefix(&city).unwrap().to_owned())
        .collect();
    assert_eq!(changed, [Path::new("generated/dev3/test-dev/main.tf")]);
}

#[test]
fn named_units_alone_are_written_whatever_the_others_look_like() {
    let city = city("named-units");
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    assert_eq!(valet(&city, &["generate"]).code, 1);
    assert!(
        !city.join("generated").exists(),
        "nothing is written unless everything compiles"
    );
    let one = valet(&city, &["generate", "dev3/agora"]);
    assert_eq!(
        (one.code, one.out.as_str()),
        (0, "created generated/dev3/agora\n"),
        "{}",
        one.err
    );
    assert_eq!(valet(&city, &["check", "dev3/agora"]).code, 0);
    assert_eq!(valet(&city, &["check", "prod/search"]).code, 1);
}

#[test]
fn a_hand_written_file_is_left_alone_and_named() {
    let city = city("hand-written");
    let mine = city.join("generated/dev3/agora/main.tf");
    fs::create_dir_all(mine.parent().unwrap()).unwrap();
    fs::write(&mine, "# mine\n").unwrap();
    let run = valet(&city, &["generate"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err
            .contains("generated/dev3/agora/main.tf was not generated"),
        "{}",
        run.err
    );
    assert_eq!(fs::read_to_string(&mine).unwrap(), "# mine\n");
    assert!(
        !city.join("generated/prod").exists(),
        "nothing else is written either"
    );
}

#[test]
fn files_beside_the_generated_ones_survive() {
    let city = city("beside");
    valet(&city, &["generate"]);
    let beside = city.join("generated/dev3/agora/.terraform.lock.hcl");
    fs::write(&beside, "lock").unwrap();
    fs::write(city.join("generated/dev3/agora/outputs.json"), "{}").unwrap();
    assert_eq!(valet(&city, &["generate"]).code, 0);
    assert!(beside.exists() && city.join("generated/dev3/agora/outputs.json").exists());
}

#[test]
fn a_config_that_vanishes_is_refused_and_one_that_moves_is_followed() {
    let city = city("moves");
    valet(&city, &["generate"]);
    let config = city.join("configs/dev3/test-dev.yaml");
    let text = fs::read_to_string(&config).unwrap();
    fs::remove_file(&config).unwrap();
    let gone = valet(&city, &["generate"]);
    assert_eq!(gone.code, 1);
    assert!(
        gone.err
            .contains("no config has the shortname `testdev` of configs/dev3/test-dev.yaml"),
        "{}",
        gone.err
    );
    let checked = valet(&city, &["check"]);
    assert_eq!(checked.code, 1);
    assert!(
        gone.err
            .starts_with(checked.err.split("7 configs").next().unwrap()),
        "check and generate say the same: {}",
        checked.err
    );
    assert!(city.join("generated/dev3/test-dev/main.tf").exists());
    let moved = text.replace("namespace: test-dev", "namespace: trial");
    fs::write(city.join("configs/dev3/trial.yaml"), moved).unwrap();
    let run = valet(&city, &["generate"]);
    assert_eq!(
        run.out, "created generated/dev3/trial\nremoved generated/dev3/test-dev\n",
        "{}",
        run.err
    );
    assert!(!city.join("generated/dev3/test-dev").exists());
    let terraform = fs::read_to_string(city.join("generated/dev3/trial/terraform.tf")).unwrap();
    assert!(
        terraform.contains("key          = \"storage-valet-rds/dev3/testdev/terraform.tfstate\"")
    );
}

#[test]
fn check_prints_one_json_document_with_places() {
    let folder = case("bad/unknown-key", "json");
    let run = valet(&folder, &["check", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let first = &document["problems"][0];
    assert_eq!(first["code"], "unknown-key");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["file"], "configs/dev/orders.yaml");
    assert_eq!(first["help"], "did you mean `instanceClass`?");
    let span = ["line", "column", "endLine", "endColumn"].map(|key| first[key].as_u64().unwrap());
    assert_eq!(span, [2, 1, 2, 13]);
    assert_eq!(document["summary"]["configs"], 1);
    assert_eq!(document["summary"]["errors"], 3);
    assert_eq!(document["summary"]["warnings"], 0);
}

#[test]
fn warnings_alone_do_not_fail() {
    let folder = case("bad/unencrypted", "warnings");
    let run = valet(&folder, &["check"]);
    assert_eq!(run.code, 0);
    assert!(run.err.ends_with("1 config: 1 warning\n"), "{}", run.err);
}

#[test]
fn wrong_usage_and_unknown_units_are_two() {
    let city = city("usage");
    for arguments in [
        &["check", "/no/such"][..],
        &["check", "dev3"],
        &["check", "dev9/agora"],
        &["check", "dev3/agroa"],
        &["preview", "dev3/../prod/agora"],
        &["rules", "no-such-rule"],
        &["--workspace", "no-such-folder", "check"],
        &["--today", "yesterday", "check"],
        &["--today", "2026-02-31", "check"],
        &["frobnicate"],
    ] {
        assert_eq!(valet(&city, arguments).code, 2, "{arguments:?}");
    }
    assert!(
        valet(&city, &["check", "dev3/agroa"])
            .err
            .contains("did you mean `dev3/agora`?")
    );
    assert!(
        valet(&city, &["check", "--today", "2027-02-29"])
            .err
            .contains("the month ends on 2027-02-28")
    );
    let outside = city.parent().unwrap();
    assert_eq!(valet(outside, &["check"]).code, 2);
}

#[test]
fn preview_prints_what_generate_writes_and_reads_nothing_else() {
    let city = city("preview");
    valet(&city, &["generate"]);
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    let unit = valet(&city, &["preview", "prod/ledger"]);
    assert_eq!(unit.code, 0);
    let written: Vec<_> = ["main.tf", "outputs.tf", "terraform.tf"]
        .iter()
        .map(|name| {
            let path = format!("generated/prod/ledger/{name}");
            format!(
                "# {path}\n{}",
                fs::read_to_string(city.join(&path)).unwrap()
            )
        })
        .collect();
    assert_eq!(unit.out, written.join("\n"));
    assert_eq!(
        valet(&city, &["preview", "configs/prod/ledger.yaml"]).out,
        unit.out
    );
    let colored = valet(&city, &["--color", "always", "preview", "prod/ledger"]).out;
    assert!(colored.contains("\u{1b}[1mmodule \"rds\"\u{1b}[0m {"));
    assert_eq!(oracle::without_escapes(&colored), unit.out);
}

#[test]
fn a_bare_file_is_previewed_in_the_example_environment() {
    let folder = copy("fixtures/ok/minimal/configs/dev", "bare");
    let run = valet(&folder, &["preview", "orders.yaml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        run.err,
        "note: outside any workspace; the environment is a built-in example\n"
    );
    assert!(
        run.out
            .contains("identifier                 = \"orders-example\"")
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let tree = |name: &str, threads: &str| {
        let city = city(name);
        let run = Command::new(env!("CARGO_BIN_EXE_valet-rds"))
            .args(["generate", "--today", "2026-11-01"])
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(&city)
            .output()
            .unwrap();
        assert!(run.status.success());
        let files: Vec<_> = write_times(&city.join("generated"))
            .into_iter()
            .map(|(path, _)| {
                (
                    path.strip_prefix(&city).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                )
            })
            .collect();
        (run.stdout, files)
    };
    let one = tree("one-thread", "1");
    assert!(one == tree("two-threads", "2") && one == tree("eight-threads", "8"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let city = city("links");
    let elsewhere = copy("fixtures/ok/minimal/configs", "elsewhere");
    std::os::unix::fs::symlink(&elsewhere, city.join("generated")).unwrap();
    let run = valet(&city, &["generate"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("a symbolic link; nothing is written through it"),
        "{}",
        run.err
    );
    assert!(!elsewhere.join("dev3").exists());
}

#[test]
fn init_makes_a_workspace_that_compiles_and_overwrites_nothing() {
    let folder = copy("fixtures/ok/minimal/configs", "init");
    assert_eq!(valet(&folder, &["init", "new"]).code, 0);
    let new = folder.join("new");
    for arguments in [
        &["check", "--deny", "warnings"][..],
        &["generate"],
        &["generate", "--check"],
    ] {
        let run = valet(&new, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
    }
    let schema = fs::read_to_string(new.join("schemas/config.schema.json")).unwrap();
    assert_eq!(schema, valet(&new, &["schema", "config"]).out);
    let again = valet(&folder, &["init", "new"]);
    assert_eq!(again.code, 2);
    assert!(
        again
            .err
            .contains("valet.yaml exists; nothing is overwritten"),
        "{}",
        again.err
    );
}

#[test]
fn denied_warnings_fail() {
    let folder = case("bad/unencrypted", "denied");
    assert_eq!(valet(&folder, &["check", "--deny", "warnings"]).code, 1);
}

#[test]
fn github_gets_an_annotation_for_each_problem() {
    let folder = case("bad/unknown-cluster", "github");
    let run = valet(&folder, &["check", "--format", "github"]);
    assert_eq!(
        run.out,
        "::error title=unknown-cluster,file=configs/dev/orders.yaml,line=2,endLine=2,col=12,endColumn=15::`dev` has no cluster `app`%0Ahelp: did you mean `apps`?\n"
    );
}

#[test]
fn sarif_holds_every_rule_and_result() {
    let folder = copy("fixtures/bad/policy-multi-az", "sarif");
    let run = valet(&folder, &["check", "--format", "sarif"]);
    let document: serde_sarif::sarif::Sarif = serde_json::from_str(&run.out).unwrap();
    let sarif = &document.runs[0];
    let rules = sarif.tool.driver.rules.as_ref().unwrap();
    assert_eq!(rules.len(), storage_valet_rds::diagnostic::rule::ALL.len());
    let result = &sarif.results.as_ref().unwrap()[0];
    let index = usize::try_from(result.rule_index.unwrap()).unwrap();
    assert_eq!(rules[index].id, "policy-multi-az");
    assert_eq!(result.related_locations.as_ref().unwrap().len(), 1);
}

#[test]
fn fix_mends_what_is_certain_and_keeps_the_rest() {
    let folder = minimal("fix");
    let config = folder.join("configs/dev/orders.yaml");
    let text = "# Orders.\nshortname: orders   # for ever\n\nengineVersion: 16.10\ninstance_class: db.t4g.large # small\nstorageType: GP3\nmultiAz_: true\nbackupWindow: soon\n";
    fs::write(&config, text).unwrap();
    let run = valet(&folder, &["check", "--fix"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.err
            .contains("mended configs/dev/orders.yaml: 4 problems\n"),
        "{}",
        run.err
    );
    assert_eq!(
        fs::read_to_string(&config).unwrap(),
        "# yaml-language-server: $schema=../../schemas/config.schema.json\n# Orders.\nshortname: orders   # for ever\n\nengineVersion: \"16.10\"\ninstanceClass: db.t4g.large # small\nstorageType: gp3\nmultiAz: true\nbackupWindow: soon\n"
    );
    assert!(
        run.err
            .contains("`soon` does not have the form of `backupWindow`")
    );
}

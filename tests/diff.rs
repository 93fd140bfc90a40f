//! What `diff` says about a change, and what it lets pass.

use std::{fmt::Write, fs, path::Path};

use serde_json::Value;

use crate::support::{
    command::{Ran, valet},
    folder::{QUOTAS, edit},
    repository::{commit, repository},
    snapshot,
};

fn diff(folder: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["diff", "--base", "HEAD"];
    arguments.extend(more);
    valet(folder, &arguments)
}

fn document(folder: &Path) -> Value {
    let run = diff(folder, &["--format", "json"]);
    assert!(run.out.starts_with('{'), "{}{}", run.out, run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn nothing_changes_on_a_clean_tree_and_from_a_folder_below() {
    let city = repository("clean");
    let run = diff(&city, &[]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "no unit changes\n"),
        "{}",
        run.err
    );
    let below = diff(&city.join("configs/dev3"), &[]);
    assert_eq!((below.code, below.out.as_str()), (0, "no unit changes\n"));
}

#[test]
fn two_letters_that_replace_a_database_are_seen_and_can_be_denied() {
    let city = repository("two-letters");
    let config = city.join("configs/dev3/test-dev.yaml");
    edit(&config, "username: postgres", "username: postgras");
    let unit = &document(&city)["units"][0];
    assert_eq!(unit["unit"], "dev3/test-dev");
    assert_eq!(unit["grade"], "replace");
    assert_eq!(
        unit["connection"],
        serde_json::json!(["endpoint", "secret"])
    );
    let line = &unit["lines"][0];
    assert_eq!(line["key"], "username");
    assert_eq!(
        (&line["old"], &line["new"]),
        (&"\"postgres\"".into(), &"\"postgras\"".into())
    );
    assert_eq!(line["address"], "module.rds.username");
    assert_eq!(line["becomes"], "aws_db_instance.this.username");
    assert_eq!(
        diff(&city, &[]).code,
        0,
        "nothing is denied without being asked"
    );
    assert_eq!(
        diff(&city, &["--deny", "data-loss"]).code,
        0,
        "deletion protection is on"
    );
    for level in ["downtime", "replace", "connection"] {
        assert_eq!(diff(&city, &["--deny", level]).code, 1, "{level}");
    }
    let text = fs::read_to_string(&config).unwrap();
    let allow = |what: &str, expires: &str| {
        let allow =
            format!("allow: [{{change: {what}, reason: a new start, expires: {expires}}}]\n");
        fs::write(&config, format!("{text}{allow}")).unwrap();
    };
    allow("replace", "2026-11-01");
    assert_eq!(diff(&city, &["--deny", "downtime"]).code, 0);
    assert_eq!(diff(&city, &["--deny", "connection"]).code, 1);
    allow("downtime", "2026-11-01");
    let too_little = diff(&city, &["--deny", "downtime"]);
    assert_eq!(too_little.code, 1);
    assert!(
        too_little
            .err
            .contains("nothing in this change has the effect `downtime`")
    );
    allow("replace", "2026-10-31");
    assert_eq!(
        diff(&city, &["--deny", "replace"]).code,
        1,
        "it has expired"
    );
}

#[test]
fn without_deletion_protection_a_replacement_is_a_loss() {
    let city = repository("unprotected");
    let config = city.join("configs/dev3/test-dev.yaml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}deletionProtection: false\n")).unwrap();
    commit(&city);
    edit(&config, "username: postgres", "username: postgras");
    assert_eq!(document(&city)["units"][0]["grade"], "data-loss");
}

#[test]
fn a_removed_config_is_refused_with_one_explanation() {
    let city = repository("git-rm");
    valet(&city, &["generate"]);
    commit(&city);
    fs::remove_file(city.join("configs/dev3/test-dev.yaml")).unwrap();
    for run in [
        diff(&city, &[]),
        valet(&city, &["check"]),
        valet(&city, &["generate"]),
    ] {
        assert_eq!(run.code, 1);
        let words: Vec<_> = run
            .err
            .split_whitespace()
            .filter(|word| *word != "│")
            .collect();
        let words = words.join(" ");
        assert!(
            words.contains("no config has the shortname `testdev` of configs/dev3/test-dev.yaml any more, but its database is still there"),
            "{}",
            run.err
        );
        assert!(words.contains("write `lifecycle: retiring` in it and apply, then `lifecycle: retired` and apply, then delete it"));
    }
    assert_eq!(diff(&city, &[]).out, "1 error; no unit changes\n");
    let json = document(&city);
    assert_eq!(json["problems"][0]["code"], "live-root-orphaned");
}

#[test]
fn a_move_keeps_the_database_and_says_what_moves() {
    let city = repository("move");
    let (old, new) = (
        city.join("configs/dev3/test-dev.yaml"),
        city.join("configs/dev3/trial.yaml"),
    );
    fs::rename(&old, &new).unwrap();
    edit(&new, "namespace: test-dev", "namespace: trial");
    let json = document(&city);
    let unit = &json["units"][0];
    assert_eq!(
        (&unit["kind"], &unit["movedFrom"]),
        (&"moved".into(), &"dev3/test-dev".into())
    );
    assert_eq!(
        unit["grade"], "downtime",
        "the role trusts another namespace"
    );
    assert_eq!(json["problems"], serde_json::json!([]));
    assert!(
        unit["lines"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["address"] != "terraform.backend.s3.key")
    );
}

#[test]
fn retirement_shows_step_by_step_and_a_skipped_step_is_refused() {
    let city = repository("retire-diff");
    let config = city.join("configs/dev3/test-dev.yaml");
    let active = fs::read_to_string(&config).unwrap();
    let set = |lifecycle: &str| {
        let text = format!("{active}lifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n");
        fs::write(&config, text).unwrap();
    };
    set("retired");
    let skipped = diff(&city, &[]);
    assert_eq!(skipped.code, 1);
    assert!(
        skipped.err.contains("`retiring` comes first"),
        "{}",
        skipped.err
    );
    set("retiring");
    assert_eq!(diff(&city, &["--deny", "reboot"]).code, 0);
    let unit = document(&city)["units"][0].clone();
    let keys: Vec<_> = unit["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["key"].clone())
        .collect();
    assert_eq!(keys, ["lifecycle", "retirementRequested", "lifecycle"]);
    commit(&city);
    set("retired");
    let unit = document(&city)["units"][0].clone();
    assert_eq!(
        (&unit["grade"], &unit["lines"][0]["declared"]),
        (&"data-loss".into(), &true.into())
    );
    assert_eq!(
        diff(&city, &["--deny", "reboot"]).code,
        0,
        "the config asks for it"
    );
    commit(&city);
    fs::remove_file(&config).unwrap();
    let gone = document(&city);
    assert_eq!(gone["units"][0]["kind"], "gone");
    assert_eq!(diff(&city, &["--deny", "in-place"]).code, 0);
}

#[test]
fn a_major_upgrade_comes_with_path_group_and_minors() {
    let city = repository("upgrade");
    let config = city.join("configs/dev3/test-dev.yaml");
    let text = fs::read_to_string(&config).unwrap();
    let set = |version: &str| {
        fs::write(&config, format!("{text}engineVersion: \"{version}\"\n")).unwrap();
    };
    set("16.13");
    commit(&city);
    for (version, path) in [
        (
            "17.6",
            "path: 16.13 is newer than 17.6, so AWS offers no upgrade between them; 17.9 is the oldest 17 that it offers",
        ),
        (
            "18.3",
            "path: 16.13 to 18.3 in one step; AWS upgrades over several majors at once",
        ),
        (
            "17",
            "path: in one step, to a 17 that is at least as new as the 16 that runs; when AWS refuses, write `engineVersion: \"17.11\"`",
        ),
    ] {
        set(version);
        let upgrade = &document(&city)["units"][0]["upgrade"];
        assert_eq!(upgrade[0], path);
        let group = upgrade[1].as_str().unwrap();
        assert!(
            group.contains(&format!("testdev-dev3-postgres{}", &version[..2])),
            "{group}"
        );
        let minors = upgrade[2].as_str().unwrap();
        assert_eq!(
            minors.contains("by themselves;"),
            version.contains('.'),
            "{minors}"
        );
    }
    set("15");
    assert!(
        diff(&city, &[])
            .err
            .contains("does not take a database from 16.13 back to 15")
    );
}

#[test]
fn an_unknown_base_is_an_error_of_usage() {
    let city = repository("unknown-base");
    for arguments in [
        &["diff", "--base", "no-such-branch"][..],
        &["diff", "--base", "--help"],
        &["diff"],
        &["diff", "--base-dir", "no-such-folder"],
        &["diff", "--base", "HEAD", "--base-dir", "."],
    ] {
        assert_eq!(valet(&city, arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn modules_outside_the_repository_are_no_part_of_a_commit() {
    let city = repository("modules-elsewhere");
    edit(
        &city.join("valet.yaml"),
        "source: ../../modules",
        "source: ../../../modules",
    );
    commit(&city);
    let run = diff(&city, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("outside the git repository") && run.err.contains("--base-dir"),
        "{}",
        run.err
    );
}

#[test]
fn a_module_that_differs_only_inside_concerns_its_units() {
    let city = repository("module-inside");
    let modules = city.join("mine");
    for name in ["rds", "proxy"] {
        fs::create_dir_all(modules.join(name)).unwrap();
        fs::write(modules.join(name).join("main.tf"), "# one\n").unwrap();
        fs::write(modules.join(name).join("README.md"), "one\n").unwrap();
    }
    edit(
        &city.join("valet.yaml"),
        "source: ../../modules",
        "source: ./mine",
    );
    commit(&city);
    fs::write(modules.join("rds/README.md"), "two\n").unwrap();
    assert_eq!(
        diff(&city, &[]).out,
        "no unit changes\n",
        "nobody applies a README"
    );
    fs::write(modules.join("rds/main.tf"), "# two\n").unwrap();
    let json = document(&city);
    assert_eq!(json["summary"]["units"], 10);
    assert_eq!(json["units"][0]["lines"][0]["key"], "modules");
}

/// Room for any number of units.
fn raise_quotas(city: &Path) {
    let folder = "    configs: configs/dev3";
    let quotas = format!("{QUOTAS}{folder}");
    edit(&city.join("valet.yaml"), folder, &quotas);
}

#[test]
fn one_default_for_a_thousand_units_is_one_short_comment() {
    let city = repository("thousand");
    let folder = city.join("configs/dev3");
    for number in 0..1000 {
        let mut text = String::new();
        writeln!(text, "shortname: unit{number}\nusername: postgres").unwrap();
        fs::write(folder.join(format!("unit-{number}.yaml")), text).unwrap();
    }
    raise_quotas(&city);
    commit(&city);
    edit(
        &city.join("valet.yaml"),
        "instanceClass: db.t4g.medium",
        "instanceClass: db.t4g.large",
    );
    let run = diff(&city, &["--format", "markdown"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out.len() < storage_valet_rds::review::LIMIT,
        "{}",
        run.out.len()
    );
    assert!(
        run.out.contains("units: the same"),
        "{}",
        &run.out[..2000.min(run.out.len())]
    );
    assert!(!run.out.contains("Cut to fit"));
}

#[test]
fn a_comment_never_grows_too_long_and_is_cut_in_the_same_way() {
    let city = repository("too-long");
    raise_quotas(&city);
    let folder = city.join("configs/dev3");
    let config = |number: usize, letter: &str| {
        let long = letter.repeat(200);
        let tags: Vec<_> = (0..40)
            .map(|tag| format!("  key{tag}: {long}{number}"))
            .collect();
        let tags = tags.join("\n");
        let text = format!("shortname: unit{number}\nusername: postgres\ntags:\n{tags}\n");
        fs::write(folder.join(format!("unit-{number}.yaml")), text).unwrap();
    };
    (0..60).for_each(|number| config(number, "a"));
    commit(&city);
    (0..60).for_each(|number| config(number, "b"));
    let run = diff(&city, &["--format", "markdown"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out.len() < storage_valet_rds::review::LIMIT,
        "{}",
        run.out.len()
    );
    assert!(run.out.contains("Cut to fit into a comment"));
    assert_eq!(
        run.out.matches("<details>").count(),
        run.out.matches("</details>").count()
    );
    assert_eq!(diff(&city, &["--format", "markdown"]).out, run.out);
}

#[test]
fn the_comment_and_the_terminal_say_the_same() {
    let city = repository("comment");
    edit(
        &city.join("configs/dev3/test-dev.yaml"),
        "username: postgres",
        "username: postgras",
    );
    fs::write(
        city.join("configs/dev3/fresh.yaml"),
        "shortname: fresh\nusername: postgres\n",
    )
    .unwrap();
    fs::remove_file(city.join("configs/dev3/pinned.yaml")).unwrap();
    edit(
        &city.join("configs/prod/ledger.yaml"),
        "shortname",
        "# a remark\nshortname",
    );
    let settings = snapshot::settings("diff");
    settings.bind(|| {
        insta::assert_snapshot!(
            "markdown",
            diff(&city, &["--format", "markdown", "--deny", "replace"]).out
        );
        insta::assert_snapshot!("human", diff(&city, &["--deny", "replace"]).out);
    });
}

#[test]
fn affected_names_the_units_whose_output_or_modules_differ() {
    let city = repository("affected");
    let affected = |format: &str| valet(&city, &["affected", "--base", "HEAD", "--format", format]);
    assert_eq!(affected("lines").out, "");
    assert_eq!(affected("matrix").out, "{\"include\":[]}\n");
    edit(
        &city.join("configs/prod/ledger.yaml"),
        "shortname",
        "# a remark\nshortname",
    );
    assert_eq!(affected("lines").out, "", "a remark is nothing to apply");
    edit(
        &city.join("configs/dev3/test-dev.yaml"),
        "db.t3.large",
        "db.t4g.large",
    );
    fs::write(
        city.join("configs/dev3/fresh.yaml"),
        "shortname: fresh\nusername: postgres\n",
    )
    .unwrap();
    assert_eq!(affected("lines").out, "dev3/fresh\ndev3/test-dev\n");
    let json: Value = serde_json::from_str(&affected("json").out).unwrap();
    assert_eq!(
        json["units"][1]["directory"],
        "platform/city/generated/dev3/test-dev"
    );
    assert_eq!(json["units"][0]["created"], true);
    edit(&city.join("valet.yaml"), "db.t4g.medium", "db.t4g.large");
    assert!(affected("lines").out.contains("dev3/agora\n"));
    fs::remove_file(city.join("configs/dev3/test-dev.yaml")).unwrap();
    assert_eq!(affected("lines").code, 1, "a database would be left behind");
}

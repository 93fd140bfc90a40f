//! The life of a unit on disk: active, retiring, retired, gone.

use std::{fs, path::Path};

use crate::support::{command::valet, folder::city};

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
    valet(&city, &["generate"]);
    let retired = "lifecycle: retired\nretirementRequested: 2026-11-01\n";
    set(&config, retired);
    for command in [
        &["generate"][..],
        &["check"],
        &["generate", "dev3/test-dev"],
    ] {
        let skipped = valet(&city, command);
        assert_eq!(skipped.code, 1, "{command:?}");
        assert!(
            skipped.err.contains("`retiring` comes first"),
            "{}",
            skipped.err
        );
    }
    set(
        &config,
        "lifecycle: retiring\nretirementRequested: 2026-11-01\n",
    );
    let diff = valet(&city, &["generate", "--check"]);
    let changed: Vec<_> = diff
        .out
        .lines()
        .filter(|line| line.starts_with(['+', '-']))
        .filter(|line| !line.starts_with("+++"))
        .filter(|line| !line.starts_with("---"))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        changed,
        [
            "- deletion_protection = true",
            "+ deletion_protection = false",
            "+ final_snapshot_identifier = \"testdev-dev3-final-2026-11-01\"",
            "+ retiring = true",
        ]
    );
    assert_eq!(valet(&city, &["generate"]).code, 0);
    fs::remove_file(&config).unwrap();
    let early = valet(&city, &["generate"]);
    assert!(
        early
            .err
            .contains("write `lifecycle: retired` in it and apply"),
        "{}",
        early.err
    );
    set(
        &config,
        "lifecycle: retired\nretirementRequested: 2026-11-02\n",
    );
    let other_day = valet(&city, &["generate"]);
    assert!(
        other_day.err.contains("which is another day"),
        "{}",
        other_day.err
    );
    set(&config, retired);
    assert_eq!(
        valet(&city, &["generate"]).out,
        "updated generated/dev3/test-dev\n"
    );
    let left: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["terraform.tf"]);
    fs::remove_file(&config).unwrap();
    assert_eq!(valet(&city, &["check"]).code, 0);
    assert_eq!(
        valet(&city, &["generate"]).out,
        "removed generated/dev3/test-dev\n"
    );
    assert!(!root.exists());
}

#[test]
fn what_lies_beside_a_root_moves_along_and_survives_its_end() {
    let city = city("beside-a-root");
    valet(&city, &["generate"]);
    let roots = city.join("generated/dev3");
    let beside = [".terraform.lock.hcl", "outputs.json", "moved.tf"];
    for name in beside {
        fs::write(roots.join("test-dev").join(name), name).unwrap();
    }
    let (old, new) = (
        city.join("configs/dev3/test-dev.yaml"),
        city.join("configs/dev3/trial.yaml"),
    );
    let text = fs::read_to_string(&old).unwrap();
    fs::write(
        &new,
        text.replace("namespace: test-dev", "namespace: trial"),
    )
    .unwrap();
    fs::remove_file(&old).unwrap();
    let moved = valet(&city, &["generate"]);
    assert_eq!(moved.code, 0, "{}", moved.err);
    assert!(!roots.join("test-dev").exists());
    for name in beside {
        let text = fs::read_to_string(roots.join("trial").join(name)).unwrap();
        assert_eq!(text, name);
    }
    for lifecycle in ["retiring", "retired"] {
        let step = format!("lifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n");
        fs::write(&new, format!("shortname: testdev\n{step}")).unwrap();
        assert_eq!(valet(&city, &["generate"]).code, 0, "{lifecycle}");
    }
    fs::remove_file(&new).unwrap();
    let gone = valet(&city, &["generate"]);
    assert_eq!(gone.out, "removed generated/dev3/trial\n");
    assert!(
        gone.err
            .contains("generated/dev3/trial/outputs.json was not generated and stays"),
        "{}",
        gone.err
    );
    assert!(roots.join("trial/moved.tf").exists());
}

#[test]
fn a_shortname_that_changes_in_place_leaves_a_database_behind() {
    let city = city("shortname-in-place");
    valet(&city, &["generate"]);
    let config = city.join("configs/dev3/test-dev.yaml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(
        &config,
        text.replace("shortname: testdev", "shortname: other"),
    )
    .unwrap();
    for command in [
        &["generate"][..],
        &["check"],
        &["generate", "dev3/test-dev"],
    ] {
        let run = valet(&city, command);
        assert_eq!(run.code, 1, "{command:?}");
        assert!(
            run.err.contains("no config has the shortname `testdev`"),
            "{}",
            run.err
        );
    }
}

#[test]
fn retire_writes_the_next_step_and_keeps_comments() {
    let city = city("retire");
    let config = city.join("configs/dev3/test-dev.yaml");
    let before = format!("# mine\n{}", fs::read_to_string(&config).unwrap());
    fs::write(&config, &before).unwrap();
    for (lifecycle, next) in [("retiring", "again"), ("retired", "then delete")] {
        let run = valet(&city, &["retire", "dev3/test-dev"]);
        assert_eq!(
            (run.code, run.out.as_str()),
            (0, "updated configs/dev3/test-dev.yaml\n"),
            "{}",
            run.err
        );
        assert!(run.err.contains(next), "{}", run.err);
        let expected = format!("{before}lifecycle: {lifecycle}\nretirementRequested: 2026-11-01\n");
        assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    }
    let again = valet(&city, &["retire", "dev3/test-dev"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    let kept = valet(&city, &["retire", "--retain", "dev3/agora"]);
    assert_eq!(kept.code, 0, "{}", kept.err);
    let text = fs::read_to_string(city.join("configs/dev3/agora.yaml")).unwrap();
    assert!(
        text.ends_with("lifecycle: retiring\nretirementRequested: 2026-11-01\nretain: true\n"),
        "{text}"
    );
}

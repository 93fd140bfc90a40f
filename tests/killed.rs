//! Runs that are killed at any moment, and runs at the same time: every file is whole, and the next run repairs the rest.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    command::{command, run},
    folder::{lift_quotas, minimal},
    random::Random,
};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The names of the roots, whole or unfinished.
fn roots(folder: &Path) -> Vec<OsString> {
    let listed = fs::read_dir(folder.join("generated/dev"));
    let mut names: Vec<_> = listed
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    names
}

/// Waits for the first root that a run makes, or for its end.
fn wait_for_writing(folder: &Path, run: &mut Child, before: &[OsString]) {
    while run.try_wait().unwrap().is_none() && roots(folder) == before {
        thread::sleep(Duration::from_micros(100));
    }
}

/// What a loop of kills came to.
#[derive(Debug, Default)]
struct Score {
    /// Runs that were killed before they had ended.
    killed: usize,
    /// Kills that left a tree that was neither the old nor the new one.
    amid: usize,
    /// Kills that left unfinished files or folders.
    leftovers: usize,
}

/// The files of the output folder; unfinished ones apart.
fn files(folder: &Path) -> (Files, usize) {
    let output = folder.join("generated");
    let (mut files, mut unfinished) = (Files::new(), 0);
    if !output.exists() {
        return (files, unfinished);
    }
    for entry in walkdir::WalkDir::new(&output) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&output).unwrap().to_owned();
        if path.to_str().unwrap().contains(".valet-rds-unfinished-") {
            unfinished += 1;
        } else if entry.file_type().is_file() {
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    (files, unfinished)
}

/// Writes configs that all differ between two variants. A third of the namespaces is called otherwise in the second.
fn configure(folder: &Path, units: usize, variant: usize) {
    let configs = folder.join("configs/dev");
    fs::remove_dir_all(&configs).unwrap();
    fs::create_dir_all(&configs).unwrap();
    for unit in 0..units {
        let moves = if unit % 3 == 0 { variant } else { 0 };
        let path = configs.join(format!("unit-{unit}-{moves}.yaml"));
        let port = 5000 + variant;
        fs::write(path, format!("shortname: unit-{unit}\nport: {port}\n")).unwrap();
    }
}

fn prepared(name: &str) -> PathBuf {
    let folder = minimal(name);
    lift_quotas(&folder);
    folder
}

fn start(folder: &Path) -> Child {
    command(folder, &["generate"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn generate(folder: &Path) -> Files {
    let ran = run(folder, "generate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (files, unfinished) = files(folder);
    assert_eq!(unfinished, 0, "leftovers are swept");
    files
}

fn kill_loop(name: &str, units: usize, kills: usize, seed: u64) -> Score {
    let folder = prepared(name);
    let mut whole = Vec::new();
    let mut duration = Duration::ZERO;
    for variant in [0, 1] {
        configure(&folder, units, variant);
        let _ = fs::remove_dir_all(folder.join("generated"));
        let begin = Instant::now();
        whole.push(generate(&folder));
        duration = begin.elapsed();
    }
    let (mut random, mut score) = (Random::new(seed), Score::default());
    let mut standing = 1;
    for attempt in 0.. {
        if score.killed >= kills {
            break;
        }
        let wanted = 1 - standing;
        configure(&folder, units, wanted);
        let from_nothing = random.below(4) == 0;
        if from_nothing {
            fs::remove_dir_all(folder.join("generated")).unwrap();
        }
        let before = roots(&folder);
        let mut run = start(&folder);
        // Starting takes most of a short run's time: only every other kill may come at any moment.
        let most = if attempt % 2 == 0 {
            duration
        } else {
            wait_for_writing(&folder, &mut run, &before);
            duration / 20
        };
        let microseconds = usize::try_from(most.as_micros()).unwrap();
        thread::sleep(Duration::from_micros(random.below(microseconds) as u64));
        run.kill().unwrap();
        let ended = run.wait().unwrap().code();
        assert_ne!(ended, Some(1));
        let (found, unfinished) = files(&folder);
        for (path, bytes) in &found {
            let known = whole.iter().any(|tree| tree.get(path) == Some(bytes));
            assert!(known, "{} is not whole", path.display());
        }
        if ended.is_none() {
            let old = if from_nothing {
                &Files::new()
            } else {
                &whole[standing]
            };
            score.killed += 1;
            score.leftovers += usize::from(unfinished > 0);
            score.amid += usize::from(found != *old && found != whole[wanted]);
        }
        assert!(
            generate(&folder) == whole[wanted],
            "the next run repairs the tree"
        );
        standing = wanted;
    }
    score
}

#[test]
fn a_killed_run_leaves_whole_files_and_the_next_one_repairs() {
    let score = kill_loop("killed", 60, 20, 1);
    assert_eq!(score.killed, 20);
    assert!(
        score.amid > 0,
        "no kill hit a run while it wrote: {score:?}"
    );
}

/// The long version, for `cargo xtask kill`.
#[test]
#[ignore = "takes minutes"]
fn two_hundred_killed_runs_of_five_hundred_units() {
    let begin = Instant::now();
    let score = kill_loop("killed-long", 500, 200, 2);
    assert_eq!(score.killed, 200);
    assert!(score.amid > 20, "{score:?}");
    let text = format!("{score:?} in {} s\n", begin.elapsed().as_secs());
    fs::write(
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("killed.txt"),
        text,
    )
    .unwrap();
}

#[test]
fn runs_at_the_same_time_end_in_the_tree_of_the_last_configs() {
    let folder = prepared("at-once");
    configure(&folder, 40, 1);
    let wanted = generate(&folder);
    for round in 0..4 {
        configure(&folder, 40, 0);
        let first = start(&folder);
        thread::sleep(Duration::from_millis(8 * round));
        // A config that is gone for a moment stops the first run, if it looks just then: that is no mixed tree either.
        configure(&folder, 40, 1);
        let others = [start(&folder), start(&folder)];
        for mut run in others.into_iter().chain([first]) {
            let code = run.wait().unwrap().code();
            assert!(matches!(code, Some(0..=2)), "{code:?}");
        }
        let (found, unfinished) = files(&folder);
        let both = generate(&folder);
        assert!(both == wanted);
        assert_eq!(unfinished, 0);
        assert!(
            found == wanted,
            "round {round}: the last run saw the last configs"
        );
    }
}

#[test]
fn a_second_run_says_that_it_waits() {
    let folder = minimal("waits");
    let lock = storage_valet_rds::io::lock(&folder).unwrap();
    let second = command(&folder, &["generate"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(500));
    assert!(!folder.join("generated").exists());
    assert_eq!(run(&folder, "check").code, 0, "reading is free");
    drop(lock);
    let said = String::from_utf8(second.wait_with_output().unwrap().stderr).unwrap();
    assert!(
        said.starts_with("another run is writing in this workspace; waiting for it\n"),
        "{said}"
    );
    assert!(folder.join("generated/dev/orders/main.tf").exists());
}

//! What is measured, and what each is measured against.

use std::path::{Path, PathBuf};

use super::{
    measure::{Sample, Summary, sample},
    workspace,
};
use crate::{command::Program, files};

/// Names of the subjects; ratios are named after two of them.
pub(super) const COLD: &str = "generate, cold";
pub(super) const UNCHANGED: &str = "generate, nothing changed";
pub(super) const ONE: &str = "generate, one changed";
pub(super) const CHECK_TREE: &str = "generate --check";
pub(super) const CHECK: &str = "check";
pub(super) const PREVIEW: &str = "preview, one unit";
pub(super) const DIFF_ONE: &str = "diff --base, one changed";
pub(super) const DIFF_ALL: &str = "diff --base, all changed";
pub(super) const COPY: &str = "cp -r of the roots";
pub(super) const COMPARE: &str = "diff -rq of the roots";
pub(super) const READ: &str = "cat of the configs";
pub(super) const SCRIPT: &str = "PyYAML and Jinja2";

/// A day on which nothing in the workspaces is out of support.
const TODAY: &str = "2026-01-15";

/// A workspace to measure in.
pub(super) struct Bench {
    pub(super) binary: PathBuf,
    pub(super) python: PathBuf,
    pub(super) folder: PathBuf,
}

type Subject = (&'static str, fn(&Bench, usize) -> Result<Program, String>);

/// In the order of one round: each stands next to its yardstick.
const SUBJECTS: [Subject; 10] = [
    (SCRIPT, script),
    (COLD, cold),
    (COPY, copy),
    (UNCHANGED, |bench, _| Ok(bench.generate(&[]))),
    (COMPARE, |bench, _| {
        Ok(Program::new(
            "diff",
            &["-rq", &bench.path("generated"), &bench.path("copy")],
        ))
    }),
    (CHECK_TREE, |bench, _| Ok(bench.generate(&["--check"]))),
    (CHECK, |bench, _| Ok(bench.valet(&["check"]))),
    (READ, read),
    (PREVIEW, |bench, _| {
        Ok(bench.valet(&["preview", workspace::UNIT]))
    }),
    (ONE, one_changed),
];

/// These come last: they leave the workspace changed.
const DIFFS: [Subject; 2] = [(DIFF_ONE, one_since_base), (DIFF_ALL, all_since_base)];

impl Bench {
    /// Measures everything, round by round, after one round that is not counted.
    pub(super) fn run(&self, rounds: usize) -> Result<Vec<(&'static str, Summary)>, String> {
        let mut measured = self.measure(&SUBJECTS, rounds)?;
        self.repository()?;
        measured.extend(self.measure(&DIFFS, rounds)?);
        Ok(measured)
    }

    fn measure(
        &self,
        subjects: &[Subject],
        rounds: usize,
    ) -> Result<Vec<(&'static str, Summary)>, String> {
        let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); subjects.len()];
        for round in 0..=rounds {
            for ((_, prepare), samples) in subjects.iter().zip(&mut samples) {
                let sample = sample(prepare(self, round)?)?;
                if round > 0 {
                    samples.push(sample);
                }
            }
        }
        let names = subjects.iter().map(|(name, _)| *name);
        Ok(names
            .zip(samples.iter().map(|samples| Summary::of(samples)))
            .collect())
    }

    pub(super) fn valet(&self, arguments: &[&str]) -> Program {
        let folder = self.folder.to_string_lossy();
        Program::new(
            &self.binary,
            &[&["--workspace", &folder, "--today", TODAY], arguments].concat(),
        )
    }

    pub(super) fn generate(&self, arguments: &[&str]) -> Program {
        self.valet(&[&["generate"], arguments].concat())
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// Puts a tree aside. Deleting it now would be in the way of what is measured next: ext4 is slow to make files while
    /// it remembers deleted ones.
    pub(super) fn put_aside(&self, name: &str, when: &str) -> Result<(), String> {
        let from = self.folder.join(name);
        if !from.is_dir() {
            return Ok(());
        }
        let aside = self.folder.join("aside");
        files::create(&aside)?;
        files::rename(&from, &aside.join(format!("{name}-{when}")))
    }

    /// Everything that is not generated, as a commit.
    fn repository(&self) -> Result<(), String> {
        let git = |arguments: &[&str]| Program::new("git", arguments).within(&self.folder).run();
        git(&["init", "--quiet"])?;
        git(&["add", "valet.yaml", "configs"])?;
        let author = [
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@example.com",
        ];
        git(&[
            author.as_slice(),
            &["commit", "--quiet", "--message", "Add the configs"],
        ]
        .concat())?;
        Ok(())
    }

    fn change(&self, file: &str, from: &str, to: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        let text = files::read(&path)?;
        files::write(&path, text.replace(from, to))
    }
}

fn cold(bench: &Bench, round: usize) -> Result<Program, String> {
    bench.put_aside("generated", &round.to_string())?;
    Ok(bench.generate(&[]))
}

fn copy(bench: &Bench, round: usize) -> Result<Program, String> {
    bench.put_aside("copy", &round.to_string())?;
    Ok(Program::new(
        "cp",
        &["-r", &bench.path("generated"), &bench.path("copy")],
    ))
}

pub(super) fn script(bench: &Bench, round: usize) -> Result<Program, String> {
    bench.put_aside("script", &round.to_string())?;
    let folder = bench.folder.to_string_lossy();
    Ok(Program::new(
        &bench.python,
        &["xtask/src/bench/yardstick.py", &folder],
    ))
}

fn read(bench: &Bench, _: usize) -> Result<Program, String> {
    let mut paths = vec![bench.path("valet.yaml")];
    for folder in files::folders(&bench.folder.join("configs"))? {
        let inside = files::list(&folder)?;
        paths.extend(
            inside
                .iter()
                .map(|path| path.to_string_lossy().into_owned()),
        );
    }
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    Ok(Program::new("cat", &paths))
}

/// Each round writes another size, so that there is always something to do; the copy of the roots stays out of it.
fn one_changed(bench: &Bench, round: usize) -> Result<Program, String> {
    let path = bench.folder.join(workspace::CONFIG);
    let text = files::read(&path)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    files::write(
        &path,
        format!("allocatedStorage: \"{}\"\n{rest}", 60 + round),
    )?;
    Ok(bench.generate(&[]))
}

fn one_since_base(bench: &Bench, _: usize) -> Result<Program, String> {
    bench.change(
        workspace::CONFIG,
        "backupWindow: 16:00-17:00",
        "backupWindow: 02:00-03:00",
    )?;
    Ok(bench.valet(&["diff", "--base", "HEAD"]))
}

fn all_since_base(bench: &Bench, _: usize) -> Result<Program, String> {
    bench.change("valet.yaml", "cost-center: storage", "cost-center: data")?;
    Ok(bench.valet(&["diff", "--base", "HEAD"]))
}

/// Whether two trees hold the same files with the same bytes.
pub(super) fn same(left: &Path, right: &Path, options: &[&str]) -> Result<(), String> {
    let (left, right) = (left.to_string_lossy(), right.to_string_lossy());
    let arguments = [&["-rq", &left, &right], options].concat();
    Program::new("diff", &arguments).run().map(drop)
}

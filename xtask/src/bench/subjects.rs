//! What is measured, and what each is measured against.

use std::path::PathBuf;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use super::{
    measure::{Sample, Summary, sample},
    workspace,
};
use crate::{files, shell};

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
const THREADS: [&str; 3] = ["1", "2", "8"];

/// A workspace to measure in.
pub(super) struct Bench<'a> {
    pub(super) sh: &'a Shell,
    /// A shell in its folder.
    pub(super) inside: &'a Shell,
    pub(super) valet_rds: PathBuf,
    pub(super) python: PathBuf,
    pub(super) folder: PathBuf,
}

/// Prepares a round, and says what to measure.
type Subject = (
    &'static str,
    for<'a> fn(&Bench<'a>, usize) -> Result<Cmd<'a>>,
);

/// In the order of one round: each stands next to its yardstick.
const SUBJECTS: [Subject; 10] = [
    (SCRIPT, |bench, round| {
        bench.put_aside("script", &round.to_string())?;
        Ok(bench.script())
    }),
    (COLD, |bench, round| {
        bench.put_aside("generated", &round.to_string())?;
        Ok(bench.valet("generate"))
    }),
    (COPY, |bench, round| {
        bench.put_aside("copy", &round.to_string())?;
        Ok(bench.within("cp -r generated copy"))
    }),
    (UNCHANGED, |bench, _| Ok(bench.valet("generate"))),
    (COMPARE, |bench, _| {
        Ok(bench.within("diff -rq generated copy"))
    }),
    (CHECK_TREE, |bench, _| Ok(bench.valet("generate --check"))),
    (CHECK, |bench, _| Ok(bench.valet("check"))),
    (READ, |bench, _| {
        let mut command = bench.within("cat valet.yaml");
        for folder in files::folders(bench.sh, bench.folder.join("configs"))? {
            command = command.args(bench.sh.read_dir(folder)?);
        }
        Ok(command)
    }),
    (PREVIEW, |bench, _| {
        Ok(bench.valet("preview").arg(workspace::UNIT))
    }),
    // Each round writes another size, so that there is always something to do; the copy of the roots stays out of it.
    (ONE, |bench, round| {
        let path = bench.folder.join(workspace::CONFIG);
        let text = bench.sh.read_file(&path)?;
        let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
        bench.sh.write_file(
            &path,
            format!("allocatedStorage: \"{}\"\n{rest}", 60 + round),
        )?;
        Ok(bench.valet("generate"))
    }),
];

/// These come last: they leave the workspace changed.
const DIFFS: [Subject; 2] = [
    (DIFF_ONE, |bench, _| {
        bench.change(
            workspace::CONFIG,
            "backupWindow: 16:00-17:00",
            "backupWindow: 02:00-03:00",
        )?;
        Ok(bench.valet("diff --base HEAD"))
    }),
    (DIFF_ALL, |bench, _| {
        bench.change("valet.yaml", "cost-center: storage", "cost-center: data")?;
        Ok(bench.valet("diff --base HEAD"))
    }),
];

impl<'a> Bench<'a> {
    /// Measures everything, round by round, after one round that is not counted.
    pub(super) fn run(&self, rounds: usize) -> Result<Vec<(&'static str, Summary)>> {
        let mut measured = self.measure(&SUBJECTS, rounds)?;
        // Everything that is not generated, as a commit.
        for line in [
            "git init --quiet",
            "git add valet.yaml configs",
            "git -c user.name=bench -c user.email=bench@example.com commit --quiet --message Configs",
        ] {
            shell::output(self.within(line))?;
        }
        measured.extend(self.measure(&DIFFS, rounds)?);
        Ok(measured)
    }

    fn measure(&self, subjects: &[Subject], rounds: usize) -> Result<Vec<(&'static str, Summary)>> {
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

    /// The output is the same for any number of threads, for configs that were made in the opposite order, and for the
    /// script, which leaves out only what the units of an environment share.
    pub(super) fn compare_bytes(&self, configs: usize) -> Result<()> {
        shell::output(self.valet("generate"))?;
        shell::output(self.within("mv generated copy"))?;
        for threads in THREADS {
            shell::output(self.valet("generate").env("RAYON_NUM_THREADS", threads))?;
            shell::output(self.within("diff -rq generated copy"))?;
            self.put_aside("generated", &format!("threads-{threads}"))?;
        }
        self.put_aside("configs", "in-order")?;
        workspace::write(self.sh, &self.folder, configs, true)?;
        shell::output(self.valet("generate"))?;
        shell::output(self.within("diff -rq generated copy"))?;
        shell::output(self.script())?;
        shell::output(self.within("diff -rq --exclude=_environment generated script"))?;
        for name in ["generated", "copy", "script"] {
            self.put_aside(name, "same")?;
        }
        Ok(())
    }

    fn valet(&self, arguments: &str) -> Cmd<'a> {
        let Self {
            valet_rds, folder, ..
        } = self;
        cmd!(self.sh, "{valet_rds} --workspace {folder} --today {TODAY}").args(arguments.split(' '))
    }

    fn script(&self) -> Cmd<'a> {
        let Self { python, folder, .. } = self;
        cmd!(self.sh, "{python} xtask/bench/yardstick.py {folder}")
    }

    /// A command line of single words, run in the workspace.
    fn within(&self, line: &str) -> Cmd<'a> {
        let (program, arguments) = line.split_once(' ').unwrap_or((line, ""));
        self.inside.cmd(program).args(arguments.split(' '))
    }

    /// Puts a tree aside. Deleting it now would be in the way of what is measured next: ext4 is slow to make files while
    /// it remembers deleted ones.
    fn put_aside(&self, name: &str, when: &str) -> Result<()> {
        if self.folder.join(name).is_dir() {
            self.sh.create_dir(self.folder.join("aside"))?;
            shell::output(self.within(&format!("mv {name} aside/{name}-{when}")))?;
        }
        Ok(())
    }

    fn change(&self, file: &str, from: &str, to: &str) -> Result<()> {
        let path = self.folder.join(file);
        let text = self.sh.read_file(&path)?;
        Ok(self.sh.write_file(&path, text.replace(from, to))?)
    }
}

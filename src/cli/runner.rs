//! Running Terraform for many units: where what comes of them stands, and what is done for each.

mod explanation;
mod resume;
mod steps;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{progress::Progress, session::Session, stop::Stop};
use crate::{
    io::{
        self,
        terraform::{Stopping, Terraform, advice, last_words},
    },
    model::identity::UnitId,
    review::run::{Failed, Outcome, REVIEWED},
    terraform::{import, journal, lower::Owner},
};

pub(super) use explanation::base_commit;
pub use explanation::{Baseline, Explanation};
pub use resume::Earlier;
pub use steps::Plan;

/// Options of every command that runs Terraform.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Units at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    parallel: u16,
    /// The Terraform to run [default: the one on the path]
    #[arg(long, value_name = "PATH")]
    terraform: Option<PathBuf>,
}

/// The file of a unit in the folder of a run: what Terraform tells while it applies, one JSON document a line.
pub const JOURNAL: &str = "apply.jsonl";

/// The file that says that a unit has been applied.
pub const DONE: &str = "applied";

/// Those of all runs that were cut short, one after the other.
const JOURNALS: &str = "interrupted.jsonl";

/// What it takes to run Terraform.
#[derive(Debug)]
pub struct Runner<'a> {
    pub(super) session: &'a Session,
    pub(super) terraform: Terraform,
    stopping: Stopping,
    folder: PathBuf,
    /// The same, as it was named.
    named: PathBuf,
    parallel: usize,
}

/// A part of the units: each is in exactly one of as many shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl std::str::FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HOW: &str = "write I/N, such as 1/4: the first of four parts";
        let (number, of) = text.split_once('/').ok_or(HOW)?;
        let (number, of) = (
            number.parse().map_err(|_| HOW)?,
            of.parse().map_err(|_| HOW)?,
        );
        if number == 0 || number > of {
            return Err(HOW);
        }
        Ok(Self { number, of })
    }
}

impl Shard {
    /// The units of this part, of units in their order.
    #[must_use]
    pub fn of<T>(self, units: Vec<T>) -> Vec<T> {
        let mine = |(at, unit): (usize, T)| (at % self.of == self.number - 1).then_some(unit);
        units.into_iter().enumerate().filter_map(mine).collect()
    }
}

impl<'a> Runner<'a> {
    /// Finds Terraform, and begins to listen for being told to stop.
    ///
    /// # Errors
    /// When Terraform is not there, or too old.
    pub fn new(
        session: &'a Session,
        arguments: &RunArguments,
        folder: &Path,
    ) -> Result<Self, Stop> {
        let terraform = Terraform::find(arguments.terraform.as_deref())?;
        io::terraform::hold_folder(folder)?;
        let named = folder.to_owned();
        let folder = std::path::absolute(folder)
            .map_err(|error| Stop::Machine(format!("{}: {error}", named.display())))?;
        let stopping = Stopping::listen()?;
        Ok(Self {
            session,
            terraform,
            stopping,
            folder,
            named,
            parallel: arguments.parallel.into(),
        })
    }

    /// Does something for each unit, so many at a time; what comes of them stands in their order.
    ///
    /// # Errors
    /// When the machine has no more threads.
    pub fn each<T: Sync, R: Send>(
        &self,
        verb: &'static str,
        units: &[T],
        one: impl Fn(&T) -> R + Sync + Send,
    ) -> Result<Vec<R>, Stop> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.parallel)
            .build()
            .map_err(|error| Stop::Machine(error.to_string()))?;
        let progress = Progress::start(verb, units.len());
        let ticked = |unit: &T| {
            let done = one(unit);
            progress.tick();
            done
        };
        // One by one, not in halves: nobody knows which of them takes long.
        Ok(pool.install(|| units.par_iter().with_max_len(1).map(ticked).collect()))
    }

    /// The folder of a unit in the folder of the run.
    #[must_use]
    pub fn folder(&self, unit: &UnitId) -> PathBuf {
        self.folder.join(&unit.environment).join(&unit.namespace)
    }

    /// Makes the folder of a unit, without what earlier runs have left: neither is their plan taken for the one to come, nor
    /// what they have applied for having applied it.
    ///
    /// # Errors
    /// When the disk refuses, or what an apply has made is told nowhere else.
    pub fn begin(&self, unit: &UnitId) -> Result<(), Outcome> {
        let folder = self.folder(unit);
        if self.is_killed(unit)? {
            let named = self.named.display();
            return Err(Outcome::Failed(Failed {
                step: "plan",
                words: "an apply was killed here, and nothing else tells what it has made"
                    .to_owned(),
                advice: Some(format!(
                    "go on with it: `valet-rds apply --plans {named}`; or plan in another folder with `--out`"
                )),
                log: None,
            }));
        }
        io::terraform::make_folder(&folder)?;
        io::terraform::forget(&self.data(unit))?;
        for name in [REVIEWED, DONE, JOURNAL, JOURNALS] {
            io::terraform::remove(&folder.join(name))?;
        }
        for step in steps::LOCKING {
            io::terraform::remove(&folder.join(format!("{step}.log")))?;
        }
        Ok(())
    }

    /// Removes the plan of a unit, which may hold what nobody may read.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn forget(&self, unit: &UnitId) -> Result<(), Outcome> {
        Ok(io::terraform::forget(&self.data(unit))?)
    }

    /// The folder for what Terraform keeps of a unit: outside of the checkout, where no commit can lay anything out.
    #[must_use]
    pub fn data(&self, unit: &UnitId) -> PathBuf {
        self.folder(unit).join(".terraform")
    }

    /// A failed apply, with what Terraform has told of it.
    #[must_use]
    pub fn told(
        &self,
        unit: &UnitId,
        owner: &Owner,
        earlier: &Earlier,
        mut failed: Failed,
    ) -> Failed {
        let told = io::terraform::log(&self.folder(unit).join(JOURNAL)).unwrap_or_default();
        let errors = journal::errors(&told);
        if let Some(first) = errors.first() {
            failed.words = last_words(&first.text());
        }
        let root = self.session.workspace.join(owner.directory());
        failed.advice = if io::is_there(&root.join("errored.tfstate")) {
            Some("the state could not be saved, and stands in `errored.tfstate` in the root: before anything else, run `terraform state push errored.tfstate` there".to_owned())
        } else {
            let texts: Vec<String> = errors.iter().map(journal::Diagnostic::text).collect();
            let by_hand = || {
                let addresses = errors.iter().filter_map(|error| error.address.as_deref());
                let rest = addresses.filter(|address| !earlier.there.contains(*address));
                let all = rest.filter_map(|address| import::by_hand(&earlier.journal, address));
                let all = all.collect::<Vec<_>>().join("; ");
                (!all.is_empty()).then_some(all)
            };
            failed
                .advice
                .or_else(|| advice(&texts.join("\n")))
                .or_else(by_hand)
        };
        failed
    }
}

impl From<io::Failure> for Outcome {
    /// A file that cannot be read or written.
    fn from(failure: io::Failure) -> Self {
        Self::failed("read", failure)
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn every_unit_is_in_one_shard() {
        for count in [0, 1, 3, 10, 101] {
            let units: Vec<usize> = (0..count).collect();
            let mut all: Vec<usize> = (1..=4)
                .flat_map(|number| Shard { number, of: 4 }.of(units.clone()))
                .collect();
            all.sort_unstable();
            assert_eq!(all, units);
        }
        assert_eq!("2/3".parse(), Ok(Shard { number: 2, of: 3 }));
        for text in ["", "1", "0/3", "4/3", "a/b", "1/0", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}

//! `valet-rds affected`: the units that a change makes Terraform look at again.

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseArgument,
        context::Context,
        json::{
            self,
            affected::{Affected, Job, Matrix},
        },
        stop::Stop,
        terminal::{print, show_problems},
    },
    review::{Kind, Unit},
    text::screen::Screen,
};

/// What to do with a change that touches nothing.
const EMPTY: &str = "\
A workflow fails at a matrix without jobs. Skip its job when there is nothing to do, as in
  if: needs.affected.outputs.matrix != '{\"include\":[]}'
The JSON document has the number of units in `count`.";

/// Arguments of `affected`.
#[derive(Debug, clap::Args)]
#[command(after_help = EMPTY)]
pub struct Arguments {
    #[command(flatten)]
    base: BaseArgument,
    /// How to print the units
    #[arg(long, value_name = "FORMAT", default_value = "lines")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One unit a line
    Lines,
    /// One JSON document
    Json,
    /// A matrix for GitHub Actions, of at most 256 jobs, each for one environment
    Matrix,
}

/// Jobs that GitHub takes in one matrix.
const MOST_JOBS: usize = 256;

/// Runs the command.
///
/// # Errors
/// When a side cannot be read, or the change must not be applied.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let review = arguments.base.compare(&session)?;
    show_problems(&review.stale, &session.base, context.color);
    let units: Vec<&Unit> = review
        .units
        .iter()
        .filter(|unit| unit.kind != Kind::Gone)
        .collect();
    match arguments.format {
        Format::Lines => print(&units.iter().map(|unit| Screen::of_line(&unit.id)).collect()),
        Format::Json => json::print(&Affected::new(&units)),
        Format::Matrix => json::print_line(&matrix(&units)),
    }?;
    if review.problems.has_errors() {
        // The units above are right all the same: what is wrong is named.
        return Err(session.problems(review.problems));
    }
    if review.has_errors() {
        return Err(Stop::Rejected);
    }
    Ok(())
}

/// One job for each unit; more units than jobs share them, in their order. A job has units of one environment: it runs
/// with the permissions for that one.
fn matrix(units: &[&Unit]) -> Matrix {
    let environments: Vec<&[&Unit]> = units
        .chunk_by(|a, b| a.id.environment == b.id.environment)
        .collect();
    let counts: Vec<usize> = environments.iter().map(|units| units.len()).collect();
    let mut include: Vec<Job> = Vec::new();
    for (units, jobs) in environments.iter().zip(shares(&counts)) {
        let start = |job: usize| job * units.len() / jobs;
        for job in 0..jobs {
            let units = units.get(start(job)..start(job + 1)).unwrap_or_default();
            let words = |get: fn(&Unit) -> String| {
                let words: Vec<_> = units.iter().map(|unit| get(unit)).collect();
                words.join(" ")
            };
            let environment = units.first().map(|unit| unit.id.environment.clone());
            include.push(Job {
                job: include.len() + 1,
                environment: environment.unwrap_or_default(),
                units: words(|unit| unit.id.to_string()),
                directories: words(|unit| unit.directory.clone()),
            });
        }
    }
    Matrix { include }
}

/// How many jobs environments with so many units get: one each, and the others where most units would share one.
fn shares(counts: &[usize]) -> Vec<usize> {
    let all: usize = counts.iter().sum();
    let mut shares = vec![1; counts.len()];
    for _ in counts.len()..all.min(MOST_JOBS) {
        let crowded = shares.iter_mut().zip(counts).max_by(|a, b| {
            let (a, b) = ((*a.0, a.1), (*b.0, b.1));
            (a.1 * b.0).cmp(&(b.1 * a.0))
        });
        if let Some((share, _)) = crowded {
            *share += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Job, Kind, Unit, matrix};
    use crate::model::identity::UnitId;

    fn units(counts: &[usize]) -> Vec<Unit> {
        let unit = |environment: usize, number: usize| Unit {
            id: UnitId::new(format!("e{environment}"), number.to_string()),
            directory: format!("generated/e{environment}/{number}"),
            kind: Kind::Changed,
            lines: Vec::new(),
            upgrade: Vec::new(),
            hcl: Vec::new(),
            allow: Vec::new(),
        };
        let counts = counts.iter().enumerate();
        counts
            .flat_map(|(at, count)| (0..*count).map(move |number| unit(at, number)))
            .collect()
    }

    /// How many jobs each environment has, and how many units the fullest of them.
    fn fullest(jobs: &[Job]) -> Vec<(usize, usize)> {
        let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for job in jobs {
            let (count, most) = found.entry(&job.environment).or_default();
            *count += 1;
            *most = (*most).max(job.units.split(' ').count());
        }
        found.into_values().collect()
    }

    #[test]
    fn a_matrix_has_every_unit_once_in_its_environment_and_never_too_many_jobs() {
        for (counts, expected) in [
            (&[][..], &[][..]),
            (&[1], &[(1, 1)]),
            (&[256], &[(256, 1)]),
            (&[257], &[(256, 2)]),
            (&[1000], &[(256, 4)]),
            (&[3, 2], &[(3, 1), (2, 1)]),
            (&[255, 1], &[(255, 1), (1, 1)]),
            (&[300, 1], &[(255, 2), (1, 1)]),
            (&[600, 300], &[(170, 4), (86, 4)]),
            (&[10000, 10, 1], &[(254, 40), (1, 10), (1, 1)]),
        ] {
            let units = units(counts);
            let matrix = matrix(&units.iter().collect::<Vec<_>>());
            assert_eq!(fullest(&matrix.include), expected, "{counts:?}");
            let jobs = matrix.include.iter();
            let words = jobs.flat_map(|job| job.units.split(' '));
            let names: Vec<_> = units.iter().map(|unit| unit.id.to_string()).collect();
            assert_eq!(words.collect::<Vec<_>>(), names);
            for (at, job) in matrix.include.iter().enumerate() {
                assert_eq!(job.job, at + 1);
                let own = format!("{}/", job.environment);
                assert!(job.units.split(' ').all(|unit| unit.starts_with(&own)));
            }
        }
    }
}

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
};

/// Arguments of `affected`.
#[derive(Debug, clap::Args)]
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
    /// A matrix for GitHub Actions, of at most 256 jobs
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
    let review = arguments.base.compare(&session)?.review;
    show_problems(&review.stale, &session.base, context.color);
    let units: Vec<&Unit> = review
        .units
        .iter()
        .filter(|unit| unit.kind != Kind::Gone)
        .collect();
    match arguments.format {
        Format::Lines => print(
            units
                .iter()
                .flat_map(|unit| [unit.id.to_string(), "\n".to_owned()])
                .collect::<String>(),
        ),
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

/// One job for each unit; more units than jobs share them evenly, in their order.
fn matrix(units: &[&Unit]) -> Matrix {
    let jobs = units.len().min(MOST_JOBS);
    let start = |job: usize| job * units.len() / jobs.max(1);
    let include = (0..jobs).map(|job| {
        let units = units.get(start(job)..start(job + 1)).unwrap_or_default();
        let words = |get: fn(&Unit) -> String| {
            let words: Vec<_> = units.iter().map(|unit| get(unit)).collect();
            words.join(" ")
        };
        Job {
            job: job + 1,
            units: words(|unit| unit.id.to_string()),
            directories: words(|unit| unit.directory.clone()),
        }
    });
    Matrix {
        include: include.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Unit, matrix};
    use crate::model::identity::UnitId;

    fn units(count: usize) -> Vec<Unit> {
        let unit = |number: usize| Unit {
            id: UnitId::new("dev", number.to_string()),
            directory: format!("generated/dev/{number}"),
            kind: Kind::Changed,
            lines: Vec::new(),
            upgrade: Vec::new(),
            hcl: Vec::new(),
            allow: Vec::new(),
        };
        (0..count).map(unit).collect()
    }

    #[test]
    fn a_matrix_has_every_unit_once_and_never_too_many_jobs() {
        for count in [0, 1, 255, 256, 257, 511, 512, 1000] {
            let units = units(count);
            let matrix = matrix(&units.iter().collect::<Vec<_>>());
            assert_eq!(matrix.include.len(), count.min(256));
            let jobs = matrix.include.iter();
            let words = jobs.flat_map(|job| job.units.split(' '));
            let names: Vec<_> = units.iter().map(|unit| unit.id.to_string()).collect();
            assert_eq!(words.collect::<Vec<_>>(), names);
        }
    }
}

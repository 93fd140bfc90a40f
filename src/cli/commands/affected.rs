//! `valet-rds affected`: the units that a change makes Terraform look at again.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseArgument,
        complete,
        context::Context,
        json::{
            self,
            affected::{Affected, Job, Matrix, Part},
        },
        session::Session,
        stop::Stop,
        terminal::{note, print, show_problems},
    },
    diagnostic::Diagnostics,
    io::git::Repository,
    model::identity::UnitId,
    review::{Kind, Unit},
    terraform::lower::Owner,
    text::{screen::Screen, unicode::spelt_out},
};

/// What to do with a change that touches nothing.
const EMPTY: &str = "\
A workflow fails at a matrix without jobs. Skip its job when there is nothing to do, as in
  if: needs.affected.outputs.matrix != '{\"include\":[]}'
or with --format github as in
  if: needs.affected.outputs.dev3 != '[]'
The JSON document has the number of units in `count`.";

/// Arguments of `affected`.
#[derive(Debug, clap::Args)]
#[command(after_help = EMPTY)]
pub struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Take a base without any root for the beginning: everything is new
    #[arg(long, conflicts_with = "all")]
    first: bool,
    /// Print the units of this environment alone
    #[arg(long, value_name = "ENVIRONMENT", add = complete::environments())]
    environment: Option<String>,
    /// At most so many jobs for an environment [default: as many as a matrix takes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How to print the units
    #[arg(long, value_name = "FORMAT", default_value = "lines")]
    format: Format,
}

/// What the units are asked of.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// Branch, tag or commit that the change goes into: compared is where HEAD left it, read from git without a checkout
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// Folder of another copy of the workspace to compare with
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
    /// What was applied last: HEAD has to contain it. Every unit, when there is no such reference yet
    #[arg(long, value_name = "REF")]
    since: Option<String>,
    /// Every unit
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One unit a line
    Lines,
    /// One JSON document
    Json,
    /// A matrix for GitHub Actions, of at most 256 jobs, each for one environment
    Matrix,
    /// Outputs of a step of GitHub Actions, one for each environment: its jobs
    Github,
}

/// Jobs that GitHub takes in one matrix.
const MOST_JOBS: usize = 256;

/// Runs the command.
///
/// # Errors
/// When a side cannot be read, or the change must not be applied.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let environments = match &arguments.environment {
        Some(name) => vec![session.environment(name)?.name.clone()],
        None => session
            .environments
            .iter()
            .map(|known| known.name.clone())
            .collect(),
    };
    let found = find(arguments, &session, context)?;
    let is_meant = |unit: &&Unit| match &arguments.environment {
        Some(name) => unit.id.environment == *name,
        None => true,
    };
    let units: Vec<&Unit> = found.units.iter().filter(is_meant).collect();
    refuse_strange(&units, arguments.format)?;
    let most = arguments.jobs.map_or(MOST_JOBS, usize::from);
    match arguments.format {
        Format::Lines => print(&units.iter().map(|unit| Screen::of_line(&unit.id)).collect()),
        Format::Json => json::print(&Affected::new(&units)),
        Format::Matrix => json::print_line(&matrix(&units, most)),
        Format::Github => print(&outputs(&environments, &units, most)),
    }?;
    if found.problems.has_errors() {
        // The units above are right all the same: what is wrong is named.
        return Err(session.problems(found.problems));
    }
    if found.is_refused {
        return Err(Stop::Rejected);
    }
    Ok(())
}

/// The units that are still there, and what is wrong with the change.
struct Found {
    units: Vec<Unit>,
    problems: Diagnostics,
    is_refused: bool,
}

fn find(arguments: &Arguments, session: &Session, context: &Context) -> Result<Found, Stop> {
    let Named {
        reference,
        folder,
        since,
        all,
    } = &arguments.named;
    let base = match (reference, folder, since) {
        (Some(reference), ..) => BaseArgument::commit(reference, arguments.first),
        (_, Some(folder), _) => BaseArgument::folder(folder, arguments.first),
        (.., Some(applied)) if !all && was_applied(session, applied)? => {
            BaseArgument::commit(applied, arguments.first)
        }
        _ => return every(session),
    };
    let review = base.compare(session)?;
    show_problems(&review.stale, &session.base, context.color);
    let is_refused = review.has_errors();
    let mut units = review.units;
    units.retain(|unit| unit.kind != Kind::Gone);
    Ok(Found {
        units,
        problems: review.problems,
        is_refused,
    })
}

/// Whether anything was applied, so that only what came after it is left to do.
fn was_applied(session: &Session, applied: &str) -> Result<bool, Stop> {
    match Repository::find(&session.workspace)?.contains(applied)? {
        Some(true) => Ok(true),
        None => {
            note(format!(
                "there is no {} yet: every unit",
                spelt_out(applied)
            ));
            Ok(false)
        }
        Some(false) => Err(Stop::Machine(format!(
            "HEAD does not contain {}, which was applied last: this run is older, or the branch was written anew; run it on the newest commit",
            spelt_out(applied)
        ))),
    }
}

/// Every unit of the workspace.
fn every(session: &Session) -> Result<Found, Stop> {
    let compiled = session.compile_sound()?;
    let unit = |owner: &Owner| Unit {
        id: owner.unit(),
        directory: session.in_repository(owner),
        base: None,
        kind: Kind::Changed,
        lines: Vec::new(),
        upgrade: Vec::new(),
        hcl: Vec::new(),
        allow: Vec::new(),
    };
    let mut units: Vec<Unit> = session.owners(&compiled).iter().map(unit).collect();
    units.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Found {
        units,
        problems: Diagnostics::new(),
        is_refused: false,
    })
}

/// Names go on to programs that split them at spaces, and to shells. A config cannot have another name than one of these
/// letters, but a folder that somebody has committed can.
fn refuse_strange(units: &[&Unit], format: Format) -> Result<(), Stop> {
    let is_plain = |unit: &&&Unit| {
        let UnitId {
            environment,
            namespace,
        } = &unit.id;
        let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
        let is_name = |name: &str| !name.starts_with('-') && name.bytes().all(is_letter);
        let is_path = |letter: u8| is_letter(letter) || b"./".contains(&letter);
        let is_path = format != Format::Matrix || unit.directory.bytes().all(is_path);
        is_name(environment) && is_name(namespace) && is_path
    };
    match units.iter().find(|unit| !is_plain(unit)) {
        None => Ok(()),
        Some(unit) => {
            note(format!(
                "{}: no name that a config can have; rename the folder, or remove it",
                spelt_out(&unit.directory)
            ));
            Err(Stop::Rejected)
        }
    }
}

/// For each environment its jobs, as an output of a step.
fn outputs(environments: &[String], units: &[&Unit], most: usize) -> Screen {
    let mut lines = String::new();
    for environment in environments {
        let own = units
            .iter()
            .filter(|unit| unit.id.environment == *environment);
        let own: Vec<&Unit> = own.copied().collect();
        let jobs = matrix(&own, most).include.into_iter();
        let parts: Vec<_> = jobs
            .map(|Job { job, units, .. }| Part { job, units })
            .collect();
        let parts = serde_json::to_string(&parts).unwrap_or_default();
        lines.extend([environment, "=", &parts, "\n"]);
    }
    Screen::lines(&lines)
}

/// One job for each unit; more units than jobs share them, in their order. A job has units of one environment: it runs
/// with the permissions for that one.
fn matrix(units: &[&Unit], most: usize) -> Matrix {
    let environments: Vec<&[&Unit]> = units
        .chunk_by(|a, b| a.id.environment == b.id.environment)
        .collect();
    let counts: Vec<usize> = environments.iter().map(|units| units.len()).collect();
    let mut include: Vec<Job> = Vec::new();
    for (units, jobs) in environments.iter().zip(shares(&counts)) {
        let jobs = jobs.min(most);
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

    use super::{Job, Kind, MOST_JOBS, Unit, matrix};
    use crate::model::identity::UnitId;

    fn units(counts: &[usize]) -> Vec<Unit> {
        let unit = |environment: usize, number: usize| Unit {
            id: UnitId::new(format!("e{environment}"), number.to_string()),
            directory: format!("generated/e{environment}/{number}"),
            base: None,
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
            let matrix = matrix(&units.iter().collect::<Vec<_>>(), MOST_JOBS);
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

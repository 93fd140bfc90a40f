//! `valet-rds ci`: the pipeline of the workspace, as files of a CI system.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::{
    cli::{
        context::Context,
        session::Session,
        stop::Stop,
        terminal::{note, print},
    },
    diagnostic::report,
    io,
    pipeline::{self, PipelineFile},
    text::{screen::Screen, unicode::spelt_out},
    yaml::MAX_BYTES,
};

/// Arguments of `ci`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The system that runs it
    #[arg(value_name = "SYSTEM")]
    system: System,
    /// Write nothing; name the files that are not up to date and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; print these pages of jobs as one comment of a pull request
    #[arg(long, value_name = "PAGE", num_args = 1.., conflicts_with = "check")]
    comment: Option<Vec<PathBuf>>,
}

/// A system that runs pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum System {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
    /// Buildkite
    Buildkite,
}

impl System {
    /// Its name as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.of().as_str()
    }

    const fn of(self) -> pipeline::System {
        match self {
            Self::Github => pipeline::System::Github,
            Self::Gitlab => pipeline::System::Gitlab,
            Self::Buildkite => pipeline::System::Buildkite,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When `valet.yaml` is wrong, a file of somebody else is in the way, or, with `--check`, a file is not up to date.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    if let Some(pages) = &arguments.comment {
        return comment(&session, pages);
    }
    let (top, stale) = stale(&session, arguments.system)?;
    if arguments.check {
        return check(&stale, arguments.system);
    }
    write(&top, &stale)?;
    advise(&session, arguments.system);
    Ok(())
}

/// Writes the pipeline of a workspace that is new.
///
/// # Errors
/// As [`run`].
pub fn begin(session: &Session, system: System) -> Result<(), Stop> {
    let (top, stale) = stale(session, system)?;
    write(&top, &stale)?;
    advise(session, system);
    Ok(())
}

/// A file that is not up to date.
struct Stale {
    file: PipelineFile,
    is_there: bool,
}

/// The top of the repository, and the files in it that are not up to date.
fn stale(session: &Session, system: System) -> Result<(PathBuf, Vec<Stale>), Stop> {
    let Some((top, prefix)) = io::git::place(&session.workspace) else {
        return Err(Stop::Usage(format!(
            "{} is in no git repository, whose pipeline could be written",
            session.workspace.display()
        )));
    };
    if !pipeline::takes(&prefix) {
        return Err(Stop::Usage(format!(
            "the path of the workspace cannot stand in a pipeline: {}; name its folders with letters, digits, `-`, `_` and `.`",
            spelt_out(&prefix)
        )));
    }
    let mut stale = Vec::new();
    for file in pipeline::files(system.of(), &session.environments, &prefix) {
        let bytes = io::find_in(&top, &file.path)?;
        let there = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match there {
            // Git may have given it the line ends of the system.
            Some(there) if there.replace("\r\n", "\n") == file.text => {}
            Some(there) if !pipeline::is_own(&there, &file) => {
                return Err(Stop::Usage(format!(
                    "{} is not of this workspace's pipeline; nothing is overwritten",
                    file.path
                )));
            }
            there => stale.push(Stale {
                file,
                is_there: there.is_some(),
            }),
        }
    }
    Ok((top, stale))
}

fn check(stale: &[Stale], system: System) -> Result<(), Stop> {
    if stale.is_empty() {
        return Ok(());
    }
    let line = |Stale { file, is_there }: &Stale| {
        let what = if *is_there { "stale" } else { "missing" };
        Screen::of_line(format_args!("{what} {}", file.path))
    };
    print(&stale.iter().map(line).collect())?;
    note(format!(
        "{} of the pipeline not up to date: run `valet-rds ci {}` and commit the result",
        report::plural(stale.len(), "file"),
        system.as_str()
    ));
    Err(Stop::Rejected)
}

fn write(top: &std::path::Path, stale: &[Stale]) -> Result<(), Stop> {
    for Stale { file, is_there } in stale {
        io::write_config(top, &file.path, &file.text)?;
        let verb = if *is_there { "updated" } else { "created" };
        print(&Screen::of_line(format_args!("{verb} {}", file.path)))?;
    }
    Ok(())
}

/// What the pipeline still needs.
fn advise(session: &Session, system: System) {
    let Some(first) = session.environments.first() else {
        return;
    };
    let ci = &first.ci;
    if system == System::Github && ci.action.is_none() {
        note("without `ci.action` the runners must have valet-rds on their path");
    }
    if system != System::Github && ci.image.is_none() {
        note("without `ci.image` the runners must have valet-rds, git and Terraform on their path");
    }
    let without: Vec<_> = session
        .environments
        .iter()
        .filter(|environment| {
            let told = ci
                .environments
                .iter()
                .find(|told| told.name == environment.name);
            told.is_none_or(|told| told.plan_role_arn.is_none() || told.apply_role_arn.is_none())
        })
        .map(|environment| environment.name.clone())
        .collect();
    if !without.is_empty() {
        note(format!(
            "without roles in `ci.environments` these use the credentials of the runners: {}",
            report::first(&without)
        ));
    }
    note("the top of the files says which settings no file can make");
}

fn comment(session: &Session, pages: &[PathBuf]) -> Result<(), Stop> {
    let mut texts = Vec::new();
    for page in pages {
        let bytes = io::read_all(MAX_BYTES, page)?;
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    print(&Screen::lines(&pipeline::comment(&session.prefix, &texts)))
}

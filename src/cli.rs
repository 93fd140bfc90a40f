//! Arguments, exit codes, and what every command shares: a session in one workspace.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is the command line: the one place that prints and knows the date"
)]

mod life;

use std::{
    collections::BTreeSet,
    fmt,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    command,
    compile::{self, Compiled, WORKSPACE_FILE},
    disk,
    instance::Environment,
    problem::Problem,
    report, suggest,
};

/// Compiles one YAML file per database into a reviewed Terraform root module.
#[derive(Debug, Parser)]
#[command(name = "valet-rds", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Folder with the `valet.yaml` [default: the nearest one from here upwards]
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// The day that support dates and waivers are measured against, as YYYY-MM-DD [default: today]
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    today: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the units whose Terraform a change touches
    Affected(command::affected::Arguments),
    /// Validate every config
    Check(command::check::Arguments),
    /// Show what a change does to each database, before anyone applies it
    Diff(command::diff::Arguments),
    /// Show where a generated value comes from, or what a line of a config leads to
    Explain(command::explain::Arguments),
    /// Stop a Terraform plan that takes away what no config has declared
    Gate(command::gate::Arguments),
    /// Write the Terraform roots
    Generate(command::generate::Arguments),
    /// Print the Terraform of one unit or file
    Preview(command::preview::Arguments),
    /// Write the next step of a database's retirement into its config
    Retire(command::retire::Arguments),
    /// Print the rules, or explain one
    Rules(command::rules::Arguments),
    /// Print the JSON Schema of the configs or of `valet.yaml`
    Schema(command::schema::Arguments),
}

/// Runs a command.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let global = &arguments.global;
    let result = match &arguments.command {
        Command::Affected(arguments) => command::affected::run(arguments, global),
        Command::Check(arguments) => command::check::run(arguments, global),
        Command::Diff(arguments) => command::diff::run(arguments, global),
        Command::Explain(arguments) => command::explain::run(arguments, global),
        Command::Gate(arguments) => command::gate::run(arguments, global),
        Command::Generate(arguments) => command::generate::run(arguments, global),
        Command::Preview(arguments) => command::preview::run(arguments, global),
        Command::Retire(arguments) => command::retire::run(arguments, global),
        Command::Rules(arguments) => command::rules::run(arguments),
        Command::Schema(arguments) => command::schema::run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Rejected) => ExitCode::from(1),
        Err(Stop::Problems { problems, base }) => {
            show_problems(&problems, &base, global);
            eprintln!("{}", report::Count::of(&problems).words());
            ExitCode::from(1)
        }
        Err(Stop::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// Why a command ends without success.
#[derive(Debug)]
pub enum Stop {
    /// It has already said why: exit code 1.
    Rejected,
    /// The input is wrong: exit code 1.
    Problems {
        /// What is wrong.
        problems: Vec<Problem>,
        /// What goes before the paths.
        base: String,
    },
    /// Wrong usage, or the machine refuses: exit code 2.
    Usage(String),
}

impl From<disk::Failure> for Stop {
    fn from(failure: disk::Failure) -> Self {
        Self::Usage(failure.to_string())
    }
}

/// A workspace that is open.
#[derive(Debug)]
pub struct Session {
    /// Its folder.
    pub workspace: PathBuf,
    /// What goes before the paths in it, so that they can be opened from here.
    pub base: String,
    /// Its environments.
    pub environments: Vec<Arc<Environment>>,
    /// The day, as `YYYY-MM-DD`.
    pub today: String,
}

impl Session {
    /// Opens the workspace that the user means.
    ///
    /// # Errors
    /// When there is none, or its `valet.yaml` is wrong.
    pub fn open(global: &Global) -> Result<Self, Stop> {
        let workspace = match &global.workspace {
            Some(folder) => folder.clone(),
            None => disk::find_workspace().ok_or_else(|| {
                Stop::Usage(format!(
                    "no {WORKSPACE_FILE} here or above; name its folder with --workspace"
                ))
            })?,
        };
        let base = base(&workspace);
        let environments = compile::open(disk::read(&workspace.join(WORKSPACE_FILE))?).map_err(
            |mut problems| {
                compile::finish(&mut problems);
                Stop::Problems {
                    problems,
                    base: base.clone(),
                }
            },
        )?;
        Ok(Self {
            workspace,
            base,
            environments,
            today: global.today(),
        })
    }

    /// Compiles the whole workspace; the number is of configs read.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn compile(&self) -> Result<(Compiled, usize), Stop> {
        let (compiled, paths) = self.compile_paths()?;
        Ok((compiled, paths.len()))
    }

    /// Compiles the whole workspace; with the paths of the configs read.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn compile_paths(&self) -> Result<(Compiled, BTreeSet<String>), Stop> {
        let (files, problems) = disk::configs(&self.workspace, &self.environments)?;
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let mut compiled = compile::compile(&self.environments, files, &self.today);
        compiled.problems.extend(problems);
        compile::finish(&mut compiled.problems);
        Ok((compiled, paths))
    }

    /// The environment and the path of a unit's config.
    ///
    /// # Errors
    /// When the workspace has no such unit.
    pub fn find(&self, unit: &str) -> Result<(&Arc<Environment>, String), Stop> {
        let usage = |message: String| Err(Stop::Usage(message));
        let Some((environment, namespace)) = unit.split_once('/') else {
            return usage(format!(
                "`{unit}` is not a unit: write ENVIRONMENT/NAMESPACE"
            ));
        };
        let names: Vec<_> = self.environments.iter().map(|known| &known.name).collect();
        let Some(found) = self
            .environments
            .iter()
            .find(|known| known.name == environment)
        else {
            let known = suggest::list(&names);
            return usage(format!(
                "`{unit}`: there is no environment `{environment}`; there are {known}"
            ));
        };
        let path = format!("{}/{namespace}.yaml", found.written.configs);
        if namespace.contains('/') || !disk::is_file(&self.workspace.join(&path)) {
            let known = disk::namespaces(&self.workspace, found);
            let hint = suggest::nearest(namespace, &known).map_or(String::new(), |near| {
                format!("; did you mean `{environment}/{near}`?")
            });
            return usage(format!("`{unit}`: there is no {}{path}{hint}", self.base));
        }
        Ok((found, path))
    }

    /// Folder of the generated roots, relative to the workspace.
    #[must_use]
    pub fn output(&self) -> &str {
        self.environments
            .first()
            .map_or("generated", |environment| &environment.output)
    }

    /// A stop for these problems.
    #[must_use]
    pub fn problems(&self, problems: Vec<Problem>) -> Stop {
        Stop::Problems {
            problems,
            base: self.base.clone(),
        }
    }
}

/// Only the problems that concern some units: those in their configs and in `valet.yaml`. All, when none is named.
#[must_use]
pub fn concerning(problems: Vec<Problem>, paths: &[String]) -> Vec<Problem> {
    let concerns = |path: &String| path == WORKSPACE_FILE || paths.contains(path);
    problems
        .into_iter()
        .filter(|problem| {
            let also = problem
                .also
                .as_ref()
                .is_some_and(|(place, _)| paths.contains(&place.file.path));
            paths.is_empty() || concerns(&problem.place.file.path) || also
        })
        .collect()
}

impl Global {
    /// Whether a stream gets colour.
    #[must_use]
    pub fn colors(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                stream.is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }

    /// Today, or the day that the user pretends it is.
    #[must_use]
    pub fn today(&self) -> String {
        self.today.clone().unwrap_or_else(|| {
            let seconds = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs());
            civil(seconds / 86400)
        })
    }
}

fn date(text: &str) -> Result<String, String> {
    let digits = |part: Option<&str>, length| {
        part.filter(|part| {
            part.len() == length && part.chars().all(|letter| letter.is_ascii_digit())
        })
        .and_then(|part| part.parse::<u32>().ok())
    };
    let mut parts = text.split('-');
    let (year, month, day) = (
        digits(parts.next(), 4),
        digits(parts.next(), 2),
        digits(parts.next(), 2),
    );
    match (year, month, day, parts.next()) {
        (Some(_), Some(1..=12), Some(1..=31), None) => Ok(text.to_owned()),
        _ => Err("write it as YYYY-MM-DD".to_owned()),
    }
}

/// Days since 1970-01-01 as `YYYY-MM-DD`, after Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> String {
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn base(workspace: &Path) -> String {
    let text = workspace.to_string_lossy().replace('\\', "/");
    match text.trim_end_matches('/') {
        "" if text.starts_with('/') => "/".to_owned(),
        "" | "." => String::new(),
        folder => format!("{folder}/"),
    }
}

/// Draws problems on standard error.
pub fn show_problems(problems: &[Problem], base: &str, global: &Global) {
    let stderr = std::io::stderr();
    eprint!(
        "{}",
        report::draw(problems, base, global.colors(&stderr), width())
    );
}

/// Columns that problems are drawn in.
fn width() -> usize {
    const COMFORTABLE: usize = 100;
    COMFORTABLE
}

/// Prints to standard output. A reader that has gone away ends the program quietly.
pub fn print(text: impl fmt::Display) {
    let mut stdout = std::io::stdout().lock();
    if write!(stdout, "{text}")
        .and_then(|()| stdout.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// Prints a remark to standard error.
pub fn note(text: impl fmt::Display) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(civil(days), date);
        }
    }
}

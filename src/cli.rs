//! Arguments, exit codes, and what every command shares: a session in one workspace.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is the command line: the one place that prints and knows the date"
)]

pub mod commands;
pub mod complete;
pub mod legacy;
mod progress;
mod prompt;
mod retirement;
mod start;
mod unit_argument;

use std::{
    collections::BTreeSet,
    fmt,
    fs::File,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, LazyLock},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    compile::{self, Compiled, WORKSPACE_FILE},
    config::schema,
    diagnostic::{Problem, report},
    io,
    model::Environment,
    text::suggest,
};

pub use progress::Progress;
pub use prompt::{ask, can_ask};
pub use start::{command, start};
pub use unit_argument::Which;
pub(crate) use unit_argument::missing;

/// Compiles one YAML file per database into a reviewed Terraform root module.
#[derive(Debug, Parser)]
#[command(name = "valet-rds", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Heading of the options that every command has.
const EVERYWHERE: &str = "Options of every command";

/// Options of every command.
#[derive(Clone, Debug, clap::Args)]
pub struct Global {
    /// Folder with the `valet.yaml` [default: the nearest one from here upwards]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// The day that support dates and waivers are measured against, as YYYY-MM-DD [default: today]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DATE", value_parser = crate::text::date::parse)]
    today: Option<String>,
    /// Environment of a command that is about one unit
    #[arg(long, value_name = "ENVIRONMENT", add = complete::environments())]
    environment: Option<String>,
    /// Namespace of a command that is about one unit
    #[arg(long, value_name = "NAMESPACE", add = complete::namespaces())]
    namespace: Option<String>,
    /// How the program's own name is typed.
    #[arg(skip = "valet-rds")]
    pub program: &'static str,
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
    Affected(commands::affected::Arguments),
    /// Validate every config
    Check(commands::check::Arguments),
    /// Print the script that completes commands, environments, namespaces and rules in a shell
    Completions(commands::completions::Arguments),
    /// Write the config of a database, or change values in it
    Create(Box<commands::create::Arguments>),
    /// Show what a change does to each database, before anyone applies it
    Diff(commands::diff::Arguments),
    /// Show where a generated value comes from, or what a line of a config leads to
    Explain(commands::explain::Arguments),
    /// Stop a Terraform plan that takes away what no config has declared
    Gate(commands::gate::Arguments),
    /// Write the Terraform roots
    Generate(commands::generate::Arguments),
    /// Draw the wiring of a unit, or of an environment
    Graph(commands::graph::Arguments),
    /// Do all that comes after apply, and print what to tell the team
    Handoff(commands::handoff::Arguments),
    /// Print everything that is decided about a database, where it comes from, and its names in AWS
    Info(commands::info::Arguments),
    /// Make a workspace that compiles at once
    Init(commands::init::Arguments),
    /// Print what a namespace needs in Kubernetes
    K8s(commands::k8s::Arguments),
    /// Print the Terraform of one unit or file
    Preview(commands::preview::Arguments),
    /// Write a database's entry to the private-link repository
    Privatelink(commands::privatelink::Arguments),
    /// Write the next step of a database's retirement into its config
    Retire(commands::retire::Arguments),
    /// Print the rules, or explain one
    Rules(commands::rules::Arguments),
    /// Print the JSON Schema of the configs or of `valet.yaml`
    Schema(commands::schema::Arguments),
}

/// Runs a command.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let global = &arguments.global;
    let named = global.environment.is_some() || global.namespace.is_some();
    let result = match &arguments.command {
        Command::Create(arguments) => commands::create::run(arguments, global),
        Command::Info(arguments) => commands::info::run(arguments, global),
        Command::Handoff(arguments) => commands::handoff::run(arguments, global),
        Command::K8s(arguments) => commands::k8s::run(arguments, global),
        Command::Privatelink(arguments) => commands::privatelink::run(arguments, global),
        Command::Graph(arguments) => commands::graph::run(arguments, global),
        _ if named => Err(Stop::Usage(
            "--environment and --namespace go with commands about one unit".to_owned(),
        )),
        Command::Completions(arguments) => commands::completions::run(arguments, global),
        Command::Affected(arguments) => commands::affected::run(arguments, global),
        Command::Check(arguments) => commands::check::run(arguments, global),
        Command::Diff(arguments) => commands::diff::run(arguments, global),
        Command::Explain(arguments) => commands::explain::run(arguments, global),
        Command::Gate(arguments) => commands::gate::run(arguments, global),
        Command::Generate(arguments) => commands::generate::run(arguments, global),
        Command::Init(arguments) => commands::init::run(arguments),
        Command::Preview(arguments) => commands::preview::run(arguments, global),
        Command::Retire(arguments) => commands::retire::run(arguments, global),
        Command::Rules(arguments) => commands::rules::run(arguments),
        Command::Schema(arguments) => commands::schema::run(arguments),
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

impl From<io::Failure> for Stop {
    fn from(failure: io::Failure) -> Self {
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
    /// The folder of the workspace that the user means.
    ///
    /// # Errors
    /// When there is none.
    pub fn workspace(global: &Global) -> Result<PathBuf, Stop> {
        let found = global.workspace.clone().or_else(io::find_workspace);
        found.ok_or_else(|| {
            Stop::Usage(format!(
                "no {WORKSPACE_FILE} here or above; name its folder with --workspace"
            ))
        })
    }

    /// Opens the workspace that the user means.
    ///
    /// # Errors
    /// When there is none, or its `valet.yaml` is wrong.
    pub fn open(global: &Global) -> Result<Self, Stop> {
        Self::open_at(Self::workspace(global)?, global)
    }

    /// Opens the workspace that the user means for writing: nothing is read before the lock, so whoever had to wait for
    /// another run works with what that one left. The lock holds until it is dropped.
    ///
    /// # Errors
    /// When there is none, it cannot be locked, or its `valet.yaml` is wrong.
    pub fn open_locked(global: &Global) -> Result<(Self, File), Stop> {
        let workspace = Self::workspace(global)?;
        let lock = Self::lock(&workspace)?;
        Ok((Self::open_at(workspace, global)?, lock))
    }

    /// Keeps other runs from writing until it is dropped; waits for one that is writing.
    ///
    /// # Errors
    /// When there is nothing to lock.
    pub fn lock(workspace: &Path) -> Result<File, Stop> {
        if let Some(lock) = io::try_lock(workspace)? {
            return Ok(lock);
        }
        note("another run is writing in this workspace; waiting for it");
        Ok(io::lock(workspace)?)
    }

    fn open_at(workspace: PathBuf, global: &Global) -> Result<Self, Stop> {
        let base = base(&workspace);
        let written = io::read(&workspace.join(WORKSPACE_FILE))?;
        // Compiling the schemas takes most of a short run: one core each.
        let (environments, _) = rayon::join(
            || compile::open(written),
            || LazyLock::force(&schema::CONFIG),
        );
        let environments = environments.map_err(|mut problems| {
            compile::finish(&mut problems);
            Stop::Problems {
                problems,
                base: base.clone(),
            }
        })?;
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
        let _progress = Progress::start("compiling", 0);
        let (files, problems) = io::configs(&self.workspace, &self.environments)?;
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let mut compiled = compile::compile(&self.environments, files, &self.today);
        compiled.problems.extend(problems);
        compile::finish(&mut compiled.problems);
        Ok((compiled, paths))
    }

    /// The environment of a name.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn environment(&self, name: &str) -> Result<&Arc<Environment>, Stop> {
        let found = self.environments.iter().find(|known| known.name == name);
        found.ok_or_else(|| {
            let names: Vec<_> = self.environments.iter().map(|known| &known.name).collect();
            let known = suggest::list(&names);
            Stop::Usage(format!(
                "there is no environment `{name}`; there are {known}"
            ))
        })
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
        let found = self.environment(environment)?;
        let path = format!("{}/{namespace}.yaml", found.spec.configs);
        if namespace.contains('/') || !io::is_file(&self.workspace.join(&path)) {
            let known = io::namespaces(&self.workspace, found);
            let hint = suggest::nearest(namespace, &known).map_or(String::new(), |near| {
                format!("; did you mean `{environment}/{near}`?")
            });
            return usage(format!("`{unit}`: there is no {}{path}{hint}", self.base));
        }
        Ok((found, path))
    }

    /// The units of every config but one, which need not be there, nor its folder.
    ///
    /// # Errors
    /// When a file cannot be read, or the one must not be there.
    pub fn others(
        &self,
        environment: &Environment,
        path: &str,
    ) -> Result<Vec<crate::model::Database>, Stop> {
        let (mut files, problems) = io::configs(&self.workspace, &self.environments)?;
        let folder = environment.span("configs").range;
        let configs = self.workspace.join(&environment.spec.configs);
        // The first config of an environment brings the folder along.
        let is_new = !io::is_there(&configs);
        let in_the_way: Vec<_> = problems
            .into_iter()
            .filter(|problem| {
                let span = &problem.span;
                span.file.path == path
                    || (span.file.path == WORKSPACE_FILE && span.range == folder && !is_new)
            })
            .collect();
        if !in_the_way.is_empty() {
            return Err(self.problems(in_the_way));
        }
        files.retain(|file| file.path != path);
        Ok(compile::compile(&self.environments, files, &self.today).databases)
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
                .is_some_and(|(span, _)| paths.contains(&span.file.path));
            paths.is_empty() || concerns(&problem.span.file.path) || also
        })
        .collect()
}

impl Global {
    /// The options of a run that names at most a workspace.
    fn of(workspace: Option<PathBuf>) -> Self {
        Self {
            workspace,
            color: Color::Never,
            today: None,
            environment: None,
            namespace: None,
            program: "valet-rds",
        }
    }

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
            crate::text::date::civil(seconds / 86400)
        })
    }
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
#[must_use]
pub fn width() -> usize {
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

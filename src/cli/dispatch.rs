//! From the words that the process was started with to a command, and from what comes of it to an exit code.

use std::{ffi::OsString, path::Path, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use clap_complete::CompleteEnv;

use super::{
    args::Global,
    commands, complete,
    context::{self, Context},
    legacy,
    stop::Stop,
    terminal::{Color, note, show_problems, show_usage},
    unit_argument::{UnitArgument, UnitBefore},
};
use crate::diagnostic::report;

/// The name under which the program stands in for the plugin of `agoractl`.
const PLUGIN: &str = "agoractl-rds";

/// Compiles one YAML file per database into a reviewed Terraform root module.
#[derive(Debug, Parser)]
#[command(name = "valet-rds", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    unit: UnitBefore,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the configs of databases that are there already, so that nothing happens to them
    Adopt(Box<commands::adopt::Arguments>),
    /// Print the units whose Terraform a change touches
    Affected(commands::affected::Arguments),
    /// Apply the plans that were reviewed, and nothing else
    Apply(commands::apply::Arguments),
    /// Print the databases as entities of a Backstage catalogue
    Catalog(commands::catalog::Arguments),
    /// Validate every config
    Check(commands::check::Arguments),
    /// Write the pipeline of the workspace: the files of a CI system
    Ci(commands::ci::Arguments),
    /// Print the script that completes commands, environments, namespaces and rules in a shell
    Completions(commands::completions::Arguments),
    /// Write the config of a database, or change values in it
    Create(Box<commands::create::Arguments>),
    /// Show what a change does to each database, before anyone applies it
    Diff(commands::diff::Arguments),
    /// Sort what was changed in AWS and not by Terraform, with the next step
    Drift(commands::drift::Arguments),
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
    /// List the units at a glance: versions, sizes, ends of support, waivers, what deviates
    List(commands::list::Arguments),
    /// Lock the version and the checksums of the provider, for every machine that runs Terraform
    Lock(commands::lock::Arguments),
    /// Plan units with Terraform, ask the gate, and keep what was planned for `apply`
    Plan(commands::plan::Arguments),
    /// Print the Terraform of one unit or file
    Preview(commands::preview::Arguments),
    /// Write a database's entry to the private-link repository
    Privatelink(commands::privatelink::Arguments),
    /// Print the fleet as one page for a browser: charts, a table, a part for each database
    Report(commands::report::Arguments),
    /// Write the next step of a database's retirement into its config
    Retire(commands::retire::Arguments),
    /// Print the rules, or explain one
    Rules(commands::rules::Arguments),
    /// Print the JSON Schema of an input file, or of what a command prints for programs
    Schema(commands::schema::Arguments),
    /// Take the databases of an engine to a version, wave after wave
    Upgrade(commands::upgrade::Arguments),
}

/// Runs what the process was started with.
#[must_use]
pub fn start() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let file = typed.first().and_then(|name| Path::new(name).file_stem());
    let program = if file.is_some_and(|name| name == PLUGIN) {
        PLUGIN
    } else {
        "valet-rds"
    };
    match parse(program, typed) {
        Ok(Some(arguments)) => {
            let color = arguments.global.color;
            exit_code(run(arguments, shown(program)), color)
        }
        Ok(None) => ExitCode::SUCCESS,
        Err(error) => {
            show_usage(&error);
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

/// The whole command line of the program under one of its names.
#[must_use]
pub fn command(program: &'static str) -> clap::Command {
    legacy::shown(Arguments::command().name(program).bin_name(shown(program)))
}

/// How a program's name is typed: `agoractl` finds its plugins by file name.
fn shown(program: &'static str) -> &'static str {
    if program == PLUGIN {
        "agoractl rds"
    } else {
        program
    }
}

/// What was typed; nothing, when it was a shell that wanted completions, and now has them.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the arguments come in"
)]
fn parse(program: &'static str, typed: Vec<OsString>) -> Result<Option<Arguments>, clap::Error> {
    let here = std::env::current_dir().ok();
    let is_answered = CompleteEnv::with_factory(|| command(program))
        .var(complete::VARIABLE)
        .try_complete(typed.clone(), here.as_deref())?;
    if is_answered {
        return Ok(None);
    }
    let mut command = command(program);
    let typed = legacy::rewrite(&command, typed)
        .map_err(|glued| command.error(ErrorKind::InvalidValue, glued))?;
    let matches = command.try_get_matches_from(typed)?;
    Arguments::from_arg_matches(&matches).map(Some)
}

/// Runs a command.
fn run(arguments: Arguments, program: &'static str) -> Result<(), Stop> {
    let Arguments {
        global,
        unit,
        mut command,
    } = arguments;
    match command.unit() {
        Some(argument) => argument.take(unit),
        None if unit.is_empty() => {}
        None => {
            let message = "--environment and --namespace go with commands about one unit";
            return Err(Stop::Usage(message.to_owned()));
        }
    }
    let context = Context {
        workspace: global.workspace.or_else(context::named_workspace),
        today: global.today.unwrap_or_else(context::today),
        color: global.color,
        program,
    };
    match &command {
        Command::Adopt(arguments) => commands::adopt::run(arguments, &context),
        Command::Affected(arguments) => commands::affected::run(arguments, &context),
        Command::Apply(arguments) => commands::apply::run(arguments, &context),
        Command::Catalog(arguments) => commands::catalog::run(arguments, &context),
        Command::Check(arguments) => commands::check::run(arguments, &context),
        Command::Ci(arguments) => commands::ci::run(arguments, &context),
        Command::Completions(arguments) => commands::completions::run(arguments, &context),
        Command::Create(arguments) => commands::create::run(arguments, &context),
        Command::Diff(arguments) => commands::diff::run(arguments, &context),
        Command::Drift(arguments) => commands::drift::run(arguments, &context),
        Command::Explain(arguments) => commands::explain::run(arguments, &context),
        Command::Gate(arguments) => commands::gate::run(arguments, &context),
        Command::Generate(arguments) => commands::generate::run(arguments, &context),
        Command::Graph(arguments) => commands::graph::run(arguments, &context),
        Command::Handoff(arguments) => commands::handoff::run(arguments, &context),
        Command::Info(arguments) => commands::info::run(arguments, &context),
        Command::Init(arguments) => commands::init::run(arguments, &context),
        Command::K8s(arguments) => commands::k8s::run(arguments, &context),
        Command::List(arguments) => commands::list::run(arguments, &context),
        Command::Lock(arguments) => commands::lock::run(arguments, &context),
        Command::Plan(arguments) => commands::plan::run(arguments, &context),
        Command::Preview(arguments) => commands::preview::run(arguments, &context),
        Command::Privatelink(arguments) => commands::privatelink::run(arguments, &context),
        Command::Report(arguments) => commands::report::run(arguments, &context),
        Command::Retire(arguments) => commands::retire::run(arguments, &context),
        Command::Rules(arguments) => commands::rules::run(arguments),
        Command::Schema(arguments) => commands::schema::run(arguments),
        Command::Upgrade(arguments) => commands::upgrade::run(arguments, &context),
    }
}

impl Command {
    /// The unit that the command is about, when it is about one that options before the command can name.
    fn unit(&mut self) -> Option<&mut UnitArgument> {
        match self {
            Self::Adopt(arguments) => Some(&mut arguments.unit),
            Self::Create(arguments) => Some(&mut arguments.unit),
            Self::Graph(arguments) => Some(&mut arguments.unit),
            Self::Handoff(arguments) => Some(&mut arguments.unit),
            Self::Info(arguments) => Some(&mut arguments.unit),
            Self::K8s(arguments) => Some(&mut arguments.unit),
            Self::Privatelink(arguments) => Some(&mut arguments.unit),
            Self::Affected(_)
            | Self::Apply(_)
            | Self::Catalog(_)
            | Self::Check(_)
            | Self::Ci(_)
            | Self::Completions(_)
            | Self::Diff(_)
            | Self::Drift(_)
            | Self::Explain(_)
            | Self::Gate(_)
            | Self::Generate(_)
            | Self::Init(_)
            | Self::List(_)
            | Self::Lock(_)
            | Self::Plan(_)
            | Self::Preview(_)
            | Self::Report(_)
            | Self::Retire(_)
            | Self::Rules(_)
            | Self::Schema(_)
            | Self::Upgrade(_) => None,
        }
    }
}

/// The one place where a result becomes an exit code: 0 fine; 1 problems; 2 usage, or the machine refuses.
fn exit_code(result: Result<(), Stop>, color: Color) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Rejected) => ExitCode::from(1),
        Err(Stop::Problems { problems, base }) => {
            show_problems(&problems, &base, color);
            note(report::Count::of(&problems).words());
            ExitCode::from(1)
        }
        Err(Stop::Usage(message)) => {
            note(format_args!("error: {message}"));
            ExitCode::from(2)
        }
        Err(Stop::Machine(message)) => {
            note(format_args!("system error: {message}"));
            ExitCode::from(2)
        }
    }
}

//! `valet-rds schema`: the JSON Schemas of the input files, and of what commands print for programs.

use clap::ValueEnum;

use crate::{
    cli::{
        json::{
            self, adopt::Adopt, affected::Affected, check::Check, diff::Diff, drift::DriftDocument,
            explain::Explain, gate::Gate, info::Info, list, rules::Rules, run::RunDocument,
            upgrade::Upgrade,
        },
        stop::Stop,
        terminal::print,
    },
    config::schema,
    text::screen::Screen,
};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What the schema describes
    #[arg(value_name = "WHICH")]
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// A service team's config
    Config,
    /// The platform team's `valet.yaml`
    Workspace,
    /// What `adopt --format json` prints
    Adopt,
    /// What `affected --format json` prints
    Affected,
    /// What `check --format json` prints
    Check,
    /// What `diff --format json` prints
    Diff,
    /// What `drift --format json` prints
    Drift,
    /// What `explain --format json` prints
    Explain,
    /// What `gate --format json` prints
    Gate,
    /// What `info --format json` prints
    Info,
    /// What each line of `list --format json` is
    List,
    /// What `plan --format json` and `apply --format json` print
    Plan,
    /// What `rules --format json` prints
    Rules,
    /// What `upgrade --format json` prints
    Upgrade,
}

/// Runs the command.
///
/// # Errors
/// When standard output takes no more.
pub fn run(arguments: &Arguments) -> Result<(), Stop> {
    print(&Screen::lines(&match arguments.which {
        Which::Config => schema::CONFIG.text(),
        Which::Workspace => schema::WORKSPACE.text(),
        Which::Adopt => json::schema::<Adopt>("adopt"),
        Which::Affected => json::schema::<Affected>("affected"),
        Which::Check => json::schema::<Check>("check"),
        Which::Diff => json::schema::<Diff>("diff"),
        Which::Drift => json::schema::<DriftDocument>("drift"),
        Which::Explain => json::schema::<Explain>("explain"),
        Which::Gate => json::schema::<Gate>("gate"),
        Which::Info => json::schema::<Info>("info"),
        Which::List => json::schema::<list::Unit>("list"),
        Which::Plan => json::schema::<RunDocument>("plan"),
        Which::Rules => json::schema::<Rules>("rules"),
        Which::Upgrade => json::schema::<Upgrade>("upgrade"),
    }))
}

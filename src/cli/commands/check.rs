//! `valet-rds check`: validate everything, write nothing.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseOption,
        complete,
        context::Context,
        json::{self, check::Check},
        session::Session,
        stop::Stop,
        terminal::{note, print, show_problems},
    },
    compile::fix,
    diagnostic::{
        Diagnostics,
        report::{self, Count},
    },
    io,
    model::Database,
};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Units to report on, as ENVIRONMENT/NAMESPACE or the paths of their configs [default: all]
    #[arg(value_name = "UNIT|FILE", add = complete::unit_names())]
    units: Vec<String>,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Write what can be mended without a doubt, then check again
    #[arg(long)]
    fix: bool,
    /// What fails beside errors
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    #[command(flatten)]
    base: BaseOption,
    /// List only what concerns units that the change touches, and the workspace as a whole; what concerns other units is
    /// counted, and fails nothing
    #[arg(long, requires = "compared")]
    changed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Fail on warnings too
    Warnings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Drawn on standard error
    Human,
    /// One JSON document on standard output
    Json,
    /// Annotations for GitHub Actions on standard output
    Github,
    /// One SARIF 2.1.0 document on standard output, for code scanning
    Sarif,
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    problems: Diagnostics,
    /// How many more there are in units that the change does not touch.
    untouched: Count,
    /// What goes before paths.
    base: String,
    /// Configs that were read.
    configs: usize,
}

/// Runs the command.
///
/// # Errors
/// When anything is wrong.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.fix {
        mend(arguments, context)?;
    }
    if arguments.changed && arguments.base.is_folder() {
        let message =
            "--changed needs --base: another folder does not say which configs a change touches";
        return Err(Stop::Usage(message.to_owned()));
    }
    let Found {
        problems,
        untouched,
        base,
        configs,
    } = found(arguments, context)?;
    let prefix = io::git::prefix(&context.workspace(&arguments.units)?);
    let count = Count::of(&problems);
    match arguments.format {
        Format::Json => json::print(&Check::new(&problems, &prefix, configs, untouched))?,
        Format::Github => print(&report::github(&problems, &prefix))?,
        Format::Sarif => json::print(&report::sarif(&problems, &prefix))?,
        Format::Human => {
            show_problems(&problems, &base, context.color);
            note(format!(
                "{}: {}",
                report::plural(configs, "config"),
                count.words()
            ));
        }
    }
    if untouched != Count::default() {
        note(format!(
            "not counted, because the change does not touch these units: {}",
            untouched.words()
        ));
    }
    let denied = arguments.deny.is_some() && count.warnings > 0;
    if count.errors == 0 && !denied {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

/// Mends until nothing more can be: one mended problem may have hidden another.
fn mend(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    const ROUNDS: usize = 20;
    let workspace = context.workspace(&arguments.units)?;
    let _lock = Session::lock(&workspace)?;
    for _ in 0..ROUNDS {
        let problems = found(arguments, context)?.problems;
        let fixable = problems.iter().filter(|problem| problem.fix.is_some());
        let mut files: Vec<_> = fixable.map(|problem| &problem.span.file).collect();
        files.dedup_by_key(|file| file.path.as_str());
        let mut again = false;
        for file in files {
            if let Some((text, count)) = fix::mend(&file.path, &file.text, &problems) {
                io::write_config(&workspace, &file.path, &text)?;
                note(format!(
                    "mended {}: {}",
                    file.path,
                    report::plural(count, "problem")
                ));
                again = true;
            }
        }
        if !again {
            break;
        }
    }
    Ok(())
}

fn found(arguments: &Arguments, context: &Context) -> Result<Found, Stop> {
    let session = match context.open_around(&arguments.units) {
        Ok(session) => session,
        Err(Stop::Problems { problems, base }) => {
            return Ok(Found {
                problems,
                base,
                ..Found::default()
            });
        }
        Err(other) => return Err(other),
    };
    let paths = session.find_all(&arguments.units)?;
    let (compiled, read) = session.compile_paths()?;
    let mut problems = compiled.problems.clone();
    problems.extend(session.missing_modules(&paths)?);
    if paths.is_empty() && !arguments.changed {
        problems.extend(session.missing_lock());
    }
    let life = session.life(&compiled)?.problems;
    // The root of a config that is wrong has been left by nobody.
    let broken = broken(&compiled.databases, &read);
    problems.extend(session.not_about(life, &broken));
    let mut problems = session.concerning(problems, &paths);
    let refused = arguments.base.refused(&session, &compiled)?;
    let mut untouched = Count::default();
    if let Some(refused) = refused {
        problems.extend(refused.problems);
        if arguments.changed {
            (problems, untouched) = session.touched_by(&refused.changes, problems);
        }
    }
    Ok(Found {
        problems,
        untouched,
        base: session.base,
        configs: if paths.is_empty() {
            read.len()
        } else {
            paths.len()
        },
    })
}

/// The configs that give no database.
fn broken(databases: &[Database], read: &BTreeSet<String>) -> BTreeSet<String> {
    let compiled: BTreeSet<&String> = databases.iter().map(|one| &one.file.path).collect();
    let broken = read.iter().filter(|path| !compiled.contains(path));
    broken.cloned().collect()
}

//! `valet-rds check`: validate everything, write nothing.

use clap::ValueEnum;

use crate::{
    cli::{
        complete,
        context::Context,
        json::{self, check::Check},
        session::{Session, concerning},
        stop::Stop,
        terminal::{note, print, show_problems},
    },
    compile::fix,
    diagnostic::{
        Diagnostics,
        report::{self, Count},
    },
    io,
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

/// Runs the command.
///
/// # Errors
/// When anything is wrong.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.fix {
        mend(arguments, context)?;
    }
    let (problems, base, configs) = match found(arguments, context) {
        Ok(found) => found,
        Err(Stop::Problems { problems, base }) => (problems, base, 0),
        Err(other) => return Err(other),
    };
    let prefix = io::git::prefix(&context.workspace(&arguments.units)?);
    let count = Count::of(&problems);
    match arguments.format {
        Format::Json => json::print(&Check::new(&problems, &prefix, configs))?,
        Format::Github => print(report::github(&problems, &prefix))?,
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
        let problems = match found(arguments, context) {
            Ok((problems, ..)) | Err(Stop::Problems { problems, .. }) => problems,
            Err(other) => return Err(other),
        };
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

fn found(arguments: &Arguments, context: &Context) -> Result<(Diagnostics, String, usize), Stop> {
    let session = context.open_around(&arguments.units)?;
    let paths = session.find_all(&arguments.units)?;
    let (mut compiled, configs) = session.compile()?;
    compiled.problems.extend(session.missing_modules(&paths)?);
    if !compiled.problems.has_errors() {
        compiled
            .problems
            .extend(session.life(&compiled.databases)?.problems);
    }
    let configs = if paths.is_empty() {
        configs
    } else {
        paths.len()
    };
    Ok((concerning(compiled.problems, &paths), session.base, configs))
}

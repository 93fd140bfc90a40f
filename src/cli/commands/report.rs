//! `valet-rds report`: the fleet as one page for a browser.

use crate::{
    cli::{context::Context, stop::Stop, terminal::print},
    diagnostic::report::Count,
    inspect::{fleet::Fleet, report::Report},
    text::screen::Screen,
};

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, or, once what compiles is printed, anything is an error.
pub fn run(_: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let (compiled, _) = session.compile()?;
    let waiting = session.waiting(&compiled.databases)?;
    let (databases, problems) = (&compiled.databases, &compiled.problems);
    let fleet = Fleet::of(&session.environments, databases, problems, &waiting);
    let report = Report {
        fleet: &fleet,
        today: session.today,
        files: &session.files(),
        errors: Count::of(problems).errors,
    };
    let page = report.html();
    print(&Screen::lines(
        &page.map_err(|error| Stop::Machine(error.to_string()))?,
    ))?;
    if problems.has_errors() {
        return Err(session.problems(compiled.problems.clone()));
    }
    Ok(())
}

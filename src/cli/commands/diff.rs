//! `valet-rds diff`: what a change means, before anyone applies it.

use clap::ValueEnum;

use crate::{
    cli::{
        base_argument::BaseArgument,
        context::Context,
        json,
        session::Session,
        stop::Stop,
        terminal::{print, show_problems},
    },
    review::{self, Deny, Review, impact::Impact},
};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    base: BaseArgument,
    /// How to print what changes
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Exit with 1 when a unit gets this effect or a worse one that its config does not allow
    #[arg(long, value_name = "EFFECT")]
    deny: Vec<Level>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// The comment of a pull request
    Markdown,
    /// One JSON document
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Anything that changes in AWS
    InPlace,
    /// Something restarts
    Reboot,
    /// Clients are cut off for minutes
    Downtime,
    /// Something is destroyed and made anew
    Replace,
    /// Data is gone
    DataLoss,
    /// What clients connect with becomes another
    Connection,
}

impl Level {
    const fn grade(self) -> Option<Impact> {
        match self {
            Self::InPlace => Some(Impact::InPlace),
            Self::Reboot => Some(Impact::Reboot),
            Self::Downtime => Some(Impact::Downtime),
            Self::Replace => Some(Impact::Replace),
            Self::DataLoss => Some(Impact::DataLoss),
            Self::Connection => None,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When a side cannot be read, a step must not be taken, or an effect is denied.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let review = arguments.base.compare(&session)?;
    let deny = Deny {
        from: arguments
            .deny
            .iter()
            .filter_map(|level| level.grade())
            .min(),
        connection: arguments.deny.contains(&Level::Connection),
    };
    show(arguments.format, &review, deny, &session, context)?;
    let mut units = review.units.iter();
    let is_denied = units.any(|unit| unit.denied(deny, session.today).is_some());
    if !is_denied && !review.has_errors() {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

fn show(
    format: Format,
    review: &Review,
    deny: Deny,
    session: &Session,
    context: &Context,
) -> Result<(), Stop> {
    let today = session.today;
    match format {
        Format::Json => json::print(&json::diff::Diff::new(review, deny, today, &session.prefix)),
        Format::Markdown => print(&review::markdown(review, deny, today, &session.prefix).screen()),
        Format::Human => {
            // Whatever else there is to say is about roots that the next run replaces.
            show_problems(&review.stale, &session.base, context.color);
            print(&review::human(review, deny, today))?;
            show_problems(&review.problems, &session.base, context.color);
            Ok(())
        }
    }
}

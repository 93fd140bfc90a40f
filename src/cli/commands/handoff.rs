//! `valet-rds handoff`: everything that a service team needs after apply, in one go.

use super::{
    k8s::{self, stale, stream},
    privatelink,
    unit::{self, OutputsChoice},
};
use crate::{
    cli::{self, Global, Session, Stop, Which},
    connect::handoff::{Handoff, text},
};

/// Arguments of `handoff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    outputs: OutputsChoice,
    #[command(flatten)]
    kubernetes: k8s::Connection,
    #[command(flatten)]
    privatelink: privatelink::Link,
    /// Write nothing to the private-link repository
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// When the unit, its outputs or the private-link repository are wrong or missing.
pub fn run(arguments: &Arguments, global: &Global) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let (database, problems) = unit::compile_active(&session, &arguments.which.unit(global)?)?;
    let outputs = arguments.outputs.read(&session, &database)?;
    let told = &arguments.kubernetes;
    let target = told.target(
        &session,
        &database,
        outputs.as_ref(),
        k8s::needs_secret(&database),
    )?;
    let refresh = told.refresh(&database)?;
    let objects = stream(&database, &target, refresh, false)?;
    unit::warn_foreign_host(&database, told.proxy_endpoint.as_deref());
    let linking = &arguments.privatelink;
    let entries = linking.entries(&session, &database, Some(&target.host), outputs.as_ref())?;
    let service = entries.first().map_or("", |entry| &entry.service);
    let mut said = "no private-link repository is known, so none was changed".to_owned();
    if let Some(repository) = linking.repository(&session)? {
        let edit = repository.edit(&entries)?;
        edit.remarks.iter().for_each(cli::note);
        said = match &edit.change {
            None => "it is there".to_owned(),
            Some(_) if arguments.dry_run => format!("`{}` is still without it", repository.shown()),
            Some(change) => {
                repository.write(change)?;
                cli::note(format!("{} updated; commit it there", repository.shown()));
                format!("it was written to `{}`", repository.shown())
            }
        };
    }
    cli::show_problems(&problems, &session.base, global);
    let stale = stale(&database, refresh);
    cli::print(text(&Handoff {
        database: &database,
        target: &target,
        service,
        objects: &objects,
        stale: stale.as_deref(),
        privatelink: &said,
    }));
    Ok(())
}

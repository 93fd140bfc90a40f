//! `valet-rds handoff`: everything that a service team needs after apply, in one go.

mod all;

use std::path::PathBuf;

use super::{
    k8s::{self, stale},
    privatelink,
};
use crate::{
    cli::{
        context::Context,
        outputs_argument::{OutputsArgument, warn_foreign_host},
        stop::Stop,
        terminal::{note, print, show_problems},
        unit_argument::UnitArgument,
    },
    connect::handoff::{Handoff, text},
};

/// Arguments of `handoff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    outputs: OutputsArgument,
    #[command(flatten)]
    kubernetes: k8s::Connection,
    #[command(flatten)]
    privatelink: privatelink::Link,
    /// Write nothing to the private-link repository
    #[arg(long)]
    dry_run: bool,
    /// Write what is handed over of every unit as files: a text for its team, the Kubernetes objects of each cluster,
    /// and the private-link entry
    #[arg(long, conflicts_with_all = ["unit", "environment", "namespace", "outputs", "proxy_endpoint", "secret_arn", "vpc_endpoint", "privatelink_repository", "endpoint_service_name", "cluster", "app", "dry_run"])]
    all: bool,
    /// Folder of those files, apart from configs and roots [default: `handoff` beside valet.yaml]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; print what would change and exit with 1 if anything would
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// When the unit, its outputs or the private-link repository are wrong or missing.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.all {
        return all::run(arguments, context);
    }
    if arguments.check || arguments.out.is_some() {
        let message = "--check and --out go with --all";
        return Err(Stop::Usage(message.to_owned()));
    }
    let session = context.open()?;
    let (database, problems) = session.compile_active(&arguments.unit.unit()?)?;
    let outputs = arguments.outputs.read(&session, &database)?;
    let connection = &arguments.kubernetes;
    let target = connection.target(
        &session,
        &database,
        outputs.as_ref(),
        k8s::needs_secret(&database),
    )?;
    let refresh = connection.refresh(&database)?;
    let objects = connection.stream(&database, &target, false)?;
    warn_foreign_host(&database, connection.proxy_endpoint.as_deref());
    let link = &arguments.privatelink;
    let entries = link.entries(&session, &database, Some(&target.host), outputs.as_ref())?;
    let service = link.service(outputs.as_ref()).unwrap_or_default();
    let mut outcome = "no private-link repository is known, so none was changed".to_owned();
    if let Some(repository) = link.repository(&session)?
        && !entries.is_empty()
    {
        let edit = repository.edit(&entries)?;
        edit.remarks.iter().for_each(note);
        outcome = match &edit.change {
            None => "it is there".to_owned(),
            Some(_) if arguments.dry_run => format!("`{}` is still without it", repository.shown()),
            Some(change) => {
                repository.write(change)?;
                note(repository.written(change));
                format!("it was written to `{}`", repository.shown())
            }
        };
    }
    show_problems(&problems, &session.base, context.color);
    let stale = stale(&database, refresh);
    let text = text(&Handoff {
        database: &database,
        target: &target,
        service,
        objects: &objects,
        files: &[],
        stale: stale.as_deref(),
        privatelink: &outcome,
        mesh: connection.mesh(),
    });
    print(&text.screen())
}

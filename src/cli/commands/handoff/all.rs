//! `valet-rds handoff --all`: what is handed over of every unit, as the files of one commit.

use rayon::prelude::*;

use super::{Arguments, k8s::stale};
use crate::{
    cli::{
        context::Context,
        outputs_argument::{beside, path_of},
        progress::Progress,
        session::Session,
        stop::Stop,
        terminal::{note, print},
    },
    config::Lifecycle,
    connect::{
        handoff::{
            Handoff,
            files::{self, Todo},
        },
        kubernetes::Target,
        outputs::Outputs,
    },
    diagnostic::{Diagnostics, report},
    io::Handoffs,
    model::Database,
    review::foreign,
    terraform::tree::{Change, Tree},
    text::screen::Screen,
};

/// Folder of the handoffs when none is named.
const FOLDER: &str = "handoff";

/// Runs the command.
///
/// # Errors
/// When the workspace does not compile, outputs are wrong, a path is occupied, or, with `--check`, anything would change.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.unit.parts()? != (None, None) {
        let message = "--all stands for every unit; name none beside it";
        return Err(Stop::Usage(message.to_owned()));
    }
    let (session, _lock) = if arguments.check {
        (context.open()?, None)
    } else {
        let (session, lock) = context.open_locked(&[])?;
        (session, Some(lock))
    };
    let folder = match &arguments.out {
        Some(path) => Handoffs::named(path)?,
        None => Handoffs::within(&session.workspace, &session.base, FOLDER),
    };
    let configs = session.environments.iter();
    let configs = configs.map(|known| known.spec.configs.as_str());
    folder.hold_apart(&session.workspace, configs.chain([session.output()]))?;
    let databases = session.compile_sound()?.databases;
    let live = databases
        .iter()
        .filter(|database| database.lifecycle.value != Lifecycle::Retired && database.has_path());
    let live: Vec<&Database> = live.collect();
    let (tree, waiting) = handed_over(arguments, &session, &live)?;
    let environments = session.environments.iter();
    let environments = environments.map(|known| known.name.as_str()).collect();
    let units = waiting.iter().map(|database| database.unit()).collect();
    let count = tree.len();
    let todo = files::todo(&folder.standing()?, tree, &units, &environments);
    if !todo.occupied.is_empty() {
        let problems = todo.occupied.into_iter().map(foreign::in_the_way).collect();
        return Err(Stop::Problems {
            problems,
            base: folder.shown,
        });
    }
    for database in waiting {
        let unit = database.unit();
        let path = format!("{}{}", session.base, path_of(database));
        note(if todo.kept.contains(&unit) {
            format!("{unit}: {path} is gone; what was handed over stays as it is")
        } else {
            format!("{unit}: not handed over, because there is no {path} yet")
        });
    }
    if !todo.strange.is_empty() {
        note(format!(
            "about no environment of this workspace, and left alone: {}",
            report::first(&todo.strange)
        ));
    }
    if arguments.check {
        return check(&todo, &folder.shown);
    }
    for path in &todo.unfinished {
        folder.sweep(path)?;
    }
    let progress = Progress::start("writing", todo.changes.len());
    todo.changes
        .par_iter()
        .try_for_each(|change| folder.write(change).inspect(|()| progress.tick()))?;
    drop(progress);
    summary(&todo, count, &folder.shown)
}

/// The files of every unit, and the units without outputs.
fn handed_over<'a>(
    arguments: &Arguments,
    session: &Session,
    live: &[&'a Database],
) -> Result<(Tree, Vec<&'a Database>), Stop> {
    let progress = Progress::start("handing over", live.len());
    let told = live
        .par_iter()
        .map(|database| {
            let told = match beside(session, database)? {
                Ok(None) => Ok(None),
                Ok(Some(outputs)) => files_of(arguments, session, database, &outputs)?.map(Some),
                Err(problems) => Err(problems),
            };
            progress.tick();
            Ok((*database, told))
        })
        .collect::<Result<Vec<_>, Stop>>()?;
    let (mut tree, mut waiting, mut problems) = (Tree::new(), Vec::new(), Diagnostics::new());
    for (database, told) in told {
        match told {
            Ok(Some(files)) => tree.extend(files),
            Ok(None) => waiting.push(database),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.has_errors() {
        return Err(session.problems(problems));
    }
    Ok((tree, waiting))
}

/// The files of one unit; inside, what is wrong with them.
fn files_of(
    arguments: &Arguments,
    session: &Session,
    database: &Database,
    outputs: &Outputs,
) -> Result<Result<Tree, Diagnostics>, Stop> {
    let target = Target::from_outputs(database, outputs);
    let refresh = arguments.kubernetes.refresh(database)?;
    let objects = arguments.kubernetes.stream(database, &target, false)?;
    let link = &arguments.privatelink;
    let entries = link.entries(session, database, None, Some(outputs))?;
    let stale = stale(database, refresh);
    let handoff = Handoff {
        database,
        target: &target,
        service: &outputs.endpoint_service_name,
        objects: &objects,
        files: &[],
        stale: stale.as_deref(),
        privatelink: "",
        mesh: arguments.kubernetes.mesh(),
    };
    Ok(files::files(&handoff, &entries))
}

fn check(todo: &Todo, shown: &str) -> Result<(), Stop> {
    if todo.changes.is_empty() {
        return Ok(());
    }
    for change in &todo.changes {
        let change = Change {
            path: format!("{shown}{}", change.path),
            ..change.clone()
        };
        print(&Screen::lines(&change.to_string()))?;
    }
    let count = report::plural(todo.changes.len(), "file");
    note(format!(
        "{count} not up to date: run the same without --check, and commit the result"
    ));
    Err(Stop::Rejected)
}

fn summary(todo: &Todo, count: usize, shown: &str) -> Result<(), Stop> {
    let (mut created, mut updated, mut removed) = (0, 0, 0);
    let mut text = Screen::new();
    for Change { path, old, new } in &todo.changes {
        let (verb, counted) = match (old, new) {
            (_, None) => ("removed", &mut removed),
            (None, Some(_)) => ("created", &mut created),
            (Some(_), Some(_)) => ("updated", &mut updated),
        };
        *counted += 1;
        text.line(format_args!("{verb} {shown}{path}"));
    }
    print(&text)?;
    note(format!(
        "{created} created, {updated} updated, {removed} removed, {} unchanged",
        count - created - updated
    ));
    Ok(())
}

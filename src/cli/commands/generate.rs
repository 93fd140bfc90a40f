//! `valet-rds generate`: write the roots, or say what writing them would change.

mod todo;

use rayon::prelude::*;

use todo::{Looks, Pending, Todo, is_of_line_ends};

use crate::{
    cli::{
        base_argument::BaseOption,
        complete,
        context::Context,
        progress::Progress,
        session::Session,
        stop::Stop,
        terminal::{note, print, show_problems},
    },
    diagnostic::report,
    io::{self, Listing},
    model::Database,
    review::{
        foreign,
        retirement::{self, Leaving},
    },
    terraform::{
        lower::Owner,
        tree::{self, Tree},
    },
    text::screen::Screen,
};

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Units to write, as ENVIRONMENT/NAMESPACE or the paths of their configs [default: all, and what the environments
    /// share]
    #[arg(value_name = "UNIT|FILE", add = complete::unit_names())]
    units: Vec<String>,
    /// Write nothing; print what would change and exit with 1 if anything would
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    base: BaseOption,
}

/// Runs the command.
///
/// # Errors
/// When the workspace does not compile, a path is occupied, or, with `--check`, anything would change.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let (session, _lock) = if arguments.check {
        (context.open_around(&arguments.units)?, None)
    } else {
        let (session, lock) = context.open_locked(&arguments.units)?;
        (session, Some(lock))
    };
    let paths = session.find_all(&arguments.units)?;
    let (compiled, _) = session.compile()?;
    let mut problems = session.concerning(compiled.problems.clone(), &paths);
    problems.extend(session.missing_modules(&paths)?);
    let selected = |database: &Database| paths.is_empty() || paths.contains(&database.file.path);
    let mut owners = session.owners(&compiled);
    owners.retain(|owner| match owner {
        Owner::Unit(database) => selected(database),
        Owner::Environment(_) | Owner::Consumer(_) => paths.is_empty(),
    });
    if problems.has_errors() {
        return Err(session.problems(problems));
    }
    let Listing {
        expected: there,
        strays: mut roots,
        problems: mut found,
        is_untidy,
    } = session.listing(&compiled.databases)?;
    let mut looks = Looks::at(&session, &owners)?;
    roots.extend(looks.take_telling());
    found.extend(looks.take_problems());
    let standing = session.roots()?;
    let others = compiled.databases.iter();
    for other in others.filter(|one| !selected(one) && there.contains(&one.directory())) {
        roots.extend(session.telling(&standing, other)?.root);
    }
    if let Some(refused) = arguments.base.refused(&session, &compiled)? {
        problems.extend(refused.problems);
    }
    let life = retirement::compare(&roots, &session.owners(&compiled));
    for Leaving { directory, .. } in &life.leaving {
        let standing = standing.standing(directory)?.unwrap_or_default();
        found.extend(foreign::edited(directory, &standing, &Tree::new()));
    }
    found.extend(life.problems);
    problems.extend(found.into_iter().filter(|problem| {
        let path = &problem.span.file.path;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_here = |owner: &Owner| owner.directory() == folder;
        paths.is_empty() || paths.contains(path) || owners.iter().any(is_here)
    }));
    if problems.has_errors() {
        return Err(session.problems(problems));
    }
    let leaving = if paths.is_empty() {
        life.leaving
    } else {
        Vec::new()
    };
    let is_untidy = is_untidy || looks.are_untidy();
    if is_untidy && !arguments.check {
        io::sweep(&session.workspace, session.output())?;
        looks = Looks::at(&session, &owners)?;
    }
    let todo = looks.pending(&session, &owners);
    show_problems(&problems, &session.base, context.color);
    if arguments.check {
        return check(&session, &todo, &leaving);
    }
    let lost = todo.uncommitted(&session);
    let progress = Progress::start("writing", todo.roots.len());
    todo.roots.par_iter().try_for_each(|(owner, pending)| {
        todo.write(&session, owner, pending)
            .inspect(|()| progress.tick())
    })?;
    drop(progress);
    let mut left = Vec::new();
    for root in &leaving {
        let names = io::remove_root(&session.workspace, root, session.gives_locks())?;
        let directory = &root.directory;
        left.extend(names.iter().map(|name| format!("{directory}/{name}")));
    }
    summary(&session, &todo.roots, &leaving, owners.len())?;
    if !lost.is_empty() {
        let paths: Vec<_> = lost
            .iter()
            .map(|path| format!("{}{path}", session.base))
            .collect();
        note(format!(
            "replaced, although it was not what git has: {}",
            report::first(&paths)
        ));
    }
    for path in left {
        note(format!(
            "{}{path} was not generated and stays",
            session.base
        ));
    }
    Ok(())
}

fn check(session: &Session, todo: &Todo, leaving: &[Leaving]) -> Result<(), Stop> {
    if todo.roots.is_empty() && leaving.is_empty() {
        return Ok(());
    }
    let mut line_ends = Vec::new();
    for (owner, _) in &todo.roots {
        for change in todo.changes(session, owner)? {
            if is_of_line_ends(&change) {
                line_ends.push(format!("{}{}", session.base, change.path));
            } else {
                print(&Screen::lines(&change.to_string()))?;
            }
        }
    }
    for Leaving { directory, .. } in leaving {
        for change in tree::changes(
            directory,
            &io::standing(&session.workspace, directory)?.unwrap_or_default(),
            &Tree::new(),
        )
        .unwrap_or_default()
        {
            print(&Screen::lines(&change.to_string()))?;
        }
    }
    if !line_ends.is_empty() {
        note(format!(
            "only the line ends differ, and git would keep them: {}",
            report::first(&line_ends)
        ));
    }
    let count = report::plural(todo.roots.len() + leaving.len(), "root");
    note(format!(
        "{count} not up to date: run `valet-rds generate` and commit the result"
    ));
    Err(Stop::Rejected)
}

fn summary(
    session: &Session,
    todo: &[(&Owner, Pending)],
    leaving: &[Leaving],
    all: usize,
) -> Result<(), Stop> {
    let mut created = 0;
    let mut text = Screen::new();
    for (owner, pending) in todo {
        let verb = match pending {
            Pending::Create => {
                created += 1;
                "created"
            }
            Pending::Change => "updated",
        };
        text.line(format_args!("{verb} {}{}", session.base, owner.directory()));
    }
    for Leaving { directory, .. } in leaving {
        text.line(format_args!("removed {}{directory}", session.base));
    }
    print(&text)?;
    let updated = todo.len() - created;
    note(format!(
        "{created} created, {updated} updated, {} removed, {} unchanged",
        leaving.len(),
        all - todo.len()
    ));
    Ok(())
}

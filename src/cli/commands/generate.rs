//! `valet-rds generate`: write the roots, or say what writing them would change.

use std::fmt::Write;

use rayon::prelude::*;

use crate::{
    cli::{
        complete,
        context::Context,
        progress::Progress,
        session::{Session, concerning},
        stop::Stop,
        terminal::{note, print, show_problems},
    },
    compile,
    diagnostic::report,
    io::{self, Listing},
    model::Database,
    review::retirement::{self, Leaving, StandingRoot},
    terraform::{
        lower::Owner,
        print::print_root,
        tree::{self, Change, Found, Occupied, Tree},
    },
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
}

fn tree(owner: &Owner) -> Tree {
    print_root(&owner.root())
}

/// What has to be done to one root. Texts are not kept: thousands of roots are emitted again when they are written.
enum Pending {
    Create,
    Change(usize),
}

/// What is known of one root after a look at it.
struct Look {
    /// What has to be done to it, or what is in its way.
    pending: Result<Pending, Occupied>,
    /// The root itself, when it has something to say about the life of its unit.
    telling: Option<StandingRoot>,
    /// Whether a killed run may have left something in it.
    is_untidy: bool,
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
    let mut problems = concerning(compiled.problems, &paths);
    problems.extend(session.missing_modules(&paths)?);
    let selected = |database: &&Database| paths.is_empty() || paths.contains(&database.file.path);
    let shared = session.environments.iter().filter(|_| paths.is_empty());
    let owners: Vec<Owner> = shared
        .map(|environment| Owner::Environment(environment))
        .chain(compiled.databases.iter().filter(selected).map(Owner::Unit))
        .collect();
    if problems.has_errors() {
        return Err(session.problems(problems));
    }
    let Listing {
        expected: there,
        strays: mut roots,
        mut is_untidy,
    } = session.listing(&compiled.databases)?;
    let mut looks = look_at_all(&session, &owners)?;
    roots.extend(looks.iter_mut().filter_map(|look| look.telling.take()));
    let others = compiled.databases.iter();
    for other in others.filter(|one| !selected(one) && there.contains(&one.directory())) {
        roots.extend(session.telling(other)?);
    }
    let life = retirement::compare(&roots, &session.owners(&compiled.databases));
    problems.extend(life.problems.into_iter().filter(|problem| {
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
    is_untidy |= looks.iter().any(|look| look.is_untidy);
    if is_untidy && !arguments.check {
        io::sweep(&session.workspace, session.output())?;
        looks = look_at_all(&session, &owners)?;
    }
    let mut occupied = Vec::new();
    let mut todo = Vec::new();
    for (owner, look) in owners.iter().zip(looks) {
        match look.pending {
            Ok(Pending::Change(0)) => {}
            Ok(pending) => todo.push((owner, pending)),
            Err(file) => occupied.push(compile::in_the_way(file)),
        }
    }
    if !occupied.is_empty() {
        problems.extend(occupied);
        return Err(session.problems(problems));
    }
    show_problems(&problems, &session.base, context.color);
    if arguments.check {
        return check(&session, &todo, &leaving);
    }
    let progress = Progress::start("writing", todo.len());
    todo.par_iter().try_for_each(|(owner, pending)| {
        write(&session, owner, pending).inspect(|()| progress.tick())
    })?;
    drop(progress);
    let mut left = Vec::new();
    for Leaving {
        directory,
        moved_to,
    } in &leaving
    {
        let names = io::remove_root(&session.workspace, directory, moved_to.as_deref())?;
        left.extend(names.iter().map(|name| format!("{directory}/{name}")));
    }
    summary(&session, &todo, &leaving, owners.len())?;
    for path in left {
        note(format!(
            "{}{path} was not generated and stays",
            session.base
        ));
    }
    Ok(())
}

fn look_at_all(session: &Session, owners: &[Owner]) -> Result<Vec<Look>, Stop> {
    for environment in &session.environments {
        let parent = format!("{}/{}", environment.output, environment.name);
        io::refuse_links(&session.workspace, &parent)?;
    }
    let progress = Progress::start("comparing", owners.len());
    owners
        .par_iter()
        .map(|owner| look_at(session, owner).inspect(|_| progress.tick()))
        .collect()
}

fn look_at(session: &Session, owner: &Owner) -> Result<Look, Stop> {
    let directory = owner.directory();
    let Some(standing) = io::standing_there(&session.workspace, &directory)? else {
        return Ok(Look {
            pending: Ok(Pending::Create),
            telling: None,
            is_untidy: false,
        });
    };
    let changes = tree::changes(&directory, &standing, &tree(owner));
    let is_same = changes.as_ref().is_ok_and(Vec::is_empty);
    let telling = match owner {
        // A root that is as it should be says what its unit says.
        Owner::Unit(database) if !is_same || retirement::is_retired(database) => {
            session.telling(database)?
        }
        _ => None,
    };
    Ok(Look {
        pending: changes.map(|changes| Pending::Change(changes.len())),
        telling,
        is_untidy: standing.is_empty()
            || standing.values().any(|found| *found == Found::Unfinished),
    })
}

fn changes(session: &Session, owner: &Owner) -> Result<Vec<Change>, Stop> {
    let directory = owner.directory();
    let standing = io::standing(&session.workspace, &directory)?.unwrap_or_default();
    tree::changes(&directory, &standing, &tree(owner))
        .map_err(|file| session.problems(compile::in_the_way(file).into()))
}

fn write(session: &Session, owner: &Owner, pending: &Pending) -> Result<(), Stop> {
    match pending {
        Pending::Create => {
            io::create_root(&session.workspace, &owner.directory(), &tree(owner))?;
        }
        Pending::Change(_) => {
            for change in changes(session, owner)? {
                io::apply(&session.workspace, &change)?;
            }
        }
    }
    Ok(())
}

fn check(session: &Session, todo: &[(&Owner, Pending)], leaving: &[Leaving]) -> Result<(), Stop> {
    if todo.is_empty() && leaving.is_empty() {
        return Ok(());
    }
    for (owner, _) in todo {
        for change in changes(session, owner)? {
            print(change)?;
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
            print(change)?;
        }
    }
    let count = report::plural(todo.len() + leaving.len(), "root");
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
    let mut text = String::new();
    for (owner, pending) in todo {
        let verb = match pending {
            Pending::Create => {
                created += 1;
                "created"
            }
            Pending::Change(_) => "updated",
        };
        let _ = writeln!(text, "{verb} {}{}", session.base, owner.directory());
    }
    for Leaving { directory, .. } in leaving {
        let _ = writeln!(text, "removed {}{directory}", session.base);
    }
    print(text)?;
    let updated = todo.len() - created;
    note(format!(
        "{created} created, {updated} updated, {} removed, {} unchanged",
        leaving.len(),
        all - todo.len()
    ));
    Ok(())
}

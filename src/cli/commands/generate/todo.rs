//! What has to be done to each root so that it is what its config gives.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::{
    cli::{progress::Progress, session::Session, stop::Stop},
    diagnostic::Problem,
    io::{self, Roots, git},
    review::{
        foreign,
        retirement::{StandingRoot, is_retired, says_the_same},
    },
    terraform::{
        lower::Owner,
        print::print_root,
        tree::{self, Change, Found, Tree},
    },
};

/// What has to be done to one root. Texts are not kept: thousands of roots are emitted again when they are written.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    Create,
    Change,
}

/// What is known of one root after a look at it.
#[derive(Debug, Default)]
struct Look {
    /// Whether there is such a folder.
    is_there: bool,
    /// The files that are not what they should be.
    changes: Vec<Due>,
    /// The root itself, when it has something to say about the life of its unit.
    telling: Option<StandingRoot>,
    /// The files in it that are not ours, or not only.
    problems: Vec<Problem>,
    /// Whether a killed run may have left something in it.
    is_untidy: bool,
}

/// A file that is not what it should be.
#[derive(Debug)]
struct Due {
    path: String,
    /// Whether there is one to be replaced or removed.
    is_there: bool,
    /// Whether nothing but its line ends is wrong.
    is_of_line_ends: bool,
}

/// A look at each root.
#[derive(Debug)]
pub(super) struct Looks(Vec<Look>);

/// What has to be done.
#[derive(Debug)]
pub(super) struct Todo<'a> {
    pub(super) roots: Vec<(&'a Owner<'a>, Pending)>,
    /// Files of which something is lost when they are written.
    replaced: BTreeSet<String>,
    /// Files in which only the line ends differ, and git turns them back.
    turned_back: BTreeSet<String>,
}

impl Looks {
    pub(super) fn at(session: &Session, owners: &[Owner]) -> Result<Self, Stop> {
        let roots = session.roots()?;
        let progress = Progress::start("comparing", owners.len());
        let looks = owners
            .par_iter()
            .map(|owner| look_at(&roots, owner).inspect(|_| progress.tick()))
            .collect::<Result<_, Stop>>()?;
        Ok(Self(looks))
    }

    pub(super) fn take_telling(&mut self) -> Vec<StandingRoot> {
        let looks = self.0.iter_mut();
        looks.filter_map(|look| look.telling.take()).collect()
    }

    pub(super) fn take_problems(&mut self) -> Vec<Problem> {
        let looks = self.0.iter_mut();
        looks
            .flat_map(|look| std::mem::take(&mut look.problems))
            .collect()
    }

    pub(super) fn are_untidy(&self) -> bool {
        self.0.iter().any(|look| look.is_untidy)
    }

    /// What has to be done to which of the roots that were looked at.
    pub(super) fn pending<'a>(self, session: &Session, owners: &'a [Owner<'a>]) -> Todo<'a> {
        let due = || self.0.iter().flat_map(|look| &look.changes);
        let turned_back = if due().any(|one| one.is_of_line_ends) {
            // Where git cannot tell, it does not turn anything back either.
            let kept = git::with_line_feeds(&session.workspace, session.output());
            let mut kept = kept.unwrap_or_default();
            kept.retain(|path| due().any(|one| one.is_of_line_ends && one.path == *path));
            kept
        } else {
            BTreeSet::new()
        };
        let is_due = |one: &&Due| !turned_back.contains(&one.path);
        let replaced = due().filter(is_due).filter(|one| one.is_there);
        let replaced = replaced.map(|one| one.path.clone()).collect();
        let roots = owners
            .iter()
            .zip(&self.0)
            .filter_map(|(owner, look)| {
                if !look.is_there {
                    return Some((owner, Pending::Create));
                }
                let is_pending = look.changes.iter().any(|one| is_due(&one));
                is_pending.then_some((owner, Pending::Change))
            })
            .collect();
        Todo {
            roots,
            replaced,
            turned_back,
        }
    }
}

impl Todo<'_> {
    /// The files that are replaced although git has not got what is in them.
    pub(super) fn uncommitted(&self, session: &Session) -> Vec<String> {
        if self.replaced.is_empty() {
            return Vec::new();
        }
        let changed = git::uncommitted(&session.workspace, session.output()).unwrap_or_default();
        changed.intersection(&self.replaced).cloned().collect()
    }

    pub(super) fn changes(&self, session: &Session, owner: &Owner) -> Result<Vec<Change>, Stop> {
        let directory = owner.directory();
        let standing = io::standing(&session.workspace, &directory)?.unwrap_or_default();
        let mut changes = tree::changes(&directory, &standing, &tree(owner))
            .map_err(|file| session.problems(foreign::in_the_way(file).into()))?;
        changes.retain(|change| !self.turned_back.contains(&change.path));
        Ok(changes)
    }

    pub(super) fn write(
        &self,
        session: &Session,
        owner: &Owner,
        pending: &Pending,
    ) -> Result<(), Stop> {
        match pending {
            Pending::Create => {
                io::create_root(&session.workspace, &owner.directory(), &tree(owner))?;
            }
            Pending::Change => {
                for change in self.changes(session, owner)? {
                    io::apply(&session.workspace, &change)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether nothing but the line ends of a file changes.
pub(super) fn is_of_line_ends(change: &Change) -> bool {
    let old = change.old.as_ref().map(|old| old.replace("\r\n", "\n"));
    old.is_some() && old == change.new
}

fn tree(owner: &Owner) -> Tree {
    print_root(&owner.root())
}

fn look_at(roots: &Roots, owner: &Owner) -> Result<Look, Stop> {
    let directory = owner.directory();
    let Some(standing) = roots.standing(&directory)? else {
        return Ok(Look::default());
    };
    let tree = tree(owner);
    let mut problems = foreign::problems(&directory, &standing);
    problems.extend(foreign::edited(&directory, &standing, &tree));
    let changes = tree::changes(&directory, &standing, &tree);
    // Most roots are as they should be: only a retired one has something to say then.
    let is_same = changes.as_ref().is_ok_and(Vec::is_empty);
    // What is in the way has been told.
    let changes = changes.unwrap_or_default();
    let telling = match owner {
        Owner::Unit(database) if is_same && !is_retired(database) => None,
        Owner::Unit(database) if !says_the_same(&standing, database) => {
            StandingRoot::of(&directory, &standing)
        }
        _ => None,
    };
    let due = |change: Change| Due {
        is_there: change.old.is_some(),
        is_of_line_ends: is_of_line_ends(&change),
        path: change.path,
    };
    Ok(Look {
        is_there: true,
        changes: changes.into_iter().map(due).collect(),
        telling,
        problems,
        is_untidy: standing.is_empty()
            || standing.values().any(|found| *found == Found::Unfinished),
    })
}

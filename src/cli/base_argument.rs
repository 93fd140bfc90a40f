//! What a change is compared with: a commit, or another copy of the workspace.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    session::{Session, touched::Touched},
    stop::Stop,
    terminal::note,
};
use crate::{
    compile::{
        Compiled, WORKSPACE_FILE,
        snapshot::{self, Changes, Side},
    },
    diagnostic::Diagnostics,
    io::{
        self,
        git::{Commit, Repository},
        snapshot::{
            Unreadable,
            committed::{Committed, Comparison},
            compiled::{self, Files},
            copied,
        },
    },
    review::{self, Review, retirement},
    terraform::lower::Owner,
    text::suggest,
};

/// What to compare with.
#[derive(Debug, clap::Args)]
pub struct BaseArgument {
    #[command(flatten)]
    named: Named,
    /// Take a base without any root for the beginning: everything is new
    #[arg(long)]
    first: bool,
}

/// The base, by one of its names.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// Branch, tag or commit that the change goes into: compared is where HEAD left it, read from git without a checkout
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// Folder of another copy of the workspace to compare with
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// What to compare with, for commands that do without, too.
#[derive(Debug, clap::Args)]
pub struct BaseOption {
    #[command(flatten)]
    named: NamedOption,
    /// Take a base without any root for the beginning: everything is new
    #[arg(long, requires = "compared")]
    first: bool,
}

/// The base, by one of its names, if it has one.
#[derive(Debug, clap::Args)]
#[group(id = "compared", multiple = false)]
struct NamedOption {
    /// Refuse, too, what must not happen since HEAD left this branch, tag or commit: a database that is left behind
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// The same since another copy of the workspace
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// The base, found.
enum Base<'a> {
    Commit(Repository, Commit),
    Folder(&'a PathBuf),
}

/// What must not happen in a change.
#[derive(Debug)]
pub struct Refused {
    /// Databases that would be left behind, and steps that must not be taken.
    pub problems: Diagnostics,
    /// What differs.
    pub changes: Changes,
}

/// What differs from the base, with the units that it touches.
struct Difference {
    changes: Changes,
    touched: Touched,
    /// Environments that do not commit their roots.
    uncommitted: BTreeSet<String>,
    /// Whether every file counts as another one.
    all_differ: bool,
}

impl BaseOption {
    /// Whether the base is a folder.
    #[must_use]
    pub const fn is_folder(&self) -> bool {
        self.named.folder.is_some()
    }

    /// What must not happen since the base, if one is named. What is compiled is to have roots.
    ///
    /// # Errors
    /// When a side cannot be read, or the base is empty and nobody has said that it may be.
    pub fn refused(&self, session: &Session, compiled: &Compiled) -> Result<Option<Refused>, Stop> {
        let NamedOption { reference, folder } = &self.named;
        if reference.is_none() && folder.is_none() {
            return Ok(None);
        }
        let named = Named {
            reference: reference.clone(),
            folder: folder.clone(),
        };
        let base = BaseArgument {
            named,
            first: self.first,
        };
        let mut difference = base.difference(session)?;
        let owners = session.owners(compiled);
        difference.changes.planned = owners.iter().map(Owner::state).collect();
        let mut problems = difference.review().problems;
        let Difference {
            changes,
            touched,
            uncommitted,
            ..
        } = difference;
        problems.extend(session.refused_before_generate(&touched, &changes, &uncommitted)?);
        Ok(Some(Refused { problems, changes }))
    }
}

impl Difference {
    fn review(&self) -> Review {
        let heads = self.touched.heads(&self.changes, self.all_differ);
        review::compare(&self.changes, &heads)
    }
}

impl BaseArgument {
    /// The base in this folder.
    #[must_use]
    pub fn folder(folder: &Path, first: bool) -> Self {
        Self {
            named: Named {
                reference: None,
                folder: Some(folder.to_owned()),
            },
            first,
        }
    }

    /// The base of this reference.
    #[must_use]
    pub fn commit(reference: &str, first: bool) -> Self {
        Self {
            named: Named {
                reference: Some(reference.to_owned()),
                folder: None,
            },
            first,
        }
    }

    /// Compares the workspace with the base: what that means, with what is wrong with the configs that it touches.
    ///
    /// # Errors
    /// When one of them cannot be read, or the base is empty and nobody has said that it may be.
    pub fn compare(&self, session: &Session) -> Result<Review, Stop> {
        let difference = self.difference(session)?;
        let mut review = difference.review();
        let Difference {
            changes,
            touched,
            uncommitted,
            ..
        } = difference;
        review.stale = session.stale(&touched, &changes, &uncommitted)?;
        review.problems.extend(touched.problems);
        Ok(review)
    }

    fn difference(&self, session: &Session) -> Result<Difference, Stop> {
        let base = self.open(session)?;
        let Committed {
            mut changes,
            uncommitted,
            unrooted,
            has_root,
        } = base.committed(session)?;
        let is_new = |root: &snapshot::RootChange| root.base.is_none() && !root.is_foreign;
        if !self.first && !has_root && changes.roots.iter().any(is_new) {
            return Err(empty("has no root of this workspace"));
        }
        if !self.first && !unrooted.is_empty() {
            let names: Vec<_> = unrooted.iter().collect();
            let names = suggest::list(&names);
            return Err(empty(&format!("has configs of {names}, but no root")));
        }
        let is_folder = matches!(base, Base::Folder(_));
        let all = is_folder || !uncommitted.is_empty();
        let touched = session.touched(&changes, all)?;
        if !uncommitted.is_empty() {
            self.add_uncommitted(session, &base, &touched.side, &uncommitted, &mut changes)?;
        }
        Ok(Difference {
            changes,
            touched,
            uncommitted,
            all_differ: is_folder,
        })
    }

    fn open(&self, session: &Session) -> Result<Base<'_>, Stop> {
        match (&self.named.reference, &self.named.folder) {
            (Some(reference), _) => {
                let repository = Repository::find(&session.workspace)?;
                let base = repository.merge_base(reference)?;
                if let Some(superproject) = &repository.superproject {
                    note(format!(
                        "compared inside the submodule in {}, not in {superproject}",
                        repository.top.display()
                    ));
                }
                note(format!("compared with {}", base.words));
                Ok(Base::Commit(repository, base))
            }
            (None, Some(folder)) if io::is_file(&folder.join(WORKSPACE_FILE)) => {
                Ok(Base::Folder(folder))
            }
            (None, Some(folder)) => Err(Stop::Machine(format!(
                "{}: there is no {WORKSPACE_FILE}",
                folder.display()
            ))),
            (None, None) => Err(Stop::Usage("name a base".to_owned())),
        }
    }

    /// Compiles both sides of the environments that do not commit their roots.
    fn add_uncommitted(
        &self,
        session: &Session,
        base: &Base,
        head: &Side,
        names: &BTreeSet<String>,
        changes: &mut Changes,
    ) -> Result<(), Stop> {
        let shown: Vec<_> = names.iter().collect();
        note(format!(
            "the roots of {} are not committed, so both sides are compiled",
            suggest::list(&shown)
        ));
        let files = match base {
            Base::Commit(repository, commit) => Files::Commit(repository, commit),
            Base::Folder(folder) => Files::Folder(folder.as_path()),
        };
        let shown = match base {
            Base::Commit(repository, commit) => format!("{}:{}", commit.id, repository.prefix),
            Base::Folder(folder) => format!("{}/", folder.display()),
        };
        let old = compiled::read(files, &session.workspace, session.today)
            .map_err(|error| Stop::unreadable(error, &shown))?;
        let old = match old {
            Some(old) => old,
            None if self.first => Side::default(),
            None => return Err(empty(&format!("has no {WORKSPACE_FILE} here"))),
        };
        let gone = old.vanished(head, names).into_iter();
        changes
            .problems
            .extend(gone.map(|path| retirement::vanished(path)));
        let folders = head.module_folders(names);
        let differing = base
            .differing(session, changes, &folders)
            .map_err(|error| Stop::unreadable(error, &session.base))?;
        let roots = snapshot::compare(&old, head, names, &changes.prefix, &differing);
        changes.roots.extend(roots);
        Ok(())
    }
}

impl Base<'_> {
    /// What differs between committed roots.
    fn committed(&self, session: &Session) -> Result<Committed, Stop> {
        let read = match self {
            Self::Commit(repository, commit) => comparison(session, repository, commit).read(),
            Self::Folder(folder) => copied::read(folder, &session.workspace, &session.environments),
        };
        read.map_err(|error| Stop::unreadable(error, &session.base))
    }

    /// Those of some folders of modules, relative to the workspace, whose files differ.
    fn differing(
        &self,
        session: &Session,
        changes: &Changes,
        folders: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, Unreadable> {
        let mut found = BTreeSet::new();
        for folder in folders {
            let differs = match self {
                Self::Commit(repository, commit) => {
                    comparison(session, repository, commit).differs(&changes.paths, folder)?
                }
                Self::Folder(base) => copied::differs(base, &session.workspace, folder)?,
            };
            if differs {
                found.insert(folder.clone());
            }
        }
        Ok(found)
    }
}

fn comparison<'a>(
    session: &'a Session,
    repository: &'a Repository,
    base: &'a Commit,
) -> Comparison<'a> {
    Comparison {
        workspace: &session.workspace,
        environments: &session.environments,
        repository,
        base,
    }
}

fn empty(what: &str) -> Stop {
    Stop::Machine(format!(
        "the base {what}, so everything would be new: compare with a commit that has it, or say with --first that this is the beginning"
    ))
}

//! The way of a database out of this world: which roots on disk may go, and what must not be left behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    compile::snapshot::{Content, Files},
    config::Lifecycle,
    diagnostic::{Diagnostics, File, Problem, Span, rule},
    model::{
        Database, Origin,
        identity::{CLUSTER, StateKey, UnitId},
    },
    terraform::{
        lower::{self, IDENTITY_TAGS, Owner, TERRAFORM},
        print,
        read::{ReadError, Root, Value},
        tree::{Found, Standing},
    },
};

/// Environment and shortname: what makes a database the same one, whatever its file is called.
pub type Identity = (String, String);

/// The identity of an instance.
#[must_use]
pub fn identity(database: &Database) -> Identity {
    (
        database.environment.name.clone(),
        database.shortname.clone(),
    )
}

/// How far a database is, and the final snapshot that its root names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It runs, and nothing is prepared.
    Active,
    /// It may be destroyed, and leaves this snapshot.
    Retiring(String),
    /// Nothing is left of it but its state.
    Retired,
}

impl Stage {
    /// The stage of an instance.
    #[must_use]
    pub fn of(database: &Database) -> Self {
        match database.lifecycle.value {
            Lifecycle::Active => Self::Active,
            Lifecycle::Retiring => Self::Retiring(database.final_snapshot().unwrap_or_default()),
            Lifecycle::Retired => Self::Retired,
        }
    }

    /// The stage that a root is in. One that cannot be read is not at its end.
    #[must_use]
    pub fn of_root(root: &Root) -> Self {
        let snapshot = root.database_argument("final_snapshot_identifier");
        match snapshot {
            _ if !root.is_live() => Self::Retired,
            Some(Value::Text(name)) => Self::Retiring(name.clone()),
            _ => Self::Active,
        }
    }

    /// What to do before the config may go.
    const fn next(&self) -> &'static str {
        match self {
            Self::Active => {
                "write `lifecycle: retiring` in it and apply, then `lifecycle: retired` and apply, then delete it"
            }
            Self::Retiring(_) => "write `lifecycle: retired` in it and apply, then delete it",
            Self::Retired => "delete it",
        }
    }
}

/// A generated root as it stands in a folder.
#[derive(Debug)]
pub struct StandingRoot {
    /// Folder inside the workspace.
    pub directory: String,
    /// What its files say.
    pub root: Root,
    terraform: String,
}

impl StandingRoot {
    /// Reads the files of a root, by name.
    #[must_use]
    pub fn read(directory: String, files: &Files) -> Self {
        let terraform = match files.get(TERRAFORM) {
            Some(Content::Text(text)) => text.clone(),
            _ => String::new(),
        };
        Self {
            directory,
            root: read(files),
            terraform,
        }
    }

    /// A root as it was found; none when no file of it was generated.
    #[must_use]
    pub fn of(directory: &str, standing: &Standing) -> Option<Self> {
        let files: Files = standing
            .iter()
            .filter_map(|(name, found)| match found {
                Found::Generated(text) => Some((name.clone(), Content::Text(text.clone()))),
                Found::Foreign(_) | Found::Lock(_) | Found::Unread | Found::Unfinished => None,
            })
            .collect();
        let is_ours = !files.is_empty();
        is_ours.then(|| Self::read(directory.to_owned(), &files))
    }

    /// Where its state is; none when it does not say.
    #[must_use]
    pub fn state(&self) -> Option<StateKey> {
        self.root.state()
    }

    /// The problem of its database, when nobody looks after it any more.
    #[must_use]
    pub fn orphan(&self) -> Problem {
        if let Some(cluster) = self.cluster() {
            return left_consumer(self.span(), cluster);
        }
        let first = self.terraform.lines().next().unwrap_or("");
        let config = print::written_in(first).unwrap_or("its config");
        let stage = Stage::of_root(&self.root);
        orphan(self.span(), config, shortname(&self.root), &stage)
    }

    /// The cluster whose consumer side it is, by its folder.
    fn cluster(&self) -> Option<&str> {
        let name = self.directory.rsplit('/').next()?;
        name.strip_prefix(CLUSTER)
    }

    /// Whether it is the root of an owner, by its tags.
    fn is_of(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Unit(database) => shortname(&self.root) == Some(&database.shortname),
            Owner::Environment(_) | Owner::Consumer(_) => true,
        }
    }

    /// Whether another root makes things with the same tags: those of one database, or of one environment.
    #[must_use]
    pub fn has_tags_of(&self, other: &Root) -> bool {
        shortname(&self.root) == shortname(other)
    }

    /// The problem of a root whose state is to be another one, although nobody has said that it has been moved.
    #[must_use]
    pub fn left(&self, now: &StateKey) -> Problem {
        let before = self.state().map(|state| state.to_string());
        let message = format!(
            "the state of {} is {}; at {now}, Terraform would know nothing of it",
            self.directory,
            before.unwrap_or_default()
        );
        Problem::new(&rule::LIVE_ROOT_ORPHANED, self.span(), message).help(
            "put `state` in valet.yaml back; to move the states, copy each to its new key and say where they were: `state: {movedFrom: {bucket: ..., keyPrefix: ...}}`",
        )
    }

    /// The problem of a root that does not say which state it is.
    fn unknown(&self) -> Problem {
        let message = format!(
            "{} does not say where its state is, so nobody knows which database it is",
            self.directory
        );
        Problem::new(&rule::LIVE_ROOT_ORPHANED, self.span(), message).help(format!(
            "put {}/{TERRAFORM} back as git has it",
            self.directory
        ))
    }

    /// The characters that name its state, or its first line.
    #[must_use]
    pub fn span(&self) -> Span {
        let key = self
            .state()
            .map(|state| format!("\"{}\"", print::escape(&state.key)));
        let found = key.and_then(|key| Some((self.terraform.find(&key)? + 1, key.len() - 2)));
        let line = self.terraform.find('\n').unwrap_or(self.terraform.len());
        let range = found.map_or(0..line, |(at, length)| at..at + length);
        Span {
            range,
            file: Arc::new(File::new(
                format!("{}/{TERRAFORM}", self.directory),
                self.terraform.clone(),
            )),
        }
    }
}

/// Reads those files of a root that the generator writes.
#[must_use]
pub fn read(files: &Files) -> Root {
    let ours = files
        .iter()
        .filter(|(name, _)| lower::FILES.contains(&name.as_str()));
    let mut texts = Vec::new();
    let mut faults = Vec::new();
    for (name, content) in ours {
        match content {
            // A file that a crash has emptied says nothing; nothing is not the end of a database.
            Content::Text(text) if text.bytes().all(|byte| byte == 0) => {
                faults.push((name, ReadError::Empty));
            }
            Content::Text(text) => texts.push((name.as_str(), text.as_str())),
            Content::Unreadable(error) => faults.push((name, error.clone())),
            Content::Unread => faults.push((name, ReadError::Unread)),
        }
    }
    let mut root = Root::read(texts);
    for (name, error) in faults {
        root.fault(name, error);
    }
    if root.faults.is_empty() && root.state().is_none() {
        root.fault(TERRAFORM, ReadError::NoState);
    }
    root
}

/// The shortname in the tags of everything that a root makes.
fn shortname(root: &Root) -> Option<&str> {
    let tags = root
        .of_kind("provider")
        .flat_map(|provider| &provider.blocks)
        .filter(|block| block.kind == "default_tags")
        .find_map(|block| block.argument("tags"))?;
    match tags {
        Value::Map(tags) => tags.get(&format!("{IDENTITY_TAGS}shortname"))?.as_text(),
        _ => None,
    }
}

/// What the roots on disk say about the units of a workspace.
#[derive(Debug, Default)]
pub struct Retirement {
    /// Roots that may go.
    pub leaving: Vec<Leaving>,
    /// Databases that would be left behind, and steps that are missing.
    pub problems: Diagnostics,
}

/// A root that has moved, or has reached its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its folder.
    pub directory: String,
    /// The folder that it has moved to; none when its database is gone.
    pub moved_to: Option<String>,
}

/// Compares roots as they stand with everything that should have one. A unit is its state: a root of the same state is
/// the same unit, wherever its folder is.
#[must_use]
pub fn compare(roots: &[StandingRoot], owners: &[Owner]) -> Retirement {
    if roots.is_empty() {
        return Retirement::default();
    }
    let mut known: BTreeMap<StateKey, &Owner> =
        owners.iter().map(|owner| (owner.state(), owner)).collect();
    for owner in owners {
        if let Some(state) = owner.former_state() {
            known.entry(state).or_insert(owner);
        }
    }
    let used: BTreeSet<String> = owners.iter().map(Owner::directory).collect();
    let mut life = Retirement::default();
    for root in roots {
        let owner = root.state().and_then(|state| known.get(&state));
        let stage = Stage::of_root(&root.root);
        match owner {
            Some(Owner::Unit(database)) => life.problems.extend(step(&stage, database)),
            Some(Owner::Environment(_) | Owner::Consumer(_)) => {}
            None if stage == Stage::Retired => {}
            None if root.state().is_none() => {
                life.problems.push(root.unknown());
                continue;
            }
            None => {
                let here = owners
                    .iter()
                    .find(|owner| owner.directory() == root.directory);
                let same = here.filter(|owner| root.is_of(owner));
                let problem = match same {
                    Some(owner) => root.left(&owner.state()),
                    None => root.orphan(),
                };
                life.problems.push(problem);
                continue;
            }
        }
        if !used.contains(&root.directory) {
            life.leaving.push(Leaving {
                directory: root.directory.clone(),
                moved_to: owner.map(|owner| owner.directory()),
            });
        }
    }
    life
}

/// The problem of a database whose config is gone.
#[must_use]
pub fn orphan(span: Span, config: &str, shortname: Option<&str>, stage: &Stage) -> Problem {
    let (message, keep) = match shortname {
        Some(shortname) => (
            format!(
                "no config has the shortname `{shortname}` of {config} any more, but its database is still there"
            ),
            format!("keep `shortname: {shortname}` in the new file"),
        ),
        None => (
            format!("{config} is gone, but what it made is still there"),
            "keep its `shortname` in the new file".to_owned(),
        ),
    };
    Problem::new(&rule::LIVE_ROOT_ORPHANED, span, message).help(format!(
        "put {config} back as it was; to move the database, {keep}; to end it, {}",
        stage.next()
    ))
}

/// The problem of a consumer side that `valet.yaml` no longer knows.
fn left_consumer(span: Span, cluster: &str) -> Problem {
    let message = format!(
        "no cluster `{cluster}` has a `consumer` any more, but its endpoints are still there"
    );
    Problem::new(&rule::LIVE_ROOT_ORPHANED, span, message).help(format!(
        "put `clusters.{cluster}.consumer` back in valet.yaml; to end it, write `retired: true` in it and apply, then take it out"
    ))
}

/// The problem of a config that could not be read before and is gone now.
#[must_use]
pub fn vanished(path: &str) -> Problem {
    let span = Span {
        range: 0..0,
        file: Arc::new(File::new(path, "")),
    };
    let message = format!(
        "{path} is gone, and before that it could not be read: its database may still be there"
    );
    Problem::new(&rule::LIVE_ROOT_ORPHANED, span, message).help(format!(
        "put {path} back and make it compile first; then end it step by step"
    ))
}

/// The problem of a unit that has not taken the step before.
#[must_use]
pub fn step(before: &Stage, database: &Database) -> Option<Problem> {
    if database.lifecycle.value != Lifecycle::Retired {
        return None;
    }
    let (message, help) = match before {
        Stage::Active => (
            "the database is still active: `retiring` comes first".to_owned(),
            "write `lifecycle: retiring`, apply, and come back to `retired` in a change of its own".to_owned(),
        ),
        Stage::Retiring(name) if Some(name) != database.final_snapshot().as_ref() => (
            format!("the final snapshot is to be called `{name}`, which is another day"),
            "put `retirementRequested` back; a new date needs `lifecycle: retiring` and an apply first".to_owned(),
        ),
        _ => return None,
    };
    let span = database.span(Origin::Config("lifecycle"));
    Some(Problem::new(&rule::LIFECYCLE_STEP, span, message).help(help))
}

/// The problem of a unit that is at its end while these consumer sides still lead to it.
#[must_use]
pub fn endpoint_lives(database: &Database, holders: &[UnitId]) -> Option<Problem> {
    let names: Vec<_> = holders.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        return None;
    }
    let names = names.join(", ");
    let span = database.span(Origin::Config("lifecycle"));
    let message = format!("an endpoint of {names} still leads to this database");
    let problem = Problem::new(&rule::ENDPOINT_LIVES, span, message);
    Some(problem.help(format!(
        "put `lifecycle: retiring` back, apply {names}, and come back to `retired` in a change of its own"
    )))
}

/// Whether a unit is at its end.
#[must_use]
pub fn is_retired(database: &Database) -> bool {
    database.lifecycle.value == Lifecycle::Retired
}

/// Whether the root of a unit has nothing to say about the unit's life; one whose state stands in a file that is not ours
/// has not, either: the file is told.
#[must_use]
pub fn says_the_same(standing: &Standing, database: &Database) -> bool {
    let text = match standing.get(TERRAFORM) {
        Some(Found::Foreign(_)) => return true,
        Some(Found::Generated(text)) => text.as_str(),
        _ => "",
    };
    let expected = print::print_file(&database.file.path, &lower::terraform_file(database).blocks);
    let is_same = text == expected || text.replace("\r\n", "\n") == expected;
    is_same && !is_retired(database)
}

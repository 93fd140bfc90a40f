//! The way of a database out of this world: which roots on disk may go, and what must not be left behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::Lifecycle,
    diagnostic::{File, Problem, Span, rule},
    model::{Database, Origin},
    terraform::{lower::IDENTITY_TAGS, print},
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

/// A generated root as it stands on disk.
#[derive(Debug)]
pub struct StandingRoot {
    /// Folder inside the workspace.
    pub directory: String,
    /// Text of its `terraform.tf`, empty when there is none.
    pub terraform: String,
    /// Text of its `main.tf`, if there is one.
    pub main: Option<String>,
}

impl StandingRoot {
    /// Whose root it is; none when its `terraform.tf` does not say.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        owner(&self.terraform)
    }

    fn stage(&self) -> Stage {
        let Some(main) = &self.main else {
            return Stage::Retired;
        };
        // A file that a crash has emptied says nothing; nothing is not the end of a database.
        let is_whole = print::is_generated(main.as_bytes());
        if is_whole && !main.lines().any(|line| line.starts_with("module \"")) {
            return Stage::Retired;
        }
        value_of(main, "final_snapshot_identifier")
            .map_or(Stage::Active, |(name, _)| Stage::Retiring(name.to_owned()))
    }

    fn config(&self) -> &str {
        let first = self.terraform.lines().next().unwrap_or("");
        print::written_in(first).unwrap_or("its config")
    }

    /// The characters that name its state, or its shortname.
    fn span(&self) -> Span {
        let found = value_of(&self.terraform, "key")
            .or_else(|| value_of(&self.terraform, &format!("\"{IDENTITY_TAGS}shortname\"")));
        let range = found.map_or(0..0, |(text, at)| at..at + text.len());
        Span {
            range,
            file: Arc::new(File::new(
                format!("{}/terraform.tf", self.directory),
                self.terraform.clone(),
            )),
        }
    }
}

/// Whose root a `terraform.tf` belongs to.
fn owner(terraform: &str) -> Option<Identity> {
    let tag = |name: &str| {
        let (text, _) = value_of(terraform, &format!("\"{IDENTITY_TAGS}{name}\""))?;
        Some(text.to_owned())
    };
    Some((tag("environment")?, tag("shortname")?))
}

/// The text of the first `name = "text"` in generated HCL, and where it stands.
fn value_of<'a>(text: &'a str, name: &str) -> Option<(&'a str, usize)> {
    text.match_indices(name).find_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + name.len()..)?);
        let line = before.rsplit('\n').next().unwrap_or(before);
        let rest = after.split('\n').next().unwrap_or(after);
        let value = rest
            .trim_start()
            .strip_prefix('=')
            .filter(|_| line.trim().is_empty())?;
        let inner = value.trim().trim_matches('"');
        let start = at + name.len() + rest.len() - value.len();
        Some((inner, start + value.find(inner).unwrap_or(0)))
    })
}

/// What the roots on disk say about the units of a workspace.
#[derive(Debug, Default)]
pub struct Retirement {
    /// Roots that may go.
    pub leaving: Vec<Leaving>,
    /// Databases that would be left behind, and steps that are missing.
    pub problems: Vec<Problem>,
}

/// A root that has moved, or has reached its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its folder.
    pub directory: String,
    /// The folder that it has moved to; none when its database is gone.
    pub moved_to: Option<String>,
}

/// Compares the roots on disk with the units of the workspace.
#[must_use]
pub fn compare(roots: &[StandingRoot], databases: &[Database]) -> Retirement {
    if roots.is_empty() {
        return Retirement::default();
    }
    let known: BTreeMap<Identity, &Database> = databases
        .iter()
        .map(|database| (identity(database), database))
        .collect();
    let used: BTreeSet<String> = databases.iter().map(Database::directory).collect();
    let mut life = Retirement::default();
    for root in roots {
        let owner = root.identity().and_then(|identity| known.get(&identity));
        let stage = root.stage();
        match owner {
            Some(database) => life.problems.extend(step(&stage, database)),
            None if stage == Stage::Retired => {}
            None => {
                let shortname = root.identity().map(|(_, shortname)| shortname);
                life.problems.push(orphan(
                    root.span(),
                    root.config(),
                    shortname.as_deref(),
                    &stage,
                ));
                continue;
            }
        }
        if !used.contains(&root.directory) {
            life.leaving.push(Leaving {
                directory: root.directory.clone(),
                moved_to: owner.map(|database| database.directory()),
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

/// Whether the root of a unit has to be looked at even though its folder is where it should be; `terraform` is the
/// text of its `terraform.tf`.
#[must_use]
pub fn is_telling(terraform: &str, database: &Database) -> bool {
    is_retired(database) || owner(terraform) != Some(identity(database))
}

/// Whether a unit is at its end.
#[must_use]
pub fn is_retired(database: &Database) -> bool {
    database.lifecycle.value == Lifecycle::Retired
}

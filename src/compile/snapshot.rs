//! The two sides of a comparison, as data: the roots that differ, file by file, and the modules behind them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

use crate::{
    diagnostic::Diagnostics,
    model::{
        Database, Environment,
        consumer::Consumer,
        identity::{StateKey, StateMove},
    },
    terraform::{
        lower::Owner,
        print::print_root,
        read::{self, ReadError},
        root_module::{BlockKind, Expression, RootModule},
        tree::Tree,
    },
    text::path::normal,
};
/// A file of a root, as one side has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its text.
    Text(String),
    /// It cannot be read.
    Unreadable(ReadError),
    /// Nobody has looked: that it differs is all that matters.
    Unread,
}

/// The files in the folder of a root, by name; those that Terraform reads, and others that differ.
pub type Files = BTreeMap<String, Content>;

/// A folder that is a root of ours on at least one side, and differs.
#[derive(Clone, Debug, Default)]
pub struct RootChange {
    /// Path in the repository.
    pub directory: String,
    /// What the base has there, when it is a root of ours.
    pub base: Option<Files>,
    /// What the head has there, when it is a root of ours.
    pub head: Option<Files>,
    /// Local folders of modules that it calls in the head, whose files differ; paths in the repository.
    pub modules: Vec<String>,
    /// Why the base cannot be known, in words.
    pub doubt: Option<String>,
    /// Whether another workspace of the repository looks after it.
    pub is_foreign: bool,
}

/// Everything that differs between two sides.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Path of the workspace in the repository: empty, or with `/` at its end.
    pub prefix: String,
    /// Folder of the roots in the workspace.
    pub output: String,
    /// The roots that differ, by folder.
    pub roots: Vec<RootChange>,
    /// Folders of roots that do not differ, by those states that a root that differs has, too.
    pub standing: BTreeMap<StateKey, String>,
    /// Places of states that were others before.
    pub moves: Vec<StateMove>,
    /// States whose roots are not there yet, but are about to be written.
    pub planned: BTreeSet<StateKey>,
    /// Paths in the repository that differ, of whatever kind.
    pub paths: BTreeSet<String>,
    /// What is wrong with the comparison itself.
    pub problems: Diagnostics,
}

impl Changes {
    /// Where a state of the base is now.
    #[must_use]
    pub fn follow(&self, state: StateKey) -> StateKey {
        let found = self.moves.iter().find_map(|one| one.follow(&state));
        found.unwrap_or(state)
    }

    /// A path in the repository as it is called in the workspace.
    #[must_use]
    pub fn in_workspace(&self, path: &str) -> String {
        if let Some(inner) = path.strip_prefix(&self.prefix) {
            return inner.to_owned();
        }
        let up = "../".repeat(self.prefix.matches('/').count());
        format!("{up}{path}")
    }

    /// Whether a file of the workspace differs, or a folder or link above it.
    #[must_use]
    pub fn touches(&self, path: &str) -> bool {
        let path = format!("{}{path}", self.prefix);
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        self.paths.contains(&path) || above.into_iter().any(|folder| self.paths.contains(folder))
    }
}

/// Whose root a folder of the head is, and which of the files that it comes from differ.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The unit, or the environment.
    pub owner: Owner<'a>,
    /// Whether its config differs.
    pub config_differs: bool,
    /// Whether `valet.yaml` differs.
    pub workspace_differs: bool,
}

/// The compiled roots of the head, by path in the repository.
pub type Heads<'a> = BTreeMap<String, Head<'a>>;

/// A workspace, compiled: one side of a comparison where the roots are not committed.
#[derive(Debug, Default)]
pub struct Side {
    /// Its environments.
    pub environments: Vec<Arc<Environment>>,
    /// Its units.
    pub databases: Vec<Database>,
    /// The consumer sides of its clusters.
    pub consumers: Vec<Consumer>,
    /// Configs that give no unit because they are wrong, by path.
    pub broken: BTreeSet<String>,
}

impl Side {
    /// A side made of its units, and the paths of all its configs.
    #[must_use]
    pub fn new(
        environments: Vec<Arc<Environment>>,
        databases: Vec<Database>,
        consumers: Vec<Consumer>,
        paths: &BTreeSet<String>,
    ) -> Self {
        let compiled: BTreeSet<&String> = databases.iter().map(|one| &one.file.path).collect();
        let broken = paths
            .iter()
            .filter(|path| !compiled.contains(path))
            .cloned()
            .collect();
        Self {
            environments,
            databases,
            consumers,
            broken,
        }
    }

    /// Whether the config of a unit is there, but wrong.
    fn is_broken(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Unit(database) => self.broken.contains(&database.file.path),
            Owner::Environment(_) | Owner::Consumer(_) => false,
        }
    }

    /// Configs of some environments that could not be read in the base and are not in the head: nobody knows what they
    /// stood for.
    #[must_use]
    pub fn vanished(&self, head: &Self, names: &BTreeSet<String>) -> Vec<&String> {
        let there = |path: &String| {
            head.broken.contains(path) || head.databases.iter().any(|one| one.file.path == *path)
        };
        let folders: Vec<String> = self
            .environments
            .iter()
            .filter(|one| names.contains(&one.name))
            .map(|one| format!("{}/", one.spec.configs))
            .collect();
        let is_in = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
        self.broken
            .iter()
            .filter(|path| is_in(path) && !there(path))
            .collect()
    }

    /// Everything in some environments that has a root.
    fn owners_in(&self, names: &BTreeSet<String>) -> Vec<Owner<'_>> {
        let mut owners = self.owners();
        owners.retain(|owner| names.contains(owner.environment()));
        owners
    }

    /// The local folders of the modules that are called in some environments, relative to the workspace.
    #[must_use]
    pub fn module_folders(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        self.owners_in(names)
            .iter()
            .flat_map(|owner| module_folders(&owner.root()))
            .collect()
    }

    /// Everything that has a root.
    #[must_use]
    pub fn owners(&self) -> Vec<Owner<'_>> {
        let shared = self.environments.iter().map(|one| Owner::Environment(one));
        shared
            .chain(self.databases.iter().map(Owner::Unit))
            .chain(self.consumers.iter().map(Owner::Consumer))
            .collect()
    }
}

/// What differs between two compiled sides, in the environments of these names. `differs` holds the folders of modules, relative to the workspace, whose
/// files do.
#[must_use]
pub fn compare(
    base: &Side,
    head: &Side,
    names: &BTreeSet<String>,
    prefix: &str,
    differs: &BTreeSet<String>,
) -> Vec<RootChange> {
    let before: BTreeMap<StateKey, Owner> = base
        .owners_in(names)
        .into_iter()
        .map(|owner| (owner.state(), owner))
        .collect();
    let owners = head.owners_in(names);
    let after: BTreeSet<StateKey> = owners.iter().map(Owner::state).collect();
    let mut changes: Vec<RootChange> = owners
        .par_iter()
        .flat_map_iter(|new| match before.get(&new.state()) {
            Some(old) => pair(old, *new, prefix, differs),
            None => vec![created(base, *new, prefix)],
        })
        .collect();
    let gone = before
        .iter()
        .filter(|(state, owner)| !after.contains(state) && !head.is_broken(owner))
        .map(|(_, owner)| (owner.directory(), print_root(&owner.root())));
    changes.extend(gone.map(|(directory, tree)| RootChange {
        directory: format!("{prefix}{directory}"),
        base: Some(files(tree)),
        ..RootChange::default()
    }));
    changes
}

/// Whether a config of the environment that a root is of could not be read in the base.
fn is_doubtful(base: &Side, directory: &str, prefix: &str) -> bool {
    base.environments.iter().any(|environment| {
        let own = format!("{prefix}{}/{}/", environment.output, environment.name);
        let configs = format!("{}/", environment.spec.configs);
        directory.starts_with(&own) && base.broken.iter().any(|path| path.starts_with(&configs))
    })
}

/// A root that only the head has.
fn created(base: &Side, new: Owner, prefix: &str) -> RootChange {
    let root = new.root();
    let directory = format!("{prefix}{}", root.directory);
    let doubt = is_doubtful(base, &directory, prefix).then(|| {
        "a config of this environment could not be read before, so the database may exist"
            .to_owned()
    });
    RootChange {
        directory,
        head: Some(files(print_root(&root))),
        doubt,
        ..RootChange::default()
    }
}

/// One root on both sides; two changes when its folder is another one, nothing when it is the same.
fn pair(old: &Owner, new: Owner, prefix: &str, differs: &BTreeSet<String>) -> Vec<RootChange> {
    let (before, root) = (old.root(), new.root());
    let known = module_folders(&before);
    let mut modules = module_folders(&root);
    modules.retain(|folder| known.contains(folder) && differs.contains(folder));
    let (old, new) = (print_root(&before), print_root(&root));
    if old == new && modules.is_empty() {
        return Vec::new();
    }
    let mut change = RootChange {
        directory: format!("{prefix}{}", root.directory),
        head: Some(files(new)),
        modules: modules
            .iter()
            .map(|folder| normal(&format!("{prefix}{folder}")))
            .collect(),
        ..RootChange::default()
    };
    let old = Some(files(old));
    if before.directory == root.directory {
        change.base = old;
        return vec![change];
    }
    let left = RootChange {
        directory: format!("{prefix}{}", before.directory),
        base: old,
        ..RootChange::default()
    };
    vec![left, change]
}

fn files(tree: Tree) -> Files {
    tree.into_iter()
        .map(|(path, text)| {
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            (name, Content::Text(text))
        })
        .collect()
}

/// The local folders of the modules that a root calls, relative to the workspace.
#[must_use]
pub fn module_folders(root: &RootModule) -> Vec<String> {
    let blocks = root.files.iter().flat_map(|file| file.blocks.iter());
    let sources = blocks
        .filter(|block| block.kind == BlockKind::Module)
        .flat_map(|block| &block.arguments)
        .filter(|argument| argument.name == "source");
    sources
        .filter_map(|argument| match &argument.value {
            Expression::Text(source) if read::is_local(source) => {
                Some(normal(&format!("{}/{source}", root.directory)))
            }
            _ => None,
        })
        .collect()
}

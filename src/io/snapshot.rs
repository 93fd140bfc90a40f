//! One side of a comparison: a workspace as it is, as another folder has it, or as a commit has it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{
    compile::{
        self, ConfigFile, WORKSPACE_FILE,
        snapshot::{Side, module_folders},
    },
    diagnostic::Diagnostics,
    io::{
        self,
        git::{Commit, Entry},
    },
    model::{Database, Environment},
    terraform::{lower, tree::normal},
    text::date::Date,
};

/// A workspace, compiled, and what is in the modules that it calls.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The workspace.
    pub side: Side,
    /// Digests of the modules' local folders, by folder relative to the workspace.
    pub modules: BTreeMap<String, String>,
}

/// Why a side cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A file, a folder or git.
    Machine(String),
    /// Its `valet.yaml` is wrong.
    Problems(Diagnostics),
}

impl From<String> for Unreadable {
    fn from(message: String) -> Self {
        Self::Machine(message)
    }
}

impl From<io::Failure> for Unreadable {
    fn from(failure: io::Failure) -> Self {
        Self::Machine(failure.to_string())
    }
}

/// Where the files of a side are.
#[derive(Debug)]
pub enum Files {
    /// In a folder.
    Folder(PathBuf),
    /// In a commit.
    Commit(Box<Commit>),
}

/// Reads and compiles a side; without a `valet.yaml` it is empty.
///
/// # Errors
/// When files or git fail, or `valet.yaml` is wrong.
pub fn read(files: &mut Files, today: Date) -> Result<Snapshot, Unreadable> {
    let Some(valet) = files.workspace_file()? else {
        return Ok(Snapshot::default());
    };
    let environments = compile::open(valet).map_err(Unreadable::Problems)?;
    let configs = files.configs(&environments)?;
    let paths: BTreeSet<String> = configs.iter().map(|file| file.path.clone()).collect();
    let compiled = compile::compile(&environments, configs, today);
    of(environments, compiled.databases, &paths, files)
}

/// A side that has been compiled already.
///
/// # Errors
/// When the modules cannot be read.
pub fn of(
    environments: Vec<Arc<Environment>>,
    databases: Vec<Database>,
    paths: &BTreeSet<String>,
    files: &mut Files,
) -> Result<Snapshot, Unreadable> {
    let compiled: BTreeSet<&String> = databases.iter().map(|one| &one.file.path).collect();
    let broken = paths
        .iter()
        .filter(|path| !compiled.contains(path))
        .cloned()
        .collect();
    let shared = environments.iter().map(|one| lower::environment(one));
    let mut folders = BTreeSet::new();
    for root in shared.chain(databases.iter().map(lower::unit)) {
        folders.extend(module_folders(&root));
    }
    let mut modules = BTreeMap::new();
    for folder in folders {
        let digest = files.digest(&folder)?;
        modules.insert(folder, digest);
    }
    Ok(Snapshot {
        side: Side {
            environments,
            databases,
            broken,
        },
        modules,
    })
}

impl Files {
    fn workspace_file(&mut self) -> Result<Option<Vec<u8>>, Unreadable> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(WORKSPACE_FILE);
                if !io::is_file(&path) {
                    return Err(Unreadable::Machine(format!(
                        "{}: there is none",
                        path.display()
                    )));
                }
                Ok(Some(io::read_in(folder, WORKSPACE_FILE)?))
            }
            Self::Commit(commit) => {
                let path = format!("{}{WORKSPACE_FILE}", commit.prefix);
                Ok(commit.file(&path)?)
            }
        }
    }

    fn configs(
        &mut self,
        environments: &[Arc<Environment>],
    ) -> Result<Vec<ConfigFile>, Unreadable> {
        let commit = match self {
            Self::Folder(folder) => return Ok(io::configs(folder, environments)?.0),
            Self::Commit(commit) => commit,
        };
        let prefix = commit.prefix.clone();
        let folder =
            |environment: &Environment| normal(&format!("{prefix}{}", environment.spec.configs));
        let folders: Vec<String> = environments.iter().map(|one| folder(one)).collect();
        let mut files = Vec::new();
        for entry in commit.list(&folders)? {
            let owner = environments.iter().find_map(|environment| {
                let name = entry
                    .path
                    .strip_prefix(&folder(environment))?
                    .strip_prefix('/')?;
                let is_config = !name.contains('/')
                    && !name.starts_with('.')
                    && name.strip_suffix(".yaml").is_some();
                is_config.then(|| (environment, format!("{}/{name}", environment.spec.configs)))
            });
            let Some((environment, path)) = owner else {
                continue;
            };
            if let Some(bytes) = content(commit, &entry)? {
                files.push(ConfigFile {
                    environment: environment.name.clone(),
                    path,
                    bytes,
                });
            }
        }
        Ok(files)
    }

    /// A digest of what Terraform reads of a module; a module that is not there has one, too.
    fn digest(&mut self, folder: &str) -> Result<String, Unreadable> {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        match self {
            Self::Folder(workspace) => {
                for path in io::files_below(&workspace.join(folder))? {
                    if counts(&path) {
                        let bytes = io::read_of_module(&workspace.join(folder).join(&path))?;
                        files.push((path, bytes));
                    }
                }
            }
            Self::Commit(commit) => {
                let shown = folder;
                let folder = normal(&format!("{}{folder}", commit.prefix));
                if folder.starts_with("..") {
                    return Err(Unreadable::Machine(format!(
                        "the modules in {shown} are outside the git repository, so no commit has them; compare with another copy of the workspace: --base-dir"
                    )));
                }
                for entry in commit.list(std::slice::from_ref(&folder))? {
                    let Some(path) = entry.path.strip_prefix(&format!("{folder}/")) else {
                        continue;
                    };
                    if counts(path) {
                        files.push((path.to_owned(), commit.read(&entry)?));
                    }
                }
            }
        }
        files.sort();
        let mut digest = Sha256::new();
        for (path, bytes) in files {
            digest.update(format!("{path}\0{}\0", bytes.len()));
            digest.update(bytes);
        }
        let bytes = digest.finalize();
        let letters = bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Ok(letters)
    }
}

/// The content of a config; that of the file which a link in the repository leads to.
fn content(commit: &mut Commit, entry: &Entry) -> Result<Option<Vec<u8>>, String> {
    let bytes = commit.read(entry)?;
    if !entry.is_link {
        return Ok(Some(bytes));
    }
    let target = String::from_utf8_lossy(&bytes).into_owned();
    let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    commit.file(&normal(&format!("{folder}/{target}")))
}

/// Whether a file of a module can matter to an apply.
fn counts(path: &str) -> bool {
    let left_out = |part: &str| part.starts_with('.') || ["tests", "__pycache__"].contains(&part);
    !path.split('/').any(left_out) && path.strip_suffix(".md").is_none()
}

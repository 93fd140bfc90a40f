//! The repository around a workspace, asked through git. One function starts git, and trusts nothing in a checkout: no
//! repository that a file of it could name, no hook, no program of an attribute, no address but the usual kinds.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that starts git"
)]

mod base;
mod changes;
mod objects;
mod refusal;
mod work_tree;

use std::{
    env,
    ffi::OsString,
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
};

pub use base::Commit;
pub use changes::{ChangedPath, Mode};
pub use objects::{Blobs, TreeEntry};
pub use refusal::Refusal;
pub use work_tree::{is_left_out, tracks, uncommitted, with_line_feeds};

/// What a hook, an alias or another git leaves in the environment: it says where that one's repository is, not ours.
/// The names are those of `git rev-parse --local-env-vars`, and what changes the meaning of paths and diffs. The
/// caller's own configuration (`GIT_CONFIG_COUNT` and its like) stays.
const INHERITED: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    "LANGUAGE",
    "SSH_ASKPASS",
];

const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.warnAmbiguousRefs=true",
    "diff.autoRefreshIndex=true",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
];

/// Ways to another repository that run no program of somebody's choice.
const PROTOCOLS: &str = "file:git:http:https:ssh";

/// The repository that a workspace is in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The real path of its work tree.
    pub top: PathBuf,
    /// Path of the workspace in it: empty, or with `/` at its end.
    pub prefix: String,
    /// The superproject, when it is a submodule.
    pub superproject: Option<String>,
    /// Whether a sparse checkout may leave files out of the work tree.
    pub is_sparse: bool,
    is_shallow: bool,
    /// The caller's `GIT_DIR` and `GIT_WORK_TREE`, where nothing else leads to the workspace.
    pair: Option<(OsString, OsString)>,
}

impl Repository {
    /// Finds the repository of a workspace: the nearest folder above it with a `.git`, whatever else looks like a
    /// repository on the way, or the pair that the caller has named.
    ///
    /// # Errors
    /// When there is none, it is not ours to read, or its work tree does not hold the workspace.
    pub fn find(workspace: &Path) -> Result<Self, Refusal> {
        let real = workspace
            .canonicalize()
            .map_err(Refusal::system(workspace.display().to_string()))?;
        let found = Self::around(&real);
        let mut found = found.ok_or_else(|| Refusal::NoRepository(workspace.to_owned()))?;
        let prefix = found.inside(&real);
        found.prefix = prefix.ok_or_else(|| Refusal::NotText(real.clone()))?;
        let told = found.run(&[
            "rev-parse",
            "--show-toplevel",
            "--is-shallow-repository",
            "--git-path",
            "info/sparse-checkout",
            "--show-superproject-working-tree",
        ])?;
        let told = line(&told);
        let mut lines = told.lines();
        let top = Path::new(lines.next().unwrap_or_default()).canonicalize();
        if top.is_err() || top.is_ok_and(|top| top != found.top) {
            return Err(Refusal::Elsewhere(found.top));
        }
        found.is_shallow = lines.next() == Some("true");
        found.is_sparse = lines
            .next()
            .is_some_and(|path| found.top.join(path).exists());
        found.superproject = lines.next().map(str::to_owned);
        Ok(found)
    }

    /// The repository around a real path, as far as folders tell.
    fn around(real: &Path) -> Option<Self> {
        let has_git = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
        match (real.ancestors().find(has_git), named_pair(real)) {
            (Some(top), _) => Some(Self::new(top, None)),
            (None, Some((top, pair))) => Some(Self::new(&top, Some(pair))),
            (None, None) => None,
        }
    }

    fn new(top: &Path, pair: Option<(OsString, OsString)>) -> Self {
        Self {
            top: top.to_owned(),
            prefix: String::new(),
            superproject: None,
            is_sparse: false,
            is_shallow: false,
            pair,
        }
    }

    /// A folder's path in the repository, with `/` at its end; nothing when it is outside or not text.
    fn inside(&self, folder: &Path) -> Option<String> {
        let inner = folder.strip_prefix(&self.top).ok()?;
        let mut path = String::new();
        for part in inner.components() {
            let Component::Normal(name) = part else {
                return None;
            };
            path.push_str(name.to_str()?);
            path.push('/');
        }
        Some(path)
    }

    /// Git in the repository, with nothing that somebody else could have chosen.
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        for name in INHERITED {
            command.env_remove(name);
        }
        if let Some((folder, work_tree)) = &self.pair {
            command
                .env("GIT_DIR", folder)
                .env("GIT_WORK_TREE", work_tree);
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
            .env("GIT_ASKPASS", "")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .current_dir(&self.top)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// What git prints.
    ///
    /// # Errors
    /// When it fails, with its own words.
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, Refusal> {
        let output = self.output(arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(refused(arguments, &output.stderr))
    }

    fn output(&self, arguments: &[&str]) -> Result<std::process::Output, Refusal> {
        let mut command = self.command();
        command
            .args(arguments)
            .output()
            .map_err(Refusal::system("git"))
    }
}

/// The top of the repository around a workspace, and the path of the workspace in it: empty, or with `/` at its end. Git
/// is not asked.
#[must_use]
pub fn place(workspace: &Path) -> Option<(PathBuf, String)> {
    let real = workspace.canonicalize().ok()?;
    let repository = Repository::around(&real)?;
    let prefix = repository.inside(&real)?;
    Some((repository.top, prefix))
}

/// The path of a workspace in the repository around it; empty without one.
#[must_use]
pub fn prefix(workspace: &Path) -> String {
    place(workspace)
        .map(|(_, prefix)| prefix)
        .unwrap_or_default()
}

/// The caller's pair of folders, when both are named and the work tree holds the workspace; with the work tree's real
/// path. A relative one is seen from the current folder, as git sees it.
fn named_pair(workspace: &Path) -> Option<(PathBuf, (OsString, OsString))> {
    let absolute = |name| env::var_os(name).and_then(|path| Path::new(&path).canonicalize().ok());
    let (folder, work_tree) = (absolute("GIT_DIR")?, absolute("GIT_WORK_TREE")?);
    let pair = (folder.into_os_string(), work_tree.clone().into_os_string());
    workspace
        .starts_with(&work_tree)
        .then_some((work_tree, pair))
}

/// What git said when it failed, on one line.
fn refused(arguments: &[&str], stderr: &[u8]) -> Refusal {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let words = lines.clone().find(|line| line.starts_with("fatal:"));
    let words = words.or_else(|| lines.next()).unwrap_or("no reason given");
    let command = arguments.first().copied().unwrap_or_default();
    let is_missing = ["bad tree object", "bad object", "unable to read", "missing"]
        .iter()
        .any(|said| words.contains(said));
    let made = if is_missing {
        Refusal::Incomplete
    } else {
        Refusal::Failed
    };
    made(command.to_owned(), words.to_owned())
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches('\n')
        .to_owned()
}

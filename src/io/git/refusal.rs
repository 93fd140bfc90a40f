//! Why git cannot answer, and what to do.

use std::{error, fmt, io, path::PathBuf};

use crate::{diagnostic::report::plural, text::unicode::spelt_out};

/// Why git cannot answer, and what to do.
#[derive(Debug)]
pub enum Refusal {
    /// The system cannot do something with this, a path or a command of git.
    System(String, io::Error),
    /// A command of git has failed, for this reason in its own words.
    Failed(String, String),
    /// A command of git has failed, because an object is not there.
    Incomplete(String, String),
    /// A command of git has answered in a form that is not known.
    Answer(&'static str),
    /// A workspace is in no repository.
    NoRepository(PathBuf),
    /// The path of a workspace is not text.
    NotText(PathBuf),
    /// The work tree of the repository in this folder is another one.
    Elsewhere(PathBuf),
    /// The modules in this folder are in no commit of the repository.
    Outside(String),
    /// The modules in this folder are not in git.
    Ignored(String),
    /// A config of the base is larger than any can be.
    TooLarge(String),
    /// There is no commit yet.
    NothingCommitted,
    /// A reference is a range, or nothing that git could take for a commit.
    NotOne(String),
    /// A reference is the name of a branch and of a tag.
    Ambiguous(String),
    /// A reference is something else than a commit; its kind.
    NotACommit(String, String),
    /// Git does not know a reference.
    Unknown {
        /// What was asked for.
        reference: String,
        /// Whether this may be because the clone is shallow.
        is_shallow: bool,
    },
    /// A shallow clone ends before a reference and `HEAD` meet.
    Shallow(String),
    /// A shallow clone may hide where a reference and `HEAD` meet.
    Hidden(String),
    /// A reference and `HEAD` meet nowhere.
    Unrelated(String),
    /// A reference and `HEAD` meet in so many commits.
    SeveralBases(String, usize),
    /// An object of the base cannot be read.
    Damaged(String),
    /// An object of the base is not there.
    NotHere(String),
    /// So many objects that a partial clone has left out could not be fetched.
    NotFetched(usize, Box<Refusal>),
}

/// What to fetch, for whoever has too little.
const FETCH_MORE: &str =
    "fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout";

impl Refusal {
    /// What makes one of a failure of the system.
    pub(super) fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |error| Self::System(what, error)
    }

    fn words(&self) -> String {
        match self {
            Self::System(what, error) => format!("{what}: {error}"),
            Self::Failed(command, words) => format!("git {command}: {words}"),
            Self::Incomplete(command, words) => format!(
                "git {command}: {words}: the repository is damaged, or was cloned without all that is asked for; clone anew, with no filter but `--filter=blob:none`"
            ),
            Self::Answer(command) => format!("git {command}: an answer of another form"),
            Self::NoRepository(workspace) => format!(
                "{} is in no git repository; compare with another copy of the workspace: --base-dir",
                workspace.display()
            ),
            Self::NotText(workspace) => format!(
                "{}: the path is not text, so git's answers cannot be understood",
                workspace.display()
            ),
            Self::Elsewhere(top) => format!(
                "the repository in {} has its work tree elsewhere: it must hold the workspace",
                top.display()
            ),
            Self::Outside(path) => format!(
                "the modules in {path} are outside the git repository, so no commit has them; compare with another copy of the workspace: --base-dir"
            ),
            Self::Ignored(path) => format!(
                "the modules in {path} are not in git, so nothing says whether they differ: commit them, name them by a git address, or compare with another copy of the workspace: --base-dir"
            ),
            Self::TooLarge(path) => format!("{path} of the base is too large to be read"),
            Self::NothingCommitted => {
                "nothing is committed here yet, so there is nothing to compare with".to_owned()
            }
            Self::NotOne(reference) => format!(
                "`{reference}` is not one commit: name the branch, tag or commit that the change goes into, such as `main`; what is compared is its merge base with HEAD"
            ),
            Self::Ambiguous(reference) => format!(
                "`{reference}` is a branch and a tag: write `refs/heads/{reference}` or `refs/tags/{reference}`"
            ),
            Self::NotACommit(reference, kind) => {
                format!("`{reference}` is a {kind}, not a commit")
            }
            Self::Unknown {
                reference,
                is_shallow,
            } => {
                let help = if *is_shallow {
                    FETCH_MORE
                } else {
                    "is it fetched?"
                };
                format!("git knows no commit `{reference}`; {help}")
            }
            Self::Shallow(reference) => format!(
                "this clone is shallow and ends before `{reference}` and HEAD meet: {FETCH_MORE}"
            ),
            Self::Hidden(reference) => format!(
                "this clone is shallow, and commits between `{reference}` and HEAD are not in it: {FETCH_MORE}"
            ),
            Self::Unrelated(reference) => format!(
                "`{reference}` and HEAD have no commit in common, so nothing says what the change is"
            ),
            Self::SeveralBases(reference, count) => format!(
                "`{reference}` and HEAD have {count} merge bases, so there is no one state that the change starts from: merge `{reference}` into the branch first"
            ),
            Self::Damaged(object) => format!(
                "git cannot read the object {object} of the base: the repository is damaged; `git fsck` says more"
            ),
            Self::NotHere(object) => format!(
                "the content {object} of the base is not in this repository: it is damaged, or was cloned without all of it; fetch again, or clone anew"
            ),
            Self::NotFetched(count, reason) => format!(
                "{} of the base are not in this partial clone, and fetching them failed ({reason}): fetch them with `git fetch --refetch --filter=tree:0`, or clone without a filter",
                plural(*count, "file")
            ),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spelt_out(&self.words()))
    }
}

impl error::Error for Refusal {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::System(_, error) => Some(error),
            Self::NotFetched(_, reason) => Some(reason),
            _ => None,
        }
    }
}

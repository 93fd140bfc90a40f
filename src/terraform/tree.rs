//! Files in memory, and what would change on disk.

use std::{collections::BTreeMap, error, fmt};

use similar::{ChangeTag, TextDiff};

/// Texts by path inside the workspace, with `/` between folders.
pub type Tree = BTreeMap<String, String>;

/// One difference between what is there and what should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path inside the workspace.
    pub path: String,
    /// What is there, if anything.
    pub old: Option<String>,
    /// What should be there, if anything.
    pub new: Option<String>,
}

impl Change {
    /// Only the lines that differ, each after `-` or `+`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let (old, new) = (
            self.old.as_deref().unwrap_or(""),
            self.new.as_deref().unwrap_or(""),
        );
        let diff = TextDiff::from_lines(old, new);
        diff.iter_all_changes()
            .filter(|change| change.tag() != ChangeTag::Equal)
            .map(|change| format!("{}{}", change.tag(), change.value().trim_end_matches('\n')))
            .collect()
    }
}

/// A change as a unified diff.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |text: &Option<String>, mark: &str| match text {
            Some(_) => format!("{mark}/{}", self.path),
            None => "/dev/null".to_owned(),
        };
        let (old, new) = (
            self.old.as_deref().unwrap_or(""),
            self.new.as_deref().unwrap_or(""),
        );
        let diff = TextDiff::from_lines(old, new);
        let (from, to) = (side(&self.old, "a"), side(&self.new, "b"));
        write!(f, "{}", diff.unified_diff().header(&from, &to))
    }
}

/// A Terraform file as it stands on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was generated; its text.
    Generated(String),
    /// The lock file; its text.
    Lock(String),
    /// Not one of ours.
    Foreign(Foreign),
    /// It has one of our names; nobody has looked inside.
    Unread,
    /// Left by a run that was killed.
    Unfinished,
}

/// Why a file is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// It has none of our names.
    Name,
    /// It does not start with our first line.
    Header,
    /// It is a symbolic link.
    Link,
    /// It is a folder.
    Folder,
    /// It is a pipe, a device or the like.
    Irregular,
    /// It is larger than any of ours.
    Large,
    /// It is not text.
    NotText,
}

/// The files of one folder that Terraform reads, by name.
pub type Standing = BTreeMap<String, Found>;

/// A file that was not generated, where one is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupied {
    /// Its path inside the workspace.
    pub path: String,
    /// Why it is not one of ours.
    pub why: Foreign,
}

impl fmt::Display for Occupied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Foreign::Name | Foreign::Header => "",
            Foreign::Link => ": it is a symbolic link",
            Foreign::Folder => ": it is a folder",
            Foreign::Irregular => ": it is not a regular file",
            Foreign::Large => ": it is larger than any generated file",
            Foreign::NotText => ": it is not text",
        };
        let path = &self.path;
        write!(f, "{path} was not generated, so it is not overwritten{why}")
    }
}

impl error::Error for Occupied {}

/// What turns the files of a folder into `tree`.
///
/// # Errors
/// When a file is in the way that was not generated.
pub fn changes(directory: &str, standing: &Standing, tree: &Tree) -> Result<Vec<Change>, Occupied> {
    let mut changes = Vec::new();
    for (path, new) in tree {
        let name = path.rsplit('/').next().unwrap_or(path);
        let old = match standing.get(name) {
            Some(Found::Foreign(why)) => {
                return Err(Occupied {
                    path: path.clone(),
                    why: *why,
                });
            }
            Some(Found::Generated(old) | Found::Lock(old)) if old == new => continue,
            Some(Found::Generated(old) | Found::Lock(old)) => Some(old.clone()),
            Some(Found::Unread | Found::Unfinished) | None => None,
        };
        changes.push(Change {
            path: path.clone(),
            old,
            new: Some(new.clone()),
        });
    }
    for (name, found) in standing {
        let path = format!("{directory}/{name}");
        if let Found::Generated(old) = found
            && !tree.contains_key(&path)
        {
            changes.push(Change {
                path,
                old: Some(old.clone()),
                new: None,
            });
        }
    }
    Ok(changes)
}

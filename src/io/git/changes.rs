//! Which paths differ between a commit and the work tree: git's own answer, with its attributes, filters, line ends,
//! sparse checkouts, links and submodules.

use std::collections::BTreeMap;

use super::{Commit, Refusal, Repository};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Missing,
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// Another repository: a submodule, or one that lies in the work tree by itself.
    Repository,
}

/// A path that differs.
#[derive(Clone, Debug)]
pub struct ChangedPath {
    /// Path in the repository; letters that are not text are replaced, so such a path names no file.
    pub path: String,
    /// What the commit has there.
    pub base: Mode,
    /// Name of its content in the commit; empty when there is none.
    pub object: String,
    /// What the work tree has there.
    pub head: Mode,
    /// Name of its content in the index, when git has not had to look at the file; empty otherwise.
    pub index: String,
}

impl Repository {
    /// Every path that differs between a commit and the work tree, sorted: tracked ones, and new ones that are not
    /// ignored.
    ///
    /// # Errors
    /// When git cannot read the repository or a file.
    pub fn changed_paths(&self, base: &Commit) -> Result<Vec<ChangedPath>, Refusal> {
        let (tracked, others) = rayon::join(
            || {
                self.run(&[
                    "diff",
                    "--raw",
                    "-z",
                    "--no-renames",
                    "--no-abbrev",
                    "--no-relative",
                    "--no-ext-diff",
                    "--no-textconv",
                    "--no-color",
                    "--ignore-submodules=none",
                    &base.id,
                    "--",
                ])
            },
            || self.run(&["ls-files", "--others", "--exclude-standard", "-z"]),
        );
        let (tracked, others) = (tracked?, others?);
        let tracked = String::from_utf8_lossy(&tracked);
        let mut changed: BTreeMap<String, ChangedPath> = BTreeMap::new();
        let mut words = tracked.split('\0');
        while let Some(about) = words.next().filter(|about| !about.is_empty()) {
            let entry = words.next().and_then(|path| raw(about, path));
            let entry = entry.ok_or(Refusal::Answer("diff"))?;
            changed.insert(entry.path.clone(), entry);
        }
        for path in String::from_utf8_lossy(&others).split('\0') {
            if path.is_empty() {
                continue;
            }
            let head = if path.ends_with('/') {
                Mode::Repository
            } else {
                Mode::File
            };
            let path = path.trim_end_matches('/').to_owned();
            // What the index has lost is gone for git, although it is here.
            let entry = changed.entry(path.clone()).or_insert(ChangedPath {
                path,
                base: Mode::Missing,
                object: String::new(),
                head,
                index: String::new(),
            });
            entry.head = head;
        }
        Ok(changed.into_values().collect())
    }
}

impl Repository {
    /// Paths of the files with a name, in the index and new ones that are not ignored.
    ///
    /// # Errors
    /// When git fails.
    pub fn files_named(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let mut command = self.command();
        let output = command
            .env("GIT_LITERAL_PATHSPECS", "0")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
                "--",
            ])
            .args([format!(":(glob){name}"), format!(":(glob)**/{name}")])
            .output()
            .map_err(Refusal::system("git"))?;
        if !output.status.success() {
            return Err(super::refused(&["ls-files"], &output.stderr));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let paths = listed.split('\0').filter(|path| !path.is_empty());
        Ok(paths.map(str::to_owned).collect())
    }
}

/// `:<mode before> <mode after> <object before> <object after> <letter>`, and the path.
fn raw(about: &str, path: &str) -> Option<ChangedPath> {
    let mut words = about.strip_prefix(':')?.split(' ');
    let (base, head) = (mode(words.next()?)?, mode(words.next()?)?);
    let mut object = || {
        let name = words.next()?;
        let is_one = name.bytes().any(|digit| digit != b'0');
        Some(if is_one {
            name.to_owned()
        } else {
            String::new()
        })
    };
    Some(ChangedPath {
        path: path.to_owned(),
        base,
        object: object()?,
        head,
        index: object()?,
    })
}

fn mode(octal: &str) -> Option<Mode> {
    match octal {
        "000000" => Some(Mode::Missing),
        "100644" | "100755" => Some(Mode::File),
        "120000" => Some(Mode::Link),
        "160000" => Some(Mode::Repository),
        _ => None,
    }
}

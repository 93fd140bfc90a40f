//! What a commit holds: folders, and the content of files, all asked for at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead, BufReader, Read, Write},
    process::Stdio,
};

use super::{Commit, Mode, Refusal, Repository, line, refused};

/// Contents by the names of their objects; nothing for one that has more bytes than were asked for.
pub type Blobs = BTreeMap<String, Option<Vec<u8>>>;

/// Something in a commit.
#[derive(Clone, Debug)]
pub struct TreeEntry {
    /// Path in the repository.
    pub path: String,
    /// What it is; a folder is none of these.
    pub mode: Option<Mode>,
    /// Name of its content.
    pub object: String,
}

impl Repository {
    /// What a commit has at some paths; with `below`, everything below them instead of the folders.
    ///
    /// # Errors
    /// When git fails.
    pub fn list(
        &self,
        commit: &Commit,
        paths: &[String],
        below: bool,
    ) -> Result<Vec<TreeEntry>, Refusal> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = vec!["ls-tree", "-z", "--full-tree"];
        if below {
            arguments.push("-r");
        }
        arguments.extend([commit.id.as_str(), "--"]);
        arguments.extend(paths.iter().map(String::as_str));
        let listed = self.run(&arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        Ok(listed.split('\0').filter_map(entry).collect())
    }

    /// The contents of objects, each of at most `limit` bytes. What a partial clone does not have is fetched, all in one
    /// go.
    ///
    /// # Errors
    /// When one is not there and cannot be fetched.
    pub fn blobs(&self, objects: &BTreeSet<String>, limit: usize) -> Result<Blobs, Refusal> {
        let (mut blobs, missing) = self.read(objects, limit)?;
        if missing.is_empty() {
            return Ok(blobs);
        }
        self.fetch(&missing)?;
        let (fetched, missing) = self.read(&missing, limit)?;
        if let Some(one) = missing.first() {
            return Err(Refusal::NotHere(one.clone()));
        }
        blobs.extend(fetched);
        Ok(blobs)
    }

    /// Asks one process for every object: what it has, and the names of what it has not.
    fn read(
        &self,
        objects: &BTreeSet<String>,
        limit: usize,
    ) -> Result<(Blobs, BTreeSet<String>), Refusal> {
        let (mut blobs, mut missing) = (Blobs::new(), BTreeSet::new());
        if objects.is_empty() {
            return Ok((blobs, missing));
        }
        let failed = |error| Refusal::System("git cat-file".to_owned(), error);
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let closed = || failed(io::Error::other("no pipe"));
        let mut questions = child.stdin.take().ok_or_else(closed)?;
        let mut answers = BufReader::new(child.stdout.take().ok_or_else(closed)?);
        let mut ask = |object: &String| -> Result<(), Refusal> {
            writeln!(questions, "{object}")
                .and_then(|()| questions.flush())
                .map_err(failed)?;
            let mut header = String::new();
            answers.read_line(&mut header).map_err(failed)?;
            let mut words = header.split_whitespace().skip(1);
            let size = match (words.next(), words.next()) {
                (Some("blob"), Some(size)) => size.parse::<u64>().ok(),
                (Some("missing"), _) => {
                    missing.insert(object.clone());
                    return Ok(());
                }
                _ => None,
            };
            let size = size.ok_or_else(|| Refusal::Damaged(object.clone()))?;
            let mut content = (&mut answers).take(size);
            let fits = usize::try_from(size).is_ok_and(|size| size <= limit);
            let kept = if fits {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes).map_err(failed)?;
                Some(bytes)
            } else {
                io::copy(&mut content, &mut io::sink()).map_err(failed)?;
                None
            };
            let complete = kept
                .as_ref()
                .is_none_or(|bytes| u64::try_from(bytes.len()) == Ok(size));
            let mut end = [0];
            answers.read_exact(&mut end).map_err(failed)?;
            if !complete || end != *b"\n" {
                return Err(Refusal::Answer("cat-file"));
            }
            blobs.insert(object.clone(), kept);
            Ok(())
        };
        let asked = objects.iter().try_for_each(&mut ask);
        // Without a standard input, git ends by itself.
        drop(questions);
        let _ = child.wait();
        asked.map(|()| (blobs, missing))
    }

    /// Fetches objects that a partial clone has left out, all at once and nothing else.
    fn fetch(&self, objects: &BTreeSet<String>) -> Result<(), Refusal> {
        let first = objects.first().cloned().unwrap_or_default();
        let listed = self.output(&[
            "config",
            "--name-only",
            "--get-regexp",
            r"^remote\..*\.promisor$",
        ])?;
        let listed = line(&listed.stdout);
        let remote = listed
            .lines()
            .next()
            .and_then(|name| name.strip_prefix("remote.")?.strip_suffix(".promisor"))
            .ok_or(Refusal::NotHere(first))?;
        let arguments = [
            "-c",
            "fetch.negotiationAlgorithm=noop",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--recurse-submodules=no",
            "--filter=blob:none",
            "--upload-pack=git-upload-pack",
            "--stdin",
            "--end-of-options",
            remote,
        ];
        let failed = |error| Refusal::System("git fetch".to_owned(), error);
        let mut command = self.command();
        if std::env::var_os("GIT_SSH_COMMAND").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let wanted: String = objects
            .iter()
            .flat_map(|one| [one.as_str(), "\n"])
            .collect();
        if let Some(mut questions) = child.stdin.take() {
            // A git that has failed before it reads says why itself.
            let _ = questions.write_all(wanted.as_bytes());
        }
        let output = child.wait_with_output().map_err(failed)?;
        if output.status.success() {
            return Ok(());
        }
        let reason = refused(&["fetch"], &output.stderr);
        Err(Refusal::NotFetched(objects.len(), Box::new(reason)))
    }
}

/// `<mode> <type> <object>\t<path>`
fn entry(text: &str) -> Option<TreeEntry> {
    let (about, path) = text.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    let mode = match (kind, mode) {
        ("blob", "120000") => Some(Mode::Link),
        ("blob", _) => Some(Mode::File),
        ("commit", _) => Some(Mode::Repository),
        _ => None,
    };
    Some(TreeEntry {
        path: path.to_owned(),
        mode,
        object: object.to_owned(),
    })
}

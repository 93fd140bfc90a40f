//! A commit of the repository around a workspace, read from git's objects: nothing is checked out, whatever the
//! working tree looks like.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place that starts git"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A commit.
#[derive(Debug)]
pub struct Commit {
    /// Path of the workspace in the repository: empty, or with `/` at its end.
    pub prefix: String,
    id: String,
    folder: std::path::PathBuf,
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// A file of a commit.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Path in the repository.
    pub path: String,
    /// Name of its content.
    pub object: String,
    /// Whether it is a symbolic link: its content is then the path that it leads to.
    pub is_link: bool,
}

impl Commit {
    /// Finds a commit by anything that git takes for one.
    ///
    /// # Errors
    /// When there is no git, no repository or no such commit.
    pub fn open(workspace: &Path, reference: &str) -> Result<Self, String> {
        let prefix = run(workspace, &["rev-parse", "--show-prefix"])?;
        let wanted = format!("{reference}^{{commit}}");
        let id = run(
            workspace,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &wanted,
            ],
        )
        .map_err(|_| format!("git knows no commit `{reference}`; is it fetched?"))?;
        let mut child = Command::new("git")
            .args(["cat-file", "--batch"])
            .current_dir(workspace)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("git: {error}"))?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().ok_or("git: no output")?;
        Ok(Self {
            prefix: line(&prefix),
            id: line(&id),
            folder: workspace.to_owned(),
            child,
            questions,
            answers: BufReader::new(answers),
        })
    }

    /// The files in some folders of the repository, by path.
    ///
    /// # Errors
    /// When git fails.
    pub fn list(&self, folders: &[String]) -> Result<Vec<Entry>, String> {
        if folders.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", &self.id, "--"];
        arguments.extend(folders.iter().map(String::as_str));
        let listed = run(&self.folder, &arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        Ok(listed.split('\0').filter_map(entry).collect())
    }

    /// The content of a file at a path in the repository; none, when there is no such file.
    ///
    /// # Errors
    /// When git fails.
    pub fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.content(&format!("{}:{path}", self.id))
    }

    /// The content of an entry.
    ///
    /// # Errors
    /// When git fails.
    pub fn read(&mut self, entry: &Entry) -> Result<Vec<u8>, String> {
        let found = self.content(&entry.object)?;
        found.ok_or_else(|| format!("git: {} is not there", entry.path))
    }

    fn content(&mut self, object: &str) -> Result<Option<Vec<u8>>, String> {
        let failed = |error: std::io::Error| format!("git cat-file: {error}");
        let questions = self.questions.as_mut().ok_or("git cat-file: gone")?;
        writeln!(questions, "{object}").map_err(failed)?;
        questions.flush().map_err(failed)?;
        let mut header = String::new();
        self.answers.read_line(&mut header).map_err(failed)?;
        let mut words = header.split_whitespace().skip(1);
        let (Some("blob"), Some(size)) = (words.next(), words.next()) else {
            return Ok(None);
        };
        let size: usize = size
            .parse()
            .map_err(|_| format!("git cat-file: {header}"))?;
        let mut bytes = vec![0; size + 1];
        self.answers.read_exact(&mut bytes).map_err(failed)?;
        bytes.pop();
        Ok(Some(bytes))
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        // Without a standard input, git ends by itself.
        self.questions = None;
        let _ = self.child.wait();
    }
}

/// `<mode> <type> <object>\t<path>`
fn entry(text: &str) -> Option<Entry> {
    let (about, path) = text.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob").then(|| Entry {
        path: path.to_owned(),
        object: object.to_owned(),
        is_link: mode == "120000",
    })
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches('\n')
        .to_owned()
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(line(&output.stderr))
    }
}

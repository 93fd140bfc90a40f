//! The pages of the book: their fenced blocks, what is said of those where no reader sees it, and doing what they say.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use super::{folder::modules, terraform::Fake, workspace::TODAY};

/// Plans and outputs, as the stand-in for Terraform tells them.
const TOLD: &str = "fixtures/book";
/// A state with something in it, as the last apply has left it.
const LIVING: &str = r#"{"version": 4, "lineage": "l", "serial": 1, "resources": [
    {"mode": "managed", "type": "aws_db_instance", "instances": [{"attributes": {}}]}
]}"#;
/// What is said of a block, in comments above it: `file NAME` that it is the text of, `end NAME` that it is added at the end
/// of; `terraform ROOT plans NAME`,
/// `terraform ROOT tells NAME` or `terraform ROOT lives`, which is what Terraform says from there on; `exit CODE` of its last command; `not run:
/// REASON`.
const MARK: &str = "<!-- test: ";
/// Stands for any number of lines.
const LEFT_OUT: &str = "…";
/// What the shell prints around the exit code of a command; nothing else prints it.
const BETWEEN: char = '\u{1e}';

/// A fenced block.
#[derive(Debug, Default)]
struct Block {
    /// Number of the line after its fence, from 0.
    at: usize,
    language: String,
    lines: Vec<String>,
    marks: Vec<String>,
}

/// A command, and what follows it.
#[derive(Debug, Default)]
struct Shown {
    /// As the page shows it.
    typed: Vec<String>,
    /// As a shell takes it.
    script: String,
    output: Vec<String>,
}

/// How many blocks of a page were run, and how many it says not to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) run: usize,
    pub(crate) not_run: usize,
}

/// Who does what a page says, with this tool, its modules, git, and a stand-in for Terraform.
pub(crate) struct Reader {
    folder: PathBuf,
    here: PathBuf,
    fake: Fake,
    /// Roots with something in their states.
    living: Vec<String>,
}

impl Reader {
    /// One who begins with nothing.
    pub(crate) fn new(name: &str) -> Self {
        let folder = scratch(name);
        fs::create_dir_all(&folder).unwrap();
        modules(&folder.join("storage-valet-rds/modules"));
        Self::within(folder.clone(), folder)
    }

    /// One who begins where another has ended.
    pub(crate) fn after(other: &Self, name: &str) -> Self {
        let folder = scratch(name);
        let mut copy = Command::new("cp");
        let copied = copy.arg("-r").arg(&other.folder).arg(&folder).status();
        assert!(copied.unwrap().success());
        let here = folder.join(other.here.strip_prefix(&other.folder).unwrap());
        let mut reader = Self::within(folder, here);
        other.living.iter().for_each(|root| reader.lives(root));
        reader
    }

    fn within(folder: PathBuf, here: PathBuf) -> Self {
        let fake = Fake::new(&folder, &[]);
        fake.locks(&fs::read_to_string("fixtures/ok/locked/.terraform.lock.hcl").unwrap());
        let valet = format!("'{}' --today {TODAY}", env!("CARGO_BIN_EXE_valet-rds"));
        fs::create_dir_all(folder.join("bin")).unwrap();
        for (name, program) in [("valet-rds", valet), ("terraform", fake.program.clone())] {
            let path = folder.join("bin").join(name);
            fs::write(&path, format!("#!/bin/sh\nexec {program} \"$@\"\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self {
            folder,
            here,
            fake,
            living: Vec::new(),
        }
    }

    /// Does what a page says, and gives the page with what was printed.
    pub(crate) fn read(&mut self, page: &Path) -> (String, Count) {
        let text = fs::read_to_string(page).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut count = Count::default();
        let mut all = Vec::new();
        for block in blocks(&lines) {
            let place = format!("{}:{}", page.display(), block.at);
            let is_shell = ["sh", "console"].contains(&block.language.as_str());
            let (mut code, mut is_run) = (0, is_shell);
            for mark in &block.marks {
                match mark.split_once(' ') {
                    Some(("file", name)) => {
                        fs::write(self.here.join(name), block.lines.join("\n") + "\n").unwrap();
                    }
                    Some(("end", name)) => {
                        let path = self.here.join(name);
                        let before = fs::read_to_string(&path).unwrap();
                        fs::write(path, before + &block.lines.join("\n") + "\n").unwrap();
                    }
                    Some(("terraform", words)) => self.lay_out(words),
                    Some(("exit", expected)) => code = expected.parse().unwrap(),
                    Some(("not", reason)) => {
                        let reason = reason.strip_prefix("run: ");
                        assert!(
                            is_shell && reason.is_some_and(|reason| reason.len() > 9),
                            "{place}"
                        );
                        count.not_run += 1;
                        is_run = false;
                    }
                    _ => panic!("{place}: {mark}"),
                }
            }
            if is_run {
                count.run += 1;
                let now = self.run(&block, code, &place);
                all.push((block, now));
            }
        }
        for (block, now) in all.into_iter().rev() {
            lines.splice(block.at..block.at + block.lines.len(), now);
        }
        (lines.join("\n") + "\n", count)
    }

    /// Whether whoever reads on begins where the tutorial has ended: on `main`, with nothing that is not committed.
    pub(crate) fn is_back(&self) -> bool {
        let mut git = Command::new("git");
        git.args(["status", "--porcelain", "--branch"]);
        let said = git.current_dir(&self.here).output().unwrap();
        String::from_utf8_lossy(&said.stdout) == "## main\n"
    }

    /// `ROOT plans NAME`, `ROOT tells NAME`, or `ROOT lives`: there is something in its state. `OLD=NEW` after a name is
    /// about another unit than the one that was recorded.
    fn lay_out(&mut self, words: &str) {
        let words: Vec<&str> = words.split(' ').collect();
        let (root, verb, name, renamed) = match words[..] {
            [root, "lives"] => return self.lives(root),
            [root, verb, name, ref renamed @ ..] => (root, verb, name, renamed),
            _ => panic!("{words:?}"),
        };
        let mut text = fs::read_to_string(format!("{TOLD}/{name}.json")).unwrap();
        for pair in renamed {
            let (old, new) = pair.split_once('=').unwrap();
            text = text.replace(old, new);
        }
        match verb {
            "plans" => {
                self.fake.plans(root, &text);
                let called = ["rds", "proxy", "nlb", "endpoint_service", "irsa_role"];
                let module = |key: &&str| {
                    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules");
                    json!({"Key": key, "Dir": folder.join(key.replace('_', "-"))})
                };
                let modules: Vec<_> = called.iter().map(module).collect();
                let list = json!({"Modules": modules});
                self.fake.says(root, "modules.json", &list.to_string());
            }
            "tells" => self.fake.tells(root, &text),
            _ => panic!("{words:?}"),
        }
    }

    /// There is something in the state of a root.
    fn lives(&mut self, root: &str) {
        self.fake.states(root, LIVING, LIVING);
        self.living.push(root.to_owned());
    }

    /// Runs a block, and gives its lines with what was printed.
    fn run(&mut self, block: &Block, code: i32, place: &str) -> Vec<String> {
        let is_console = block.language == "console";
        let shown = if is_console {
            commands(&block.lines, place)
        } else {
            vec![Shown {
                typed: block.lines.clone(),
                script: format!("set -e\n{}", block.lines.join("\n")),
                output: Vec::new(),
            }]
        };
        let told = format!("\nprintf '{BETWEEN}%s{BETWEEN}' $?\n");
        let typed = shown.iter().flat_map(|one| [&one.script, &told]);
        let script: String = ["exec 2>&1\n"]
            .into_iter()
            .chain(typed.map(String::as_str))
            .chain(["pwd"])
            .collect();
        let path = env::var("PATH").unwrap();
        let folder = self.folder.display();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script])
            .current_dir(&self.here)
            .env_clear();
        shell.env("PATH", format!("{folder}/bin:{path}"));
        for (name, value) in [
            ("HOME", format!("{folder}").as_str()),
            ("NO_COLOR", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_AUTHOR_NAME", "Reader"),
            ("GIT_AUTHOR_EMAIL", "reader@example.com"),
            ("GIT_COMMITTER_NAME", "Reader"),
            ("GIT_COMMITTER_EMAIL", "reader@example.com"),
        ] {
            shell.env(name, value);
        }
        let said = String::from_utf8(shell.output().unwrap().stdout).unwrap();
        let mut parts: Vec<&str> = said.split(BETWEEN).collect();
        self.here = PathBuf::from(parts.pop().unwrap().trim());
        assert_eq!(parts.len(), shown.len() * 2, "{place}: {said}");
        let last = shown.len() - 1;
        let ran = parts.chunks(2).zip(shown).enumerate();
        ran.flat_map(|(at, (ran, one))| {
            let expected = if at == last { code } else { 0 };
            assert_eq!(
                ran[1],
                expected.to_string(),
                "{place}: {}\n{}",
                one.script,
                ran[0]
            );
            let printed = ran[0].lines().map(|line| line.trim_end().to_owned());
            let printed: Vec<_> = printed.collect();
            let is_as_shown = !is_console || fits(&one.output, &printed);
            let output = if is_as_shown { one.output } else { printed };
            [one.typed, output].concat()
        })
        .collect()
    }
}

/// A fresh place below the tests' own folder, with nothing there.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// The fenced blocks of a page.
fn blocks(lines: &[String]) -> Vec<Block> {
    let mut all = Vec::new();
    let mut marks = Vec::new();
    let mut open: Option<Block> = None;
    for (at, line) in lines.iter().enumerate() {
        let is_fence = line.trim_start().starts_with("```");
        match &mut open {
            Some(block) if !is_fence => block.lines.push(line.clone()),
            Some(_) => all.extend(open.take()),
            None if is_fence => {
                open = Some(Block {
                    at: at + 1,
                    language: line.trim_start().trim_start_matches('`').to_owned(),
                    lines: Vec::new(),
                    marks: std::mem::take(&mut marks),
                });
            }
            None => {
                if let Some(mark) = line.strip_prefix(MARK) {
                    marks.push(mark.strip_suffix(" -->").unwrap().to_owned());
                } else {
                    assert!(
                        marks.is_empty() || line.is_empty(),
                        "{marks:?} are of no block"
                    );
                }
            }
        }
    }
    assert!(open.is_none() && marks.is_empty(), "{open:?} {marks:?}");
    all
}

/// The commands of a block, each after `$ `, and what follows them. A line that ends in `\` goes on in the next one.
fn commands(lines: &[String], place: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let command = line.strip_prefix("$ ");
        if command.is_some() {
            all.push(Shown::default());
        }
        let Some(last) = all.last_mut() else {
            panic!("{place}: `{line}` follows no command");
        };
        if command.is_some() || goes_on {
            let text = command.unwrap_or(line);
            goes_on = text.ends_with('\\');
            last.typed.push(line.clone());
            last.script += text;
            last.script.push('\n');
        } else {
            last.output.push(line.clone());
        }
    }
    assert!(!all.is_empty(), "{place}: no command");
    all
}

/// Whether what is shown is what was printed, but for what is left out and the names of commits.
fn fits(shown: &[String], printed: &[String]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [first, rest @ ..] if first == LEFT_OUT => {
            (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..]))
        }
        [first, rest @ ..] => match printed {
            [line, others @ ..] => {
                without_commit(first) == without_commit(line) && fits(rest, others)
            }
            [] => false,
        },
    }
}

/// A line of which the name of a commit does not count: it depends on every byte of the repository.
fn without_commit(line: &str) -> String {
    match line
        .strip_prefix("compared with ")
        .and_then(|rest| rest.split_once(' '))
    {
        Some((_, reference)) => format!("compared with COMMIT {reference}"),
        None => line.to_owned(),
    }
}

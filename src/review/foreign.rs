//! Files in roots that nobody has generated: told by name, and never touched.

use std::{ops::Range, sync::Arc};

use super::beside::{self, Kind};
use crate::{
    diagnostic::{File, Problem, Span, rule},
    terraform::{
        read::Root,
        root_module::BlockKind,
        tree::{Found, Occupied, Standing, Tree},
    },
};

/// The problems of the files in the folder of a root that Terraform reads and that are not ours.
#[must_use]
pub fn problems(directory: &str, standing: &Standing) -> Vec<Problem> {
    let foreign = standing.iter().filter_map(|(name, found)| match found {
        Found::Foreign(why) => Some((name, *why)),
        Found::Generated(_) | Found::Lock(_) | Found::Unread | Found::Unfinished => None,
    });
    let problem = |(name, why): (&String, _)| {
        let path = format!("{directory}/{name}");
        let message = match beside::kind(name) {
            Kind::Generated => return in_the_way(Occupied { path, why }),
            Kind::Override => "it changes what the generated files say",
            _ => "Terraform may read it",
        };
        let message = format!("{path} was not generated, and {message}");
        Problem::new(&rule::FOREIGN_FILE, start(path), message)
            .help("move it into a folder of its own, or remove it")
    };
    foreign.map(problem).collect()
}

/// The problem of a file that was not generated where one is to be written.
#[must_use]
pub fn in_the_way(occupied: Occupied) -> Problem {
    let message = occupied.to_string();
    Problem::new(&rule::OCCUPIED_PATH, start(occupied.path), message)
        .help("move it away, or remove it")
}

/// The problems of generated files that are to be replaced, although somebody has written into them what no config gives.
/// What a merge has left, which nobody can read, is replaced.
#[must_use]
pub fn edited(directory: &str, standing: &Standing, tree: &Tree) -> Vec<Problem> {
    let replaced = standing.iter().filter_map(|(name, found)| {
        let path = format!("{directory}/{name}");
        match found {
            Found::Generated(text) if tree.get(&path) != Some(text) => Some((path, text)),
            _ => None,
        }
    });
    let problem = |(path, text): (String, &String)| {
        let root = Root::read([(path.as_str(), text.as_str())]);
        let is_foreign = |kind: &str| BlockKind::TOP.iter().all(|known| known.as_str() != kind);
        let blocks = root.blocks.iter().filter(|_| root.faults.is_empty());
        let block = blocks.into_iter().find(|block| is_foreign(&block.kind))?;
        let mut heading = block.kind.clone();
        for label in &block.labels {
            for part in [" \"", label, "\""] {
                heading.push_str(part);
            }
        }
        let message = format!("{path} holds `{heading}`, which is never generated");
        let span = Span {
            range: line_of(text, &block.kind),
            file: Arc::new(File::new(path, text.as_str())),
        };
        let problem = Problem::new(&rule::EDITED_FILE, span, message);
        Some(problem.help("move it into a folder of its own, then remove it here"))
    };
    replaced.filter_map(problem).collect()
}

/// The first line that starts with a word, or else the first one.
fn line_of(text: &str, word: &str) -> Range<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim();
        if written.starts_with(word) {
            let start = start + line.len() - line.trim_start().len();
            return start..start + written.len();
        }
        start += line.len();
    }
    0..text.lines().next().unwrap_or_default().len()
}

/// The first place of a file, of which nothing is shown.
fn start(path: String) -> Span {
    Span {
        range: 0..0,
        file: Arc::new(File::new(path, "")),
    }
}

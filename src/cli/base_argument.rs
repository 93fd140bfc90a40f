//! The side that a change is compared with: a commit, or a folder.

use std::{collections::BTreeMap, path::PathBuf};

use super::{session::Session, stop::Stop};
use crate::{
    compile::snapshot::{self as compiled, Changes, Head, Heads},
    diagnostic::Diagnostics,
    io::{
        git::Commit,
        snapshot::{self, Files, Snapshot},
    },
    review::{self, Review, retirement},
    terraform::lower::Owner,
};

/// What to compare with.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct BaseArgument {
    /// Commit, branch or tag to compare with, read from git without a checkout
    #[arg(long = "base", value_name = "REF")]
    reference: Option<String>,
    /// Folder of another copy of the workspace to compare with
    #[arg(long = "base-dir", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl BaseArgument {
    /// Compares the workspace with the base; with the problems of the configs.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn compare(&self, session: &Session) -> Result<(Review, Diagnostics), Stop> {
        let base = self.read(session)?;
        let (problems, head) = session.side()?;
        let differs = |folder: &str| base.modules.get(folder) != head.modules.get(folder);
        let changes = Changes {
            output: session.output().to_owned(),
            roots: compiled::compare(&base.side, &head.side, "", &differs),
            problems: base
                .side
                .vanished(&head.side)
                .into_iter()
                .map(|path| retirement::vanished(path))
                .collect(),
            ..Changes::default()
        };
        let texts: BTreeMap<_, _> = base
            .side
            .databases
            .iter()
            .map(|one| (&one.file.path, &one.file.text))
            .collect();
        let before = base.side.environments.first().map(|one| &one.file.text);
        let mut heads = Heads::new();
        for owner in head.side.owners() {
            let (config_differs, file) = match owner {
                Owner::Unit(one) => {
                    let before = texts.get(&one.file.path);
                    (before != Some(&&one.file.text), &one.environment.file)
                }
                Owner::Environment(one) => (false, &one.file),
            };
            heads.insert(
                owner.directory(),
                Head {
                    owner,
                    config_differs,
                    workspace_differs: before != Some(&file.text),
                },
            );
        }
        Ok((review::compare(&changes, &heads), problems))
    }

    /// Reads and compiles the base.
    fn read(&self, session: &Session) -> Result<Snapshot, Stop> {
        let (mut files, shown) = match (&self.reference, &self.folder) {
            (Some(reference), _) => {
                let commit = Commit::open(&session.workspace, reference).map_err(Stop::Machine)?;
                let shown = format!("{reference}:{}", commit.prefix);
                (Files::Commit(Box::new(commit)), shown)
            }
            (None, Some(folder)) => (
                Files::Folder(folder.clone()),
                format!("{}/", folder.display()),
            ),
            (None, None) => return Err(Stop::Usage("name a base".to_owned())),
        };
        snapshot::read(&mut files, session.today).map_err(|error| Stop::unreadable(error, &shown))
    }
}

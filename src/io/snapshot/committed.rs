//! Committed roots: those of a commit against those of the work tree. Git says what differs; only that is read.

mod called;
mod candidates;
mod elsewhere;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use super::{Unreadable, folder, modules};
use crate::{
    compile::snapshot::{Changes, Files, RootChange},
    diagnostic::Diagnostics,
    io::{
        self, Failure,
        git::{ChangedPath, Commit, Mode, Refusal, Repository},
    },
    model::{self, Environment, identity::StateKey},
    review::retirement,
    rules,
    terraform::{lower::TERRAFORM, read::is_local},
    text::path::normal,
};

/// What differs where roots are committed.
#[derive(Debug, Default)]
pub struct Committed {
    /// What differs.
    pub changes: Changes,
    /// Names of environments that have no root on either side, because theirs are not committed.
    pub uncommitted: BTreeSet<String>,
    /// Names of environments that have roots now, and had configs but no root in the base.
    pub unrooted: BTreeSet<String>,
    /// Whether the base has any root of this workspace.
    pub has_root: bool,
}

/// One comparison of a workspace with a commit.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The workspace.
    pub workspace: &'a Path,
    /// Its environments.
    pub environments: &'a [Arc<Environment>],
    /// Its repository.
    pub repository: &'a Repository,
    /// The commit.
    pub base: &'a Commit,
}

/// What is known before any root is read.
struct Ground {
    /// The output folder, relative to the repository.
    output: String,
    /// Every path that differs.
    changed: Vec<ChangedPath>,
    /// Folders two levels below the output folder that the base has.
    base: BTreeSet<String>,
    /// The same of the work tree.
    head: BTreeSet<String>,
}

impl Comparison<'_> {
    /// Reads what differs.
    ///
    /// # Errors
    /// When git or a file refuses, a root is reached through a link, or modules are nothing that git can answer for.
    pub fn read(&self) -> Result<Committed, Unreadable> {
        let output = model::output(self.environments);
        let prefix = &self.repository.prefix;
        io::refuse_links(self.workspace, output)?;
        let changed = self.repository.changed_paths(self.base)?;
        let folder = normal(&format!("{prefix}{output}"));
        let below = folder::below(&self.workspace.join(output))?;
        let ground = Ground {
            base: self.base_folders(&folder)?,
            head: below
                .into_iter()
                .map(|(name, _)| format!("{folder}/{name}"))
                .collect(),
            output: folder,
            changed,
        };
        let problems = self.judge_modules(&ground)?;
        let mut roots = self.candidates(&ground)?;
        self.add_ignored(&ground, &mut roots)?;
        self.add_calls(&ground, &mut roots)?;
        let standing = self.states_elsewhere(&ground, &mut roots)?;
        let mut committed = Committed {
            has_root: self.has_root(&ground, &roots)?,
            ..Committed::default()
        };
        for environment in self.environments {
            self.judge_environment(environment, &ground, &roots, &mut committed)?;
        }
        committed.changes = Changes {
            prefix: prefix.clone(),
            output: output.to_owned(),
            roots,
            standing,
            moves: model::state_moves(self.environments),
            planned: BTreeSet::new(),
            paths: ground.changed.into_iter().map(|one| one.path).collect(),
            problems,
        };
        Ok(committed)
    }

    /// The folders that the base has where roots of the environments would be.
    fn base_folders(&self, output: &str) -> Result<BTreeSet<String>, Refusal> {
        let listed: Vec<_> = self
            .environments
            .iter()
            .map(|one| format!("{output}/{}/", one.name))
            .collect();
        let entries = self.repository.list(self.base, &listed, false)?;
        let folders = entries.into_iter().filter(|entry| entry.mode.is_none());
        Ok(folders.map(|entry| entry.path).collect())
    }

    /// Adds the roots here that git passes over, in environments of which it has others.
    fn add_ignored(&self, ground: &Ground, roots: &mut Vec<RootChange>) -> Result<(), Failure> {
        let above = |directory: &str| {
            let above = directory.rsplit_once('/');
            above.map(|(above, _)| above.to_owned())
        };
        let seen: BTreeSet<String> = roots.iter().map(|root| root.directory.clone()).collect();
        let committed: BTreeSet<String> = ground
            .base
            .iter()
            .chain(&seen)
            .filter_map(|directory| above(directory))
            .collect();
        for directory in ground.head.difference(&ground.base) {
            let is_committed = above(directory).is_some_and(|above| committed.contains(&above));
            if seen.contains(directory) || !is_committed {
                continue;
            }
            let files = folder::files(&self.repository.top.join(directory))?;
            if let Some(files) = files.filter(folder::is_ours) {
                roots.push(RootChange {
                    directory: directory.clone(),
                    head: Some(files),
                    doubt: Some("git ignores its files, so a checkout has no such root".to_owned()),
                    ..RootChange::default()
                });
            }
        }
        Ok(())
    }

    /// Whether git can answer for the folders of modules that the environments name; one that is nowhere is a problem.
    fn judge_modules(&self, ground: &Ground) -> Result<Diagnostics, Unreadable> {
        let mut problems = Diagnostics::new();
        for environment in self.environments {
            let source = environment.modules.before.as_str();
            if !is_local(source) {
                continue;
            }
            let root = format!("{}/environment/namespace", ground.output);
            let folder = normal(&format!("{root}/{source}"));
            if folder.is_empty() || folder.starts_with("..") {
                return Err(Refusal::Outside(folder).into());
            }
            let above = folder
                .match_indices('/')
                .filter_map(|(at, _)| folder.get(..at));
            let asked: Vec<_> = above.chain([folder.as_str()]).map(str::to_owned).collect();
            let entries = self.repository.list(self.base, &asked, false)?;
            let is_known = |path: &str| path == folder || folder.starts_with(&format!("{path}/"));
            let in_base = entries
                .iter()
                .any(|entry| entry.path == folder || entry.mode.is_some());
            let in_head = ground.changed.iter().any(|one| {
                one.head != Mode::Missing
                    && (is_known(&one.path) || one.path.starts_with(&format!("{folder}/")))
            });
            let is_gone = ground.changed.iter().any(|one| {
                one.head == Mode::Missing
                    && (is_known(&one.path) || one.path.starts_with(&format!("{folder}/")))
            });
            if in_head || (in_base && !is_gone) {
                continue;
            }
            match modules::missing(self.workspace, environment)? {
                Some(missing) => problems.push(rules::missing_modules(environment, &missing)),
                None if in_base => {}
                None => return Err(Refusal::Ignored(folder).into()),
            }
        }
        Ok(problems)
    }

    /// Whether the base has a root of this workspace.
    fn has_root(&self, ground: &Ground, roots: &[RootChange]) -> Result<bool, Unreadable> {
        let in_changes = |root: &RootChange| root.base.is_some() && !root.is_foreign;
        if roots.iter().any(in_changes) {
            return Ok(true);
        }
        for directory in ground.base.iter().filter(|one| ground.head.contains(*one)) {
            let files = folder::files(&self.repository.top.join(directory))?;
            if files.is_some_and(|files| folder::is_ours(&files)) {
                return Ok(true);
            }
        }
        // What a sparse checkout leaves out stands in the base all the same.
        Ok(self.repository.is_sparse && !ground.base.is_subset(&ground.head))
    }

    /// Whether the index has roots of an environment in another folder of the workspace, as when the output folder is about
    /// to be renamed.
    fn has_roots_elsewhere(&self, environment: &Environment) -> Result<bool, Unreadable> {
        let files = self.repository.files_named(TERRAFORM)?;
        let is_root = |path: &String| {
            let inner = path.strip_prefix(&self.repository.prefix);
            let above = inner.and_then(|path| path.rsplit('/').nth(2));
            above == Some(environment.name.as_str())
        };
        Ok(files.iter().any(is_root))
    }

    /// Whether an environment commits its roots, and whether the base should have had some.
    fn judge_environment(
        &self,
        environment: &Environment,
        ground: &Ground,
        roots: &[RootChange],
        committed: &mut Committed,
    ) -> Result<(), Unreadable> {
        let own = format!("{}/{}/", ground.output, environment.name);
        let is_own = |directory: &str| directory.starts_with(&own);
        if ground.base.iter().any(|one| is_own(one)) {
            return Ok(());
        }
        let has_head = roots
            .iter()
            .any(|root| root.head.is_some() && is_own(&root.directory));
        let name = environment.name.clone();
        if !has_head {
            if !self.has_roots_elsewhere(environment)? {
                committed.uncommitted.insert(name);
            }
            return Ok(());
        }
        let state = |files: &Option<Files>| retirement::read(files.as_ref()?).state();
        let before: BTreeSet<StateKey> =
            roots.iter().filter_map(|root| state(&root.base)).collect();
        let own = roots.iter().filter(|root| is_own(&root.directory));
        let mut states = own.filter_map(|root| state(&root.head));
        if states.any(|state| before.contains(&state)) {
            // They have come from another folder.
            return Ok(());
        }
        let prefix = &self.repository.prefix;
        let configs = normal(&format!("{prefix}{}", environment.spec.configs));
        let listed = self
            .repository
            .list(self.base, &[format!("{configs}/")], false)?;
        let is_config = |path: &str| path.strip_suffix(".yaml").is_some();
        if listed.iter().any(|entry| is_config(&entry.path)) {
            committed.unrooted.insert(name);
        }
        Ok(())
    }
}

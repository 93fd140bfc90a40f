//! Who else in the repository has the states of the roots that come or go.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Comparison, Ground, Unreadable};
use crate::{
    compile::{self, WORKSPACE_FILE, snapshot::RootChange},
    io::{self, Failure, snapshot::folder},
    model::{self, identity::StateKey},
    review::retirement,
    terraform::print,
    text::path::normal,
};

impl Comparison<'_> {
    /// Those states of roots that come or go which a root that does not differ has, too, with its folder. The roots of
    /// every workspace of the repository are looked through.
    pub(super) fn states_elsewhere(
        &self,
        ground: &Ground,
        roots: &mut [RootChange],
    ) -> Result<BTreeMap<StateKey, String>, Unreadable> {
        let lone: BTreeSet<StateKey> = roots
            .par_iter()
            .flat_map_iter(|root| {
                let [base, head] = [&root.base, &root.head].map(|files| {
                    files
                        .as_ref()
                        .and_then(|files| retirement::read(files).state())
                });
                let is_same = base == head;
                [base, head].into_iter().flatten().filter(move |_| !is_same)
            })
            .collect();
        let own = format!("{}/", ground.output);
        if lone.is_empty() && roots.iter().all(|root| root.directory.starts_with(&own)) {
            return Ok(BTreeMap::new());
        }
        let others = self.other_workspaces()?;
        for root in roots.iter_mut() {
            root.is_foreign = self.is_foreign(&root.directory, &others);
        }
        let mut folders: BTreeSet<String> = ground.head.clone();
        for workspace in &others {
            folders.extend(self.roots_of(workspace)?);
        }
        for root in roots.iter() {
            folders.remove(&root.directory);
        }
        let keys: Vec<String> = lone.iter().map(|state| print::escape(&state.key)).collect();
        let found = folders
            .par_iter()
            .map(|directory| {
                let path = self.repository.top.join(directory);
                let text = io::generated_text(&path, "terraform.tf")?;
                // Most have none of the keys; only those that do are read.
                if !keys.iter().any(|key| text.contains(key.as_str())) {
                    return Ok(None);
                }
                let files = folder::files(&self.repository.top.join(directory))?;
                let state = files.and_then(|files| retirement::read(&files).state());
                let state = state.filter(|state| lone.contains(state));
                Ok(state.map(|state| (state, directory.clone())))
            })
            .filter_map(Result::transpose)
            .collect::<Result<_, Failure>>()?;
        Ok(found)
    }

    /// Folders of the other workspaces, relative to the repository.
    fn other_workspaces(&self) -> Result<BTreeSet<String>, Unreadable> {
        let found = self.repository.files_named(WORKSPACE_FILE)?;
        let folders = found
            .into_iter()
            .filter(|path| io::is_file(&self.repository.top.join(path)))
            .map(|path| {
                path.strip_suffix(WORKSPACE_FILE)
                    .unwrap_or_default()
                    .to_owned()
            });
        Ok(folders
            .filter(|folder| *folder != self.repository.prefix)
            .collect())
    }

    /// Whether the nearest workspace above a folder is another one.
    fn is_foreign(&self, directory: &str, others: &BTreeSet<String>) -> bool {
        let above = |folder: &&String| directory.starts_with(folder.as_str());
        let nearest = others.iter().filter(above).map(String::len).max();
        let own = directory
            .starts_with(&self.repository.prefix)
            .then_some(self.repository.prefix.len());
        nearest.is_some_and(|length| own.is_none_or(|own| length > own))
    }

    /// The folders of another workspace's roots.
    fn roots_of(&self, workspace: &str) -> Result<Vec<String>, Failure> {
        let folder = self.repository.top.join(workspace);
        let opened =
            io::read_in(&folder, WORKSPACE_FILE).map(|valet| compile::open_former(valet, None));
        // One that cannot be read has its roots at the usual place, as far as anybody can say.
        let environments = match opened {
            Ok(Ok(environments)) => environments,
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        let output = model::output(&environments);
        let below = folder::below(&folder.join(output))?;
        let names = below.into_iter().map(|(name, _)| name);
        Ok(names
            .map(|name| normal(&format!("{workspace}{output}/{name}")))
            .collect())
    }
}

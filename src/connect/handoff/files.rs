//! All that is handed over of a unit, as files: `ENVIRONMENT/NAMESPACE.md`, `ENVIRONMENT/privatelink/NAMESPACE.yaml`,
//! and `ENVIRONMENT/kubernetes/CLUSTER/NAMESPACE.yaml` for each of its clusters.

use std::collections::BTreeSet;

use super::{Handoff, text};
use crate::{
    connect::privatelink::{self, Entry},
    diagnostic::Checked,
    model::{Database, identity::UnitId},
    terraform::tree::{Change, Foreign, Found, Occupied, Standing, Tree},
    text::markdown::Markdown,
    yaml::Document,
};

/// First line of what is YAML.
const YAML: &str = "# Made by `valet-rds handoff --all`. Do not edit.\n";

/// First line of what is Markdown.
const MARKDOWN: &str = "<!-- Made by `valet-rds handoff --all`. Do not edit. -->\n";

/// Folders between the one of the handoffs and any file in it.
pub const DEPTH: usize = 3;

/// Whether a file is one of these: only such a file is ever overwritten or deleted.
#[must_use]
pub fn is_ours(text: &[u8]) -> bool {
    [YAML, MARKDOWN]
        .iter()
        .any(|line| text.starts_with(line.trim_end().as_bytes()))
}

/// The unit that a file with this path is about.
#[must_use]
pub fn unit_of(path: &str) -> UnitId {
    let environment = path.split('/').next().unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let namespace = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    UnitId::new(environment, namespace)
}

/// Where the objects of a unit are written, one file for each of its clusters, seen from the text for its team.
fn objects_of(database: &Database) -> Vec<String> {
    let namespace = &database.namespace.value;
    let clusters = database.clusters.value.iter();
    clusters
        .map(|cluster| format!("kubernetes/{cluster}/{namespace}.yaml"))
        .collect()
}

/// The files of a unit, by their paths in the folder of the handoffs.
///
/// # Errors
/// When an entry cannot be written.
pub fn files(handoff: &Handoff, entries: &[Entry]) -> Checked<Tree> {
    let database = handoff.database;
    let (environment, namespace) = (&database.environment.name, &database.namespace.value);
    let entry = format!("privatelink/{namespace}.yaml");
    let paths = objects_of(database);
    let told = text(&Handoff {
        files: &paths,
        privatelink: &format!("it is in `{entry}`"),
        ..*handoff
    });
    let told = Markdown::new().own(MARKDOWN).own("\n").and(&told);
    let mut tree = Tree::from([(
        format!("{environment}/{namespace}.md"),
        told.screen().as_str().to_owned(),
    )]);
    // Where consumer sides of ours lead to it from every cluster, nobody needs one.
    if !entries.is_empty() {
        let empty = Document::parse(&entry, YAML.into())?;
        let privatelink = privatelink::update(&empty, entries)?;
        tree.insert(format!("{environment}/{entry}"), privatelink);
    }
    for path in paths {
        tree.insert(
            format!("{environment}/{path}"),
            format!("{YAML}{}", handoff.objects),
        );
    }
    Ok(tree)
}

/// What turns the files that stand there into those of the units, by their paths.
#[derive(Debug, Default)]
pub struct Todo {
    /// What is written, and what is removed because its unit is gone.
    pub changes: Vec<Change>,
    /// Files that are not ours where one is to be written.
    pub occupied: Vec<Occupied>,
    /// Units of which nothing is known any more, and whose files stay.
    pub kept: BTreeSet<UnitId>,
    /// Files of ours that are about no environment of this workspace, and stay.
    pub strange: Vec<String>,
    /// What a killed run has left.
    pub unfinished: Vec<String>,
}

/// Compares what stands there with `tree`, which holds the files of every unit but those that are `waiting`: nothing is
/// known of them.
#[must_use]
pub fn todo(
    standing: &Standing,
    tree: Tree,
    waiting: &BTreeSet<UnitId>,
    environments: &BTreeSet<&str>,
) -> Todo {
    let mut todo = Todo::default();
    for (path, found) in standing {
        match found {
            Found::Unfinished => todo.unfinished.push(path.clone()),
            Found::Generated(old) if !tree.contains_key(path) => {
                let unit = unit_of(path);
                if waiting.contains(&unit) {
                    todo.kept.insert(unit);
                } else if environments.contains(unit.environment.as_str()) {
                    todo.changes.push(Change {
                        path: path.clone(),
                        old: Some(old.clone()),
                        new: None,
                    });
                } else {
                    todo.strange.push(path.clone());
                }
            }
            _ => {}
        }
    }
    for (path, new) in tree {
        if let Some(occupied) = in_the_way(standing, &path) {
            todo.occupied.push(occupied);
            continue;
        }
        let old = match standing.get(&path) {
            Some(Found::Generated(old)) => Some(old.clone()),
            _ => None,
        };
        // Git may have given it the line ends of the machine.
        if old
            .as_ref()
            .is_none_or(|old| old.replace("\r\n", "\n") != new)
        {
            todo.changes.push(Change {
                path,
                old,
                new: Some(new),
            });
        }
    }
    todo.occupied.sort_by(|a, b| a.path.cmp(&b.path));
    todo.occupied.dedup();
    todo
}

/// What is not ours where a file is to be written, or a folder above it.
fn in_the_way(standing: &Standing, path: &str) -> Option<Occupied> {
    let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    let folders = above.filter_map(|folder| Some((folder, standing.get(folder)?)));
    let mut folders = folders.filter_map(|(folder, found)| match found {
        Found::Foreign(Foreign::Folder) => None,
        Found::Foreign(why) => Some((folder, *why)),
        // Ours or not: it is in the place of a folder.
        _ => Some((folder, Foreign::Name)),
    });
    let (path, why) = folders.next().or(match standing.get(path) {
        Some(Found::Foreign(why)) => Some((path, *why)),
        _ => None,
    })?;
    Some(Occupied {
        path: path.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::{is_ours, unit_of};

    #[test]
    fn a_file_is_about_the_unit_of_its_path() {
        for path in [
            "dev/orders.md",
            "dev/privatelink/orders.yaml",
            "dev/kubernetes/apps/orders.yaml",
        ] {
            assert_eq!(unit_of(path).to_string(), "dev/orders");
        }
    }

    #[test]
    fn only_a_first_line_of_ours_makes_a_file_ours() {
        assert!(is_ours(super::YAML.as_bytes()) && is_ours(super::MARKDOWN.as_bytes()));
        assert!(is_ours(
            b"# Made by `valet-rds handoff --all`. Do not edit.\r\n"
        ));
        for text in [
            "",
            "# Made by hand.\n",
            "\n# Made by `valet-rds handoff --all`. Do not edit.\n",
        ] {
            assert!(!is_ours(text.as_bytes()), "{text}");
        }
    }
}

//! Finding the configs of a workspace, and files that look like configs but are none.

use std::{fs, path::Path, sync::Arc};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::{Failure, entries, folder_of, read, read_listed};
use crate::{
    compile::ConfigFile,
    diagnostic::{
        File, Problem, Span,
        rule::{self, Rule},
    },
    model::Environment,
    rules,
    text::{suggest, unicode::spelt_out},
};

/// The configs of a workspace, in path order, and problems with files that are none.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn configs(
    workspace: &Path,
    environments: &[Arc<Environment>],
) -> Result<(Vec<ConfigFile>, Vec<Problem>), Failure> {
    let mut paths = Vec::new();
    let mut problems = Vec::new();
    for environment in environments {
        let folder = environment.spec.configs.as_str();
        if let Err((message, help)) = find_folder(workspace, folder) {
            let span = environment.span("configs");
            problems.push(Problem::new(&rule::MISSING_CONFIGS, span, message).help(help));
            continue;
        }
        for entry in entries(&workspace.join(folder))? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_name().to_str().is_none() || spelt_out(&name) != name {
                problems.push(about_file(
                    &rule::BAD_FILE_NAME,
                    format!("{folder}/{name}"),
                    "the name is not text that can be read",
                ));
                continue;
            }
            let listed = entry.file_type().ok();
            let is_link = listed.is_some_and(|kind| kind.is_symlink());
            let is_regular = listed.is_some_and(|kind| kind.is_file());
            let path = format!("{folder}/{name}");
            match kind(&name) {
                Name::Hidden | Name::Other if !entry.path().is_dir() => {}
                Name::Hidden => {}
                Name::Config if is_regular || is_inside(workspace, &entry.path()) => {
                    paths.push((environment, path, is_regular));
                }
                Name::Config => problems.push(
                    about_file(
                        &rule::NOT_A_FILE,
                        path,
                        "not a regular file of this workspace",
                    )
                    .help("put the config itself here"),
                ),
                Name::Misspelt => problems.push(
                    about_file(&rule::STRAY_CONFIG, path, "a config's name ends in `.yaml`")
                        .help("rename the file"),
                ),
                Name::Other if is_link => problems.push(
                    about_file(&rule::NOT_A_FILE, path, "a link to a folder")
                        .help("remove it; configs are not looked for in folders below"),
                ),
                Name::Other => problems.extend(nested(workspace, &path)),
            }
        }
    }
    problems.extend(unclaimed(workspace, environments)?);
    let files = paths
        .into_par_iter()
        .map(|(environment, path, is_regular)| {
            let read = if is_regular { read_listed } else { read };
            Ok(ConfigFile {
                bytes: read(&workspace.join(&path))?,
                environment: environment.name.clone(),
                path,
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok((files, problems))
}

/// A folder of configs is there, and in the workspace even when a link leads to it.
fn find_folder(workspace: &Path, folder: &str) -> Result<(), (String, &'static str)> {
    let path = workspace.join(folder);
    if !path.is_dir() {
        let message = format!("there is no folder `{folder}`");
        return Err((message, "make the folder, or correct its name"));
    }
    if !is_below(workspace, &path) {
        let message = format!("`{folder}` leads out of the workspace");
        return Err((message, "put a folder in the place of the link"));
    }
    Ok(())
}

/// Whether the real place of a path is in the workspace.
fn is_below(workspace: &Path, path: &Path) -> bool {
    let (root, real) = (workspace.canonicalize(), path.canonicalize());
    root.is_ok_and(|root| real.is_ok_and(|real| real.starts_with(root)))
}

enum Name {
    Config,
    Hidden,
    Misspelt,
    Other,
}

fn kind(name: &str) -> Name {
    let extension = Path::new(name)
        .extension()
        .and_then(|text| text.to_str())
        .unwrap_or("");
    match extension {
        _ if name.starts_with('.') => Name::Hidden,
        "yaml" => Name::Config,
        _ if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") => {
            Name::Misspelt
        }
        _ => Name::Other,
    }
}

/// Whether a path is a link to a regular file whose real place is in the workspace.
fn is_inside(workspace: &Path, path: &Path) -> bool {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    is_link && path.is_file() && is_below(workspace, path)
}

fn about_file(rule: &'static Rule, path: String, message: &str) -> Problem {
    let file = Arc::new(File::new(path, ""));
    Problem::new(rule, Span { file, range: 0..0 }, message)
}

fn yaml_below(workspace: &Path, folder: &str) -> Vec<String> {
    let walk = WalkDir::new(workspace.join(folder))
        .sort_by_file_name()
        .into_iter();
    walk.filter_map(Result::ok)
        .filter(|entry| {
            matches!(
                kind(&entry.file_name().to_string_lossy()),
                Name::Config | Name::Misspelt
            )
        })
        .filter_map(|entry| {
            let inner = entry.path().strip_prefix(workspace).ok()?;
            Some(inner.to_string_lossy().replace('\\', "/"))
        })
        .collect()
}

fn nested(workspace: &Path, folder: &str) -> Vec<Problem> {
    yaml_below(workspace, folder)
        .into_iter()
        .map(|path| {
            about_file(
                &rule::STRAY_CONFIG,
                path,
                "configs are not looked for in folders below",
            )
            .help("move the file one folder up, or out of here")
        })
        .collect()
}

/// Configs in a folder beside the environments' folders that no environment names.
fn unclaimed(workspace: &Path, environments: &[Arc<Environment>]) -> Result<Vec<Problem>, Failure> {
    let claimed: Vec<_> = environments
        .iter()
        .map(|known| known.spec.configs.as_str())
        .collect();
    let mut parents: Vec<_> = claimed
        .iter()
        .filter_map(|folder| folder.rsplit_once('/'))
        .map(|(parent, _)| parent)
        .filter(|parent| !claimed.contains(parent))
        .collect();
    parents.sort_unstable();
    parents.dedup();
    let mut problems = Vec::new();
    for parent in parents {
        if !workspace.join(parent).is_dir() {
            continue;
        }
        for entry in entries(&workspace.join(parent))? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let folder = format!("{parent}/{name}");
            let known = claimed
                .iter()
                .any(|claim| *claim == folder || claim.starts_with(&format!("{folder}/")));
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if known || name.starts_with('.') || !is_folder {
                continue;
            }
            let folders: Vec<_> = claimed
                .iter()
                .filter_map(|claim| claim.rsplit('/').next())
                .collect();
            for path in yaml_below(workspace, &folder) {
                let message = format!("no environment has the folder `{folder}`");
                let help = match suggest::nearest(&name, &folders) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name the folder in the `configs` of an environment".to_owned(),
                };
                problems.push(about_file(&rule::UNKNOWN_ENVIRONMENT, path, &message).help(help));
            }
        }
    }
    Ok(problems)
}

/// The environment that a file is a config of, and its path inside the workspace.
#[must_use]
pub fn config_path(
    workspace: &Path,
    environments: &[Arc<Environment>],
    path: &Path,
) -> Option<(Arc<Environment>, String)> {
    // What the file itself is a link to does not matter: it is in the folder that it is named in.
    let folder = folder_of(path).canonicalize().ok()?;
    let name = path.file_name()?.to_str()?;
    environments.iter().find_map(|environment| {
        let configs = &environment.spec.configs;
        let is_here = workspace
            .join(configs)
            .canonicalize()
            .is_ok_and(|real| real == folder);
        is_here.then(|| (Arc::clone(environment), format!("{configs}/{name}")))
    })
}

/// Namespaces of an environment's configs, without reading them.
#[must_use]
pub fn namespaces(workspace: &Path, environment: &Environment) -> Vec<String> {
    let names = entries(&workspace.join(&environment.spec.configs)).unwrap_or_default();
    names
        .iter()
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()?
                .strip_suffix(".yaml")
                .map(str::to_owned)
        })
        .filter(|name| rules::is_namespace(name))
        .collect()
}

//! Finding the configs of a workspace, and files that look like configs but are none.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use rayon::prelude::*;

use super::{
    Cause, Failure,
    boundary::{Boundary, Links},
    folder_of, git,
};
use crate::{
    compile::ConfigFile,
    diagnostic::{
        Diagnostics, File, Problem, Span,
        rule::{self, Rule},
    },
    model::Environment,
    rules,
    text::{suggest, unicode::spelt_out},
    yaml::MAX_BYTES,
};

/// The configs of a workspace, in path order, and problems with files that are none.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn configs(
    workspace: &Path,
    environments: &[Arc<Environment>],
) -> Result<(Vec<ConfigFile>, Diagnostics), Failure> {
    let boundary = Boundary::open(workspace)?;
    let mut regular = Vec::new();
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for environment in environments {
        let folder = environment.spec.configs.as_str();
        let opened = match find_folder(&boundary, folder) {
            Ok(opened) => opened,
            Err((message, help)) => {
                let span = environment.span("configs");
                problems.push(Problem::new(&rule::MISSING_CONFIGS, span, message).help(help));
                continue;
            }
        };
        let opened = Arc::new(opened);
        for entry in opened.list()? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if entry.file_name().to_str().is_none() || spelt_out(&name) != name {
                problems.push(about_file(
                    &rule::BAD_FILE_NAME,
                    path,
                    "the name is not text that can be read",
                ));
                continue;
            }
            let listed = entry.file_type().ok();
            let is_link = listed.is_some_and(|kind| kind.is_symlink());
            let is_regular = listed.is_some_and(|kind| kind.is_file());
            let is_folder = || {
                boundary
                    .dir
                    .metadata(&path)
                    .is_ok_and(|metadata| metadata.is_dir())
            };
            let config = |bytes| ConfigFile {
                environment: environment.name.clone(),
                path: path.clone(),
                bytes,
            };
            match kind(&name) {
                Name::Config if is_regular => {
                    regular.push((Arc::clone(&opened), name, config(Vec::new())));
                }
                // A link is read as what it leads to, which must be beneath the workspace as well.
                Name::Config => match boundary.read(&path, MAX_BYTES, Links::Followed) {
                    Ok(bytes) if is_link => files.push(config(bytes)),
                    _ => problems.push(
                        about_file(
                            &rule::NOT_A_FILE,
                            path,
                            "not a regular file of this workspace",
                        )
                        .help("put the config itself here"),
                    ),
                },
                Name::Misspelt => problems.push(
                    about_file(&rule::STRAY_CONFIG, path, "a config's name ends in `.yaml`")
                        .help("rename the file"),
                ),
                Name::Other if is_link && is_folder() => problems.push(
                    about_file(&rule::NOT_A_FILE, path, "a link to a folder")
                        .help("remove it; configs are not looked for in folders below"),
                ),
                Name::Other if !is_link && is_folder() => {
                    problems.extend(nested(&boundary, &path)?);
                }
                Name::Hidden | Name::Other => {}
            }
        }
    }
    problems.extend(unclaimed(&boundary, environments)?);
    let read = regular
        .into_par_iter()
        .map(|(folder, name, mut file)| {
            file.bytes = folder.read(&name, MAX_BYTES, Links::Refused)?;
            Ok(file)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    files.extend(read);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, problems.into()))
}

/// A folder of configs is there, and in the workspace even when a link leads to it.
fn find_folder(boundary: &Boundary, folder: &str) -> Result<Boundary, (String, &'static str)> {
    match boundary.folder(folder, Links::Followed) {
        Ok(Some(found)) => Ok(found),
        Err(failure) if matches!(failure.cause, Cause::LeadsOut(_)) => Err((
            format!("`{folder}` leads out of the workspace"),
            "put a folder in the place of the link",
        )),
        Ok(None) if git::is_left_out(&boundary.shown(""), folder) => Err((
            format!("`{folder}` is left out of this sparse checkout"),
            "check the folder out, too, with `git sparse-checkout add`; units of other environments can be named one by one",
        )),
        Ok(None) | Err(_) => Err((
            format!("there is no folder `{folder}`"),
            "make the folder, or correct its name; git keeps no empty folder, so one without configs holds a file such as `.gitkeep`",
        )),
    }
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

fn about_file(rule: &'static Rule, path: String, message: &str) -> Problem {
    let file = Arc::new(File::new(path, ""));
    Problem::new(rule, Span { file, range: 0..0 }, message)
}

/// Files in a folder, and in those below it, that look like configs. Links are not followed.
fn yaml_below(boundary: &Boundary, folder: &str) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let Ok(Some(opened)) = boundary.folder(folder, Links::Refused) else {
        return Ok(found);
    };
    for entry in opened.list()? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if matches!(kind(&name), Name::Config | Name::Misspelt) {
            found.push(path);
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(yaml_below(boundary, &path)?);
        }
    }
    Ok(found)
}

fn nested(boundary: &Boundary, folder: &str) -> Result<Vec<Problem>, Failure> {
    let problem = |path| {
        about_file(
            &rule::STRAY_CONFIG,
            path,
            "configs are not looked for in folders below",
        )
        .help("move the file one folder up, or out of here")
    };
    Ok(yaml_below(boundary, folder)?
        .into_iter()
        .map(problem)
        .collect())
}

/// Configs in a folder beside the environments' folders that no environment names.
fn unclaimed(
    boundary: &Boundary,
    environments: &[Arc<Environment>],
) -> Result<Vec<Problem>, Failure> {
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
        let Ok(Some(opened)) = boundary.folder(parent, Links::Followed) else {
            continue;
        };
        for entry in opened.list()? {
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
            for path in yaml_below(boundary, &folder)? {
                let message = format!("no environment has the folder `{folder}`");
                let help = suggest::question(&name, &folders).unwrap_or_else(|| {
                    "name the folder in the `configs` of an environment".to_owned()
                });
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
    let folder = Boundary::open(workspace)
        .and_then(|boundary| boundary.folder(&environment.spec.configs, Links::Followed));
    let names = folder.ok().flatten().and_then(|folder| folder.list().ok());
    names
        .unwrap_or_default()
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

/// Namespaces of those configs of an environment that are links.
#[must_use]
pub fn linked_configs(workspace: &Path, environment: &Environment) -> BTreeSet<String> {
    let folder = Boundary::open(workspace)
        .and_then(|workspace| workspace.folder(&environment.spec.configs, Links::Followed));
    let Ok(Some(folder)) = folder else {
        return BTreeSet::new();
    };
    let entries = folder.list().unwrap_or_default();
    entries
        .iter()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.strip_suffix(".yaml").map(str::to_owned)
        })
        .collect()
}

//! The line of stages: texts in, instances or problems out.

pub mod config_edit;
pub mod example;
pub mod fix;
pub mod snapshot;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, mpsc},
};

use rayon::prelude::*;
use serde::Deserialize;

use crate::{
    config::{schema, workspace::Workspace},
    diagnostic::{self, Checked, File, Problem, Span, rule},
    model::{Database, Environment, ModuleSource, resolve::resolve},
    rules::{self, fleet, waiver},
    text::date::Date,
    yaml::Document,
};

/// Name of the file at the root of a workspace.
pub const WORKSPACE_FILE: &str = "valet.yaml";

/// A config as it was found on disk.
#[derive(Debug)]
pub struct ConfigFile {
    /// Name of its environment.
    pub environment: String,
    /// Path inside the workspace.
    pub path: String,
    /// Its text, not yet known to be text.
    pub bytes: Vec<u8>,
}

/// What the whole of a workspace comes to.
#[derive(Debug, Default)]
pub struct Compiled {
    /// Units without an error of their own, by environment and namespace.
    pub databases: Vec<Database>,
    /// Everything wrong, in the order in which it is shown.
    pub problems: Vec<Problem>,
}

/// Opens `valet.yaml`.
///
/// # Errors
/// When it is not a valid workspace.
pub fn open(bytes: Vec<u8>) -> Checked<Vec<Arc<Environment>>> {
    let source = Document::parse(WORKSPACE_FILE, bytes)?;
    schema::WORKSPACE.check(&source)?;
    let workspace = Workspace::deserialize(&source.value)
        .map_err(|error| vec![source.problem(&rule::WRONG_TYPE, "", error.to_string())])?;
    let output = workspace.output.unwrap_or_else(|| "generated".to_owned());
    let mut problems = Vec::new();
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    let mut environments = Vec::new();
    for (name, written) in workspace.environments {
        if let Some(first) = folders.insert(written.configs.to_lowercase(), name.clone()) {
            let pointer = format!("/environments/{name}/configs");
            let message = format!("environment `{first}` reads this folder too");
            problems.push(
                source
                    .problem(&rule::SHARED_CONFIGS, &pointer, message)
                    .help("give each environment a folder of its own"),
            );
        }
        let modules = written.modules.as_ref().unwrap_or(&workspace.modules);
        let environment = Environment {
            modules: module_source(&modules.source, &output),
            output: output.clone(),
            privatelink: workspace.privatelink.clone(),
            file: Arc::clone(&source.file),
            name,
            spec: written,
        };
        problems.extend(rules::environment(&environment));
        environments.push(Arc::new(environment));
    }
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    Ok(environments)
}

/// Compiles the configs of a workspace.
#[must_use]
pub fn compile(environments: &[Arc<Environment>], files: Vec<ConfigFile>, today: Date) -> Compiled {
    let mut problems = case_twins(&files);
    // Few units have problems; thousands of empty lists would be in the way of the instances.
    let (sender, receiver) = mpsc::channel();
    let one = |sender: &mut mpsc::Sender<_>, (at, file): (usize, ConfigFile)| {
        let environment = environments
            .iter()
            .find(|known| known.name == file.environment)?;
        let (database, problems) = unit(environment, &file.path, file.bytes, today);
        if !problems.is_empty() {
            // The receiver is there.
            let _ = sender.send((at, problems));
        }
        database
    };
    let units: Vec<_> = files
        .into_par_iter()
        .enumerate()
        .map_with(sender, one)
        .collect();
    let found: BTreeMap<usize, Vec<Problem>> = receiver.into_iter().collect();
    problems.extend(found.into_values().flatten());
    let mut compiled = Compiled {
        databases: units.into_iter().flatten().collect(),
        problems,
    };
    compiled.databases.sort_by(|a, b| {
        (&a.environment.name, &a.file.path).cmp(&(&b.environment.name, &b.file.path))
    });
    compiled
        .problems
        .extend(fleet::check(environments, &compiled.databases));
    finish(&mut compiled.problems);
    compiled
}

/// Configs that are one file where the case of letters does not count.
fn case_twins(files: &[ConfigFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let is_lower = |path: &str| {
        !path
            .bytes()
            .any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase())
    };
    if files.iter().all(|file| is_lower(&file.path)) {
        return problems;
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for file in files {
        let Some(first) = seen.insert(file.path.to_lowercase(), &file.path) else {
            continue;
        };
        let about = Arc::new(File::new(&file.path, ""));
        let span = Span {
            file: about,
            range: 0..0,
        };
        let message = format!("on Windows and macOS this is the same file as {first}");
        problems.push(
            Problem::new(&rule::BAD_FILE_NAME, span, message)
                .help("keep one of them, with a name in lower case"),
        );
    }
    problems
}

/// Sorts problems, and keeps one of those that several configs share through their environment.
pub fn finish(problems: &mut Vec<Problem>) {
    diagnostic::sort(problems);
    problems.dedup_by(|a, b| {
        a.rule.code == b.rule.code
            && a.message == b.message
            && a.span.file.path == b.span.file.path
            && a.span.range == b.span.range
    });
}

/// Compiles one config against its environment: the instance, when the config has the right shape, and its problems.
#[must_use]
pub fn unit(
    environment: &Arc<Environment>,
    path: &str,
    bytes: Vec<u8>,
    today: Date,
) -> (Option<Database>, Vec<Problem>) {
    let stem = stem(path);
    let resolved = Document::parse(path, bytes).and_then(|source| {
        schema::CONFIG.check(&source)?;
        resolve(&source, stem, environment)
    });
    match resolved {
        Ok(database) => {
            let problems = judge(&database, stem, today);
            (Some(database), problems)
        }
        Err(problems) => (None, problems),
    }
}

/// What is wrong with one config that has the right shape, after its waivers.
fn judge(database: &Database, stem: &str, today: Date) -> Vec<Problem> {
    let problems = rules::database(database, stem, today);
    let mut problems = waiver::apply(database, problems, today);
    // What rejects the config must not be what is left out.
    problems.sort_by_key(|problem| problem.rule.severity);
    problems.truncate(schema::MOST);
    problems
}

/// Compiles one config as [`unit`] does, but passes over the keys that this version does not know: their names.
#[must_use]
pub fn tolerant(
    environment: &Arc<Environment>,
    path: &str,
    bytes: Vec<u8>,
    today: Date,
) -> (Option<Database>, Vec<Problem>, Vec<String>) {
    let stem = stem(path);
    let mut unknown = Vec::new();
    let resolved = Document::parse(path, bytes).and_then(|mut source| {
        unknown = schema::CONFIG.prune(&mut source.value);
        schema::CONFIG.check(&source)?;
        resolve(&source, stem, environment)
    });
    match resolved {
        Ok(database) => {
            let problems = judge(&database, stem, today);
            (Some(database), problems, unknown)
        }
        Err(problems) => (None, problems, unknown),
    }
}

/// The namespace that a config's path stands for.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// The folders that a workspace's roots have.
#[must_use]
pub fn expected_roots(
    environments: &[Arc<Environment>],
    databases: &[Database],
) -> BTreeSet<String> {
    let shared = environments
        .iter()
        .map(|environment| environment.directory());
    shared
        .chain(databases.iter().map(Database::directory))
        .collect()
}

/// The problem of a file that was not generated where one is to be written.
#[must_use]
pub fn in_the_way(path: String) -> Problem {
    let file = Arc::new(File::new(path, ""));
    let message = format!("{} was not generated, so it is not overwritten", file.path);
    Problem::new(&rule::OCCUPIED_PATH, Span { file, range: 0..0 }, message)
        .help("move it away, or remove it")
}

/// Address of the modules as seen from a root two folders below the output folder.
fn module_source(source: &str, output: &str) -> ModuleSource {
    let is_local =
        source.starts_with("./") || source.starts_with("../") || source == "." || source == "..";
    if is_local {
        let up = "../".repeat(output.split('/').count() + 2);
        let path = source.trim_start_matches("./").trim_end_matches('/');
        return ModuleSource {
            before: format!("{up}{path}/"),
            after: String::new(),
        };
    }
    let (address, query) = match source.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (source, String::new()),
    };
    ModuleSource {
        before: format!("{}/", address.trim_end_matches('/')),
        after: query,
    }
}

#[cfg(test)]
mod tests {
    use super::module_source;

    #[test]
    fn a_module_address_is_made_for_the_roots_folder() {
        for (source, output, expected) in [
            ("../../modules", "generated", "../../../../../modules/rds"),
            ("./modules", "infra/generated", "../../../../modules/rds"),
            (
                "git::https://example.com/x.git//modules?ref=v1",
                "generated",
                "git::https://example.com/x.git//modules/rds?ref=v1",
            ),
        ] {
            let modules = module_source(source, output);
            assert_eq!(format!("{}rds{}", modules.before, modules.after), expected);
        }
    }
}

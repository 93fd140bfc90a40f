//! The line of stages: texts in, instances or problems out.

pub mod config_edit;
pub mod consumer;
pub mod example;
pub mod fix;
pub mod snapshot;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;
use serde::Deserialize;

use crate::{
    config::{
        inherited, schema,
        workspace::{DEFAULT_OUTPUT, Workspace},
    },
    diagnostic::{Checked, Diagnostics, File, Problem, Span, rule},
    model::{
        Database, Environment, ModuleSource, consumer::Consumer, resolve::resolve, world::World,
    },
    rules::{self, fleet, waiver},
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
    /// The consumer sides of clusters, by environment and name, once somebody has read what applies have told.
    pub consumers: Vec<Consumer>,
    /// Everything wrong, in the order in which it is shown.
    pub problems: Diagnostics,
}

/// Opens `valet.yaml`, and the lock file beside it.
///
/// # Errors
/// When it is not a valid workspace, or not one for this version of the tool, or not a lock file.
pub fn open(bytes: Vec<u8>, lock: Option<Vec<u8>>) -> Checked<Vec<Arc<Environment>>> {
    let source = Document::parse(WORKSPACE_FILE, bytes)?;
    // Before the shape: another version may know other keys.
    rules::required_version(&source)?;
    environments(&source, lock)
}

/// Opens them where the version of the tool does not count: as they were before a change, or in another workspace.
///
/// # Errors
/// When it is not a valid workspace, or not a lock file.
pub fn open_former(bytes: Vec<u8>, lock: Option<Vec<u8>>) -> Checked<Vec<Arc<Environment>>> {
    environments(&Document::parse(WORKSPACE_FILE, bytes)?, lock)
}

fn environments(source: &Document, lock: Option<Vec<u8>>) -> Checked<Vec<Arc<Environment>>> {
    schema::WORKSPACE.check(source)?;
    let merged = inherited::merge(source)?;
    let workspace = Workspace::deserialize(&merged)
        .map_err(|error| source.problem(&rule::WRONG_TYPE, "", error.to_string()))?;
    let output = workspace
        .output
        .unwrap_or_else(|| DEFAULT_OUTPUT.to_owned());
    let mut problems: Diagnostics = lock.as_deref().map(rules::lock).unwrap_or_default().into();
    let lock: Option<Arc<str>> = lock.map(|bytes| String::from_utf8_lossy(&bytes).into());
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
            lock: lock.clone(),
            privatelink: workspace.privatelink.clone(),
            versions: workspace.versions.clone(),
            ci: workspace.ci.clone(),
            repository_url: workspace.repository_url.clone(),
            catalog: workspace.catalog.clone(),
            upgrades: workspace.upgrades.clone(),
            file: Arc::clone(&source.file),
            name,
            spec: written,
        };
        problems.extend(rules::environment(&environment));
        environments.push(Arc::new(environment));
    }
    problems.extend(rules::pipeline(&environments));
    problems.extend(rules::waves(&environments));
    problems.into_result(environments)
}

/// Compiles the configs of a workspace.
#[must_use]
pub fn compile(
    environments: &[Arc<Environment>],
    files: Vec<ConfigFile>,
    world: World,
) -> Compiled {
    let mut problems: Diagnostics = case_twins(&files).into();
    let one = |file: ConfigFile| {
        let known = |known: &&Arc<Environment>| known.name == file.environment;
        match environments.iter().find(known) {
            Some(environment) => unit(environment, &file.path, file.bytes, world),
            None => (None, Diagnostics::new()),
        }
    };
    let (mut databases, mut found) = (Vec::new(), Vec::new());
    files
        .into_par_iter()
        .map(one)
        .unzip_into_vecs(&mut databases, &mut found);
    let mut databases: Vec<_> = databases.into_iter().flatten().collect();
    databases.sort_by(|a, b| {
        (&a.environment.name, &a.file.path).cmp(&(&b.environment.name, &b.file.path))
    });
    problems.extend(found.into_iter().flatten());
    problems.extend(fleet::check(environments, &databases, world));
    problems.extend(rules::environments(environments, &databases, world.today));
    Compiled {
        databases,
        consumers: Vec::new(),
        problems,
    }
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

/// Compiles one config against its environment: the instance, when the config has the right shape, and its problems.
#[must_use]
pub fn unit(
    environment: &Arc<Environment>,
    path: &str,
    bytes: Vec<u8>,
    world: World,
) -> (Option<Database>, Diagnostics) {
    let stem = stem(path);
    let resolved = Document::parse(path, bytes).and_then(|source| {
        schema::CONFIG.check(&source)?;
        resolve(&source, stem, environment)
    });
    match resolved {
        Ok(database) => {
            let problems = judge(&database, stem, world);
            (Some(database), problems)
        }
        Err(problems) => (None, problems),
    }
}

/// What is wrong with one config that has the right shape, after its waivers.
fn judge(database: &Database, stem: &str, world: World) -> Diagnostics {
    let problems = rules::database(database, stem, world);
    let mut problems = Diagnostics::from(waiver::apply(database, problems, world.today));
    problems.truncate(schema::MOST);
    problems
}

/// Compiles one config as [`unit`] does, but passes over the keys that this version does not know: their names.
#[must_use]
pub fn tolerant(
    environment: &Arc<Environment>,
    path: &str,
    bytes: Vec<u8>,
    world: World,
) -> (Option<Database>, Diagnostics, Vec<String>) {
    let stem = stem(path);
    let mut unknown = Vec::new();
    let resolved = Document::parse(path, bytes).and_then(|mut source| {
        unknown = schema::CONFIG.prune(&mut source.value);
        schema::CONFIG.check(&source)?;
        resolve(&source, stem, environment)
    });
    match resolved {
        Ok(database) => {
            let problems = judge(&database, stem, world);
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
    let shared = environments.iter().flat_map(|environment| {
        let consumers = environment.consumers();
        let consumers = consumers.map(|(cluster, _)| environment.consumer_directory(cluster));
        [environment.directory()].into_iter().chain(consumers)
    });
    shared
        .chain(databases.iter().map(Database::directory))
        .collect()
}

/// Address of the modules as seen from a root two folders below the output folder.
fn module_source(source: &str, output: &str) -> ModuleSource {
    let is_local =
        source.starts_with("./") || source.starts_with("../") || source == "." || source == "..";
    if is_local {
        let up = "../".repeat(output.split('/').count() + 2);
        let path = source.trim_start_matches("./").trim_end_matches('/');
        return ModuleSource {
            written: source.to_owned(),
            before: format!("{up}{path}/"),
            after: String::new(),
        };
    }
    let (address, query) = match source.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (source, String::new()),
    };
    ModuleSource {
        written: source.to_owned(),
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

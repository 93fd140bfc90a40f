//! A workspace that is open: its folder, its environments, and the day.

mod concern;
mod retirement;
pub mod touched;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use super::{progress::Progress, stop::Stop, terminal::note};
use crate::{
    compile::{self, Compiled, WORKSPACE_FILE, consumer},
    config::{Lifecycle, schema},
    diagnostic::{Diagnostics, Problem, rule},
    io,
    model::{
        self, Database, Environment,
        consumer::Consumer,
        identity::{UnitId, of_cluster},
        world::{Asked, Roots, World},
    },
    rules,
    terraform::{applied::Waiting, lock, lower::Owner},
    text::{date::Date, path::below, suggest},
};

/// A workspace that is open.
#[derive(Debug)]
pub struct Session {
    /// Its folder.
    pub workspace: PathBuf,
    /// What goes before the paths in it, so that they can be opened from here.
    pub base: String,
    /// What goes before the paths in it where others read them: its path in the repository around it.
    pub prefix: String,
    /// Its environments.
    pub environments: Vec<Arc<Environment>>,
    /// The day.
    pub today: Date,
}

impl Roots for Session {
    fn root_of(&self, database: &Database) -> Option<String> {
        io::root_of(&self.workspace, database)
    }

    fn asked(&self, database: &Database) -> Asked {
        io::asked(&self.workspace, database)
    }
}

impl Session {
    /// The folder of a root, as its path in the repository; without one, in the workspace.
    #[must_use]
    pub fn in_repository(&self, owner: &Owner) -> String {
        below(&self.prefix, &owner.directory())
    }

    /// Keeps other runs from writing until it is dropped; waits for one that is writing.
    ///
    /// # Errors
    /// When there is nothing to lock.
    pub fn lock(workspace: &Path) -> Result<File, Stop> {
        if let Some(lock) = io::try_lock(workspace)? {
            return Ok(lock);
        }
        note("another run is writing in this workspace; waiting for it");
        Ok(io::lock(workspace)?)
    }

    /// Opens the workspace in a folder, as it is on a day.
    ///
    /// # Errors
    /// When its `valet.yaml` cannot be read, or is wrong.
    pub fn open(workspace: PathBuf, today: Date) -> Result<Self, Stop> {
        let base = base(&workspace);
        let written = io::read_in(&workspace, WORKSPACE_FILE)?;
        let lock = io::find_in(&workspace, lock::FILE)?;
        // Compiling the schemas takes most of a short run: one core each.
        let (environments, _) = rayon::join(
            || compile::open(written, lock),
            || LazyLock::force(&schema::CONFIG),
        );
        let environments = environments.map_err(|problems| Stop::Problems {
            problems,
            base: base.clone(),
        })?;
        Ok(Self {
            prefix: io::git::prefix(&workspace),
            workspace,
            base,
            environments,
            today,
        })
    }

    /// Compiles the whole workspace; the number is of configs read.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn compile(&self) -> Result<(Compiled, usize), Stop> {
        let (compiled, paths) = self.compile_paths()?;
        Ok((compiled, paths.len()))
    }

    /// Compiles a workspace in which nothing is wrong.
    ///
    /// # Errors
    /// When a file cannot be read, or anything is an error.
    pub fn compile_sound(&self) -> Result<Compiled, Stop> {
        let (compiled, _) = self.compile()?;
        if compiled.problems.has_errors() {
            return Err(self.problems(compiled.problems));
        }
        Ok(compiled)
    }

    /// Compiles the whole workspace; with the paths of the configs read.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn compile_paths(&self) -> Result<(Compiled, BTreeSet<String>), Stop> {
        let _progress = Progress::start("compiling", 0);
        let (files, problems) = io::configs(&self.workspace, &self.environments)?;
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let mut compiled =
            compile::compile(&self.environments, files, World::new(self.today, self));
        compiled.problems.extend(problems);
        let (consumers, problems) = self.consumers(&compiled.databases)?;
        compiled.consumers = consumers;
        compiled.problems.extend(problems);
        Ok((compiled, paths))
    }

    /// The consumer sides of clusters, with what is wrong with the outputs that they need. These are all databases.
    ///
    /// # Errors
    /// When outputs cannot be read.
    pub fn consumers(&self, databases: &[Database]) -> Result<(Vec<Consumer>, Diagnostics), Stop> {
        let told = io::told(&self.workspace, databases)?;
        Ok(consumer::consumers(&self.environments, databases, &told))
    }

    /// What AWS keeps for the maintenance windows of units, as far as is known.
    ///
    /// # Errors
    /// When the record of an apply cannot be read.
    pub fn waiting(&self, databases: &[Database]) -> Result<BTreeMap<UnitId, Waiting>, Stop> {
        Ok(io::waiting(&self.workspace, databases)?)
    }

    /// What goes before the path of a file in the workspace, to make a link to it: where people read the repository, or
    /// else the way from here.
    #[must_use]
    pub fn files(&self) -> String {
        let mut environments = self.environments.iter();
        let linked = environments.find_map(|one| one.link(&self.prefix, ""));
        linked.map_or_else(
            || self.base.clone(),
            |address| format!("{}/", address.trim_end_matches('/')),
        )
    }

    /// The consumer side of this name; none, when it is the name of something else.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn consumer(&self, unit: &UnitId) -> Result<Option<Consumer>, Stop> {
        let is_it = |environment: &Arc<Environment>| {
            let mut consumers = environment.consumers();
            environment.name == unit.environment
                && consumers.any(|(cluster, _)| of_cluster(cluster) == unit.namespace)
        };
        if !self.environments.iter().any(is_it) {
            return Ok(None);
        }
        let (compiled, _) = self.compile()?;
        let mut consumers = compiled.consumers.into_iter();
        Ok(consumers.find(|one| one.unit() == *unit))
    }

    /// The problems of folders of modules that are not there, of the environments of some configs, or of all.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn missing_modules(&self, paths: &[String]) -> Result<Diagnostics, Stop> {
        let is_meant = |environment: &&Arc<Environment>| {
            let configs = format!("{}/", environment.spec.configs);
            paths.is_empty() || paths.iter().any(|path| path.starts_with(&configs))
        };
        let meant: Vec<_> = self.environments.iter().filter(is_meant).cloned().collect();
        Ok(io::snapshot::missing_modules(&self.workspace, &meant)?)
    }

    /// The environment of a name.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn environment(&self, name: &str) -> Result<&Arc<Environment>, Stop> {
        let found = self.environments.iter().find(|known| known.name == name);
        found.ok_or_else(|| {
            let names: Vec<_> = self.environments.iter().map(|known| &known.name).collect();
            let known = suggest::list(&names);
            Stop::Usage(format!(
                "there is no environment `{name}`; there are {known}"
            ))
        })
    }

    /// The configs of these units, each named as one or by the path of its config; none, which stands for all, when no
    /// unit or `valet.yaml` itself is named.
    ///
    /// # Errors
    /// When the workspace has no such unit or config.
    pub fn find_all(&self, units: &[String]) -> Result<Vec<String>, Stop> {
        let mut paths = Vec::new();
        for unit in units {
            if self.is_workspace_file(unit) {
                return Ok(Vec::new());
            }
            paths.push(self.find(unit)?.1);
        }
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    fn is_workspace_file(&self, word: &str) -> bool {
        io::inside(&self.workspace, Path::new(word)).as_deref() == Some(WORKSPACE_FILE)
    }

    /// The environment and the path of a config that is named by its path as seen from here.
    fn find_file(&self, file: &str) -> Result<(Arc<Environment>, String), Stop> {
        let path = Path::new(file);
        if !io::is_file(path) {
            return Err(Stop::Usage(format!("there is no {file}")));
        }
        io::config_path(&self.workspace, &self.environments, path).ok_or_else(|| {
            let folders = self.environments.iter();
            let folders: Vec<_> = folders
                .map(|known| format!("{}{}", self.base, known.spec.configs))
                .collect();
            let known = suggest::list(&folders);
            Stop::Usage(format!(
                "`{file}` is not a config: configs are the files in {known}"
            ))
        })
    }

    /// The environment and the path of a unit's config. The unit is named as one, or by the path of its config.
    ///
    /// # Errors
    /// When the workspace has no such unit.
    pub fn find(&self, word: &str) -> Result<(Arc<Environment>, String), Stop> {
        if is_config_name(word) {
            return self.find_file(word);
        }
        let unit = word.parse();
        self.find_unit(
            &unit.map_err(|reason| Stop::Usage(format!("`{word}` is not a unit: {reason}")))?,
        )
    }

    /// The environment and the path of a unit's config.
    ///
    /// # Errors
    /// When the workspace has no such unit.
    pub fn find_unit(&self, unit: &UnitId) -> Result<(Arc<Environment>, String), Stop> {
        let UnitId {
            environment,
            namespace,
        } = unit;
        let found = self.environment(environment)?;
        let path = format!("{}/{namespace}.yaml", found.spec.configs);
        if !io::is_file(&self.workspace.join(&path)) {
            let known = io::namespaces(&self.workspace, found);
            let hint = suggest::hint(&format!("{environment}/"), namespace, &known);
            let base = &self.base;
            return Err(Stop::Usage(format!(
                "`{unit}`: there is no {base}{path}{hint}"
            )));
        }
        Ok((Arc::clone(found), path))
    }

    /// Compiles a unit, with its warnings.
    ///
    /// # Errors
    /// When there is no such unit, or its config is wrong.
    pub fn compile_unit(&self, unit: &UnitId) -> Result<(Database, Diagnostics), Stop> {
        let (environment, path) = self.find_unit(unit)?;
        self.compile_config(&environment, &path)
    }

    /// Compiles a config that is there, with its warnings. `path` is inside the workspace.
    ///
    /// # Errors
    /// When it cannot be read, or is wrong.
    pub fn compile_config(
        &self,
        environment: &Arc<Environment>,
        path: &str,
    ) -> Result<(Database, Diagnostics), Stop> {
        let bytes = io::read_in(&self.workspace, path)?;
        let (database, problems) =
            compile::unit(environment, path, bytes, World::new(self.today, self));
        match database.filter(|_| !problems.has_errors()) {
            Some(database) => Ok((database, problems)),
            None => Err(self.problems(problems)),
        }
    }

    /// Compiles a unit that pods connect to.
    ///
    /// # Errors
    /// As [`Session::compile_unit`], and when its database is gone.
    pub fn compile_active(&self, unit: &UnitId) -> Result<(Database, Diagnostics), Stop> {
        let (database, problems) = self.compile_unit(unit)?;
        if database.lifecycle.value == Lifecycle::Retired {
            let message = format!("{unit} is retired: there is nothing left to connect to");
            return Err(Stop::Usage(message));
        }
        if !database.has_path() {
            let message = format!(
                "nothing leads to {unit} yet: it is taken into Terraform, and `adopt.credentials` in its config adds the proxy"
            );
            return Err(Stop::Usage(message));
        }
        Ok((database, problems))
    }

    /// The units of every config but one, which need not be there, nor its folder.
    ///
    /// # Errors
    /// When a file cannot be read, or the one must not be there.
    pub fn others(&self, environment: &Environment, path: &str) -> Result<Vec<Database>, Stop> {
        let (mut files, problems) = io::configs(&self.workspace, &self.environments)?;
        let folder = environment.span("configs").range;
        let configs = self.workspace.join(&environment.spec.configs);
        // The first config of an environment brings the folder along.
        let is_new = !io::is_there(&configs);
        let in_the_way: Diagnostics = problems
            .into_iter()
            .filter(|problem| {
                let span = &problem.span;
                span.file.path == path
                    || (span.file.path == WORKSPACE_FILE && span.range == folder && !is_new)
            })
            .collect();
        if !in_the_way.is_empty() {
            return Err(self.problems(in_the_way));
        }
        files.retain(|file| file.path != path);
        Ok(compile::compile(&self.environments, files, World::on(self.today)).databases)
    }

    /// The databases of a workspace that configs are to be added to, in which nothing is wrong. An environment that has no
    /// config yet needs no folder for them.
    ///
    /// # Errors
    /// When a file cannot be read, or anything is an error.
    pub fn standing(&self) -> Result<Vec<Database>, Stop> {
        let (files, problems) = io::configs(&self.workspace, &self.environments)?;
        let is_new = |problem: &Problem| {
            let mut environments = self.environments.iter();
            let of = environments.find(|one| one.span("configs").range == problem.span.range);
            problem.rule.code == rule::MISSING_CONFIGS.code
                && of.is_some_and(|one| {
                    let folder = &one.spec.configs;
                    !io::is_there(&self.workspace.join(folder))
                        && !io::git::is_left_out(&self.workspace, folder)
                })
        };
        let found = problems.into_iter().filter(|problem| !is_new(problem));
        let world = World::new(self.today, self);
        let mut compiled = compile::compile(&self.environments, files, world);
        compiled.problems.extend(found);
        if compiled.problems.has_errors() {
            return Err(self.problems(compiled.problems));
        }
        Ok(compiled.databases)
    }

    /// That there are roots, and no lock file for them.
    #[must_use]
    pub fn missing_lock(&self) -> Option<Problem> {
        let has_roots = io::is_there(&self.workspace.join(self.output()));
        has_roots
            .then(|| rules::missing_lock(&self.environments))
            .flatten()
    }

    /// Whether the workspace has a lock file, which its roots get a copy of.
    #[must_use]
    pub fn gives_locks(&self) -> bool {
        self.environments.iter().any(|one| one.lock.is_some())
    }

    /// Folder of the generated roots, relative to the workspace.
    #[must_use]
    pub fn output(&self) -> &str {
        model::output(&self.environments)
    }

    /// A stop for these problems.
    #[must_use]
    pub fn problems(&self, problems: Diagnostics) -> Stop {
        Stop::Problems {
            problems,
            base: self.base.clone(),
        }
    }
}

/// Whether a word is the name of a YAML file, and so not of a unit: those have no dot.
#[must_use]
pub fn is_config_name(word: &str) -> bool {
    let extension = Path::new(word).extension().unwrap_or_default();
    ["yaml", "yml"].iter().any(|known| extension == *known)
}

/// What goes before the paths in a workspace, so that they can be opened from here.
#[must_use]
pub fn base(workspace: &Path) -> String {
    let text = workspace.to_string_lossy().replace('\\', "/");
    match text.trim_end_matches('/') {
        "" if text.starts_with('/') => "/".to_owned(),
        "" | "." => String::new(),
        folder => format!("{folder}/"),
    }
}

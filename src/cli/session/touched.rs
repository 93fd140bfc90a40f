//! The units that a change touches, compiled as they are here: nothing else is read.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use rayon::prelude::*;

use super::{Session, Stop};
use crate::{
    compile::{
        self, WORKSPACE_FILE, consumer,
        snapshot::{Changes, Head, Heads, Side},
    },
    diagnostic::{Diagnostics, Problem},
    io::{self, git::Repository, snapshot::folder},
    model::{Database, Environment, consumer::Consumer, world::World},
    review::{
        forbidden,
        retirement::{self, StandingRoot},
        stale,
    },
    terraform::{lock, lower::Owner, print::print_root},
};

/// The units that a change touches.
#[derive(Debug, Default)]
pub struct Touched {
    /// Those that compile, and the environments around them.
    pub side: Side,
    /// What is wrong with their configs.
    pub problems: Diagnostics,
    /// Roots whose configs are gone.
    orphans: Vec<StandingRoot>,
}

impl Session {
    /// Compiles what a change touches; everything, when `valet.yaml` differs or `all` is asked for.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn touched(&self, changes: &Changes, all: bool) -> Result<Touched, Stop> {
        if all || touches_all(changes) {
            let (compiled, paths) = self.compile_paths()?;
            let orphans = self.listing(&compiled.databases)?.strays;
            return Ok(Touched {
                side: Side::new(
                    self.environments.clone(),
                    compiled.databases,
                    compiled.consumers,
                    &paths,
                ),
                problems: compiled.problems,
                orphans,
            });
        }
        let mut configs: BTreeSet<(usize, String)> = BTreeSet::new();
        for (at, environment) in self.environments.iter().enumerate() {
            let names = self.configs_of(environment, changes);
            configs.extend(names.into_iter().map(|name| (at, name)));
        }
        let read: Vec<_> = configs
            .into_par_iter()
            .map(|(at, name)| self.one(at, &name))
            .collect::<Result<Vec<_>, Stop>>()?;
        let mut touched = Touched {
            side: Side {
                environments: self.environments.clone(),
                ..Side::default()
            },
            ..Touched::default()
        };
        for one in read {
            match one {
                One::Compiled(path, database, problems) => {
                    match database {
                        Some(database) => touched.side.databases.push(*database),
                        None => drop(touched.side.broken.insert(path)),
                    }
                    touched.problems.extend(problems);
                }
                One::Gone(orphan) => touched.orphans.extend(orphan),
            }
        }
        let (consumers, problems) = self.consumers_touched(changes)?;
        touched.side.consumers = consumers;
        touched.problems.extend(problems);
        Ok(touched)
    }

    /// The consumer sides of the environments that a change touches: they come from all units there.
    fn consumers_touched(&self, changes: &Changes) -> Result<(Vec<Consumer>, Diagnostics), Stop> {
        let is_touched = |environment: &&Arc<Environment>| {
            let own = format!("{}{}/{}/", changes.prefix, changes.output, environment.name);
            let is_below = |path: &String| path.starts_with(&own);
            environment.consumers().next().is_some()
                && (changes.paths.iter().any(is_below)
                    || !self.configs_of(environment, changes).is_empty())
        };
        let environments: Vec<_> = self
            .environments
            .iter()
            .filter(is_touched)
            .cloned()
            .collect();
        if environments.is_empty() {
            return Ok((Vec::new(), Diagnostics::new()));
        }
        let (files, _) = io::configs(&self.workspace, &environments)?;
        let world = World::new(self.today, self);
        let compiled = compile::compile(&environments, files, world);
        let told = io::told(&self.workspace, &compiled.databases)?;
        let (consumers, mut problems) =
            consumer::consumers(&environments, &compiled.databases, &told);
        // Another config that is wrong may be of a unit that has an endpoint: nobody knows what the root is then.
        problems.extend(compiled.problems.into_iter().filter(Problem::is_error));
        let is_known = !problems.has_errors();
        let consumers = consumers.into_iter().filter(|_| is_known);
        Ok((consumers.collect(), problems))
    }

    /// Names of an environment's configs that differ, or whose root does.
    pub(super) fn configs_of(
        &self,
        environment: &Environment,
        changes: &Changes,
    ) -> BTreeSet<String> {
        let folder = &environment.spec.configs;
        if changes.touches(folder) {
            return io::namespaces(&self.workspace, environment)
                .into_iter()
                .collect();
        }
        // What a link leads to may differ while the link does not.
        let mut names = io::linked_configs(&self.workspace, environment);
        let configs = format!("{}{folder}/", changes.prefix);
        let own = format!("{}{}/{}/", changes.prefix, changes.output, environment.name);
        let config = |path: &str| {
            let name = path.strip_prefix(&configs)?.strip_suffix(".yaml")?;
            (!name.contains('/')).then(|| name.to_owned())
        };
        names.extend(changes.paths.iter().filter_map(|path| config(path)));
        let roots = changes.roots.iter();
        names.extend(roots.filter_map(|root| root.directory.strip_prefix(&own).map(str::to_owned)));
        names
    }

    fn one(&self, at: usize, name: &str) -> Result<One, Stop> {
        let Some(environment) = self.environments.get(at) else {
            return Ok(One::Gone(None));
        };
        let path = format!("{}/{name}.yaml", environment.spec.configs);
        if !io::is_there(&self.workspace.join(&path)) {
            let directory = format!("{}/{}/{name}", environment.output, environment.name);
            let mut consumers = environment.consumers();
            let is_consumer =
                consumers.any(|(cluster, _)| environment.consumer_directory(cluster) == directory);
            if is_consumer || directory == environment.directory() {
                return Ok(One::Gone(None));
            }
            return Ok(One::Gone(io::standing_root(&self.workspace, &directory)?));
        }
        let bytes = io::read_in(&self.workspace, &path)?;
        let (database, problems) =
            compile::unit(environment, &path, bytes, World::new(self.today, self));
        Ok(One::Compiled(path, database.map(Box::new), problems))
    }

    /// What must not be done to the databases that a change touches and whose roots are still the base's.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn refused_before_generate(
        &self,
        touched: &Touched,
        changes: &Changes,
        uncommitted: &BTreeSet<String>,
    ) -> Result<Diagnostics, Stop> {
        let compared: BTreeSet<&str> = changes.roots.iter().map(|one| &*one.directory).collect();
        let is_compared =
            |directory: &str| compared.contains(&*format!("{}{directory}", changes.prefix));
        // Git is asked once, however many databases have no root yet.
        let is_sparse = LazyLock::new(|| {
            Repository::find(&self.workspace).is_ok_and(|repository| repository.is_sparse)
        });
        let is_left_out =
            |directory: &str| *is_sparse && io::git::is_left_out(&self.workspace, directory);
        let found = touched
            .side
            .databases
            .par_iter()
            .filter(|one| !uncommitted.contains(&one.environment.name))
            .filter(|one| !is_compared(&one.directory()))
            .map(|database| {
                let directory = database.directory();
                let files = folder::files(&self.workspace.join(&directory))?;
                let root = files.as_ref().map(retirement::read);
                Ok(match root {
                    Some(root) if root.faults.is_empty() => forbidden::refused(&root, database),
                    None if !is_left_out(&directory) => Vec::new(),
                    _ => Vec::from_iter(stale::problem(&[directory])),
                })
            })
            .collect::<Result<Vec<_>, Stop>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What the roots of what a change touches are not, although their configs say so; for the environments that commit
    /// their roots.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn stale(
        &self,
        touched: &Touched,
        changes: &Changes,
        uncommitted: &BTreeSet<String>,
    ) -> Result<Diagnostics, Stop> {
        let is_touched = |owner: &Owner| match owner {
            Owner::Unit(_) | Owner::Consumer(_) => true,
            Owner::Environment(one) => {
                let directory = format!("{}{}", changes.prefix, one.directory());
                let differs = changes.roots.iter().any(|root| root.directory == directory);
                differs || touches_all(changes)
            }
        };
        let owners: Vec<Owner> = touched
            .side
            .owners()
            .into_iter()
            .filter(|owner| !uncommitted.contains(owner.environment()) && is_touched(owner))
            .collect();
        let stale = owners
            .par_iter()
            .map(|owner| {
                let root = owner.root();
                let path = self.workspace.join(&root.directory);
                let directory = format!("{}{}", changes.prefix, root.directory);
                // What a sparse checkout leaves out is known from git.
                let known = changes.roots.iter().find(|one| one.directory == directory);
                let files = folder::files(&path)?.or_else(|| known?.head.clone());
                let is_current = stale::is_current(files.as_ref(), &print_root(&root));
                Ok((!is_current).then(|| root.directory.clone()))
            })
            .filter_map(Result::transpose)
            .collect::<Result<Vec<String>, Stop>>()?;
        let mut problems: Diagnostics = stale::problem(&stale).into_iter().collect();
        let all = touched.side.owners();
        let mut life = retirement::compare(&touched.orphans, &all);
        // What has moved or is at its end only has to be generated.
        let leaving: Vec<String> = life.leaving.drain(..).map(|one| one.directory).collect();
        problems.extend(stale::leaving(&leaving));
        let is_told = |problem: &Problem| {
            let path = &problem.span.file.path;
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let directory = format!("{}{folder}", changes.prefix);
            // The comparison with the base says the same.
            changes
                .roots
                .iter()
                .any(|root| root.directory == directory && root.head.is_none())
        };
        problems.extend(life.problems.into_iter().filter(|one| !is_told(one)));
        Ok(problems)
    }
}

/// What became of one config.
enum One {
    /// Its path, and what it compiles to.
    Compiled(String, Option<Box<Database>>, Diagnostics),
    /// It is gone, and perhaps its root is still there.
    Gone(Option<StandingRoot>),
}

impl Touched {
    /// The compiled roots, for the review: with what of their files differs.
    #[must_use]
    pub fn heads(&self, changes: &Changes, all_differ: bool) -> Heads<'_> {
        let workspace_differs = all_differ || changes.touches(WORKSPACE_FILE);
        self.side
            .owners()
            .into_iter()
            .map(|owner| {
                let config_differs = match owner {
                    Owner::Unit(one) => all_differ || changes.touches(&one.file.path),
                    Owner::Environment(_) | Owner::Consumer(_) => false,
                };
                let head = Head {
                    owner,
                    config_differs,
                    workspace_differs,
                };
                (format!("{}{}", changes.prefix, owner.directory()), head)
            })
            .collect()
    }
}

/// Whether a file differs that every root comes from.
fn touches_all(changes: &Changes) -> bool {
    changes.touches(WORKSPACE_FILE) || changes.touches(lock::FILE)
}

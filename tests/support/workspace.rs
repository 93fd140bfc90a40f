//! A workspace of the fixtures, compiled through the library.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use storage_valet_rds::{
    compile::{
        self, consumer,
        snapshot::{Changes, Content, Head, RootChange},
    },
    connect::{
        outputs::{self, Outputs},
        privatelink::{self, Entry},
    },
    diagnostic::{Checked, Diagnostics, Problem, report},
    inspect::resolved,
    io,
    model::{
        Database, Environment,
        consumer::Consumer,
        world::{Asked, Roots, World},
    },
    review::{
        self, foreign,
        retirement::{self, StandingRoot, says_the_same},
        stale,
    },
    rules,
    terraform::{
        lock,
        lower::{self, Owner},
        print::print_root,
        root_module::RootModule,
        tree::Tree,
    },
    text::date::Date,
    yaml::Document,
};

/// The day on which every test runs.
pub(crate) const TODAY: &str = "2026-11-01";

pub(crate) fn today() -> Date {
    TODAY.parse().unwrap()
}

/// The day of a case: that of its file `today`, or the one of every test.
fn day_of(folder: &Path) -> Date {
    let written = fs::read_to_string(folder.join("today"));
    written.map_or_else(|_| today(), |day| day.trim().parse().unwrap())
}

/// The generated roots in a folder.
struct Folder<'a>(&'a Path);

impl Roots for Folder<'_> {
    fn root_of(&self, database: &Database) -> Option<String> {
        io::root_of(self.0, database)
    }

    fn asked(&self, database: &Database) -> Asked {
        io::asked(self.0, database)
    }
}

/// A workspace and everything that was found in it.
pub(crate) struct Workspace {
    pub(crate) environments: Vec<Arc<Environment>>,
    pub(crate) databases: Vec<Database>,
    pub(crate) consumers: Vec<Consumer>,
    pub(crate) problems: Diagnostics,
}

impl Workspace {
    /// Compiles a folder. One without a `valet.yaml` takes the one beside `ok/` and `bad/`.
    pub(crate) fn open(folder: &Path) -> Self {
        let own = folder.join("valet.yaml");
        let shared = Path::new("fixtures/valet.yaml");
        let valet = fs::read(if own.is_file() { &own } else { shared }).unwrap();
        let lock = fs::read(folder.join(lock::FILE)).ok();
        let environments = match compile::open(valet, lock) {
            Ok(environments) => environments,
            Err(problems) => {
                return Self {
                    environments: Vec::new(),
                    databases: Vec::new(),
                    consumers: Vec::new(),
                    problems,
                };
            }
        };
        let (files, problems) = io::configs(folder, &environments).unwrap();
        let roots = Folder(folder);
        let world = World::new(day_of(folder), &roots);
        let mut compiled = compile::compile(&environments, files, world);
        let told = io::told(folder, &compiled.databases).unwrap();
        let (consumers, wrong) = consumer::consumers(&environments, &compiled.databases, &told);
        let missing = io::snapshot::missing_modules(folder, &environments).unwrap();
        compiled.problems.extend(missing);
        compiled.problems.extend(problems);
        // Every other case is without a lock file too, and about something else.
        if folder.ends_with("no-lock") {
            compiled.problems.extend(rules::missing_lock(&environments));
        }
        compiled
            .problems
            .extend(on_disk(folder, &environments, &compiled.databases));
        compiled
            .problems
            .extend(against_base(folder, &environments, &compiled.databases));
        // A case of outputs is told once.
        for problem in wrong {
            let is_told = |told: &Problem| {
                told.span.file.path == problem.span.file.path && told.message == problem.message
            };
            if !compiled.problems.iter().any(is_told) {
                compiled.problems.push(problem);
            }
        }
        Self {
            environments,
            databases: compiled.databases,
            consumers,
            problems: compiled.problems,
        }
    }

    pub(crate) fn drawn(&self) -> String {
        report::draw(&self.problems, "", false, 100).to_string()
    }

    pub(crate) fn roots(&self) -> Vec<RootModule> {
        let shared = self
            .environments
            .iter()
            .map(|known| lower::environment(known));
        shared
            .chain(self.databases.iter().map(lower::unit))
            .chain(self.consumers.iter().map(lower::consumer))
            .collect()
    }

    pub(crate) fn tree(&self) -> Tree {
        self.roots().iter().flat_map(print_root).collect()
    }
}

/// Problems that only a comparison with what was before can show.
fn against_base(
    folder: &Path,
    environments: &[Arc<Environment>],
    databases: &[Database],
) -> Diagnostics {
    let base = folder.join("base");
    if !base.is_dir() {
        return Diagnostics::new();
    }
    let (files, _) = io::configs(&base, environments).unwrap();
    let old = compile::compile(environments, files, World::on(today())).databases;
    let side = |databases: &[Database]| -> BTreeMap<String, RootChange> {
        let root = |one| {
            let files = print_root(&lower::unit(one))
                .into_iter()
                .map(|(path, text)| {
                    let name = path.rsplit('/').next().unwrap().to_owned();
                    (name, Content::Text(text))
                });
            let change = RootChange {
                directory: one.directory(),
                head: Some(files.collect()),
                ..RootChange::default()
            };
            (one.directory(), change)
        };
        databases.iter().map(root).collect()
    };
    let (mut before, after) = (side(&old), side(databases));
    let roots = after.into_values().map(|change| RootChange {
        base: before.remove(&change.directory).and_then(|old| old.head),
        ..change
    });
    let changes = Changes {
        output: environments[0].output.clone(),
        roots: roots.collect(),
        ..Changes::default()
    };
    let heads = databases.iter().map(|one| {
        let head = Head {
            owner: Owner::Unit(one),
            config_differs: true,
            workspace_differs: false,
        };
        (one.directory(), head)
    });
    review::compare(&changes, &heads.collect()).problems
}

/// Problems that only the generated folder can show.
fn on_disk(
    folder: &Path,
    environments: &[Arc<Environment>],
    databases: &[Database],
) -> Diagnostics {
    let expected = compile::expected_roots(environments, databases);
    let output = &environments[0].output;
    let listing = io::listing(folder, output, &expected).unwrap();
    let (mut roots, mut found) = (listing.strays, listing.problems);
    for database in databases {
        let directory = database.directory();
        let Some(standing) = io::standing(folder, &directory).unwrap() else {
            continue;
        };
        if !says_the_same(&standing, database) {
            roots.extend(StandingRoot::of(&directory, &standing));
        }
        found.extend(foreign::problems(&directory, &standing));
        let tree = print_root(&lower::unit(database));
        found.extend(foreign::edited(&directory, &standing, &tree));
    }
    let shared = environments.iter().map(|one| Owner::Environment(one));
    let owners: Vec<_> = shared.chain(databases.iter().map(Owner::Unit)).collect();
    let mut problems = retirement::compare(&roots, &owners).problems;
    problems.extend(found);
    for database in databases {
        if retirement::is_retired(database) {
            let holders = io::holders(folder, database).unwrap();
            problems.extend(retirement::endpoint_lives(database, &holders));
        }
        let directory = database.directory();
        match outputs(folder, database) {
            Ok(Some(outputs)) => problems.extend(linked(folder, database, &outputs)),
            Ok(None) => {}
            Err(found) => problems.extend(found),
        }
        let files = io::snapshot::folder::files(&folder.join(&directory)).unwrap();
        // A root that is only a part of one is there for another rule.
        let is_whole = files
            .as_ref()
            .is_some_and(|files| files.len() == lower::FILES.len());
        let is_stale = !stale::is_current(files.as_ref(), &print_root(&lower::unit(database)));
        if is_whole && is_stale {
            problems.extend(stale::problem(std::slice::from_ref(&directory)));
        }
    }
    problems
}

/// The outputs beside the root of a unit, if there are any.
fn outputs(folder: &Path, database: &Database) -> Checked<Option<Outputs>> {
    let path = format!("{}/{}", database.directory(), outputs::FILE);
    match fs::read(folder.join(&path)) {
        Ok(bytes) => outputs::read(&path, bytes, database).map(Some),
        Err(_) => Ok(None),
    }
}

/// What keeps the entry of a unit out of the private-link repository, if the workspace has one.
fn linked(folder: &Path, database: &Database, outputs: &Outputs) -> Diagnostics {
    let Some(setting) = &database.environment.privatelink else {
        return Diagnostics::new();
    };
    let repository = folder.join(setting.repository.as_ref().unwrap());
    let bytes = io::find_inside(&repository, &setting.file)
        .unwrap()
        .unwrap();
    let entry = |cluster: &String| Entry {
        app: privatelink::app(&database.namespace.value).to_owned(),
        cluster: cluster.clone(),
        host: outputs.proxy_endpoint.clone(),
        service: outputs.endpoint_service_name.clone(),
    };
    let entries: Vec<_> = database.clusters.value.iter().map(entry).collect();
    Document::parse_large(&setting.file, bytes)
        .and_then(|source| privatelink::update(&source, &entries))
        .err()
        .unwrap_or_default()
}

/// The folders in a folder, sorted.
pub(crate) fn cases(folder: &str) -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "{folder} is empty");
    cases
}

/// Without any of its plain keys, a config would come to something else.
pub(crate) fn no_key_is_idle(database: &Database, folder: &Path) {
    let text = &database.file.text;
    let values = |database: &Database| -> BTreeMap<String, Value> {
        let entries = resolved::entries(database).into_iter();
        entries.map(|one| (one.key.join("."), one.value)).collect()
    };
    let before = values(database);
    let is_plain = |line: &&str| {
        !line.starts_with([' ', '#']) && !line.ends_with(':') && !line.starts_with("shortname:")
    };
    for line in text.lines().filter(is_plain) {
        let without = text.replace(&format!("{line}\n"), "").into_bytes();
        let world = storage_valet_rds::model::world::World::on(today());
        let (other, _) = storage_valet_rds::compile::unit(
            &database.environment,
            &database.file.path,
            without,
            world,
        );
        let is_idle = other.is_some_and(|other| values(&other) == before);
        assert!(
            !is_idle,
            "{line} in {}: {}",
            folder.display(),
            database.file.path
        );
    }
}

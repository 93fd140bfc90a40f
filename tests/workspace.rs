//! A workspace of the fixtures, compiled through the library.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use storage_valet_rds::{
    compile, disk,
    emit::emit,
    instance::{Environment, Instance},
    lay_out, life,
    outputs::{self, Outputs},
    privatelink::{self, Entry},
    problem::{Checked, Problem},
    report, review,
    root::Root,
    source::Source,
    tree::Tree,
};

/// The day on which every test runs.
pub(crate) const TODAY: &str = "2026-11-01";

/// A workspace and everything that was found in it.
pub(crate) struct Workspace {
    pub(crate) environments: Vec<Arc<Environment>>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) problems: Vec<Problem>,
}

impl Workspace {
    /// Compiles a folder. One without a `valet.yaml` takes the one beside `ok/` and `bad/`.
    pub(crate) fn open(folder: &Path) -> Self {
        let own = folder.join("valet.yaml");
        let shared = Path::new("fixtures/valet.yaml");
        let valet = fs::read(if own.is_file() { &own } else { shared }).unwrap();
        let environments = match compile::open(valet) {
            Ok(environments) => environments,
            Err(mut problems) => {
                compile::finish(&mut problems);
                return Self {
                    environments: Vec::new(),
                    instances: Vec::new(),
                    problems,
                };
            }
        };
        let (files, problems) = disk::configs(folder, &environments).unwrap();
        let mut compiled = compile::compile(&environments, files, TODAY);
        compiled.problems.extend(problems);
        compiled
            .problems
            .extend(on_disk(folder, &environments, &compiled.instances));
        compiled
            .problems
            .extend(against_base(folder, &environments, &compiled.instances));
        compile::finish(&mut compiled.problems);
        Self {
            environments,
            instances: compiled.instances,
            problems: compiled.problems,
        }
    }

    pub(crate) fn drawn(&self) -> String {
        report::draw(&self.problems, "", false, 100)
    }

    pub(crate) fn roots(&self) -> Vec<Root> {
        let shared = self
            .environments
            .iter()
            .filter_map(|known| lay_out::environment(known));
        shared
            .chain(self.instances.iter().map(lay_out::unit))
            .collect()
    }

    pub(crate) fn tree(&self) -> Tree {
        self.roots().iter().flat_map(emit).collect()
    }
}

/// Problems that only a comparison with what was before can show.
fn against_base(
    folder: &Path,
    environments: &[Arc<Environment>],
    instances: &[Instance],
) -> Vec<Problem> {
    let base = folder.join("base");
    if !base.is_dir() {
        return Vec::new();
    }
    let (files, _) = disk::configs(&base, environments).unwrap();
    let old = compile::compile(environments, files, TODAY).instances;
    review::problems(&old, instances)
}

/// Problems that only the generated folder can show.
fn on_disk(
    folder: &Path,
    environments: &[Arc<Environment>],
    instances: &[Instance],
) -> Vec<Problem> {
    let expected = compile::expected_roots(environments, instances);
    let output = &environments[0].output;
    let strays = disk::stray_roots(folder, output, &|directory| expected.contains(directory))
        .unwrap()
        .0;
    let mut roots = strays;
    for instance in instances {
        let directory = instance.directory();
        let terraform = disk::terraform(folder, &directory).unwrap();
        if life::is_telling(&terraform, instance) {
            roots.extend(disk::standing_root(folder, &directory).unwrap());
        }
    }
    let mut problems = life::compare(&roots, instances).problems;
    for instance in instances {
        let directory = instance.directory();
        match outputs(folder, instance) {
            Ok(Some(outputs)) => problems.extend(linked(folder, instance, &outputs)),
            Ok(None) => {}
            Err(found) => problems.extend(found),
        }
        if let Some(standing) = disk::standing(folder, &directory).unwrap() {
            let tree = emit(&lay_out::unit(instance));
            let changes = storage_valet_rds::tree::changes(&directory, &standing, &tree);
            problems.extend(changes.err().map(compile::in_the_way));
        }
    }
    problems
}

/// The outputs beside the root of a unit, if there are any.
fn outputs(folder: &Path, instance: &Instance) -> Checked<Option<Outputs>> {
    let path = format!("{}/{}", instance.directory(), outputs::FILE);
    match fs::read(folder.join(&path)) {
        Ok(bytes) => outputs::read(&path, bytes, instance).map(Some),
        Err(_) => Ok(None),
    }
}

/// What keeps the entry of a unit out of the private-link repository, if the workspace has one.
fn linked(folder: &Path, instance: &Instance, outputs: &Outputs) -> Vec<Problem> {
    let Some(setting) = &instance.environment.privatelink else {
        return Vec::new();
    };
    let repository = folder.join(setting.repository.as_ref().unwrap());
    let bytes = disk::read_inside(&repository, &setting.file).unwrap();
    let entry = |cluster: &String| Entry {
        app: privatelink::app(&instance.namespace.value).to_owned(),
        cluster: cluster.clone(),
        host: outputs.proxy_endpoint.clone(),
        service: outputs.endpoint_service_name.clone(),
    };
    let entries: Vec<_> = instance.clusters.value.iter().map(entry).collect();
    Source::parse_large(&setting.file, bytes)
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

//! Folders that a test may change.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use storage_valet_rds::terraform::lower;

/// The name of a folder that this process fills once and all its tests copy: a runner may start a process for each test.
pub(crate) fn own(name: &str) -> String {
    format!("{name}-{}", process::id())
}

/// A fresh copy of a folder, without generated roots.
pub(crate) fn copy(from: &str, name: &str) -> PathBuf {
    copy_some(Path::new(from), name, |inner| {
        !inner.starts_with("generated")
    })
}

/// A fresh copy of a whole folder.
pub(crate) fn copy_all(from: &Path, name: &str) -> PathBuf {
    copy_some(from, name, |_| true)
}

fn copy_some(from: &Path, name: &str, is_wanted: impl Fn(&Path) -> bool) -> PathBuf {
    let to = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&to);
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let inner = entry.path().strip_prefix(from).unwrap();
        if !is_wanted(inner) {
            continue;
        }
        if entry.file_type().is_dir() {
            fs::create_dir_all(to.join(inner)).unwrap();
        } else {
            fs::copy(entry.path(), to.join(inner)).unwrap();
        }
    }
    to
}

/// A fresh copy of the example workspace, with modules where it looks for them.
pub(crate) fn city(name: &str) -> PathBuf {
    let city = copy("fixtures/city", name);
    modules(&city.join("../../modules"));
    city
}

/// Makes the folders of the modules, each with a file that says nothing; those that are there stay.
pub(crate) fn modules(folder: &Path) {
    for module in lower::MODULES {
        let module = folder.join(module);
        fs::create_dir_all(&module).unwrap();
        let file = module.join("main.tf");
        if !file.exists() {
            fs::write(file, "# one\n").unwrap();
        }
    }
}

/// A fresh copy of a case, with the `valet.yaml` that the cases share.
pub(crate) fn case(case: &str, name: &str) -> PathBuf {
    let folder = copy(&format!("fixtures/{case}"), name);
    fs::copy("fixtures/valet.yaml", folder.join("valet.yaml")).unwrap();
    folder
}

/// A workspace with one good config, `configs/dev/orders.yaml`.
pub(crate) fn minimal(name: &str) -> PathBuf {
    case("ok/minimal", name)
}

/// Room for any number of units in an environment.
pub(crate) const QUOTAS: &str = "    quotas: {proxies: 9999, loadBalancers: 9999, endpointsPerVpc: 9999, instances: 9999, subnetGroups: 9999, parameterGroups: 9999, roles: 99999, allocatedStorage: 9999999}\n";

/// Lets a workspace whose last environment has no quotas hold any number of units.
pub(crate) fn lift_quotas(folder: &Path) {
    let path = folder.join("valet.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{QUOTAS}")).unwrap();
}

/// Any instance and any secret.
pub(crate) const ANY: &str = "{instances: [\"*\"], secrets: [\"*\"]}";

/// What is called after mail.
pub(crate) const MAIL: &str = "{instances: [\"mail-*\"], secrets: [\"mail*\"]}";

/// Lets the configs of a workspace that does not say so itself take these over.
pub(crate) fn adoptable(folder: &Path, what: &str) {
    let path = folder.join("valet.yaml");
    let text = fs::read_to_string(&path).unwrap();
    if text.contains("adoptable:") {
        return;
    }
    let open = text.replace(
        "    configs:",
        &format!("    adoptable: {what}\n    configs:"),
    );
    assert_ne!(open, text);
    fs::write(path, open).unwrap();
}

/// Replaces a text in a file that has it.
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} is not in {}", path.display());
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Paths of everything below a folder, sorted.
pub(crate) fn paths(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .sort_by_file_name();
    let inner = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).unwrap();
        path.to_str().unwrap().to_owned()
    };
    entries
        .into_iter()
        .map(|entry| inner(entry.unwrap()))
        .collect()
}

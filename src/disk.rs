//! The only file that touches the file system.
#![expect(clippy::disallowed_methods, reason = "this is the one place they belong")]

use std::{
    fmt, fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::{
    compile::{ConfigFile, StrayRoot, WORKSPACE_FILE},
    guard,
    instance::Environment,
    print,
    problem::{File, Place, Problem},
    rule::{self, Rule},
    source::MAX_BYTES,
    suggest,
    tree::{Change, Found, Standing, Tree},
};

/// What went wrong with a file or folder.
#[derive(Debug)]
pub struct Failure {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for Failure {}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    |error| Failure { path, error }
}

/// The nearest folder with a `valet.yaml`, from here upwards.
#[must_use]
pub fn find_workspace() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let depth = here.ancestors().position(|folder| folder.join(WORKSPACE_FILE).is_file())?;
    Some(if depth == 0 { PathBuf::from(".") } else { (0..depth).map(|_| "..").collect() })
}

/// Whether something that is not a folder has this path.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    path.exists() && !path.is_dir()
}

/// Reads a whole file, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read, or is not a regular file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let regular = fs::metadata(path).map_err(at(path))?.is_file();
    if !regular {
        return Err(at(path)(io::Error::other("not a regular file")));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(at(path))?;
    file.take(limit).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
}

/// Reads standard input, but never more than an input may have and a little.
///
/// # Errors
/// When it cannot be read.
pub fn read_stdin() -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    io::stdin().take(limit).read_to_end(&mut bytes).map_err(at(Path::new("<stdin>")))?;
    Ok(bytes)
}

/// The configs of a workspace, in path order, and problems with files that are none.
///
/// # Errors
/// When a folder or a file cannot be read.
pub fn configs(workspace: &Path, environments: &[Arc<Environment>]) -> Result<(Vec<ConfigFile>, Vec<Problem>), Failure> {
    let mut paths = Vec::new();
    let mut problems = Vec::new();
    for environment in environments {
        let folder = environment.written.configs.as_str();
        if !workspace.join(folder).is_dir() {
            let place = environment.place("configs");
            let message = format!("there is no folder `{folder}`");
            problems.push(Problem::new(&rule::MISSING_CONFIGS, place, message).help("make the folder, or correct its name"));
            continue;
        }
        for entry in entries(&workspace.join(folder))? {
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let name = entry.file_name().to_string_lossy().into_owned();
                problems.push(about_file(&rule::BAD_FILE_NAME, format!("{folder}/{name}"), "the name is not text"));
                continue;
            };
            let path = format!("{folder}/{name}");
            match kind(&name) {
                Name::Hidden | Name::Other if !entry.path().is_dir() => {}
                Name::Hidden => {}
                Name::Config if is_inside(workspace, &entry.path()) => paths.push((environment.name.clone(), path)),
                Name::Config => problems.push(
                    about_file(&rule::NOT_A_FILE, path, "not a regular file of this workspace")
                        .help("put the config itself here"),
                ),
                Name::Misspelt => problems.push(
                    about_file(&rule::STRAY_CONFIG, path, "a config's name ends in `.yaml`").help("rename the file"),
                ),
                Name::Other => problems.extend(nested(workspace, &path)),
            }
        }
    }
    problems.extend(unclaimed(workspace, environments)?);
    let files = paths
        .into_par_iter()
        .map(|(environment, path)| {
            let bytes = read(&workspace.join(&path))?;
            Ok(ConfigFile { environment, path, bytes })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok((files, problems))
}

enum Name {
    Config,
    Hidden,
    Misspelt,
    Other,
}

fn kind(name: &str) -> Name {
    let extension = Path::new(name).extension().and_then(|text| text.to_str()).unwrap_or("");
    match extension {
        _ if name.starts_with('.') => Name::Hidden,
        "yaml" => Name::Config,
        _ if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") => Name::Misspelt,
        _ => Name::Other,
    }
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, Failure> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = listed.map_err(at(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// Whether a path is a regular file whose real place is in the workspace.
fn is_inside(workspace: &Path, path: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return false;
    };
    if metadata.is_file() {
        return true;
    }
    let inside = |real: PathBuf| workspace.canonicalize().is_ok_and(|root| real.starts_with(root));
    metadata.is_symlink() && path.is_file() && path.canonicalize().is_ok_and(inside)
}

fn about_file(rule: &'static Rule, path: String, message: &str) -> Problem {
    let file = Arc::new(File { path, text: String::new() });
    Problem::new(rule, Place { file, span: 0..0 }, message)
}

fn yaml_below(workspace: &Path, folder: &str) -> Vec<String> {
    let walk = WalkDir::new(workspace.join(folder)).sort_by_file_name().into_iter();
    walk.filter_map(Result::ok)
        .filter(|entry| matches!(kind(&entry.file_name().to_string_lossy()), Name::Config | Name::Misspelt))
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
            about_file(&rule::STRAY_CONFIG, path, "configs are not looked for in folders below")
                .help("move the file one folder up, or out of here")
        })
        .collect()
}

/// Configs in a folder beside the environments' folders that no environment names.
fn unclaimed(workspace: &Path, environments: &[Arc<Environment>]) -> Result<Vec<Problem>, Failure> {
    let claimed: Vec<_> = environments.iter().map(|known| known.written.configs.as_str()).collect();
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
            let known = claimed.iter().any(|claim| *claim == folder || claim.starts_with(&format!("{folder}/")));
            if known || name.starts_with('.') || !entry.path().is_dir() {
                continue;
            }
            let folders: Vec<_> = claimed.iter().filter_map(|claim| claim.rsplit('/').next()).collect();
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
pub fn config_path(workspace: &Path, environments: &[Arc<Environment>], path: &Path) -> Option<(Arc<Environment>, String)> {
    let folder = path.canonicalize().ok()?.parent()?.to_owned();
    let name = path.file_name()?.to_str()?;
    environments.iter().find_map(|environment| {
        let configs = &environment.written.configs;
        let is_here = workspace.join(configs).canonicalize().is_ok_and(|real| real == folder);
        is_here.then(|| (Arc::clone(environment), format!("{configs}/{name}")))
    })
}

/// Namespaces of an environment's configs, without reading them.
#[must_use]
pub fn namespaces(workspace: &Path, environment: &Environment) -> Vec<String> {
    let names = entries(&workspace.join(&environment.written.configs)).unwrap_or_default();
    names
        .iter()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".yaml").map(str::to_owned))
        .filter(|name| guard::is_namespace(name))
        .collect()
}

/// Keeps a second run out until it is dropped. The lock is on `valet.yaml` itself and vanishes with the process.
///
/// # Errors
/// When the file cannot be opened or locked.
pub fn lock(workspace: &Path) -> Result<fs::File, Failure> {
    let path = workspace.join(WORKSPACE_FILE);
    let file = fs::File::open(&path).map_err(at(&path))?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

/// Start of the names of unfinished files and folders; a later run removes what a killed one left.
const UNFINISHED: &str = ".valet-rds-unfinished-";

/// Generated roots that are not among `expected`.
///
/// # Errors
/// When a folder cannot be read, or the output folder is reached through a symbolic link.
pub fn stray_roots(workspace: &Path, output: &str, expected: &dyn Fn(&str) -> bool) -> Result<Vec<StrayRoot>, Failure> {
    let mut strays = Vec::new();
    let folder = workspace.join(output);
    refuse_links(workspace, output)?;
    if !folder.is_dir() {
        return Ok(strays);
    }
    for environment in entries(&folder)? {
        if !environment.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        for root in entries(&environment.path())? {
            let name = root.file_name().to_string_lossy().into_owned();
            let directory = format!("{output}/{}/{name}", environment.file_name().to_string_lossy());
            let is_folder = root.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_folder || name.starts_with(UNFINISHED) || expected(&directory) {
                continue;
            }
            let Some(found) = standing(workspace, &directory)? else {
                continue;
            };
            if found.iter().any(|(_, found)| matches!(found, Found::Generated(_))) {
                let terraform = found.into_iter().find_map(|(name, found)| match found {
                    Found::Generated(text) if name == "terraform.tf" => Some(text),
                    _ => None,
                });
                let terraform = terraform.unwrap_or_default();
                strays.push(StrayRoot { directory, terraform });
            }
        }
    }
    Ok(strays)
}

/// No folder between the workspace and a root may be a symbolic link: a write must not leave the workspace.
fn refuse_links(workspace: &Path, directory: &str) -> Result<(), Failure> {
    let mut path = workspace.to_owned();
    for part in directory.split('/') {
        path.push(part);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(at(&path)(io::Error::other("a symbolic link; nothing is written through it")));
        }
    }
    Ok(())
}

/// The Terraform files in a folder; none when there is no such folder.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn standing(workspace: &Path, directory: &str) -> Result<Option<Standing>, Failure> {
    let folder = workspace.join(directory);
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(&folder)(error)),
    };
    let mut found = Standing::new();
    for entry in listed {
        let entry = entry.map_err(at(&folder))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = entry.path();
        if !path.extension().is_some_and(|extension| extension == "tf") {
            continue;
        }
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let bytes = if is_file { fs::read(&path).map_err(at(&path))? } else { Vec::new() };
        // A file of no bytes is what a crash leaves of a new one; nothing is lost with it.
        let ours = is_file && (bytes.is_empty() || print::is_generated(&bytes));
        let text = ours.then(|| String::from_utf8(bytes).ok()).flatten();
        found.insert(name, text.map_or(Found::Foreign, Found::Generated));
    }
    Ok(Some(found))
}

/// Writes a root that is not there yet: a whole folder appears at once.
///
/// # Errors
/// When the disk refuses; what was begun is removed by a later run.
pub fn create_root(workspace: &Path, directory: &str, tree: &Tree) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    let folder = workspace.join(directory);
    let (parent, name) = directory.rsplit_once('/').unwrap_or(("", directory));
    let staging = workspace.join(parent).join(format!("{UNFINISHED}{name}"));
    if let Err(error) = fs::create_dir(&staging) {
        match error.kind() {
            io::ErrorKind::NotFound => fs::create_dir_all(&staging).map_err(at(&staging))?,
            io::ErrorKind::AlreadyExists => {}
            _ => return Err(at(&staging)(error)),
        }
    }
    for (path, text) in tree {
        let name = path.rsplit('/').next().unwrap_or(path);
        let path = staging.join(name);
        fs::write(&path, text).map_err(at(&path))?;
    }
    fs::rename(&staging, &folder).map_err(at(&folder))
}

/// Makes one change to a root that is there: a new text replaces the old one at once.
///
/// # Errors
/// When the disk refuses.
pub fn apply(workspace: &Path, change: &Change) -> Result<(), Failure> {
    let path = workspace.join(&change.path);
    let (directory, name) = change.path.rsplit_once('/').unwrap_or(("", &change.path));
    refuse_links(workspace, directory)?;
    let Some(text) = &change.new else {
        return fs::remove_file(&path).map_err(at(&path));
    };
    let unfinished = workspace.join(directory).join(format!("{UNFINISHED}{name}"));
    let mut file = fs::File::create(&unfinished).map_err(at(&unfinished))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
    written.map_err(at(&unfinished))?;
    fs::rename(&unfinished, &path).map_err(at(&path))
}

/// Removes the generated files of a root that has moved, and its folder when nothing else is in it.
///
/// # Errors
/// When the disk refuses.
pub fn remove_root(workspace: &Path, directory: &str) -> Result<(), Failure> {
    refuse_links(workspace, directory)?;
    for (name, found) in standing(workspace, directory)?.unwrap_or_default() {
        if matches!(found, Found::Generated(_)) {
            let path = workspace.join(directory).join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    let folder = workspace.join(directory);
    match fs::remove_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(at(&folder)(error)),
        _ => Ok(()),
    }
}

/// Removes what killed runs left in the output folder.
///
/// # Errors
/// When the disk refuses.
pub fn sweep(workspace: &Path, output: &str) -> Result<(), Failure> {
    let folder = workspace.join(output);
    if !folder.is_dir() {
        return Ok(());
    }
    for environment in entries(&folder)? {
        if !environment.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        for entry in entries(&environment.path())? {
            let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
            if unfinished && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                for file in entries(&entry.path())? {
                    fs::remove_file(file.path()).map_err(at(&file.path()))?;
                }
                fs::remove_dir(entry.path()).map_err(at(&entry.path()))?;
            }
        }
    }
    Ok(())
}

//! Which paths the modules of a root depend on, so that a change of one of them is a change of the root.
//!
//! Sources are found by a look at the text, not by parsing: every root is looked at when something outside of the roots
//! differs. The look finds more than there is, and never less.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::{Component, Path, PathBuf},
};

use crate::{
    compile::snapshot::Content,
    io::{
        Failure, at,
        boundary::{Boundary, Links},
        git::{self, Refusal},
        snapshot::{Unreadable, folder},
    },
    model::Environment,
    terraform::{
        lower,
        read::{MAX_BYTES, is_local},
    },
    text::path::{below, normal},
};

/// What a root says about things outside of it.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Local folders of modules, relative to the repository.
    pub(super) modules: BTreeSet<String>,
    /// Paths that files of the root are links to, relative to the repository.
    pub(super) links: BTreeSet<String>,
    /// Whether a source can only be evaluated, so that it may be anything.
    pub(super) is_unknown: bool,
}

impl Calls {
    /// The sources in a file of a folder.
    pub(super) fn add(&mut self, directory: &str, text: &str) {
        for source in sources(text) {
            match source {
                Some(source) if is_local(source) => {
                    let folder = normal(&format!("{directory}/{source}"));
                    self.modules.insert(folder);
                }
                Some(_) => {}
                None => self.is_unknown = true,
            }
        }
    }

    /// What the files of a root in the work tree say.
    pub(super) fn of(top: &Path, directory: &str) -> Result<Self, Failure> {
        let mut calls = Self::default();
        let path = top.join(directory);
        for (name, content) in folder::files(&path)?.unwrap_or_default() {
            match content {
                Content::Text(text) => calls.add(directory, &text),
                Content::Unreadable(_) | Content::Unread => {
                    let mut found = Dependencies::default();
                    found.follow(top, &format!("{directory}/{name}"));
                    calls.links.extend(found.paths);
                }
            }
        }
        Ok(calls)
    }
}

/// The local folder, relative to a workspace, that an environment names but where there is none of our modules.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn missing(
    workspace: &Path,
    environment: &Environment,
) -> Result<Option<String>, Failure> {
    let source = environment.modules.before.as_str();
    if !is_local(source) {
        return Ok(None);
    }
    let root = format!("{}/environment/namespace", environment.output);
    let all = normal(&format!("{root}/{source}"));
    let (boundary, path) = around(workspace, &all)?;
    for module in lower::MODULES {
        let folder = boundary.folder(format!("{path}/{module}"), Links::Followed)?;
        let listed = folder.map_or(Ok(Vec::new()), |folder| folder.list())?;
        let is_read = |name: &OsStr| name.to_str().is_some_and(folder::is_read);
        if listed.iter().any(|entry| is_read(&entry.file_name())) {
            return Ok(None);
        }
    }
    Ok(Some(all))
}

/// What a folder of modules, relative to a workspace, is opened beneath, and its path there: the repository around the
/// workspace, or without one the folder that the address goes up to.
///
/// # Errors
/// When that cannot be opened.
pub(super) fn around(workspace: &Path, folder: &str) -> Result<(Boundary, String), Failure> {
    if let Some((top, prefix)) = git::place(workspace) {
        let path = below(&prefix, folder);
        if !path.starts_with("..") {
            return Ok((Boundary::open(&top)?, format!("./{path}")));
        }
    }
    let up = folder.split('/').take_while(|part| *part == "..").count();
    let start: PathBuf = std::iter::repeat_n("..", up).collect();
    let path: Vec<&str> = folder.split('/').skip(up).collect();
    let boundary = Boundary::open(&workspace.join(start))?;
    Ok((boundary, format!("./{}", path.join("/"))))
}

/// Every `source = "text"` in a text, with nothing for one that has to be evaluated.
fn sources(text: &str) -> Vec<Option<&str>> {
    const NAME: &str = "source";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(NAME) {
        let rest = text.get(at + NAME.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(['"', ' ', '\t', '\r', '\n']);
        let Some(value) = rest.strip_prefix(['=', ':']) else {
            continue;
        };
        let quoted = value.trim_start().strip_prefix('"');
        let source = quoted.and_then(|rest| rest.split('"').next());
        found.push(source.filter(|source| !source.contains(['\\', '{'])));
    }
    found
}

/// The paths that a module depends on.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    /// Folders, files and links, relative to the repository.
    paths: BTreeSet<String>,
    /// Texts of its Terraform files, by folder.
    texts: BTreeMap<String, String>,
    /// Whether a folder is not there.
    pub(super) is_missing: bool,
    /// A path that leads out of the repository.
    pub(super) outside: Option<String>,
}

impl Dependencies {
    /// Those of the module in a folder of the repository.
    pub(super) fn of(top: &Path, directory: &str) -> Result<Self, Failure> {
        let mut found = Self::default();
        found.add(&Boundary::open(top)?, top, directory)?;
        Ok(found)
    }

    /// A refusal when something of it is outside of the repository.
    pub(super) fn check(&self) -> Result<(), Unreadable> {
        match &self.outside {
            None => Ok(()),
            Some(path) => Err(Refusal::Outside(path.clone()).into()),
        }
    }

    /// Whether a change of a path is a change of the module.
    pub(super) fn is_touched_by(&self, path: &str) -> bool {
        let below = |folder: &str, path: &str| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        self.paths.iter().any(|known| {
            let is_inside = below(known, path) && self.counts(known, path);
            path == known || is_inside || below(path, known)
        })
    }

    /// Whether a file in a module's folder matters to an apply: what is only for people and tests does not, unless the
    /// module names it.
    fn counts(&self, folder: &str, path: &str) -> bool {
        let Some(text) = self.texts.get(folder) else {
            return true;
        };
        let inner = path.get(folder.len() + 1..).unwrap_or_default();
        let first = inner.split('/').next().unwrap_or(inner);
        let is_file = first == inner;
        let is_markdown = is_file && Path::new(first).extension().is_some_and(|end| end == "md");
        let is_for_others = first.starts_with('.') || is_markdown || first == "tests";
        !is_for_others || text.contains(first) || text.contains("fileset(")
    }

    fn add(&mut self, beneath: &Boundary, top: &Path, directory: &str) -> Result<(), Failure> {
        if directory.starts_with("..") || directory.is_empty() {
            self.outside = Some(directory.to_owned());
            return Ok(());
        }
        let Some(real) = self.follow(top, directory) else {
            return Ok(());
        };
        if self.texts.contains_key(&real) {
            return Ok(());
        }
        let Some(boundary) = beneath.folder(&real, Links::Refused)? else {
            self.is_missing = true;
            return Ok(());
        };
        let path = top.join(&real);
        let mut calls = Calls::default();
        let mut texts = String::new();
        for entry in walkdir::WalkDir::new(&path) {
            let entry = entry.map_err(|error| at(&path)(std::io::Error::from(error)))?;
            let Some(inner) = entry.path().strip_prefix(top).ok().and_then(Path::to_str) else {
                continue;
            };
            if entry.path_is_symlink() {
                self.follow(top, inner);
            }
            let is_here = entry.depth() == 1 && entry.file_type().is_file();
            let name = entry.file_name().to_str().filter(|_| is_here);
            if let Some(name) = name.filter(|name| folder::is_read(name))
                && let Content::Text(text) =
                    folder::text(boundary.read(name, MAX_BYTES, Links::Refused)?)
            {
                calls.add(&real, &text);
                texts.push_str(&text);
            }
        }
        // Files beside the module's folder are named through it.
        if texts.contains("path.module}/..") {
            self.paths.insert(normal(&format!("{real}/..")));
        }
        self.texts.insert(real, texts);
        for module in calls.modules {
            self.add(beneath, top, &module)?;
        }
        Ok(())
    }

    /// Notes a path and every link on its way, and where it leads to.
    fn follow(&mut self, top: &Path, path: &str) -> Option<String> {
        const MOST: usize = 40;
        self.paths.insert(path.to_owned());
        let mut rest: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
        let mut real = PathBuf::new();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part.as_str() {
                ".." if !real.pop() => {
                    self.outside = Some(path.to_owned());
                    return None;
                }
                "" | "." | ".." => continue,
                _ => real.push(&part),
            }
            let Ok(target) = fs::read_link(top.join(&real)) else {
                continue;
            };
            links += 1;
            self.paths.insert(real.to_str()?.to_owned());
            real.pop();
            let plain = |part: Component<'_>| match part {
                Component::Normal(name) => name.to_str().map(str::to_owned),
                Component::ParentDir => Some("..".to_owned()),
                Component::CurDir => Some(".".to_owned()),
                Component::RootDir | Component::Prefix(_) => None,
            };
            let target: Option<Vec<String>> = target.components().map(plain).collect();
            let Some(parts) = target.filter(|_| links < MOST) else {
                self.outside = Some(path.to_owned());
                return None;
            };
            rest.extend(parts.into_iter().rev());
        }
        let real = real.to_str()?.replace('\\', "/");
        self.paths.insert(real.clone());
        Some(real)
    }
}

#[cfg(test)]
mod tests {
    use super::sources;

    #[test]
    fn every_source_is_found_however_it_is_written() {
        let text = r#"
            module "a" { source = "../a" }
            module "b" {
              source="./b"
            }
            {"module": {"c": {"source": "../c", "x": 1}}}
            source_id = "no"
            sources   = ["no"]
            module "d" { source = var.d }
            module "e" { source = "../${e}" }
        "#;
        assert_eq!(
            sources(text),
            [Some("../a"), Some("./b"), Some("../c"), None, None]
        );
    }
}

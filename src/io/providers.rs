//! The checksums of providers, which Terraform is asked for.

use std::{io, path::Path};

use super::{
    Failure, at,
    boundary::{Boundary, Links},
    roots::discard,
    terraform::{Ended, Run, Stopping, Terraform, unframed},
    write::{UNFINISHED, write_new},
};
use crate::{terraform::lock, yaml::MAX_BYTES};

const LOG: &str = "log";

/// What Terraform has written.
#[derive(Debug, Default)]
pub struct Checksums {
    /// The lock file; none when no platform was had.
    pub lock: Option<Vec<u8>>,
    /// The platforms that were not had, and why in Terraform's words.
    pub refused: Vec<(String, String)>,
}

/// What a lock file is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Text of a file that names the providers.
    pub providers: &'a str,
    /// What is locked already, and stays.
    pub locked: Option<&'a str>,
    /// Where packages come from instead of the provider's registry: a folder, or the `https://` address of a mirror.
    pub mirror: Option<&'a str>,
    /// The machines that it is for.
    pub platforms: &'a [String],
}

/// Has Terraform write a lock file, for one platform after the other: it runs in a folder of the workspace that holds
/// nothing else, and nothing is left of it.
///
/// # Errors
/// When Terraform does not start, is told to stop, or the disk refuses.
pub fn checksums(
    workspace: &Path,
    terraform: &Terraform,
    wanted: Wanted,
    stopping: &Stopping,
) -> Result<Checksums, Failure> {
    let name = format!("{UNFINISHED}lock");
    let boundary = Boundary::open(workspace)?;
    if boundary.dir.symlink_metadata(&name).is_ok() {
        discard(&boundary, &name)?;
    }
    let made = boundary.dir.create_dir(&name);
    made.map_err(at(&boundary.shown(&name)))?;
    let found = in_folder(&boundary, &name, terraform, wanted, stopping);
    let removed = discard(&boundary, &name);
    let found = found?;
    removed?;
    Ok(found)
}

fn in_folder(
    boundary: &Boundary,
    name: &str,
    terraform: &Terraform,
    wanted: Wanted,
    stopping: &Stopping,
) -> Result<Checksums, Failure> {
    let Some(folder) = boundary.folder(name, Links::Refused)? else {
        let gone = io::Error::from(io::ErrorKind::NotFound);
        return Err(at(&boundary.shown(name))(gone));
    };
    write_new(&folder, "terraform.tf", wanted.providers, None)?;
    if let Some(text) = wanted.locked {
        write_new(&folder, lock::FILE, text, None)?;
    }
    let root = folder.shown("");
    let data = std::path::absolute(folder.shown("data")).map_err(at(&root))?;
    let log = std::path::absolute(folder.shown(LOG)).map_err(at(&root))?;
    let run = Run {
        root: &root,
        data: &data,
        output: None,
        log: &log,
        is_local: false,
        locks: false,
    };
    let mirror = match wanted.mirror {
        Some(address) if address.starts_with("https://") => Some(format!("-net-mirror={address}")),
        Some(folder) => {
            let folder = std::path::absolute(folder).map_err(at(Path::new(folder)))?;
            Some(format!("-fs-mirror={}", folder.display()))
        }
        None => None,
    };
    let mut found = Checksums::default();
    for platform in wanted.platforms {
        let named = format!("-platform={platform}");
        let mut arguments = vec!["providers", "lock", "-no-color", &named];
        arguments.extend(mirror.as_deref());
        match terraform.run(run, &arguments, stopping)? {
            Ended::Code(Some(0)) => {}
            Ended::Code(_) => {
                let said = folder.read(LOG, MAX_BYTES, Links::Refused)?;
                let words = words(&String::from_utf8_lossy(&said));
                found.refused.push((platform.clone(), words));
            }
            Ended::Stopped => return Err(at(&root)(io::Error::from(io::ErrorKind::Interrupted))),
        }
    }
    if found.refused.len() < wanted.platforms.len() {
        found.lock = folder.find(lock::FILE, MAX_BYTES, Links::Refused)?;
    }
    Ok(found)
}

/// Terraform's message without the frame around it and the line breaks in it.
fn words(said: &str) -> String {
    let lines = said.lines().map(unframed);
    let whole: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    whole.join(" ")
}

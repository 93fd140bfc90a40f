//! The checksums of providers, which Terraform is asked for.

use std::{
    ffi::OsStr,
    io,
    path::Path,
    process::{Command, Stdio},
};

use super::{
    Failure, at,
    boundary::{Boundary, Links},
    roots::discard,
    write::{UNFINISHED, write_new},
};
use crate::{terraform::lock, yaml::MAX_BYTES};

/// What a user may have set for another run of Terraform.
const INHERITED: [&str; 5] = [
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_providers",
    "TF_CLI_ARGS_providers_lock",
    "TF_DATA_DIR",
    "TF_WORKSPACE",
];

/// What Terraform has written.
#[derive(Debug, Default)]
pub struct Checksums {
    /// The lock file; none when no platform was had.
    pub lock: Option<Vec<u8>>,
    /// The platforms that were not had, and why in Terraform's words.
    pub refused: Vec<(String, String)>,
}

/// Has Terraform write a lock file: the providers of a file, for some platforms one after the other. It runs in a folder
/// of the workspace that holds nothing else, beginning with what is locked already.
///
/// # Errors
/// When Terraform is not there, or the disk refuses.
pub fn checksums(
    workspace: &Path,
    providers: &str,
    locked: Option<&str>,
    platforms: &[String],
) -> Result<Checksums, Failure> {
    let name = format!("{UNFINISHED}lock");
    let boundary = Boundary::open(workspace)?;
    if boundary.dir.symlink_metadata(&name).is_ok() {
        discard(&boundary, &name)?;
    }
    let made = boundary.dir.create_dir(&name);
    made.map_err(at(&boundary.shown(&name)))?;
    let found = in_folder(&boundary, &name, providers, locked, platforms);
    let removed = discard(&boundary, &name);
    let found = found?;
    removed?;
    Ok(found)
}

fn in_folder(
    boundary: &Boundary,
    name: &str,
    providers: &str,
    locked: Option<&str>,
    platforms: &[String],
) -> Result<Checksums, Failure> {
    let Some(folder) = boundary.folder(name, Links::Refused)? else {
        let gone = io::Error::from(io::ErrorKind::NotFound);
        return Err(at(&boundary.shown(name))(gone));
    };
    write_new(&folder, "terraform.tf", providers, None)?;
    if let Some(text) = locked {
        write_new(&folder, lock::FILE, text, None)?;
    }
    let mut found = Checksums::default();
    for platform in platforms {
        if let Some(reason) = refusal(&folder.shown(""), platform)? {
            found.refused.push((platform.clone(), reason));
        }
    }
    if found.refused.len() < platforms.len() {
        found.lock = folder.find(lock::FILE, MAX_BYTES, Links::Refused)?;
    }
    Ok(found)
}

/// Why Terraform does not have the packages of a platform; none when it has.
fn refusal(folder: &Path, platform: &str) -> Result<Option<String>, Failure> {
    const PROGRAM: &str = "terraform";
    let mut command = Command::new(PROGRAM);
    for name in INHERITED {
        command.env_remove(name);
    }
    let output = command
        .args(["providers", "lock", "-no-color"])
        .arg(format!("-platform={platform}"))
        .env("TF_IN_AUTOMATION", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(at(Path::new(OsStr::new(PROGRAM))))?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok((!output.status.success()).then(|| words(&said)))
}

/// Terraform's message without the frame around it and the line breaks in it.
fn words(said: &str) -> String {
    let lines = said
        .lines()
        .map(|line| line.trim_matches(['│', '╷', '╵', ' ']));
    let whole = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>();
    whole.join(" ")
}

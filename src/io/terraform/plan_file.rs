//! The states in the plan file of Terraform: what a plan was made on. The rest of it is read by `terraform show`.

use std::{fs::File, io::Read, path::Path};

use zip::ZipArchive;

use crate::io::{Failure, at};

/// The states that a plan was made on, as Terraform writes them; empty when there was none.
#[derive(Debug, Default)]
pub struct States {
    /// As it was kept.
    pub kept: Vec<u8>,
    /// With what AWS says now.
    pub refreshed: Vec<u8>,
}

impl States {
    /// Whether AWS says anything else than what was kept, or that cannot be told.
    #[must_use]
    pub fn differ(&self) -> bool {
        let resources = |bytes: &[u8]| -> Option<serde_json::Value> {
            let mut state: serde_json::Value = serde_json::from_slice(bytes).ok()?;
            Some(state.get_mut("resources")?.take())
        };
        match (resources(&self.kept), resources(&self.refreshed)) {
            (Some(kept), Some(refreshed)) => kept != refreshed,
            _ => self.kept != self.refreshed,
        }
    }
}

/// Reads the states in a plan file.
///
/// # Errors
/// When it is not one.
pub fn states(plan: &Path) -> Result<States, Failure> {
    const MOST: u64 = 256 * 1024 * 1024;
    let wrong = |error: zip::result::ZipError| at(plan)(std::io::Error::other(error));
    let file = File::open(plan).map_err(at(plan))?;
    let mut archive = ZipArchive::new(file).map_err(wrong)?;
    let mut read = |name: &str| -> Result<Vec<u8>, Failure> {
        let member = archive.by_name(name).map_err(wrong)?;
        let mut bytes = Vec::new();
        member
            .take(MOST)
            .read_to_end(&mut bytes)
            .map_err(at(plan))?;
        Ok(bytes)
    };
    Ok(States {
        kept: read("tfstate-prev")?,
        refreshed: read("tfstate")?,
    })
}

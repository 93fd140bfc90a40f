//! Terraform, and where it gets its provider from.
#![expect(
    clippy::disallowed_methods,
    reason = "honours the user's own settings of Terraform"
)]

use std::path::{Path, PathBuf};

use crate::{command::Program, files, mirror, step::Done};

/// The oldest provider that the modules admit: what they are validated and tested with.
pub(crate) const PROVIDER: &str = "5.100.0";

const SETTINGS: &str = "target/terraform.tfrc";
const OWN_SETTINGS: &str = "TF_CLI_CONFIG_FILE";

/// Terraform as it is run here.
#[derive(Clone)]
pub(crate) struct Engine {
    /// Its version.
    pub(crate) version: String,
    /// Settings that name the mirror, when there is one.
    settings: Option<PathBuf>,
}

impl Engine {
    pub(crate) fn find() -> Result<Self, String> {
        let printed = Program::new("terraform", &["version"])
            .env("CHECKPOINT_DISABLE", "1")
            .read()
            .map_err(|_| "there is no Terraform".to_owned())?;
        Ok(Self {
            version: printed.lines().next().unwrap_or_default().to_owned(),
            settings: settings()?,
        })
    }

    /// Where the provider comes from, in words.
    pub(crate) fn supply(&self) -> &'static str {
        match self.settings {
            Some(_) => "provider from a mirror on this machine",
            None => "provider by Terraform's own settings",
        }
    }

    /// Runs Terraform: what it printed, or that, under the command, when it failed.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str]) -> Done {
        self.program(folder, arguments).run()
    }

    /// The same, for what it printed on standard output alone.
    pub(crate) fn read(&self, folder: &Path, arguments: &[&str]) -> Done {
        self.program(folder, arguments).read()
    }

    /// Terraform with these arguments, still to be run.
    pub(crate) fn program(&self, folder: &Path, arguments: &[&str]) -> Program {
        let program = Program::new("terraform", arguments)
            .within(folder)
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0");
        self.lead(program)
    }

    /// Tells a program that starts Terraform by itself where the provider comes from.
    pub(crate) fn lead(&self, program: Program) -> Program {
        match &self.settings {
            Some(settings) => program.env(OWN_SETTINGS, settings),
            None => program,
        }
    }
}

/// Settings for the mirror; none when the user has some, or when there is no mirror and Terraform downloads.
fn settings() -> Result<Option<PathBuf>, String> {
    if std::env::var_os(OWN_SETTINGS).is_some_and(|path| Path::new(&path).is_file()) {
        return Ok(None);
    }
    let Some(mirror) = mirror::find(PROVIDER) else {
        return Ok(None);
    };
    let mirror = mirror
        .to_string_lossy()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"
    );
    files::write(Path::new(SETTINGS), text)?;
    let path =
        std::path::absolute(SETTINGS).map_err(|error| files::about(Path::new(SETTINGS), error))?;
    Ok(Some(path))
}

//! What apply told about a unit: the file that is named, or the one beside its root.

use std::path::PathBuf;

use super::{session::Session, stop::Stop, terminal::note};
use crate::{
    connect::outputs::{self, Outputs},
    diagnostic::Checked,
    io::{self, Failure},
    model::Database,
};

/// Where the outputs of the unit's root are.
#[derive(Debug, clap::Args)]
pub struct OutputsArgument {
    /// What `terraform output -json` printed in the unit's root, or `-` for standard input
    /// [default: the outputs.json beside the root]
    #[arg(long, value_name = "FILE|-")]
    outputs: Option<PathBuf>,
}

impl OutputsArgument {
    /// The outputs that are named, or else those that lie beside the root; nothing when there are none.
    ///
    /// # Errors
    /// When they cannot be read, or are not this unit's.
    pub fn read(&self, session: &Session, database: &Database) -> Result<Option<Outputs>, Stop> {
        let (shown, bytes) = match &self.outputs {
            None => {
                let read = beside(session, database)?;
                return read.map_err(|problems| session.problems(problems));
            }
            Some(path) if path.as_os_str() == "-" => ("<stdin>".to_owned(), io::read_stdin()?),
            Some(path) => (path.to_string_lossy().into_owned(), io::read_named(path)?),
        };
        let read = outputs::read(&shown, bytes, database);
        read.map(Some).map_err(|problems| Stop::Problems {
            problems,
            base: String::new(),
        })
    }
}

/// The outputs that lie beside a unit's root; nothing when there are none.
///
/// # Errors
/// When they cannot be read; inside, what is wrong with them.
pub fn beside(session: &Session, database: &Database) -> Result<Checked<Option<Outputs>>, Failure> {
    let path = path_of(database);
    let bytes = io::find_in(&session.workspace, &path)?;
    Ok(bytes.map_or(Ok(None), |bytes| {
        outputs::read(&path, bytes, database).map(Some)
    }))
}

/// Where the outputs of a unit lie.
#[must_use]
pub fn path_of(database: &Database) -> String {
    format!("{}/{}", database.directory(), outputs::FILE)
}

/// Says so when the host that is told cannot be this unit's proxy: a slip connects to another database.
pub fn warn_foreign_host(database: &Database, host: Option<&str>) {
    let proxy = format!("{}.", database.names.proxy);
    if let Some(host) = host.filter(|host| !host.starts_with(&proxy)) {
        let unit = database.unit();
        note(format!(
            "warning: `{host}` is not the proxy of {unit}, which starts with `{proxy}`"
        ));
    }
}

/// The stop of a command that needs outputs and has none.
#[must_use]
pub fn no_outputs(session: &Session, database: &Database, flags: &str) -> Stop {
    let directory = database.directory();
    Stop::Usage(format!(
        "nothing is known of {} after apply: `valet-rds apply` writes {}{directory}/{}, and so does \
         `terraform output -json` there; or name such a file with --outputs, or give {flags}",
        database.unit(),
        session.base,
        outputs::FILE
    ))
}

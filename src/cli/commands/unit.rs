//! What the commands about one unit share: which unit, and what apply told about it.

use std::path::PathBuf;

use crate::{
    cli::{self, Session, Stop},
    config::Lifecycle,
    connect::outputs::{self, Outputs},
    diagnostic::Problem,
    io,
    model::Database,
};

/// Where the outputs of the unit's root are.
#[derive(Debug, clap::Args)]
pub struct OutputsChoice {
    /// What `terraform output -json` printed in the unit's root, or `-` for standard input
    /// [default: the outputs.json beside the root]
    #[arg(long, value_name = "FILE|-")]
    outputs: Option<PathBuf>,
}

/// Compiles a unit, with its warnings.
///
/// # Errors
/// When there is no such unit, or its config is wrong.
pub fn compile(session: &Session, unit: &str) -> Result<(Database, Vec<Problem>), Stop> {
    let (environment, path) = session.find(unit)?;
    let bytes = io::read(&session.workspace.join(&path))?;
    let (database, mut problems) = crate::compile::unit(environment, &path, bytes, &session.today);
    crate::compile::finish(&mut problems);
    match database.filter(|_| !problems.iter().any(Problem::is_error)) {
        Some(database) => Ok((database, problems)),
        None => Err(session.problems(problems)),
    }
}

/// Compiles a unit that pods connect to.
///
/// # Errors
/// As [`compile`], and when its database is gone.
pub fn compile_active(session: &Session, unit: &str) -> Result<(Database, Vec<Problem>), Stop> {
    let (database, problems) = compile(session, unit)?;
    if database.lifecycle.value == Lifecycle::Retired {
        let message = format!("{unit} is retired: there is nothing left to connect to");
        return Err(Stop::Usage(message));
    }
    Ok((database, problems))
}

impl OutputsChoice {
    /// The outputs that are named, or else those that lie beside the root; nothing when there are none.
    ///
    /// # Errors
    /// When they cannot be read, or are not this unit's.
    pub fn read(&self, session: &Session, database: &Database) -> Result<Option<Outputs>, Stop> {
        let (shown, bytes, base) = match &self.outputs {
            Some(path) if path.as_os_str() == "-" => ("<stdin>".to_owned(), io::read_stdin()?, ""),
            Some(path) => (path.to_string_lossy().into_owned(), io::read(path)?, ""),
            None => {
                let shown = format!("{}/{}", database.directory(), outputs::FILE);
                let path = session.workspace.join(&shown);
                if !io::is_file(&path) {
                    return Ok(None);
                }
                (shown, io::read(&path)?, session.base.as_str())
            }
        };
        let read = outputs::read(&shown, bytes, database);
        read.map(Some).map_err(|mut problems| {
            crate::compile::finish(&mut problems);
            Stop::Problems {
                problems,
                base: base.to_owned(),
            }
        })
    }
}

/// Says so when the host that is told cannot be this unit's proxy: a slip connects to another database.
pub fn warn_foreign_host(database: &Database, host: Option<&str>) {
    let proxy = format!("{}.", database.names.proxy);
    if let Some(host) = host.filter(|host| !host.starts_with(&proxy)) {
        let unit = database.unit();
        cli::note(format!(
            "warning: `{host}` is not the proxy of {unit}, which starts with `{proxy}`"
        ));
    }
}

/// The stop of a command that needs outputs and has none.
#[must_use]
pub fn no_outputs(session: &Session, database: &Database, flags: &str) -> Stop {
    let directory = database.directory();
    Stop::Usage(format!(
        "nothing is known of {} after apply: run `terraform output -json > {}` in {}{directory}, \
         or name such a file with --outputs, or give {flags}",
        database.unit(),
        outputs::FILE,
        session.base
    ))
}

//! What the commands about one unit share: which unit, and what apply told about it.

use std::path::PathBuf;

use crate::{
    cli::{Session, Stop},
    disk,
    instance::Instance,
    outputs::{self, Outputs},
    problem::Problem,
};

/// The unit that a command is about.
#[derive(Debug, clap::Args)]
pub struct Choice {
    /// The unit, as ENVIRONMENT/NAMESPACE
    #[arg(value_name = "UNIT", required_unless_present = "namespace")]
    unit: Option<String>,
    /// Environment of the unit
    #[arg(
        long,
        value_name = "NAME",
        requires = "namespace",
        conflicts_with = "unit"
    )]
    environment: Option<String>,
    /// Namespace of the unit
    #[arg(
        long,
        value_name = "NAME",
        requires = "environment",
        conflicts_with = "unit"
    )]
    namespace: Option<String>,
}

/// Where the outputs of the unit's root are.
#[derive(Debug, clap::Args)]
pub struct OutputsChoice {
    /// What `terraform output -json` printed in the unit's root, or `-` for standard input
    /// [default: the outputs.json beside the root]
    #[arg(long, value_name = "FILE|-")]
    outputs: Option<PathBuf>,
}

impl Choice {
    /// Compiles the unit, with its warnings.
    ///
    /// # Errors
    /// When there is no such unit, or its config is wrong.
    pub fn instance(&self, session: &Session) -> Result<(Instance, Vec<Problem>), Stop> {
        let name = match (&self.unit, &self.environment, &self.namespace) {
            (Some(unit), ..) => unit.clone(),
            (None, Some(environment), Some(namespace)) => format!("{environment}/{namespace}"),
            _ => return Err(Stop::Usage("name a unit: ENVIRONMENT/NAMESPACE".to_owned())),
        };
        compile(session, &name)
    }
}

/// Compiles a unit, with its warnings.
///
/// # Errors
/// When there is no such unit, or its config is wrong.
pub fn compile(session: &Session, unit: &str) -> Result<(Instance, Vec<Problem>), Stop> {
    let (environment, path) = session.find(unit)?;
    let bytes = disk::read(&session.workspace.join(&path))?;
    let (instance, mut problems) = crate::compile::unit(environment, &path, bytes, &session.today);
    crate::compile::finish(&mut problems);
    match instance.filter(|_| !problems.iter().any(Problem::is_error)) {
        Some(instance) => Ok((instance, problems)),
        None => Err(session.problems(problems)),
    }
}

impl OutputsChoice {
    /// The outputs that are named, or else those that lie beside the root; nothing when there are none.
    ///
    /// # Errors
    /// When they cannot be read, or are not this unit's.
    pub fn read(&self, session: &Session, instance: &Instance) -> Result<Option<Outputs>, Stop> {
        let (shown, bytes, base) = match &self.outputs {
            Some(path) if path.as_os_str() == "-" => {
                ("<stdin>".to_owned(), disk::read_stdin()?, "")
            }
            Some(path) => (path.to_string_lossy().into_owned(), disk::read(path)?, ""),
            None => {
                let shown = format!("{}/{}", instance.directory(), outputs::FILE);
                let path = session.workspace.join(&shown);
                if !disk::is_file(&path) {
                    return Ok(None);
                }
                (shown, disk::read(&path)?, session.base.as_str())
            }
        };
        let read = outputs::read(&shown, bytes, instance);
        read.map(Some).map_err(|mut problems| {
            crate::compile::finish(&mut problems);
            Stop::Problems {
                problems,
                base: base.to_owned(),
            }
        })
    }
}

/// The stop of a command that needs outputs and has none.
#[must_use]
pub fn no_outputs(session: &Session, instance: &Instance, flags: &str) -> Stop {
    let directory = instance.directory();
    Stop::Usage(format!(
        "nothing is known of {} after apply: run `terraform output -json > {}` in {}{directory}, \
         or name such a file with --outputs, or give {flags}",
        instance.unit(),
        outputs::FILE,
        session.base
    ))
}

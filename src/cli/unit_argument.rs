//! Which unit a command is about: one argument, or an environment and a namespace before or after the command.

use super::{complete, stop::Stop};
use crate::model::identity::UnitId;

/// The unit that a command is about.
#[derive(Clone, Debug, clap::Args)]
pub struct UnitArgument {
    /// The unit, as ENVIRONMENT/NAMESPACE; or name both with the options
    #[arg(value_name = "UNIT", add = complete::unit_names(), conflicts_with_all = ["environment", "namespace"])]
    unit: Option<UnitId>,
    /// Name of the environment; may also stand before the command
    #[arg(long, value_name = "ENVIRONMENT", add = complete::environments())]
    environment: Option<String>,
    /// The Kubernetes namespace; may also stand before the command
    #[arg(long, value_name = "NAMESPACE", add = complete::namespaces())]
    namespace: Option<String>,
    /// What stood before the command.
    #[arg(skip)]
    before: UnitBefore,
}

/// A unit, or its environment, as far as it is named before the command.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct UnitBefore {
    /// Environment of a command that is about one unit
    #[arg(long, value_name = "ENVIRONMENT", add = complete::environments())]
    environment: Option<String>,
    /// Namespace of a command that is about one unit
    #[arg(long, value_name = "NAMESPACE", add = complete::namespaces())]
    namespace: Option<String>,
}

impl UnitBefore {
    /// Whether nothing stood before the command.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.environment.is_none() && self.namespace.is_none()
    }
}

impl UnitArgument {
    /// Takes over what stood before the command.
    pub fn take(&mut self, before: UnitBefore) {
        self.before = before;
    }

    /// Environment and namespace, as far as they are named.
    ///
    /// # Errors
    /// When one of them is named twice, in different words.
    pub fn parts(&self) -> Result<(Option<String>, Option<String>), Stop> {
        let (environment, namespace) = match &self.unit {
            None => (self.environment.clone(), self.namespace.clone()),
            Some(unit) => (Some(unit.environment.clone()), Some(unit.namespace.clone())),
        };
        Ok((
            one(
                "--environment",
                self.before.environment.as_ref(),
                environment,
            )?,
            one("--namespace", self.before.namespace.as_ref(), namespace)?,
        ))
    }

    /// The whole unit.
    ///
    /// # Errors
    /// When it is not named, or named twice.
    pub fn unit(&self) -> Result<UnitId, Stop> {
        match self.parts()? {
            (Some(environment), Some(namespace)) => Ok(UnitId::new(environment, namespace)),
            (Some(_), None) => Err(missing("--namespace")),
            (None, _) => Err(missing("--environment")),
        }
    }
}

/// A stop that asks for an option.
#[must_use]
pub fn missing(option: &str) -> Stop {
    Stop::Usage(format!(
        "{option} is missing; name the unit as ENVIRONMENT/NAMESPACE, or with --environment and --namespace"
    ))
}

fn one(
    option: &str,
    before: Option<&String>,
    after: Option<String>,
) -> Result<Option<String>, Stop> {
    match (before, after) {
        (Some(before), Some(after)) if before != &after => Err(Stop::Usage(format!(
            "{option} is `{before}` before the command and `{after}` after it"
        ))),
        (Some(before), _) => Ok(Some(before.clone())),
        (None, after) => Ok(after),
    }
}

//! Which unit a command is about: one argument, or an environment and a namespace before or after the command.

use super::{Global, Stop, complete};

/// The unit that a command is about.
#[derive(Clone, Debug, clap::Args)]
pub struct Which {
    /// The unit, as ENVIRONMENT/NAMESPACE; or name both with the options
    #[arg(value_name = "UNIT", add = complete::unit_names(), conflicts_with_all = ["environment", "namespace"])]
    unit: Option<String>,
    /// Name of the environment; may also stand before the command
    #[arg(long, value_name = "ENVIRONMENT", add = complete::environments())]
    environment: Option<String>,
    /// The Kubernetes namespace; may also stand before the command
    #[arg(long, value_name = "NAMESPACE", add = complete::namespaces())]
    namespace: Option<String>,
}

impl Which {
    /// Environment and namespace, as far as they are named.
    ///
    /// # Errors
    /// When one of them is named twice, in different words.
    pub fn parts(&self, global: &Global) -> Result<(Option<String>, Option<String>), Stop> {
        let (environment, namespace) = match &self.unit {
            None => (self.environment.clone(), self.namespace.clone()),
            Some(unit) => match unit.split_once('/') {
                Some((environment, namespace)) => {
                    (Some(environment.to_owned()), Some(namespace.to_owned()))
                }
                None => {
                    return Err(Stop::Usage(format!(
                        "`{unit}` is not a unit: write ENVIRONMENT/NAMESPACE"
                    )));
                }
            },
        };
        Ok((
            one("--environment", global.environment.as_ref(), environment)?,
            one("--namespace", global.namespace.as_ref(), namespace)?,
        ))
    }

    /// The whole unit, as `ENVIRONMENT/NAMESPACE`.
    ///
    /// # Errors
    /// When it is not named, or named twice.
    pub fn unit(&self, global: &Global) -> Result<String, Stop> {
        match self.parts(global)? {
            (Some(environment), Some(namespace)) => Ok(format!("{environment}/{namespace}")),
            (environment, _) => Err(missing(if environment.is_some() {
                "--namespace"
            } else {
                "--environment"
            })),
        }
    }
}

/// A stop that asks for an option.
pub(crate) fn missing(option: &str) -> Stop {
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

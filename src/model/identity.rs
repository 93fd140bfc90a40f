//! What a unit is called, and what makes it the same one whatever it is called.

use std::{fmt, str::FromStr};

use crate::{
    aws::name,
    config::workspace::State,
    text::{as_text::as_text, malformed::Malformed},
};

/// The name of a unit on the command line: `environment/namespace`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitId {
    /// Name of its environment.
    pub environment: String,
    /// Its namespace, or `_environment` for what the units of an environment share, or `_cluster-` and a name for the
    /// consumer side of a cluster.
    pub namespace: String,
}

/// What stands in the place of a namespace, or of a shortname, for what the units of an environment share.
pub const SHARED: &str = "_environment";

/// What the name of a cluster follows in the place of a namespace, or of a shortname, for its consumer side.
pub const CLUSTER: &str = "_cluster-";

/// What stands in the place of a namespace, or of a shortname, for the consumer side of a cluster.
#[must_use]
pub fn of_cluster(name: &str) -> String {
    format!("{CLUSTER}{name}")
}

impl UnitId {
    /// The name of a unit.
    #[must_use]
    pub fn new(environment: impl Into<String>, namespace: impl Into<String>) -> Self {
        Self {
            environment: environment.into(),
            namespace: namespace.into(),
        }
    }

    /// The unit of a root: the last two parts of the path of its folder.
    #[must_use]
    pub fn of_root(directory: &str) -> Self {
        let (above, namespace) = directory.rsplit_once('/').unwrap_or((".", directory));
        let environment = above.rsplit('/').next().unwrap_or(above);
        Self::new(environment, namespace)
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.namespace)
    }
}

impl FromStr for UnitId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.split_once('/') {
            Some((environment, namespace))
                if !environment.is_empty() && !namespace.is_empty() && !namespace.contains('/') =>
            {
                Ok(Self::new(environment, namespace))
            }
            _ => Err(Malformed("write ENVIRONMENT/NAMESPACE")),
        }
    }
}

as_text!(UnitId, {"type": "string"});

/// Where Terraform keeps the state of a root: the root's identity, wherever its folder is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateKey {
    /// The S3 bucket.
    pub bucket: String,
    /// The key in it.
    pub key: String,
}

/// Where the state of a root is; `root` is a shortname, or what stands in the place of one.
#[must_use]
pub fn state(place: &State, root: &str) -> StateKey {
    StateKey {
        bucket: place.bucket.clone(),
        key: name::state_key(&place.key_prefix, root),
    }
}

/// Where it was before, if the place of the states has moved.
#[must_use]
pub fn former_state(place: &State, root: &str) -> Option<StateKey> {
    let former = place.moved_from.as_ref()?;
    Some(StateKey {
        bucket: former.bucket.clone(),
        key: name::state_key(&former.key_prefix, root),
    })
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// A place of states that was another one before: buckets, and what keys start with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMove {
    /// The place before.
    pub from: StateKey,
    /// The place now.
    pub to: StateKey,
}

impl StateMove {
    /// Where a state of the place before is now; nothing for one of another place.
    #[must_use]
    pub fn follow(&self, state: &StateKey) -> Option<StateKey> {
        let rest = state.key.strip_prefix(&self.from.key)?;
        let is_here = state.bucket == self.from.bucket && rest.starts_with('/');
        is_here.then(|| StateKey {
            bucket: self.to.bucket.clone(),
            key: format!("{}{rest}", self.to.key),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::UnitId;

    #[test]
    fn a_unit_is_two_names() {
        assert_eq!("dev3/orders".parse(), Ok(UnitId::new("dev3", "orders")));
        for text in ["", "dev3", "dev3/", "/orders", "dev3/a/b", "dev3/../x"] {
            assert!(text.parse::<UnitId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_root_is_of_the_unit_that_its_folder_is_named_after() {
        for (directory, unit) in [
            ("generated/dev3/orders", "dev3/orders"),
            ("a/generated/dev3/_environment", "dev3/_environment"),
            ("dev3/orders", "dev3/orders"),
            ("orders", "./orders"),
        ] {
            assert_eq!(UnitId::of_root(directory).to_string(), unit);
        }
    }
}

//! Which endpoints lead to a unit, as far as the records and the roots of consumer sides tell.

use std::{collections::BTreeSet, path::Path};

use super::{Failure, at, find_in, roots::standing_root};
use crate::{
    model::{
        Database, Environment,
        identity::{UnitId, of_cluster},
    },
    terraform::{
        applied::{self, Applied},
        read::Value,
    },
};

/// The consumer sides whose endpoints lead to a unit.
///
/// # Errors
/// When a record or a root cannot be read.
pub fn holders(workspace: &Path, database: &Database) -> Result<Vec<UnitId>, Failure> {
    let mut holders = Vec::new();
    let environment = &database.environment;
    for (cluster, _) in environment.consumers() {
        let leads = match recorded(workspace, environment, cluster)? {
            Some(endpoints) => endpoints.contains(&database.shortname),
            None => stands(workspace, environment, cluster, &database.shortname)?,
        };
        if leads {
            holders.push(UnitId::new(&environment.name, of_cluster(cluster)));
        }
    }
    Ok(holders)
}

/// Shortnames of the units that a consumer side led to when it was applied last; none without a record of that.
fn recorded(
    workspace: &Path,
    environment: &Environment,
    cluster: &str,
) -> Result<Option<BTreeSet<String>>, Failure> {
    let path = format!(
        "{}/{}",
        environment.consumer_directory(cluster),
        applied::FILE
    );
    let Some(bytes) = find_in(workspace, &path)? else {
        return Ok(None);
    };
    let read = Applied::read(&bytes).map_err(at(&workspace.join(&path)))?;
    Ok(Some(read.endpoints))
}

/// Whether the root of a consumer side has an endpoint; one that cannot be understood may have.
fn stands(
    workspace: &Path,
    environment: &Environment,
    cluster: &str,
    shortname: &str,
) -> Result<bool, Failure> {
    let directory = environment.consumer_directory(cluster);
    let Some(standing) = standing_root(workspace, &directory)? else {
        return Ok(false);
    };
    let root = standing.root;
    Ok(match root.argument("endpoint_consumer", "databases") {
        _ if !root.faults.is_empty() => true,
        Some(Value::Map(databases)) => databases.contains_key(shortname),
        Some(_) => true,
        None => false,
    })
}

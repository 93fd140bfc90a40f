//! What somebody should know of a database that is adopted, and that no key of its config says.

use super::{
    Order,
    existing::{Existing, MEMBERS, Teller},
};
use crate::aws::engine::Form;

/// Remarks on an order.
pub(super) fn of(order: &Order) -> Vec<String> {
    let existing = order.existing;
    let mut notes = Vec::new();
    if existing.teller == Teller::State {
        let commands = match existing.form {
            Form::Instance => "`aws rds describe-db-instances` does",
            Form::Cluster => "`aws rds describe-db-clusters` and `describe-db-instances` do",
        };
        notes.push(format!(
            "a state does not tell whether changes wait for the maintenance window; {commands}"
        ));
    }
    let managed = existing.managed_secret().ok().flatten();
    match (&order.secret, managed) {
        (None, Some((arn, _))) => notes.push(format!(
            "only imported; RDS manages its password, so that the next step is `adopt.credentials.secretArn: {arn}`"
        )),
        (None, None) => notes.push(
            "only imported; the next step is `adopt.credentials`, with a secret that holds `username` and `password`".to_owned(),
        ),
        (Some(super::Secret::Named { arn, .. }), _) => notes.push(format!(
            "nobody has read its secret; `aws secretsmanager get-secret-value --secret-id {arn} --query SecretString --output text | \
             jq keys` shows whether it holds `username` and `password`"
        )),
        (Some(super::Secret::Managed), _) => {}
    }
    notes.extend(match existing.form {
        Form::Instance => of_instance(existing),
        Form::Cluster => of_cluster(existing),
    });
    if existing.forces_tls == Some(false) {
        notes.push("its parameter group does not force TLS; the standard's does".to_owned());
    }
    notes
}

/// What is said of replicas that follow it.
fn replicas(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| {
        format!(
            "its read replicas stay where they are: {}; while it has any, RDS cannot take over its password",
            names.join(", ")
        )
    })
}

/// What is said of parameters that do not count yet.
fn parameters(existing: &Existing, list: &str, key: &str) -> Option<String> {
    let statuses = existing.fields().each(list, key).unwrap_or_default();
    let waits = statuses.iter().any(|status| *status != "in-sync");
    waits
        .then(|| "parameters of its group wait for a restart: the next one applies them".to_owned())
}

fn of_instance(instance: &Existing) -> Vec<String> {
    let fields = instance.fields();
    let names = fields.texts("ReadReplicaDBInstanceIdentifiers");
    let waits = parameters(instance, "DBParameterGroups", "ParameterApplyStatus");
    let notes = [replicas(&names.unwrap_or_default()), waits];
    notes.into_iter().flatten().collect()
}

fn of_cluster(cluster: &Existing) -> Vec<String> {
    let fields = cluster.fields();
    let names = fields.texts("ReadReplicaIdentifiers");
    let mut waits = parameters(cluster, MEMBERS, "DBClusterParameterGroupStatus");
    for instance in &cluster.members {
        let of_instance = parameters(instance, "DBParameterGroups", "ParameterApplyStatus");
        waits = waits.or(of_instance);
    }
    let endpoints = fields.texts("CustomEndpoints").unwrap_or_default();
    let endpoints = (!endpoints.is_empty()).then(|| {
        format!(
            "its custom endpoints stay as they are, and nobody's: {}; those that name instances do not know of readers to come",
            endpoints.join(", ")
        )
    });
    let streams = fields.text_if("ActivityStreamStatus").ok().flatten();
    let streams = streams.filter(|status| *status != "stopped").map(|_| {
        "its activity stream stays as it is, and nobody's; while it runs, AWS refuses some changes".to_owned()
    });
    let roles = fields.list("AssociatedRoles").unwrap_or_default();
    let roles = (!roles.is_empty()).then(|| {
        "the roles with which it reaches other services stay as they are, and nobody's".to_owned()
    });
    let carries = |one: &Existing| one.fields().find("CopyTagsToSnapshot").cloned();
    let differ = cluster
        .members
        .iter()
        .any(|one| carries(one) != carries(cluster));
    let differ = differ.then(|| {
        "the import says of its instances, too, whether snapshots carry tags, which counts of the cluster alone".to_owned()
    });
    let notes = [
        replicas(&names.unwrap_or_default()),
        waits,
        endpoints,
        streams,
        roles,
        differ,
    ];
    notes.into_iter().flatten().collect()
}

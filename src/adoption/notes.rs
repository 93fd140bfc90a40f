//! What somebody should know of an instance that is adopted, and that no key of its config says.

use super::{Order, instance::Teller};

/// Remarks on an order.
pub(super) fn of(order: &Order) -> Vec<String> {
    let instance = order.instance;
    let fields = instance.fields();
    let mut notes = Vec::new();
    if instance.teller == Teller::State {
        notes.push(
            "a state does not tell whether changes wait for the maintenance window; `aws rds describe-db-instances` does"
                .to_owned(),
        );
    }
    let managed = instance.managed_secret().ok().flatten();
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
        (Some(super::Secret::OfInstance), _) => {}
    }
    let replicas = fields
        .texts("ReadReplicaDBInstanceIdentifiers")
        .unwrap_or_default();
    if !replicas.is_empty() {
        notes.push(format!(
            "its read replicas stay where they are: {}; while it has any, RDS cannot take over its password",
            replicas.join(", ")
        ));
    }
    let statuses = fields
        .each("DBParameterGroups", "ParameterApplyStatus")
        .unwrap_or_default();
    if statuses.iter().any(|status| *status != "in-sync") {
        notes.push(
            "parameters of its group wait for a restart: the next one applies them".to_owned(),
        );
    }
    if instance.forces_tls == Some(false) {
        notes.push("its parameter group does not force TLS; the standard's does".to_owned());
    }
    notes
}

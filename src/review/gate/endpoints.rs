//! Endpoints and what they lead to: which may go, and what may not go before them.

use super::{Judge, Outcome, Row, Verdict};
use crate::{
    model::identity::UnitId,
    terraform::{
        lower::Owner,
        plan::{Action, ResourceChange},
    },
};

/// Refuses a plan of a unit at its end while endpoints lead to it: those of these consumer sides.
pub fn hold_for(verdict: &mut Verdict, holders: &[UnitId]) {
    const SERVICE: &str = "module.endpoint_service.aws_vpc_endpoint_service.this";
    if holders.is_empty() {
        return;
    }
    let names: Vec<_> = holders.iter().map(ToString::to_string).collect();
    verdict.rows.retain(|row| row.address != SERVICE);
    verdict.rows.insert(
        0,
        Row {
            address: SERVICE.to_owned(),
            action: "delete",
            forced_by: Vec::new(),
            attribute: None,
            outcome: Outcome::Refused,
            reason: format!(
                "an endpoint still leads to it: AWS would refuse after the database is gone; first apply {}",
                names.join(", ")
            ),
        },
    );
}

impl Judge<'_> {
    /// Why an endpoint, its zone or its record may go: what it leads to is on its way out.
    pub(super) fn lets_go(&self, change: &ResourceChange) -> Option<&'static str> {
        let Some(Owner::Consumer(consumer)) = self.owner else {
            return None;
        };
        let is_deleted = change.change.action == Action::Delete;
        let (_, key) = change.address.rsplit_once("[\"")?;
        let shortname = key.strip_suffix("\"]")?;
        let may_go = is_deleted && consumer.lets_go(shortname);
        may_go.then_some(if consumer.spec.retired {
            "`consumer.retired: true`"
        } else {
            "its unit is on its way out"
        })
    }
}

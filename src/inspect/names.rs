//! Every name that a unit has in AWS.

use crate::{
    aws::name::{Kind, Named, Presence},
    config::SubnetGroup,
    model::Database,
};

/// The names of everything that the unit has, by kind.
#[must_use]
pub fn names(database: &Database) -> Vec<Named> {
    let logs = database.log_exports.value.iter().map(|log| log.as_str());
    let own = |kind, name| Named {
        kind,
        name,
        presence: Presence::Always,
    };
    let mut names = vec![
        own(Kind::Role, database.iam_role_name.value.clone()),
        own(Kind::StateKey, database.state().to_string()),
    ];
    names.extend(database.names.all(&logs.collect::<Vec<_>>()));
    names.retain(|named| has(database, named.presence));
    names.sort_by_key(|named| named.kind);
    names
}

fn has(database: &Database, presence: Presence) -> bool {
    let spec = &database.environment.spec;
    let has_alarms = spec.alarm_topic_arn.is_some();
    match presence {
        Presence::Always | Presence::LogExports => true,
        Presence::OwnSubnetGroup => has_own_group(database),
        Presence::OwnMonitoring => {
            has_own_group(database) && database.monitoring_interval.value > 0
        }
        Presence::Alarms => has_alarms,
        Presence::CreditAlarms => {
            let capacity = database.instance_class.value.capacity();
            has_alarms && capacity.is_ok_and(|capacity| capacity.burstable)
        }
        Presence::PostgresAlarms => has_alarms && database.facts().transaction_ids,
    }
}

fn has_own_group(database: &Database) -> bool {
    database.subnet_group.value == SubnetGroup::Own
}

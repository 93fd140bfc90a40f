//! The names of what the units of an environment share.

use super::{Kind, fit};

/// The names that the modules of an environment are given. None can be a unit's: those have no underscore.
#[derive(Clone, Debug)]
pub struct SharedNames {
    /// Start of the names of the event subscriptions, which take no underscore, and which no unit has.
    pub event_subscription: String,
    /// Role of Enhanced Monitoring.
    pub monitoring_role: String,
    /// DB subnet group.
    pub subnet_group: String,
    /// Lambda function that keeps the targets in step; its schedule has the same name.
    pub sync_function: String,
    /// Role of that function.
    pub sync_role: String,
    /// Role of its schedule.
    pub sync_scheduler_role: String,
    /// Security group of the function, when it runs in the VPC.
    pub sync_security_group: String,
}

impl SharedNames {
    /// Derives the names of an environment from its own.
    #[must_use]
    pub fn derive(environment: &str) -> Self {
        let name = |kind, suffix: &str| fit(kind, format!("{environment}_{suffix}"));
        Self {
            event_subscription: format!("{environment}-databases"),
            monitoring_role: name(Kind::Role, "rds-monitoring"),
            subnet_group: name(Kind::SubnetGroup, "databases"),
            sync_function: name(Kind::Function, "target-sync"),
            sync_role: name(Kind::Role, "target-sync"),
            sync_scheduler_role: name(Kind::Role, "target-sync-schedule"),
            sync_security_group: name(Kind::SecurityGroup, "target-sync"),
        }
    }

    /// Every name that an environment can have, by kind, with what it needs to have it; empty for nothing.
    #[must_use]
    pub fn all(&self) -> Vec<(Kind, String, &'static str)> {
        const ALARMS: &str = "`alarmTopicArn`";
        const IN_VPC: &str = "`network.targetSyncInVpc`";
        let sync = &self.sync_function;
        let events = |of: &str| format!("{}-{of}", self.event_subscription);
        vec![
            (Kind::SubnetGroup, self.subnet_group.clone(), ""),
            (Kind::EventSubscription, events("clusters"), ALARMS),
            (Kind::EventSubscription, events("instances"), ALARMS),
            (Kind::EventSubscription, events("parameter-groups"), ALARMS),
            (Kind::EventSubscription, events("proxies"), ALARMS),
            (Kind::Function, sync.clone(), ""),
            (Kind::Schedule, sync.clone(), ""),
            (
                Kind::SecurityGroup,
                self.sync_security_group.clone(),
                IN_VPC,
            ),
            (Kind::Role, self.monitoring_role.clone(), ""),
            (Kind::Role, self.sync_role.clone(), ""),
            (Kind::Role, self.sync_scheduler_role.clone(), ""),
            (Kind::LogGroup, format!("/aws/lambda/{sync}"), ""),
            (Kind::Alarm, format!("{sync}-late"), ALARMS),
            (Kind::Alarm, format!("{sync}-silent"), ALARMS),
        ]
    }
}

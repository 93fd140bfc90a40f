//! The names of what the units of an environment share.

use super::{ALWAYS, Kind, Need, fit};

/// When an environment has a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedPresence {
    /// Always.
    Always,
    /// With a topic for alarms.
    Alarms,
    /// When its target sync runs in the VPC.
    TargetSyncInVpc,
    /// With the function that makes database users.
    DatabaseUsers,
    /// With that function, and a topic for alarms.
    DatabaseUsersAlarms,
}

impl SharedPresence {
    /// In words, for a table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => ALWAYS,
            Self::Alarms => Need::Alarms.as_str(),
            Self::TargetSyncInVpc => "`network.targetSyncInVpc`",
            Self::DatabaseUsers => "`databaseUsers`",
            Self::DatabaseUsersAlarms => "`databaseUsers`, `alarmTopicArn`",
        }
    }
}

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
    /// Lambda function that makes database users.
    pub users_function: String,
    /// Role of that function.
    pub users_role: String,
    /// Security group of that function.
    pub users_security_group: String,
    /// What the names of all its users' secrets begin with.
    pub users_secrets: String,
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
            users_function: name(Kind::Function, "database-users"),
            users_role: name(Kind::Role, "database-users"),
            users_security_group: name(Kind::SecurityGroup, "database-users"),
            users_secrets: format!("valet-rds/{environment}/"),
        }
    }

    /// Every name that an environment can have, by kind, and when it has it.
    #[must_use]
    pub fn all(&self) -> Vec<(Kind, String, SharedPresence)> {
        use SharedPresence::{Alarms, Always, DatabaseUsers, DatabaseUsersAlarms, TargetSyncInVpc};
        let (sync, users) = (&self.sync_function, &self.users_function);
        let events = |of: &str| format!("{}-{of}", self.event_subscription);
        vec![
            (Kind::SubnetGroup, self.subnet_group.clone(), Always),
            (Kind::EventSubscription, events("clusters"), Alarms),
            (Kind::EventSubscription, events("instances"), Alarms),
            (Kind::EventSubscription, events("parameter-groups"), Alarms),
            (Kind::EventSubscription, events("proxies"), Alarms),
            (Kind::Function, sync.clone(), Always),
            (Kind::Schedule, sync.clone(), Always),
            (
                Kind::SecurityGroup,
                self.sync_security_group.clone(),
                TargetSyncInVpc,
            ),
            (Kind::Role, self.monitoring_role.clone(), Always),
            (Kind::Role, self.sync_role.clone(), Always),
            (Kind::Role, self.sync_scheduler_role.clone(), Always),
            (Kind::LogGroup, format!("/aws/lambda/{sync}"), Always),
            (Kind::Alarm, format!("{sync}-late"), Alarms),
            (Kind::Alarm, format!("{sync}-silent"), Alarms),
            (Kind::Function, users.clone(), DatabaseUsers),
            (
                Kind::SecurityGroup,
                self.users_security_group.clone(),
                DatabaseUsers,
            ),
            (Kind::Role, self.users_role.clone(), DatabaseUsers),
            (
                Kind::LogGroup,
                format!("/aws/lambda/{users}"),
                DatabaseUsers,
            ),
            (Kind::Alarm, format!("{users}-failed"), DatabaseUsersAlarms),
        ]
    }
}

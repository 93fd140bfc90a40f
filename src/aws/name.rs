//! Every name in AWS that a database has: derived here, and nowhere else.
//!
//! A name is its readable text when that fits the limit of its kind; otherwise the start of that text and a hash of
//! all of it. No random part, no position in a list: the same config always gives the same names.

mod shared;

pub use shared::{SharedNames, SharedPresence};

use sha2::{Digest, Sha256};

use crate::text::{date::Date, hexadecimal::hexadecimal};

/// The database user that a pattern stands for. Users have no hyphens.
#[must_use]
pub fn user(pattern: &str, shortname: &str, namespace: &str) -> String {
    let word = |name: &str| name.replace('-', "_");
    pattern
        .replace("{shortname}", &word(shortname))
        .replace("{namespace}", &word(namespace))
}

/// A kind of thing that AWS names, with its limit in characters. Lists for people follow this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// RDS instance.
    Database,
    /// RDS subnet group.
    SubnetGroup,
    /// RDS parameter group.
    ParameterGroup,
    /// RDS event subscription.
    EventSubscription,
    /// RDS proxy.
    Proxy,
    /// Load balancer.
    LoadBalancer,
    /// Target group.
    TargetGroup,
    /// VPC endpoint service; AWS gives it a name of its own, so this is its `Name` tag.
    EndpointService,
    /// VPC endpoint; its name is a tag.
    Endpoint,
    /// Lambda function.
    Function,
    /// Schedule that starts a function.
    Schedule,
    /// EC2 security group.
    SecurityGroup,
    /// IAM role; unique in the account whatever the case of its letters.
    Role,
    /// CloudWatch log group.
    LogGroup,
    /// CloudWatch alarm.
    Alarm,
    /// Key of a Terraform state in its bucket.
    StateKey,
}

impl Kind {
    /// The longest name that AWS takes.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::LoadBalancer | Self::TargetGroup => 32,
            Self::Database | Self::Proxy => 63,
            Self::Function | Self::Role | Self::Schedule => 64,
            Self::Alarm
            | Self::EventSubscription
            | Self::ParameterGroup
            | Self::SecurityGroup
            | Self::SubnetGroup => 255,
            Self::Endpoint | Self::EndpointService => 256,
            Self::LogGroup => 512,
            Self::StateKey => 1024,
        }
    }

    /// The kind in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "RDS instance",
            Self::SubnetGroup => "DB subnet group",
            Self::EventSubscription => "RDS event subscription",
            Self::ParameterGroup => "DB parameter group",
            Self::Proxy => "RDS Proxy",
            Self::LoadBalancer => "network load balancer",
            Self::TargetGroup => "target group",
            Self::EndpointService => "VPC endpoint service",
            Self::Endpoint => "VPC endpoint",
            Self::Function => "Lambda function",
            Self::Schedule => "schedule",
            Self::SecurityGroup => "security group",
            Self::Role => "IAM role",
            Self::LogGroup => "log group",
            Self::Alarm => "alarm",
            Self::StateKey => "Terraform state key",
        }
    }

    /// Whether the whole account shares one set of these names, and not each Region its own.
    #[must_use]
    pub const fn is_account_wide(self) -> bool {
        matches!(self, Self::Role)
    }

    /// Whether two things of this kind can have one name.
    const fn is_shared(self) -> bool {
        matches!(self, Self::Endpoint | Self::EndpointService)
    }
}

/// When a unit has a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Always,
    /// With a way from pods to the database.
    Path,
    /// With that and a topic for alarms.
    PathAlarms,
    /// With a parameter group of its own.
    OwnParameterGroup,
    /// With a subnet group of its own.
    OwnSubnetGroup,
    /// With a subnet group of its own, and Enhanced Monitoring.
    OwnMonitoring,
    /// One for each log that goes to CloudWatch.
    LogExports,
    /// With a topic for alarms.
    Alarms,
    /// With a topic for alarms, when the CPU of the class runs on credits.
    CreditAlarms,
    /// With a topic for alarms, when the engine is PostgreSQL.
    PostgresAlarms,
}

impl Presence {
    /// In words, for a table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Path => "unless `adopt` has no `credentials`",
            Self::PathAlarms => "`alarmTopicArn`, unless `adopt` has no `credentials`",
            Self::OwnParameterGroup => "unless `adopt.parameterGroup`",
            Self::OwnSubnetGroup => "`subnetGroup: own`",
            Self::OwnMonitoring => "`subnetGroup: own`, `monitoringInterval` above 0",
            Self::LogExports => "each of `logExports`, unless `adopt`",
            Self::Alarms => "`alarmTopicArn`",
            Self::CreditAlarms => "`alarmTopicArn`, burstable class",
            Self::PostgresAlarms => "`alarmTopicArn`, PostgreSQL",
        }
    }
}

/// The names that a unit's modules are given: each with its kind, what follows `<shortname>-<environment>`, and when
/// the unit has it.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ident, $suffix:literal, $presence:ident;)+) => {
        /// The names that a unit's modules are given.
        #[derive(Clone, Debug, Default)]
        pub struct Names {
            $($(#[doc = $doc])+ pub $name: String,)+
        }

        const GIVEN: &[(Kind, Presence)] = &[$((Kind::$kind, Presence::$presence),)+];

        impl Names {
            /// Derives the names of a unit from its identity, and from the family of its parameters.
            #[must_use]
            pub fn derive(shortname: &str, environment: &str, family: &str) -> Self {
                let base = format!("{shortname}-{environment}");
                let name = |kind, suffix: &str| match suffix.strip_suffix("{family}") {
                    Some(suffix) => fit(kind, [&base, suffix, family].concat()),
                    None => fit(kind, [&base, suffix].concat()),
                };
                Self {
                    $($name: name(Kind::$kind, $suffix),)+
                }
            }

            fn given(&self) -> impl Iterator<Item = (Kind, Presence, &str)> {
                let names = [$(self.$name.as_str(),)+];
                GIVEN.iter().zip(names).map(|((kind, presence), name)| (*kind, *presence, name))
            }
        }
    };
}

names! {
    /// RDS instance, also the start of its log groups and alarms.
    instance: Database, "", Always;
    /// DB subnet group of its own.
    subnet_group: SubnetGroup, "", OwnSubnetGroup;
    /// DB parameter group; holds the family, so that a major upgrade makes a new one.
    parameter_group: ParameterGroup, "-{family}", OwnParameterGroup;
    /// Security group of the instance.
    database_security_group: SecurityGroup, "-db", Always;
    /// Role of Enhanced Monitoring of its own.
    monitoring_role: Role, "-rds-monitoring", OwnMonitoring;
    /// RDS proxy.
    proxy: Proxy, "-proxy", Path;
    /// Role with which the proxy reads the secret.
    proxy_role: Role, "-rds-proxy", Path;
    /// Security group of the proxy.
    proxy_security_group: SecurityGroup, "-proxy", Path;
    /// Network load balancer.
    load_balancer: LoadBalancer, "", Path;
    /// Its target group.
    target_group: TargetGroup, "", Path;
    /// Security group of the load balancer.
    load_balancer_security_group: SecurityGroup, "-nlb", Path;
    /// Name tag of the endpoint service.
    endpoint_service: EndpointService, "", Path;
}

/// What a module names after a name that it is given: a copy of the table in `modules/`.
struct Derived {
    kind: Kind,
    presence: Presence,
    before: &'static str,
    of: fn(&Names) -> &str,
    after: &'static str,
}

const fn derived(
    kind: Kind,
    presence: Presence,
    before: &'static str,
    of: fn(&Names) -> &str,
    after: &'static str,
) -> Derived {
    Derived {
        kind,
        presence,
        before,
        of,
        after,
    }
}

const fn alarm(presence: Presence, of: fn(&Names) -> &str, after: &'static str) -> Derived {
    derived(Kind::Alarm, presence, "", of, after)
}

/// Stands for the name of a log.
const LOG: &str = "{log}";

const DERIVED: &[Derived] = {
    use Kind::LogGroup;
    use Presence::{Alarms, CreditAlarms, LogExports, Path, PathAlarms, PostgresAlarms};
    const INSTANCE: fn(&Names) -> &str = |names| &names.instance;
    const PROXY: fn(&Names) -> &str = |names| &names.proxy;
    const BALANCER: fn(&Names) -> &str = |names| &names.load_balancer;
    &[
        derived(
            LogGroup,
            LogExports,
            "/aws/rds/instance/",
            INSTANCE,
            "/{log}",
        ),
        derived(LogGroup, Path, "/aws/rds/proxy/", PROXY, ""),
        alarm(Alarms, INSTANCE, "-connections"),
        alarm(Alarms, INSTANCE, "-cpu"),
        alarm(CreditAlarms, INSTANCE, "-cpu-credits"),
        alarm(Alarms, INSTANCE, "-free-storage"),
        alarm(Alarms, INSTANCE, "-freeable-memory"),
        alarm(PostgresAlarms, INSTANCE, "-transaction-ids"),
        alarm(PathAlarms, PROXY, "-availability"),
        alarm(PathAlarms, PROXY, "-borrow-latency"),
        alarm(PathAlarms, PROXY, "-client-logins"),
        alarm(PathAlarms, PROXY, "-database-logins"),
        alarm(PathAlarms, PROXY, "-pinned-sessions"),
        alarm(PathAlarms, BALANCER, "-healthy-hosts"),
        alarm(PathAlarms, BALANCER, "-sync-failed"),
        alarm(PathAlarms, BALANCER, "-unhealthy-hosts"),
    ]
};

/// A name in AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What has it.
    pub kind: Kind,
    /// The name.
    pub name: String,
    /// When the unit has it.
    pub presence: Presence,
}

impl Names {
    /// How many things of a kind a unit has that are named here, given which of the conditions hold.
    #[must_use]
    pub fn count(kind: Kind, holds: impl Fn(Presence) -> bool) -> usize {
        let is_it = |(of, presence): &&(Kind, Presence)| *of == kind && holds(*presence);
        GIVEN.iter().filter(is_it).count()
    }

    /// The names that no two things of a kind can share, of those that are there. What modules derive differs when these do.
    pub fn unique(&self, holds: impl Fn(Presence) -> bool) -> impl Iterator<Item = (Kind, &str)> {
        self.given()
            .filter(move |(kind, presence, _)| !kind.is_shared() && holds(*presence))
            .map(|(kind, _, name)| (kind, name))
    }

    /// Every name that a unit can have, with the names of the logs that go to CloudWatch, by kind.
    #[must_use]
    pub fn all(&self, logs: &[&str]) -> Vec<Named> {
        let given = self.given().map(|(kind, presence, name)| Named {
            kind,
            name: name.to_owned(),
            presence,
        });
        let derived = DERIVED.iter().flat_map(|row| {
            let name = [row.before, (row.of)(self), row.after].concat();
            let names = match row.presence {
                Presence::LogExports => logs.iter().map(|log| name.replace(LOG, log)).collect(),
                _ => vec![name],
            };
            names.into_iter().map(|name| Named {
                kind: row.kind,
                name,
                presence: row.presence,
            })
        });
        let mut all: Vec<_> = given.chain(derived).collect();
        all.sort_by_key(|named| named.kind);
        all
    }
}

/// The default name of the ServiceAccount's role.
#[must_use]
pub fn access_role(namespace: &str, environment: &str) -> String {
    fit(
        Kind::Role,
        format!("{namespace}-{environment}-proxy-access"),
    )
}

/// The default name of the ServiceAccount.
#[must_use]
pub fn service_account(namespace: &str) -> String {
    format!("{namespace}-sa")
}

/// The snapshot that a retirement takes; the day keeps the snapshots of two attempts apart.
#[must_use]
pub fn final_snapshot(instance: &str, requested: Date) -> String {
    format!("{instance}-final-{requested}")
}

/// The state key of a root; `directory` is a shortname, or `_environment`.
#[must_use]
pub fn state_key(prefix: &str, directory: &str) -> String {
    format!("{prefix}/{directory}/terraform.tfstate")
}

/// The longest name of an entity in Backstage.
const ENTITY: usize = 63;

/// The name of a database in a catalogue of services: two databases never have the same, and one keeps its own when its
/// namespace gets another.
#[must_use]
pub fn entity(environment: &str, shortname: &str) -> String {
    cut(ENTITY, format!("{environment}.{shortname}"))
}

const HASH_LETTERS: usize = 8;

/// The text itself, or its start and a hash of the whole when AWS takes no name that long.
fn fit(kind: Kind, text: String) -> String {
    cut(kind.limit(), text)
}

fn cut(limit: usize, text: String) -> String {
    if text.len() <= limit {
        return text;
    }
    let mut hash = hexadecimal(&Sha256::digest(text.as_bytes()));
    hash.truncate(HASH_LETTERS);
    let head = text
        .get(..limit - HASH_LETTERS - 1)
        .unwrap_or(&text)
        .trim_end_matches('-');
    format!("{head}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::{Kind, Names, access_role, entity, fit};

    #[test]
    fn a_short_name_stays_as_it_is() {
        let names = Names::derive("testdev", "dev3", "postgres17");
        assert_eq!(names.instance, "testdev-dev3");
        assert_eq!(names.load_balancer, "testdev-dev3");
        assert_eq!(names.parameter_group, "testdev-dev3-postgres17");
        assert_eq!(
            access_role("test-dev", "dev3"),
            "test-dev-dev3-proxy-access"
        );
    }

    #[test]
    fn an_entity_is_one_database() {
        assert_eq!(entity("dev3", "orders"), "dev3.orders");
        assert_ne!(entity("a-b", "c"), entity("a", "b-c"));
        let long = "o".repeat(62);
        let (one, other) = (
            entity("dev3", &format!("{long}a")),
            entity("dev3", &format!("{long}b")),
        );
        assert!(one != other && one.len() == 63 && other.len() == 63);
    }

    #[test]
    fn a_long_name_keeps_its_head_and_differs_by_its_tail() {
        let one = fit(
            Kind::LoadBalancer,
            "a-service-with-quite-a-long-name-dev3".to_owned(),
        );
        let two = fit(
            Kind::LoadBalancer,
            "a-service-with-quite-a-long-name-prod".to_owned(),
        );
        assert!(one.len() <= 32, "{one}");
        assert!(one.starts_with("a-service-with-quite-a"), "{one}");
        assert_ne!(one, two);
        assert!(
            !fit(
                Kind::LoadBalancer,
                format!("{}-{}", "x".repeat(22), "y".repeat(40))
            )
            .contains("--")
        );
    }
}

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
    /// Aurora cluster; shorter than AWS takes, so that its instances can be numbered.
    Cluster,
    /// RDS subnet group.
    SubnetGroup,
    /// RDS parameter group.
    ParameterGroup,
    /// RDS parameter group of a cluster.
    ClusterParameterGroup,
    /// RDS event subscription.
    EventSubscription,
    /// RDS proxy.
    Proxy,
    /// Endpoint of an RDS proxy beside its first.
    ProxyEndpoint,
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
            Self::Cluster => 60,
            Self::Database | Self::Proxy | Self::ProxyEndpoint => 63,
            Self::Function | Self::Role | Self::Schedule => 64,
            Self::Alarm
            | Self::ClusterParameterGroup
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
            Self::Cluster => "Aurora cluster",
            Self::SubnetGroup => "DB subnet group",
            Self::EventSubscription => "RDS event subscription",
            Self::ParameterGroup => "DB parameter group",
            Self::ClusterParameterGroup => "DB cluster parameter group",
            Self::Proxy => "RDS Proxy",
            Self::ProxyEndpoint => "endpoint of an RDS Proxy",
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

/// What a unit needs for a thing to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A topic for alarms.
    Alarms,
    /// A way from pods to the database.
    Path,
    /// A parameter group of its own; of a cluster, for its instances.
    OwnParameterGroup,
    /// A parameter group of a cluster, of its own.
    OwnClusterParameterGroup,
    /// A subnet group of its own.
    OwnSubnetGroup,
    /// Enhanced Monitoring.
    Monitoring,
    /// A log that goes to CloudWatch; there is one thing for each.
    LogExports,
    /// A class whose CPU runs on credits.
    Credits,
    /// An engine that runs out of transaction ids.
    TransactionIds,
    /// An instance with a volume of its own.
    Instance,
    /// A cluster.
    Cluster,
    /// A cluster whose capacity follows the load.
    Serverless,
    /// A cluster with readers.
    Readers,
    /// A way of their own to the readers.
    ReadOnlyPath,
}

impl Need {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Alarms => "`alarmTopicArn`",
            Self::Path => "unless `adopt` has no `credentials`",
            Self::OwnParameterGroup => "unless `adopt.parameterGroup`",
            Self::OwnClusterParameterGroup => "Aurora, unless `adopt.clusterParameterGroup`",
            Self::OwnSubnetGroup => "`subnetGroup: own`",
            Self::Monitoring => "`monitoringInterval` above 0",
            Self::LogExports => "each of `logExports`, unless `adopt`",
            Self::Credits => "burstable class",
            Self::TransactionIds => "PostgreSQL",
            Self::Instance => "no Aurora",
            Self::Cluster => "Aurora",
            Self::Serverless => "`db.serverless`",
            Self::Readers => "`replicas`",
            Self::ReadOnlyPath => "`readOnlyEndpoint`",
        }
    }
}

/// When a unit has a thing: with all of what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence(pub &'static [Need]);

impl Presence {
    /// Every unit has it.
    pub const ALWAYS: Self = Self(&[]);

    /// In words, for a table.
    #[must_use]
    pub fn words(self) -> String {
        let words: Vec<_> = self.0.iter().map(|need| need.as_str()).collect();
        if words.is_empty() {
            return ALWAYS.to_owned();
        }
        words.join(", ")
    }
}

/// What a table says of a thing that is always there.
pub const ALWAYS: &str = "always";

/// The names that a unit's modules are given: each with its kind, what follows `<shortname>-<environment>`, and when
/// the unit has it.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ident, $suffix:literal, [$($need:ident),*];)+) => {
        /// The names that a unit's modules are given.
        #[derive(Clone, Debug, Default)]
        pub struct Names {
            $($(#[doc = $doc])+ pub $name: String,)+
        }

        const GIVEN: &[(Kind, Presence)] = &[$((Kind::$kind, Presence(&[$(Need::$need),*])),)+];

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
    instance: Database, "", [Instance];
    /// Aurora cluster, the same.
    cluster: Cluster, "", [Cluster];
    /// DB subnet group of its own.
    subnet_group: SubnetGroup, "", [OwnSubnetGroup];
    /// DB parameter group; holds the family, so that a major upgrade makes a new one.
    parameter_group: ParameterGroup, "-{family}", [OwnParameterGroup];
    /// Parameter group of the cluster; the same.
    cluster_parameter_group: ClusterParameterGroup, "-{family}", [OwnClusterParameterGroup];
    /// Security group of the database.
    database_security_group: SecurityGroup, "-db", [];
    /// Role of Enhanced Monitoring of its own.
    monitoring_role: Role, "-rds-monitoring", [OwnSubnetGroup, Monitoring];
    /// RDS proxy.
    proxy: Proxy, "-proxy", [Path];
    /// Endpoint of the proxy that leads to readers.
    proxy_read_only: ProxyEndpoint, "-proxy-read-only", [ReadOnlyPath];
    /// Role with which the proxy reads the secret.
    proxy_role: Role, "-rds-proxy", [Path];
    /// Security group of the proxy.
    proxy_security_group: SecurityGroup, "-proxy", [Path];
    /// Network load balancer.
    load_balancer: LoadBalancer, "", [Path];
    /// The one before the readers.
    load_balancer_read_only: LoadBalancer, "-read-only", [ReadOnlyPath];
    /// Its target group.
    target_group: TargetGroup, "", [Path];
    /// The one of the readers.
    target_group_read_only: TargetGroup, "-read-only", [ReadOnlyPath];
    /// Security group of the load balancer.
    load_balancer_security_group: SecurityGroup, "-nlb", [Path];
    /// That of the one before the readers.
    load_balancer_security_group_read_only: SecurityGroup, "-nlb-read-only", [ReadOnlyPath];
    /// Name tag of the endpoint service.
    endpoint_service: EndpointService, "", [Path];
    /// That of the one that leads to readers.
    endpoint_service_read_only: EndpointService, "-read-only", [ReadOnlyPath];
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

const fn alarm(needs: &'static [Need], of: fn(&Names) -> &str, after: &'static str) -> Derived {
    derived(Kind::Alarm, Presence(needs), "", of, after)
}

/// Stands for the name of a log.
const LOG: &str = "{log}";

const DERIVED: &[Derived] = {
    use Kind::LogGroup;
    use Need::{
        Alarms, Cluster, Credits, Instance, LogExports, Path, ReadOnlyPath, Readers, Serverless,
        TransactionIds,
    };
    const INSTANCE: fn(&Names) -> &str = |names| &names.instance;
    const CLUSTER: fn(&Names) -> &str = |names| &names.cluster;
    const PROXY: fn(&Names) -> &str = |names| &names.proxy;
    const BALANCER: fn(&Names) -> &str = |names| &names.load_balancer;
    const READ_ONLY: fn(&Names) -> &str = |names| &names.load_balancer_read_only;
    #[rustfmt::skip]
    const ALL: &[Derived] = &[
        derived(LogGroup, Presence(&[LogExports, Instance]), "/aws/rds/instance/", INSTANCE, "/{log}"),
        derived(LogGroup, Presence(&[LogExports, Cluster]), "/aws/rds/cluster/", CLUSTER, "/{log}"),
        derived(LogGroup, Presence(&[Path]), "/aws/rds/proxy/", PROXY, ""),
        alarm(&[Alarms, Instance], INSTANCE, "-connections"),
        alarm(&[Alarms, Instance], INSTANCE, "-cpu"),
        alarm(&[Alarms, Instance, Credits], INSTANCE, "-cpu-credits"),
        alarm(&[Alarms, Instance], INSTANCE, "-free-storage"),
        alarm(&[Alarms, Instance], INSTANCE, "-freeable-memory"),
        alarm(&[Alarms, Instance, TransactionIds], INSTANCE, "-transaction-ids"),
        alarm(&[Alarms, Cluster, Serverless], CLUSTER, "-writer-capacity"),
        alarm(&[Alarms, Cluster], CLUSTER, "-writer-connections"),
        alarm(&[Alarms, Cluster], CLUSTER, "-writer-cpu"),
        alarm(&[Alarms, Cluster, Credits], CLUSTER, "-writer-cpu-credits"),
        alarm(&[Alarms, Cluster], CLUSTER, "-writer-free-local-storage"),
        alarm(&[Alarms, Cluster], CLUSTER, "-writer-freeable-memory"),
        alarm(&[Alarms, Cluster, TransactionIds], CLUSTER, "-writer-transaction-ids"),
        alarm(&[Alarms, Readers, Serverless], CLUSTER, "-reader-capacity"),
        alarm(&[Alarms, Readers], CLUSTER, "-reader-connections"),
        alarm(&[Alarms, Readers], CLUSTER, "-reader-cpu"),
        alarm(&[Alarms, Readers, Credits], CLUSTER, "-reader-cpu-credits"),
        alarm(&[Alarms, Readers], CLUSTER, "-reader-free-local-storage"),
        alarm(&[Alarms, Readers], CLUSTER, "-reader-freeable-memory"),
        alarm(&[Alarms, Readers], CLUSTER, "-reader-replica-lag"),
        alarm(&[Alarms, Path], PROXY, "-availability"),
        alarm(&[Alarms, Path], PROXY, "-borrow-latency"),
        alarm(&[Alarms, Path], PROXY, "-client-logins"),
        alarm(&[Alarms, Path], PROXY, "-database-logins"),
        alarm(&[Alarms, Path], PROXY, "-pinned-sessions"),
        alarm(&[Alarms, ReadOnlyPath], PROXY, "-read-only-availability"),
        alarm(&[Alarms, Path], BALANCER, "-healthy-hosts"),
        alarm(&[Alarms, Path], BALANCER, "-sync-failed"),
        alarm(&[Alarms, Path], BALANCER, "-unhealthy-hosts"),
        alarm(&[Alarms, ReadOnlyPath], READ_ONLY, "-healthy-hosts"),
        alarm(&[Alarms, ReadOnlyPath], READ_ONLY, "-sync-failed"),
        alarm(&[Alarms, ReadOnlyPath], READ_ONLY, "-unhealthy-hosts"),
    ];
    ALL
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
            let names = if row.presence.0.contains(&Need::LogExports) {
                logs.iter().map(|log| name.replace(LOG, log)).collect()
            } else {
                vec![name]
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

/// The name of an instance of a cluster, by its number: the first is 1.
#[must_use]
pub fn of_cluster(cluster: &str, number: u32) -> String {
    format!("{cluster}-{number}")
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

//! Every name in AWS that a database has: derived here, and nowhere else.
//!
//! A name is its readable text when that fits the limit of its kind; otherwise the start of that text and a hash of
//! all of it. No random part, no position in a list: the same config always gives the same names.

use sha2::{Digest, Sha256};

use crate::text::date::Date;

/// A kind of thing that AWS names, with its limit in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// RDS instance.
    Database,
    /// RDS subnet group.
    SubnetGroup,
    /// RDS parameter group.
    ParameterGroup,
    /// EC2 security group.
    SecurityGroup,
    /// RDS proxy.
    Proxy,
    /// Load balancer.
    LoadBalancer,
    /// Target group.
    TargetGroup,
    /// Lambda function.
    Function,
    /// IAM role; unique in the account whatever the case of its letters.
    Role,
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
            Self::Function | Self::Role => 64,
            Self::SubnetGroup | Self::ParameterGroup | Self::SecurityGroup => 255,
            Self::StateKey => 1024,
        }
    }

    /// The kind in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Database => "RDS instance",
            Self::SubnetGroup => "DB subnet group",
            Self::ParameterGroup => "DB parameter group",
            Self::SecurityGroup => "security group",
            Self::Proxy => "RDS proxy",
            Self::LoadBalancer => "load balancer",
            Self::TargetGroup => "target group",
            Self::Function => "Lambda function",
            Self::Role => "IAM role",
            Self::StateKey => "Terraform state key",
        }
    }

    /// Whether the whole account shares one set of these names, and not each Region its own.
    #[must_use]
    pub const fn is_account_wide(self) -> bool {
        matches!(self, Self::Role)
    }
}

/// Every name of one unit.
#[derive(Clone, Debug)]
pub struct Names {
    /// RDS instance, also the start of its log groups.
    pub instance: String,
    /// DB subnet group.
    pub subnet_group: String,
    /// DB parameter group; holds the family, so that a major upgrade makes a new one.
    pub parameter_group: String,
    /// Security group of the instance.
    pub database_security_group: String,
    /// Role of Enhanced Monitoring.
    pub monitoring_role: String,
    /// RDS proxy.
    pub proxy: String,
    /// Role with which the proxy reads the secret.
    pub proxy_role: String,
    /// Security group of the proxy.
    pub proxy_security_group: String,
    /// Network load balancer.
    pub load_balancer: String,
    /// Its target group.
    pub target_group: String,
    /// Security group of the load balancer.
    pub load_balancer_security_group: String,
    /// Lambda function that keeps the targets in step.
    pub sync_function: String,
    /// Role of that function.
    pub sync_role: String,
    /// Role of its schedule.
    pub sync_scheduler_role: String,
    /// Security group of the function, when it runs in the VPC.
    pub sync_security_group: String,
    /// Name tag of the endpoint service.
    pub endpoint_service: String,
}

impl Names {
    /// Derives the names of a unit from its identity.
    #[must_use]
    pub fn derive(shortname: &str, environment: &str, family: &str) -> Self {
        let base = format!("{shortname}-{environment}");
        let name = |kind, suffix: &str| fit(kind, [&base, suffix].concat());
        Self {
            instance: name(Kind::Database, ""),
            subnet_group: name(Kind::SubnetGroup, ""),
            parameter_group: name(Kind::ParameterGroup, &format!("-{family}")),
            database_security_group: name(Kind::SecurityGroup, "-db"),
            monitoring_role: name(Kind::Role, "-rds-monitoring"),
            proxy: name(Kind::Proxy, "-proxy"),
            proxy_role: name(Kind::Role, "-rds-proxy"),
            proxy_security_group: name(Kind::SecurityGroup, "-proxy"),
            load_balancer: name(Kind::LoadBalancer, ""),
            target_group: name(Kind::TargetGroup, ""),
            load_balancer_security_group: name(Kind::SecurityGroup, "-nlb"),
            sync_function: name(Kind::Function, "-target-sync"),
            sync_role: name(Kind::Role, "-target-sync"),
            sync_scheduler_role: name(Kind::Role, "-target-sync-schedule"),
            sync_security_group: name(Kind::SecurityGroup, "-target-sync"),
            endpoint_service: base,
        }
    }

    /// Each name with its kind, for the search for collisions.
    #[must_use]
    pub fn all(&self) -> [(Kind, &str); 15] {
        [
            (Kind::Database, &self.instance),
            (Kind::SubnetGroup, &self.subnet_group),
            (Kind::ParameterGroup, &self.parameter_group),
            (Kind::SecurityGroup, &self.database_security_group),
            (Kind::Role, &self.monitoring_role),
            (Kind::Proxy, &self.proxy),
            (Kind::Role, &self.proxy_role),
            (Kind::SecurityGroup, &self.proxy_security_group),
            (Kind::LoadBalancer, &self.load_balancer),
            (Kind::TargetGroup, &self.target_group),
            (Kind::SecurityGroup, &self.load_balancer_security_group),
            (Kind::Function, &self.sync_function),
            (Kind::Role, &self.sync_role),
            (Kind::Role, &self.sync_scheduler_role),
            (Kind::SecurityGroup, &self.sync_security_group),
        ]
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

const HASH_LETTERS: usize = 8;

/// The text itself, or its start and a hash of the whole when AWS takes no name that long.
fn fit(kind: Kind, text: String) -> String {
    if text.len() <= kind.limit() {
        return text;
    }
    let hash = Sha256::digest(text.as_bytes())
        .iter()
        .take(HASH_LETTERS / 2)
        .fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    let head = text
        .get(..kind.limit() - HASH_LETTERS - 1)
        .unwrap_or(&text)
        .trim_end_matches('-');
    format!("{head}-{hash}")
}

#[cfg(test)]
mod tests {
    use super::{Kind, Names, access_role, fit};

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

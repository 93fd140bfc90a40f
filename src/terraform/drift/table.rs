//! What is known of changes that are made in AWS and not by Terraform: how much each matters, why, and what to do. As the
//! guides of AWS say, which each rule names.

use serde_json::Value;

use super::when::When;
use Class::{Benign, Dangerous, ToDecide};
use When::{Added, Always, Filled, Higher, Lower, Minor, Shorter, SwitchedOff, SwitchedOn};

/// How much a change matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It is AWS's own doing, or hurts nobody.
    Benign,
    /// Somebody has to say whether it stays.
    ToDecide,
    /// It takes protection away, opens something, or leads clients elsewhere.
    Dangerous,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Self; 3] = [Dangerous, ToDecide, Benign];

    /// The class in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Benign => "benign",
            ToDecide => "to-decide",
            Dangerous => "dangerous",
        }
    }

    /// The class as it is said.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Benign => "benign",
            ToDecide => "to decide",
            Dangerous => "dangerous",
        }
    }
}

/// Which attributes of which resource a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The type of the resource; `*` for every one.
    pub resource: &'static str,
    /// Paths without the places in lists, each with all that is below it. One that ends in `*` is the start of a path; an
    /// empty one is the resource as a whole, which is gone.
    pub attributes: &'static [&'static str],
    /// When.
    pub when: When,
}

/// One fact: what to think of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, for waivers.
    pub code: &'static str,
    /// How much it matters.
    pub class: Class,
    /// What it is about; empty for what is found otherwise than as an attribute that differs.
    pub on: &'static [Target],
    /// Why it has this class.
    pub why: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// What to do when no apply changes it, or besides that; empty when there is nothing to say.
    pub next: &'static str,
}

const fn rule(
    code: &'static str,
    class: Class,
    on: &'static [Target],
    why: &'static str,
    source: &'static str,
) -> Rule {
    Rule {
        code,
        class,
        on,
        why,
        source,
        next: "",
    }
}

impl Rule {
    const fn next(mut self, next: &'static str) -> Self {
        self.next = next;
        self
    }
}

const fn on(resource: &'static str, attributes: &'static [&'static str]) -> Target {
    Target {
        resource,
        attributes,
        when: Always,
    }
}

const fn when(resource: &'static str, attributes: &'static [&'static str], when: When) -> Target {
    Target {
        resource,
        attributes,
        when,
    }
}

/// Every rule, in the order in which they are tried: the first one that holds counts.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let found_otherwise = [
        &STRANGER_RULE,
        &STRANGER_POLICY,
        &WAITS,
        &AGREED,
        &FOLLOWS,
        &UNEXPLAINED,
        &UNKNOWN,
    ];
    RULES.iter().chain(found_otherwise)
}

/// The rule of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code == code)
}

/// The rule of an attribute that the state and AWS say otherwise. What nobody knows is to be decided.
#[must_use]
pub fn of_attribute(
    resource: &str,
    path: &str,
    state: Option<&Value>,
    aws: Option<&Value>,
) -> &'static Rule {
    let parts = path
        .split('.')
        .filter(|part| part.parse::<usize>().is_err());
    let path = parts.collect::<Vec<_>>().join(".");
    let is_it = |on: &Target| {
        let named = on.attributes.iter().any(|pattern| is_at(&path, pattern));
        named && ["*", resource].contains(&on.resource) && on.when.holds(state, aws)
    };
    RULES
        .iter()
        .find(|rule| rule.on.iter().any(is_it))
        .unwrap_or(&UNKNOWN)
}

/// The rule of a resource that is gone, or another one.
#[must_use]
pub fn of_whole(resource: &str) -> &'static Rule {
    let is_it = |on: &Target| on.attributes.contains(&"") && ["*", resource].contains(&on.resource);
    RULES
        .iter()
        .find(|rule| rule.on.iter().any(is_it))
        .unwrap_or(&UNKNOWN)
}

fn is_at(path: &str, pattern: &str) -> bool {
    match (pattern, pattern.strip_suffix('*')) {
        ("", _) => false,
        (_, Some(start)) => path.starts_with(start),
        (pattern, None) => path
            .strip_prefix(pattern)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
    }
}

/// Whether undoing a change is noticed by nobody, whatever the values: words and tags, and types that nobody's access or data
/// depends on.
#[must_use]
pub fn is_undone_unnoticed(resource: &str, path: &str) -> bool {
    const ATTRIBUTES: &[&str] = &["description", "tags", "tags_all"];
    const RESOURCES: &[&str] = &[
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_db_event_subscription",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_invocation",
        "aws_scheduler_schedule",
        "aws_scheduler_schedule_group",
        "terraform_data",
    ];
    // AWS changes these while the resource works, and clients see none of it.
    const IN_PLACE: &[(&str, &str)] = &[
        ("aws_db_proxy", "debug_logging"),
        ("aws_iam_role", "max_session_duration"),
        ("aws_lambda_function", "timeout"),
        ("aws_lb", "enable_cross_zone_load_balancing"),
        ("aws_lb", "enable_deletion_protection"),
        ("aws_lb_target_group", "health_check"),
        ("aws_vpc_endpoint_service", "acceptance_required"),
    ];
    let attribute = path.split('.').next().unwrap_or(path);
    IN_PLACE.contains(&(resource, attribute))
        || ATTRIBUTES.contains(&attribute)
        || RESOURCES.contains(&resource)
}

const RDS: &str = "RDS user guide, Settings for DB instances";
const PROXY: &str = "RDS user guide, Managing an RDS Proxy";
const PARAMETERS: &str = "RDS user guide, Parameter groups for DB instances";
const VPC: &str = "VPC user guide, Security group rules";
const PRIVATELINK: &str = "AWS PrivateLink guide, Configure an endpoint service";
const IAM: &str = "IAM user guide, Policies and permissions";
const LOGS: &str = "CloudWatch Logs user guide, Log groups";
const NLB: &str = "Network Load Balancers guide";
const TAGS: &str = "the provider's guide to default tags";
const TERRAFORM: &str = "the resource's page in the provider's documentation";

/// A rule in a security group that is none of the root's.
pub static STRANGER_RULE: Rule = rule(
    "drift-stranger-rule",
    Dangerous,
    &[],
    "somebody may connect whom no config names, and no plan says so",
    VPC,
);

/// A policy of a role that is none of the root's.
pub static STRANGER_POLICY: Rule = rule(
    "drift-stranger-policy",
    Dangerous,
    &[],
    "the role may do what no config gives it, and no plan says so",
    IAM,
);

/// What was applied and waits.
pub static WAITS: Rule = rule(
    "drift-waits",
    Benign,
    &[],
    "it was applied, and AWS keeps it until the maintenance window",
    RDS,
)
.next("nothing to do: it happens in the window");

/// What was changed outside, and stands in the config by now.
pub static AGREED: Rule = rule(
    "drift-agreed",
    Benign,
    &[],
    "the config says what AWS says, and no plan changes it",
    "the plan of the root as it is",
)
.next("nothing to do: the next apply writes it into the state");

/// What Terraform changes because of something else that was changed outside.
pub static FOLLOWS: Rule = rule(
    "drift-follows",
    Benign,
    &[],
    "nobody has changed it: its value follows from something else that AWS says otherwise",
    "the plan on the state as it was kept",
);

/// What Terraform would change, though nothing was found changed and nothing says that an edit asks for it.
pub static UNEXPLAINED: Rule = rule(
    "drift-unexplained",
    ToDecide,
    &[],
    "Terraform would change it, and neither an edit nor a change that was found explains that",
    "docs/causes.md",
);

/// What no rule knows.
pub static UNKNOWN: Rule = rule(
    "drift-unknown",
    ToDecide,
    &[],
    "nothing is known of this difference",
    "no rule holds",
)
.next("look at the resource in AWS, and who has changed it, in CloudTrail");

#[rustfmt::skip]
static RULES: &[Rule] = &[
    rule("drift-data-gone", Dangerous, &[
        on("aws_db_instance", &[""]), on("aws_secretsmanager_secret", &[""]), on("aws_rds_cluster", &[""]),
    ], "it is deleted, and what was in it is gone; an apply makes an empty one", "RDS user guide, Deleting a DB instance").next("do not apply: restore it from a snapshot with `restoreFrom`, or retire it"),
    rule("drift-access-gone", Dangerous, &[
        on("aws_db_proxy", &[""]), on("aws_db_proxy_default_target_group", &[""]), on("aws_db_proxy_target", &[""]),
        on("aws_db_proxy_endpoint", &[""]), on("aws_rds_cluster_instance", &[""]),
        on("aws_iam_openid_connect_provider", &[""]), on("aws_iam_role", &[""]), on("aws_iam_role_policy", &[""]),
        on("aws_iam_role_policy_attachment", &[""]), on("aws_lambda_function", &[""]),
        on("aws_lambda_permission", &[""]), on("aws_lb", &[""]), on("aws_lb_listener", &[""]),
        on("aws_lb_target_group", &[""]), on("aws_route53_record", &[""]), on("aws_route53_zone", &[""]),
        on("aws_scheduler_schedule", &[""]), on("aws_secretsmanager_secret_rotation", &[""]),
        on("aws_security_group", &[""]), on("aws_vpc_endpoint", &[""]), on("aws_vpc_endpoint_service", &[""]),
        on("aws_vpc_security_group_egress_rule", &[""]), on("aws_vpc_security_group_ingress_rule", &[""]),
    ], "it is deleted, and clients, the proxy or the rotation can no longer do what they need it for", TERRAFORM),
    rule("drift-gone", ToDecide, &[on("*", &[""])], "it is deleted, or another one", TERRAFORM),
    rule("drift-state-only", Benign, &[
        on("aws_lambda_invocation", &["*"]), on("terraform_data", &["*"]),
    ], "it stands in the state alone: nothing in AWS is behind it", TERRAFORM).next("nothing to do"),
    rule("drift-other-tags", Benign, &[when("*", &["tags", "tags_all"], Added)], "a tag that no config states: another tool has set it", TAGS),
    rule("drift-identity-tags", Dangerous, &[on("*", &["tags.valet-rds:*", "tags_all.valet-rds:*"])], "it says whose the resource is: the target sync, `gate` and the policies of the pipeline go by it", "docs/deploy-policy.md"),
    rule("drift-tags", ToDecide, &[on("*", &["tags", "tags_all"])], "a tag that the config states is another one, or gone", TAGS),
    rule("drift-mirror", Benign, &[
        on("aws_security_group", &["egress", "ingress"]), on("aws_iam_role", &["inline_policy", "managed_policy_arns"]),
    ], "Terraform reads here what other resources say; a rule or a policy of somebody else has a line of its own", TERRAFORM).next("nothing to do"),
    rule("drift-told", Benign, &[
        on("aws_db_instance", &["latest_restorable_time", "status", "replicas"]),
        on("aws_rds_cluster", &["ca_certificate_valid_till", "cluster_members"]),
        // A failover: another instance writes.
        on("aws_rds_cluster_instance", &["writer"]), on("aws_db_proxy_endpoint", &["is_default"]),
        when("aws_rds_cluster", &["cluster_resource_id", "endpoint", "engine_version_actual", "hosted_zone_id", "master_user_secret", "reader_endpoint"], Filled),
        when("aws_rds_cluster_instance", &["dbi_resource_id", "endpoint", "engine_version_actual", "kms_key_id", "network_type", "port", "storage_encrypted"], Filled),
        on("aws_lambda_function", &["last_modified", "source_code_size", "version", "qualified_arn", "qualified_invoke_arn", "snap_start.optimization_status"]),
        on("aws_secretsmanager_secret", &["replica.last_accessed_date", "replica.status", "replica.status_message"]),
        on("aws_vpc_endpoint_service", &["state", "private_dns_name_configuration"]),
        on("aws_vpc_endpoint", &["state"]), on("aws_lb_target_group", &["load_balancer_arns"]), when("*", TOLD, Filled),
        when("aws_db_instance", &["address", "endpoint", "engine_version_actual", "hosted_zone_id", "listener_endpoint", "master_user_secret", "resource_id"], Filled),
        when("aws_db_proxy_target", &["endpoint", "port", "rds_resource_id", "target_arn", "tracked_cluster_id", "type"], Filled),
    ], "only AWS tells it, and nobody sets it", TERRAFORM).next("nothing to do"),
    rule("drift-made-anew", Dangerous, &[
        on("aws_db_instance", &["address", "endpoint", "hosted_zone_id", "listener_endpoint", "master_user_secret", "resource_id", "replicate_source_db"]),
        on("aws_rds_cluster", &["cluster_resource_id", "endpoint", "hosted_zone_id", "master_user_secret", "reader_endpoint", "replication_source_identifier"]),
        on("aws_rds_cluster_instance", &["cluster_identifier", "dbi_resource_id", "endpoint"]),
        on("aws_db_proxy_target", &["*"]), on("*", TOLD),
    ], "AWS gives this once: the resource was deleted, and another one made under its name", TERRAFORM).next("find out who made it, in CloudTrail, before anything is applied"),
    // The database.
    rule("drift-deletion-protection", Dangerous, &[
        when("aws_db_instance", &["deletion_protection"], SwitchedOff),
        when("aws_rds_cluster", &["deletion_protection"], SwitchedOff),
        when("aws_lb", &["enable_deletion_protection"], SwitchedOff),
    ], "nothing stops anybody from deleting it", "RDS user guide, Deleting a DB instance"),
    rule("drift-protected", ToDecide, &[
        on("aws_db_instance", &["deletion_protection"]), on("aws_lb", &["enable_deletion_protection"]),
        on("aws_rds_cluster", &["deletion_protection"]),
    ], "AWS refuses to delete it until somebody switches this off again", "RDS user guide, Deleting a DB instance"),
    rule("drift-public", Dangerous, &[
        on("aws_db_instance", &["publicly_accessible"]), on("aws_lb", &["internal"]),
        on("aws_rds_cluster_instance", &["publicly_accessible"]),
    ], "it decides whether the name leads to an address that the internet reaches", "RDS user guide, Working with a DB instance in a VPC"),
    rule("drift-backups", Dangerous, &[
        when("aws_db_instance", &["backup_retention_period"], Lower),
        on("aws_db_instance", &["delete_automated_backups", "backup_target"]),
        when("aws_rds_cluster", &["backup_retention_period"], Lower), on("aws_rds_cluster", &["delete_automated_backups"]),
    ], "AWS deletes backups that are older than the new period, and what is deleted does not come back", "RDS user guide, Managing automated backups"),
    rule("drift-encryption", Dangerous, &[
        on("aws_db_instance", &["ca_cert_identifier", "kms_key_id", "master_user_secret_kms_key_id", "performance_insights_kms_key_id", "storage_encrypted"]),
        on("aws_rds_cluster", &["kms_key_id", "master_user_secret_kms_key_id", "storage_encrypted"]),
        on("aws_rds_cluster_instance", &["ca_cert_identifier", "kms_key_id", "performance_insights_kms_key_id", "storage_encrypted"]),
        on("aws_cloudwatch_log_group", &["kms_key_id"]), on("aws_lambda_function", &["kms_key_arn"]),
        on("aws_scheduler_schedule", &["kms_key_arn"]), on("aws_secretsmanager_secret", &["kms_key_id"]),
    ], "it decides with which key or certificate data and connections are protected, and whose clients can go on", "RDS user guide, Encrypting RDS resources"),
    rule("drift-tls", Dangerous, &[
        on("aws_db_proxy", &["require_tls"]),
        on("aws_db_parameter_group", &["parameter.rds.force_ssl", "parameter.require_secure_transport"]),
        on("aws_rds_cluster_parameter_group", &["parameter.rds.force_ssl", "parameter.require_secure_transport"]),
        on("aws_lb_listener", &["alpn_policy", "certificate_arn", "mutual_authentication", "protocol", "ssl_policy"]),
    ], "it decides whether passwords and data cross the network in plain text", "RDS user guide, Using SSL with a PostgreSQL DB instance"),
    rule("drift-parameters", Dangerous, &[
        on("aws_db_parameter_group", &["family", "parameter"]),
        on("aws_rds_cluster_parameter_group", &["family", "parameter"]),
        on("aws_db_instance", &["option_group_name", "parameter_group_name"]),
        on("aws_rds_cluster", &["db_cluster_parameter_group_name"]), on("aws_rds_cluster_instance", &["db_parameter_group_name"]),
    ], "the server does otherwise than was reviewed, at once or after its next restart", PARAMETERS),
    rule("drift-logins", Dangerous, &[
        on("aws_db_instance", &["domain*", "iam_database_authentication_enabled", "manage_master_user_password", "password*", "username"]),
        on("aws_rds_cluster", &["domain*", "iam_database_authentication_enabled", "manage_master_user_password", "master_password*", "master_username"]),
        on("aws_db_proxy", &["auth", "engine_family", "role_arn"]),
    ], "it decides who can log in, and how", PROXY),
    rule("drift-rotation", Dangerous, &[
        when("aws_secretsmanager_secret_rotation", &["rotation_enabled"], SwitchedOff),
        on("aws_secretsmanager_secret_rotation", &["rotation_lambda_arn", "secret_id"]),
    ], "the password is rotated no more, or by somebody else's function", "Secrets Manager user guide, Rotate secrets"),
    rule("drift-rotation-pace", ToDecide, &[on("aws_secretsmanager_secret_rotation", &["*"])], "the password is rotated at another pace", "Secrets Manager user guide, Rotate secrets"),
    rule("drift-storage-grown", Benign, &[when("aws_db_instance", &["allocated_storage"], Higher)], "storage autoscaling has grown the volume, as far as `maxAllocatedStorage` lets it; AWS shrinks none", "RDS user guide, Managing capacity automatically with storage autoscaling").next("nothing to do; to plan from the new size on, write `allocatedStorage` in the config"),
    rule("drift-minor-version", Benign, &[
        when("aws_db_instance", &["engine_version", "engine_version_actual"], Minor),
        when("aws_rds_cluster", &["engine_version", "engine_version_actual"], Minor),
        when("aws_rds_cluster_instance", &["engine_version", "engine_version_actual"], Minor),
    ], "AWS has installed a later minor version in a maintenance window; it never goes back", "RDS user guide, Automatically upgrading the minor engine version").next("nothing to do; where the config names a minor version, write this one"),
    rule("drift-version", ToDecide, &[
        on("aws_db_instance", &["engine", "engine_lifecycle_support", "engine_version", "engine_version_actual"]),
        on("aws_rds_cluster", &["engine", "engine_lifecycle_support", "engine_version", "engine_version_actual"]),
        on("aws_rds_cluster_instance", &["engine", "engine_version", "engine_version_actual"]),
    ], "another major version, or its support: AWS never goes back", "RDS user guide, Upgrading a DB instance engine version").next("write the version that runs as `engineVersion` in the config"),
    rule("drift-backups-longer", ToDecide, &[
        on("aws_db_instance", &["backup_retention_period", "copy_tags_to_snapshot"]),
        on("aws_rds_cluster", &["backup_retention_period", "copy_tags_to_snapshot"]),
    ], "backups cost, and an undo deletes those that are older than before", "RDS user guide, Managing automated backups"),
    rule("drift-windows", ToDecide, &[
        on("aws_db_instance", &["auto_minor_version_upgrade", "backup_window", "maintenance_window", "apply_immediately"]),
        on("aws_rds_cluster", &["apply_immediately", "preferred_backup_window", "preferred_maintenance_window"]),
        on("aws_rds_cluster_instance", &["apply_immediately", "auto_minor_version_upgrade", "preferred_backup_window", "preferred_maintenance_window"]),
    ], "it decides when AWS works on the database, and whether by itself", RDS),
    rule("drift-size", ToDecide, &[
        on("aws_db_instance", &["allocated_storage", "availability_zone", "database_insights_mode", "db_subnet_group_name", "dedicated_log_volume", "instance_class", "iops", "max_allocated_storage", "monitoring_interval", "monitoring_role_arn", "multi_az", "network_type", "performance_insights_enabled", "performance_insights_retention_period", "storage_throughput", "storage_type"]),
        on("aws_rds_cluster", &["availability_zones", "db_subnet_group_name", "network_type", "serverlessv2_scaling_configuration", "storage_type"]),
        on("aws_rds_cluster_instance", &["availability_zone", "db_subnet_group_name", "instance_class", "monitoring_interval", "monitoring_role_arn", "network_type", "performance_insights_enabled", "performance_insights_retention_period", "promotion_tier"]),
    ], "capacity, availability or what is measured is another, and so is what it costs", RDS),
    // The way there.
    rule("drift-security-groups", Dangerous, &[
        on("aws_db_instance", &["port", "vpc_security_group_ids"]), on("aws_db_proxy", &["vpc_security_group_ids"]),
        on("aws_rds_cluster", &["port", "vpc_security_group_ids"]), on("aws_db_proxy_endpoint", &["vpc_security_group_ids"]),
        on("aws_lambda_function", &["vpc_config"]),
        on("aws_lb", &["enforce_security_group_inbound_rules_on_private_link_traffic", "security_groups"]),
        on("aws_security_group", &["vpc_id"]), on("aws_vpc_endpoint", &["security_group_ids"]),
        on("aws_vpc_security_group_egress_rule", &["cidr_ipv4", "cidr_ipv6", "from_port", "ip_protocol", "prefix_list_id", "referenced_security_group_id", "security_group_id", "to_port"]),
        on("aws_vpc_security_group_ingress_rule", &["cidr_ipv4", "cidr_ipv6", "from_port", "ip_protocol", "prefix_list_id", "referenced_security_group_id", "security_group_id", "to_port"]),
    ], "it decides who may connect", VPC),
    rule("drift-principals", Dangerous, &[on("aws_vpc_endpoint_service", &["allowed_principals"])], "it decides which accounts may make an endpoint to the database", PRIVATELINK),
    rule("drift-trust", Dangerous, &[
        on("aws_iam_role", &["assume_role_policy"]),
        on("aws_iam_openid_connect_provider", &["client_id_list", "thumbprint_list", "url"]),
    ], "it decides who may take the role, and with it the database's password", "IAM user guide, How to use trust policies"),
    rule("drift-policies", Dangerous, &[
        on("aws_iam_role", &["path", "permissions_boundary"]), on("aws_iam_role_policy", &["*"]),
        on("aws_iam_role_policy_attachment", &["*"]), on("aws_lambda_permission", &["*"]),
        on("aws_secretsmanager_secret", &["policy"]), on("aws_vpc_endpoint", &["policy"]),
    ], "it decides what a role or a caller may do", IAM),
    rule("drift-led-elsewhere", Dangerous, &[
        on("aws_lb_listener", &["default_action", "load_balancer_arn"]),
        on("aws_lb_target_group", &["target_type", "vpc_id"]),
        on("aws_route53_record", &["alias", "name", "records", "type", "zone_id"]),
        on("aws_route53_zone", &["name", "vpc"]), on("aws_vpc_endpoint", &["service_name", "vpc_id"]),
        on("aws_vpc_endpoint_service", &["gateway_load_balancer_arns", "network_load_balancer_arns"]),
    ], "it decides where connections, and the passwords in them, end", NLB),
    rule("drift-statements-logged", Dangerous, &[when("aws_db_proxy", &["debug_logging"], SwitchedOn)], "the proxy writes statements, with the data in them, into its log", PROXY),
    rule("drift-function", Dangerous, &[on("aws_lambda_function", &["code_sha256", "code_signing_config_arn", "environment", "file_system_config", "filename", "handler", "image_config", "image_uri", "layers", "package_type", "role", "runtime", "s3_bucket", "s3_key", "s3_object_version", "signing_job_arn", "signing_profile_version_arn", "source_code_hash"])], "other code runs with the role of the function", "Lambda developer guide, Deploying Lambda functions"),
    rule("drift-schedule-off", Dangerous, &[when("aws_scheduler_schedule", &["state"], SwitchedOff)], "nothing follows the proxy any more: when its addresses change, clients lose the database", "EventBridge Scheduler user guide, Managing a schedule"),
    rule("drift-way", ToDecide, &[
        on("aws_db_proxy", &["debug_logging", "idle_client_timeout", "vpc_subnet_ids"]),
        on("aws_db_proxy_default_target_group", &["connection_pool_config", "db_proxy_name", "name"]),
        on("aws_db_subnet_group", &["subnet_ids", "supported_network_types"]), on("aws_lambda_function", &["*"]),
        on("aws_lambda_function_event_invoke_config", &["*"]), on("aws_lb", &["*"]), on("aws_lb_listener", &["*"]),
        on("aws_lb_target_group", &["*"]), on("aws_route53_record", &["*"]), on("aws_scheduler_schedule", &["*"]),
        on("aws_vpc_endpoint", &["*"]),
        on("aws_vpc_endpoint_service", &["acceptance_required", "private_dns_name", "supported_ip_address_types", "supported_regions"]),
    ], "clients may be cut off earlier, wait longer or be refused", NLB),
    rule("drift-sessions", ToDecide, &[on("aws_iam_role", &["max_session_duration"])], "who takes the role keeps it for a longer or a shorter time", IAM),
    // What watches it.
    rule("drift-logs-shorter", Dangerous, &[when("aws_cloudwatch_log_group", &["retention_in_days"], Shorter)], "CloudWatch deletes what is older, and what is deleted does not come back", LOGS),
    rule("drift-watch", ToDecide, &[
        on("aws_cloudwatch_log_group", &["log_group_class", "retention_in_days"]),
        on("aws_cloudwatch_metric_alarm", &["*"]), on("aws_db_event_subscription", &["*"]),
        on("aws_db_instance", &["enabled_cloudwatch_logs_exports"]),
        on("aws_rds_cluster", &["enabled_cloudwatch_logs_exports"]),
    ], "somebody may not be told, or not find it in the logs", "CloudWatch user guide, Using alarms"),
    rule("drift-description", ToDecide, &[on("*", &["comment", "description"])], "only words are others, but somebody was there", TERRAFORM),
];

/// What AWS gives each resource once.
const TOLD: &[&str] = &[
    "arn",
    "arn_suffix",
    "availability_zones",
    "base_endpoint_dns_names",
    "cidr_blocks",
    "create_date",
    "customer_aws_id",
    "dns_entry",
    "dns_name",
    "endpoint",
    "fqdn",
    "id",
    "invoke_arn",
    "manages_vpc_endpoints",
    "name_servers",
    "network_interface_ids",
    "owner_id",
    "prefix_list_id",
    "primary_name_server",
    "requester_managed",
    "security_group_rule_id",
    "service_name",
    "service_type",
    "unique_id",
    "vpc_id",
    "zone_id",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::{Class, of_attribute, of_whole, rules};

    #[test]
    fn each_code_is_one_rule_with_its_reason() {
        let mut codes = BTreeSet::new();
        for rule in rules() {
            assert!(codes.insert(rule.code), "{}", rule.code);
            assert!(rule.code.starts_with("drift-"), "{}", rule.code);
            assert!(!rule.why.is_empty() && !rule.source.is_empty());
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn the_first_rule_that_holds_counts() {
        let nothing = Value::Null;
        for (resource, path, state, aws, code) in [
            (
                "aws_db_instance",
                "deletion_protection",
                json!(true),
                json!(false),
                "drift-deletion-protection",
            ),
            (
                "aws_db_instance",
                "deletion_protection",
                json!(false),
                json!(true),
                "drift-protected",
            ),
            (
                "aws_db_instance",
                "backup_retention_period",
                json!(35),
                json!(7),
                "drift-backups",
            ),
            (
                "aws_db_instance",
                "backup_retention_period",
                json!(7),
                json!(35),
                "drift-backups-longer",
            ),
            (
                "aws_db_instance",
                "allocated_storage",
                json!(100),
                json!(150),
                "drift-storage-grown",
            ),
            (
                "aws_db_instance",
                "allocated_storage",
                json!(150),
                json!(100),
                "drift-size",
            ),
            (
                "aws_db_instance",
                "engine_version_actual",
                json!("16.3"),
                json!("16.10"),
                "drift-minor-version",
            ),
            (
                "aws_db_instance",
                "engine_version_actual",
                json!("16.10"),
                json!("16.3"),
                "drift-version",
            ),
            (
                "aws_db_instance",
                "engine_version",
                json!("16"),
                json!("16.4"),
                "drift-minor-version",
            ),
            (
                "aws_db_instance",
                "engine_version",
                json!("16.4"),
                json!("17.1"),
                "drift-version",
            ),
            (
                "aws_db_instance",
                "engine_version",
                json!("8.0.35"),
                json!("8.0.40"),
                "drift-minor-version",
            ),
            (
                "aws_db_instance",
                "engine_version",
                json!("8.0.35"),
                json!("8.4.1"),
                "drift-version",
            ),
            (
                "aws_db_instance",
                "resource_id",
                nothing.clone(),
                json!("db-1"),
                "drift-told",
            ),
            (
                "aws_db_instance",
                "resource_id",
                json!("db-1"),
                json!("db-2"),
                "drift-made-anew",
            ),
            (
                "aws_lb",
                "tags.team",
                nothing.clone(),
                json!("x"),
                "drift-other-tags",
            ),
            ("aws_lb", "tags.team", json!("x"), json!("y"), "drift-tags"),
            (
                "aws_lb",
                "tags_all.valet-rds:shortname",
                json!("x"),
                nothing.clone(),
                "drift-identity-tags",
            ),
            (
                "aws_db_proxy",
                "auth.0.iam_auth",
                json!("REQUIRED"),
                json!("DISABLED"),
                "drift-logins",
            ),
            (
                "aws_db_parameter_group",
                "parameter.rds.force_ssl.value",
                json!("1"),
                json!("0"),
                "drift-tls",
            ),
            (
                "aws_db_parameter_group",
                "parameter.3.value",
                json!("1"),
                json!("0"),
                "drift-parameters",
            ),
            (
                "aws_cloudwatch_log_group",
                "retention_in_days",
                json!(30),
                json!(1),
                "drift-logs-shorter",
            ),
            (
                "aws_cloudwatch_log_group",
                "retention_in_days",
                json!(0),
                json!(1),
                "drift-logs-shorter",
            ),
            (
                "aws_cloudwatch_log_group",
                "retention_in_days",
                json!(30),
                json!(0),
                "drift-watch",
            ),
            ("aws_lb", "internal_thing", json!(1), json!(2), "drift-way"),
            (
                "aws_db_instance",
                "of_tomorrow",
                json!(1),
                json!(2),
                "drift-unknown",
            ),
            (
                "aws_of_tomorrow",
                "policy",
                json!(1),
                json!(2),
                "drift-unknown",
            ),
        ] {
            let rule = of_attribute(resource, path, Some(&state), Some(&aws));
            assert_eq!(rule.code, code, "{resource}.{path}: {state} -> {aws}");
        }
        assert_eq!(of_whole("aws_db_instance").code, "drift-data-gone");
        assert_eq!(
            of_whole("aws_cloudwatch_metric_alarm").class,
            Class::ToDecide
        );
    }
}

//! Facts about everything between the instance and its clients, and about the root itself.

use super::{
    Impact::{DataLoss, Downtime, InPlace, None, Replace},
    Row,
    When::{Always, Grows, Set, Unset},
};

const fn row(
    block: &'static str,
    argument: &'static str,
    grade: super::Impact,
    becomes: &'static str,
    why: &'static str,
) -> Row {
    Row::new(block, argument, Always, grade, becomes, why)
}

const IN_PLACE: &str = "AWS changes it while the proxy runs";
const POOL: &str = "AWS changes the pool while the proxy runs; open connections stay";
const ALARMS: &str = "alarms are made, changed or removed; nothing else is touched";
const MODULE: &str =
    "another version of the module: only a plan shows what it does; `valet-rds gate` reads it";
const NAME: &str = "the name is fixed when it is created";
const PATH: &str = "the path is part of the role's ARN and fixed when it is created";
const BOUNDARY: &str =
    "bounds what the role may do; a boundary that lacks what the role needs locks it out";
const LOG_KEY: &str =
    "new log lines are encrypted with it; old ones stay readable while their key is there";
const ANOTHER_STATE: &str = "Terraform no longer finds what it has made: it would build everything a second time and abandon the first";
const RECONFIGURE: &str = "`terraform init -reconfigure` is enough";
const MOVE_STATE: &str =
    "move the state first, with `terraform init -migrate-state`, and check that the plan is empty";
const NEW_PROXY: &[&str] = &[
    "aws_db_proxy.this",
    "aws_db_proxy_default_target_group.this",
    "aws_db_proxy_target.this",
];
const NEW_LOAD_BALANCER: &[&str] = &[
    "aws_lb.this",
    "aws_lb_listener.this",
    "aws_lambda_invocation.apply",
];
const LOCKED_OUT: &str = "the secret stays encrypted with the old key, which may no longer be used to read it: logins fail";
const KEEP_KEY: &str = "keep the key: AWS does not change it for a database that is there";
const ENSURE: &[&str] = &["aws_lambda_invocation.ensure"];
const SECRETS: &[&str] = &[
    "aws_secretsmanager_secret.this",
    "aws_secretsmanager_secret_rotation.this",
    "aws_lambda_invocation.ensure",
];
const FUNCTION: &[&str] = &["aws_lambda_invocation.ensure", "terraform_data.function"];
const CLIENT_RULES: &[&str] = &["aws_vpc_security_group_ingress_rule.client"];
const SYNC: &[&str] = &["aws_lambda_invocation.apply"];

pub(super) static ROWS: &[Row] = &[
    Row::new("proxy", "admit_master", Unset, InPlace, "aws_db_proxy.this.auth", "clients may log in as the master again"),
    row("proxy", "admit_master", Downtime, "aws_db_proxy.this.auth", "the proxy at once refuses the master: pods that still hold its login are cut off")
        .instead("go over step by step: `masterLogin: pods`, then `allowed`, then without the key").connection(&["login"]),
    row("proxy", "alarms", InPlace, "aws_cloudwatch_metric_alarm.borrow_latency", ALARMS)
        .replaces(&["aws_cloudwatch_metric_alarm.availability", "aws_cloudwatch_metric_alarm.borrow_latency", "aws_cloudwatch_metric_alarm.failures", "aws_cloudwatch_metric_alarm.pinned_sessions"]),
    row("proxy", "authentication", Downtime, "aws_db_proxy.this.auth.iam_auth", "the proxy at once refuses clients that log in the old way")
        .instead("make clients ready for the new way first, and change both together").connection(&["login"]),
    row("proxy", "connection_borrow_timeout", InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", POOL),
    row("proxy", "client_password_auth_type", Downtime, "aws_db_proxy.this.auth.client_password_auth_type", "clients that log in the old way are refused")
        .connection(&["login"]),
    row("proxy", "database_cluster_identifier", Downtime, "aws_db_proxy_target.this.db_cluster_identifier", "the proxy gets another target")
        .replaces(&["aws_db_proxy_target.this"]),
    row("proxy", "database_identifier", Downtime, "aws_db_proxy_target.this.db_instance_identifier", "the proxy gets another target")
        .replaces(&["aws_db_proxy_target.this"]),
    row("proxy", "database_port", InPlace, "aws_vpc_security_group_egress_rule.database", "the rule to the database changes"),
    row("proxy", "database_resource_id", Downtime, "aws_db_proxy_target.this", "another database has the identifier: the proxy's target is registered again")
        .replaces(&["aws_db_proxy_target.this"]),
    row("proxy", "database_security_group_id", InPlace, "aws_vpc_security_group_egress_rule.database", "the rule to the database changes"),
    row("proxy", "engine_family", Replace, "aws_db_proxy.this.engine_family", "AWS sets it only when a proxy is created: the new one has another host name")
        .connection(&["endpoint"]).replaces(NEW_PROXY),
    row("proxy", "idle_client_timeout", InPlace, "aws_db_proxy.this.idle_client_timeout", IN_PLACE),
    Row::new("proxy", "init_query", Unset, InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", "new connections run `SELECT 1` instead, because the provider does not take a query away; those that are open keep what the old one set"),
    row("proxy", "init_query", InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", "new connections to the database start with it"),
    Row::new("proxy", "kms_key_arn", Unset, Downtime, "aws_iam_role_policy.this.policy", LOCKED_OUT).instead(KEEP_KEY),
    row("proxy", "kms_key_arn", InPlace, "aws_iam_role_policy.this.policy", "the proxy's permission follows the key"),
    row("proxy", "log_kms_key_arn", InPlace, "aws_cloudwatch_log_group.this.kms_key_id", LOG_KEY),
    row("proxy", "log_retention_days", InPlace, "aws_cloudwatch_log_group.this.retention_in_days", "older log lines are deleted, or kept longer"),
    row("proxy", "max_connections_percent", InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", POOL),
    row("proxy", "max_idle_connections_percent", InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", POOL),
    row("proxy", "name", Downtime, "aws_db_proxy.this.name", "the proxy is renamed, and its host name with it")
        .connection(&["endpoint"]).replaces(&["aws_db_proxy_target.this", "aws_db_proxy_default_target_group.this", "aws_cloudwatch_log_group.this"]),
    row("proxy", "permissions_boundary_arn", InPlace, "aws_iam_role.this.permissions_boundary", BOUNDARY),
    Row::new("proxy", "read_only_endpoint_name", Set, InPlace, "aws_db_proxy_endpoint.read_only", "an endpoint that leads to the readers is made"),
    row("proxy", "read_only_endpoint_name", Replace, "aws_db_proxy_endpoint.read_only", "the endpoint that leads to the readers is gone, or has another host name")
        .connection(&["endpoint"]).replaces(&["aws_db_proxy_endpoint.read_only"]),
    row("proxy", "region", InPlace, "aws_iam_role_policy.this.policy", "the proxy's permission follows the Region"),
    row("proxy", "role_name", Replace, "aws_iam_role.this.name", NAME).replaces(&["aws_iam_role.this", "aws_iam_role_policy.this"]),
    row("proxy", "role_path", Replace, "aws_iam_role.this.path", PATH).replaces(&["aws_iam_role.this", "aws_iam_role_policy.this"]),
    row("proxy", "secret_arn", InPlace, "aws_db_proxy.this.auth.secret_arn", "the proxy follows the secret"),
    row("proxy", "security_group_name", Replace, "aws_security_group.this.name", NAME).replaces(&["aws_security_group.this"]),
    row("proxy", "session_pinning_filters", InPlace, "aws_db_proxy_default_target_group.this.connection_pool_config", POOL),
    row("proxy", "source", InPlace, "the module itself", MODULE),
    row("proxy", "subnet_ids", Replace, "aws_db_proxy.this.vpc_subnet_ids", "AWS sets the subnets only when a proxy is created: until the new one stands nobody can connect, and its host name may be another")
        .instead("leave the subnets alone, or plan an interruption for every database of the environment").connection(&["endpoint"]).replaces(NEW_PROXY),
    Row::new("proxy", "user_secret_arns", Unset, Downtime, "aws_db_proxy.this.auth", "the proxy at once refuses the users: pods that hold their login are cut off")
        .instead("let pods go back to the master first, with `masterLogin: allowed`, then `pods`").connection(&["login"]),
    row("proxy", "user_secret_arns", InPlace, "aws_db_proxy.this.auth", "the proxy lets the users in"),
    row("proxy", "vpc_id", Replace, "aws_security_group.this.vpc_id", "a proxy and its security group belong to one VPC")
        .connection(&["endpoint"]).replaces(&["aws_security_group.this"]),
    row("nlb", "alarms", InPlace, "aws_cloudwatch_metric_alarm.this", ALARMS).replaces(&["aws_cloudwatch_metric_alarm.this"]),
    Row::new("nlb", "client_cidrs", Set, Downtime, "aws_lb.this.enforce_security_group_inbound_rules_on_private_link_traffic", "from now on the load balancer admits only these addresses; clients elsewhere are cut off")
        .instead("make sure that the list holds every pod's address"),
    Row::new("nlb", "client_cidrs", Unset, InPlace, "aws_lb.this.enforce_security_group_inbound_rules_on_private_link_traffic", "the load balancer admits every address that PrivateLink lets in")
        .replaces(CLIENT_RULES),
    Row::new("nlb", "client_cidrs", Grows, InPlace, "aws_vpc_security_group_ingress_rule.client", "more addresses are admitted"),
    row("nlb", "client_cidrs", Downtime, "aws_vpc_security_group_ingress_rule.client", "clients with addresses that are no longer listed are cut off")
        .replaces(CLIENT_RULES),
    row("nlb", "database_resource_id", InPlace, "aws_lambda_invocation.apply", "the apply waits until connections to the new database work").replaces(SYNC),
    row("nlb", "environment", InPlace, "aws_lb_target_group.this.tags", "the target sync of another environment keeps the targets").replaces(SYNC),
    row("nlb", "name", Replace, "aws_lb.this.name", NAME).connection(&["endpoint"]).replaces(NEW_LOAD_BALANCER),
    row("nlb", "port", Replace, "aws_lb_target_group.this.port", NAME).connection(&["endpoint"])
        .replaces(&["aws_lb_target_group.this", "aws_lb_listener.this", "aws_lambda_invocation.apply"]),
    row("nlb", "proxy_endpoint", InPlace, "aws_lambda_invocation.apply", "the target group is filled with the proxy's addresses").replaces(SYNC),
    row("nlb", "proxy_name", InPlace, "aws_lambda_invocation.apply", "the apply waits until connections work").replaces(SYNC),
    row("nlb", "proxy_security_group_id", InPlace, "aws_vpc_security_group_egress_rule.proxy", "the rule to the proxy changes"),
    row("nlb", "security_group_name", Replace, "aws_security_group.this.name", NAME).replaces(&["aws_security_group.this"]),
    row("nlb", "source", InPlace, "the module itself", MODULE),
    Row::new("nlb", "subnet_ids", Grows, InPlace, "aws_lb.this.subnets", "the load balancer gets more zones while it runs"),
    row("nlb", "subnet_ids", Replace, "aws_lb.this.subnets", "a load balancer cannot give up a zone: a new one is made, and AWS refuses to delete one that an endpoint service uses")
        .instead("only add subnets").connection(&["endpoint"]).replaces(NEW_LOAD_BALANCER),
    row("nlb", "sync_function_name", InPlace, "aws_lambda_invocation.apply", "another function fills the target group; targets stay").replaces(SYNC),
    row("nlb", "target_group_name", Replace, "aws_lb_target_group.this.name", NAME)
        .replaces(&["aws_lb_target_group.this", "aws_lb_listener.this", "aws_lambda_invocation.apply"]),
    row("nlb", "target_role", InPlace, "aws_lambda_invocation.apply", "the apply waits for the instances that the endpoint leads to").replaces(SYNC),
    row("nlb", "vpc_id", Replace, "aws_lb_target_group.this.vpc_id", "load balancer, target group and security group belong to one VPC")
        .connection(&["endpoint"]).replaces(&["aws_lb_target_group.this", "aws_lb_listener.this", "aws_lambda_invocation.apply", "aws_security_group.this"]),
    row("endpoint_service", "allowed_principals", InPlace, "aws_vpc_endpoint_service.this.allowed_principals", "decides who may create new endpoints; existing ones stay"),
    row("endpoint_service", "name", InPlace, "aws_vpc_endpoint_service.this.tags", "only a tag"),
    row("endpoint_service", "nlb_arn", InPlace, "aws_vpc_endpoint_service.this.network_load_balancer_arns", "the service follows the load balancer"),
    row("endpoint_service", "subnet_ids", None, "what Terraform tells", "decides which zones it tells to consumers; nothing in AWS changes"),
    Row::new("endpoint_service", "supported_regions", Grows, InPlace, "aws_vpc_endpoint_service.this.supported_regions", "endpoints may be in one more Region"),
    row("endpoint_service", "supported_regions", Downtime, "aws_vpc_endpoint_service.this.supported_regions", "endpoints of a Region that goes are cut off"),
    row("endpoint_service", "source", InPlace, "the module itself", MODULE),
    row("irsa_role", "authentication", Downtime, "aws_iam_role_policy.this.policy", "the role loses the permission for the old way to log in").connection(&["login"]),
    Row::new("irsa_role", "clusters", Grows, InPlace, "aws_iam_role.this.assume_role_policy", "pods of more clusters may take the role"),
    row("irsa_role", "clusters", Downtime, "aws_iam_role.this.assume_role_policy", "pods of a cluster that is no longer listed can no longer take the role")
        .instead("move the pods away from the cluster first"),
    Row::new("irsa_role", "kms_key_arn", Unset, Downtime, "aws_iam_role_policy.this.policy", LOCKED_OUT).instead(KEEP_KEY),
    row("irsa_role", "kms_key_arn", InPlace, "aws_iam_role_policy.this.policy", "the role's permission follows the key"),
    row("irsa_role", "name", Replace, "aws_iam_role.this.name", "a role cannot be renamed: the ServiceAccount's annotation names one that is gone")
        .instead("keep the name; `iamRoleName` states the old one").connection(&["role"]).replaces(&["aws_iam_role.this", "aws_iam_role_policy.this"]),
    row("irsa_role", "namespace", Downtime, "aws_iam_role.this.assume_role_policy", "only the ServiceAccount of the new namespace may take the role").connection(&["role"]),
    row("irsa_role", "permissions_boundary_arn", InPlace, "aws_iam_role.this.permissions_boundary", BOUNDARY),
    row("irsa_role", "proxy_arn", InPlace, "aws_iam_role_policy.this.policy", "the permission follows the proxy"),
    row("irsa_role", "region", InPlace, "aws_iam_role_policy.this.policy", "the permission follows the Region"),
    row("irsa_role", "role_path", Replace, "aws_iam_role.this.path", PATH).connection(&["role"]).replaces(&["aws_iam_role.this", "aws_iam_role_policy.this"]),
    row("irsa_role", "secret_arn", InPlace, "aws_iam_role_policy.this.policy", "pods may read another secret, with another user in it").connection(&["secret"]),
    row("irsa_role", "service_account_name", Downtime, "aws_iam_role.this.assume_role_policy", "only the new ServiceAccount may take the role")
        .instead("roll the pods over to it first").connection(&["role"]),
    row("irsa_role", "source", InPlace, "the module itself", MODULE),
    Row::new("irsa_role", "transition", Unset, Downtime, "aws_iam_role_policy.this.policy", "pods that have not gone over to the new login can no longer read the old one")
        .instead("roll every pod first"),
    row("irsa_role", "transition", InPlace, "aws_iam_role_policy.this.policy", "pods may use both logins"),
    row("irsa_role", "username", InPlace, "aws_iam_role_policy.this.policy", "the permission follows the user"),
    row("users", "adopt", InPlace, "aws_lambda_invocation.ensure", "users that are there get a new password and lose their memberships").replaces(ENSURE),
    Row::new("users", "app_user", Set, InPlace, "aws_secretsmanager_secret.this", "the user is made, and the tables of the application are its to use and change"),
    Row::new("users", "app_user", Unset, Downtime, "aws_secretsmanager_secret.this", "the secrets of the users are gone, and with them the way to log in; what they made stays")
        .instead("let pods go back to the master first, with `masterLogin: allowed`, then `pods`").connection(&["secret"]).replaces(SECRETS),
    row("users", "app_user", Downtime, "aws_secretsmanager_secret.this", "another user is made, and the tables are its to use and change; the old one can no longer log in").connection(&["secret"]).replaces(SECRETS),
    row("users", "database_name", InPlace, "aws_lambda_invocation.ensure", "the users get their rights in another database").replaces(ENSURE),
    row("users", "database_resource_id", InPlace, "aws_lambda_invocation.ensure", "the users are made in the database that is there now").replaces(ENSURE),
    row("users", "database_security_group_id", InPlace, "aws_vpc_security_group_ingress_rule.function", "the rule that lets the function in follows the group").replaces(&["aws_vpc_security_group_ingress_rule.function"]),
    row("users", "engine", InPlace, "aws_lambda_invocation.ensure", "the function makes the users once more").replaces(ENSURE),
    row("users", "function_name", InPlace, "aws_lambda_invocation.ensure", "another function makes and rotates the users").replaces(FUNCTION),
    row("users", "host", InPlace, "aws_lambda_invocation.ensure", "the users are made at the host that the database has now").replaces(ENSURE),
    Row::new("users", "kms_key_arn", Unset, Downtime, "aws_secretsmanager_secret.this.kms_key_id", LOCKED_OUT).instead(KEEP_KEY),
    row("users", "kms_key_arn", InPlace, "aws_secretsmanager_secret.this.kms_key_id", "the next password is encrypted with it"),
    row("users", "master_secret_arn", InPlace, "aws_lambda_invocation.ensure", "the function logs in with another secret").replaces(ENSURE),
    row("users", "port", InPlace, "aws_vpc_security_group_ingress_rule.function", "the rule that lets the function in follows the port").replaces(ENSURE),
    Row::new("users", "read_only_user", Set, InPlace, "aws_secretsmanager_secret.this", "the user is made, and reads the tables of the application").replaces(ENSURE),
    row("users", "read_only_user", Downtime, "aws_secretsmanager_secret.this", "the user that only reads can no longer log in; nothing else changes").replaces(SECRETS),
    row("users", "rotation", InPlace, "aws_secretsmanager_secret_rotation.this.rotation_rules", "the next rotation comes sooner or later"),
    row("users", "name_prefix", Downtime, "aws_secretsmanager_secret.this.name", "the secrets are made anew under other names, with other passwords").connection(&["secret"]).replaces(SECRETS),
    row("users", "source", InPlace, "the module itself", MODULE),
    row("users", "transition", InPlace, "aws_lambda_invocation.ensure", "decides whether what the master makes is the users', too").replaces(ENSURE),
    row("default_tags", "tags", InPlace, "tags of every resource", "tags change while everything runs"),
    row("provider", "region", Replace, "every resource", ANOTHER_STATE).instead("add a second environment"),
    row("provider", "allowed_account_ids", Replace, "every resource", ANOTHER_STATE).instead("add a second environment"),
    row("assume_role", "role_arn", InPlace, "the role that Terraform takes", "nothing in AWS changes"),
    row("backend", "assume_role", None, "the role that Terraform takes for its state", RECONFIGURE),
    row("backend", "bucket", Replace, "the Terraform state", ANOTHER_STATE).instead(MOVE_STATE),
    row("backend", "key", Replace, "the Terraform state", ANOTHER_STATE).instead(MOVE_STATE),
    row("backend", "region", Replace, "the Terraform state", ANOTHER_STATE).instead(MOVE_STATE),
    row("backend", "encrypt", None, "the Terraform state", RECONFIGURE),
    row("backend", "kms_key_id", None, "the Terraform state", RECONFIGURE),
    row("backend", "use_lockfile", None, "the Terraform state", RECONFIGURE),
    row("required_providers", "version", InPlace, "the provider's version", "only a plan shows what another version does"),
    row("terraform", "required_version", None, "the version of Terraform", "nothing in AWS changes"),
    row("output", "*", None, "what Terraform tells", "nothing in AWS changes"),
    Row::new("adoption", "id", Set, None, "the Terraform state", "an instance that the state does not hold is taken over; one that it holds stays"),
    Row::new("adoption", "id", Unset, None, "the Terraform state", "what the state holds stays; where it holds nothing yet, the plan would make an instance, and `gate` refuses it"),
    row("adoption", "id", DataLoss, "aws_db_instance.this", "it is another instance: nobody looks after the one before any more")
        .instead("keep the identifier; for another instance, write another config").connection(&["endpoint", "secret"]),
    row("adoption", "to", None, "the Terraform state", "it says where the instance is taken over to"),
    Row::new("cluster_adoption", "id", Set, None, "the Terraform state", "a cluster that the state does not hold is taken over; one that it holds stays"),
    Row::new("cluster_adoption", "id", Unset, None, "the Terraform state", "what the state holds stays; where it holds nothing yet, the plan would make a cluster, and `gate` refuses it"),
    row("cluster_adoption", "id", DataLoss, "aws_rds_cluster.this", "it is another cluster: nobody looks after the one before any more")
        .instead("keep the identifier; for another cluster, write another config").connection(&["endpoint", "secret"]),
    row("cluster_adoption", "to", None, "the Terraform state", "it says where the cluster is taken over to"),
    Row::new("cluster_instance_adoption", "id", Set, None, "the Terraform state", "an instance that the state does not hold is taken over; one that it holds stays"),
    Row::new("cluster_instance_adoption", "id", Unset, None, "the Terraform state", "what the state holds stays; where it holds nothing yet, the plan makes an instance"),
    row("cluster_instance_adoption", "id", Replace, "aws_rds_cluster_instance.this", "it is another instance, in the place of one that is there")
        .instead("leave each name at its place"),
    row("cluster_instance_adoption", "to", None, "the Terraform state", "it says where the instance is taken over to"),
    row("import", "*", None, "the Terraform state", "something that exists is taken over"),
];

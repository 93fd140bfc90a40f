"""What somebody changes in AWS behind Terraform's back. Each change is a method; what becomes of it stands in `EXPECTED`."""

import json

from place import SHARED, UNIT

DATABASE = "ledger-prod"
SYNC = "prod_target-sync"
ANYBODY = "arn:aws:iam::999999999999:root"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
STRANGER = {"IpProtocol": "tcp", "FromPort": 5433, "ToPort": 5433, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}


class Changes:
    def __init__(self, place):
        self.place = place
        self.rds, self.ec2, self.iam, self.elbv2 = map(place.client, ["rds", "ec2", "iam", "elbv2"])
        self.logs, self.cloudwatch = place.client("logs"), place.client("cloudwatch")
        self.secretsmanager, self.scheduler = place.client("secretsmanager"), place.client("scheduler")
        self.functions = place.client("lambda")
        self.outputs = place.outputs()

    def modify(self, **changes):
        self.rds.modify_db_instance(DBInstanceIdentifier=DATABASE, ApplyImmediately=True, **changes)

    def database(self):
        return self.rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]

    def group(self, name):
        found = self.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])
        return found["SecurityGroups"][0]["GroupId"]

    def role(self):
        return self.outputs["role_arn"].split("/")[-1]

    def balancer(self):
        return self.elbv2.describe_load_balancers(Names=[DATABASE])["LoadBalancers"][0]["LoadBalancerArn"]

    # Of the instance.

    def protection_off(self):
        self.modify(DeletionProtection=False)

    def open_to_the_internet(self):
        self.modify(PubliclyAccessible=True)

    def fewer_backups(self):
        self.modify(BackupRetentionPeriod=7)

    def grown(self):
        self.modify(AllocatedStorage=150)

    def minor_upgrade(self):
        now = self.database()["EngineVersion"]
        major, _, minor = now.partition(".")
        self.modify(EngineVersion=f"{major}.{int(minor or 0) + 1}")

    def tag_of_another_tool(self):
        self.tag("finops:owner", "costs")

    def tag_of_ours(self):
        self.tag("team", "somebody")

    def identity_tag(self):
        self.tag("valet-rds:shortname", "somebody")

    def tag(self, key, value):
        arn = self.database()["DBInstanceArn"]
        self.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": key, "Value": value}])

    def higher_ceiling(self):
        self.modify(MaxAllocatedStorage=900)

    def larger_class(self):
        self.modify(DBInstanceClass="db.r7g.xlarge")

    def other_window(self):
        self.modify(PreferredBackupWindow="05:00-06:00")

    def logins_by_iam(self):
        self.modify(EnableIAMDatabaseAuthentication=not self.database()["IAMDatabaseAuthenticationEnabled"])

    def log_exported_no_more(self):
        self.modify(CloudwatchLogsExportConfiguration={"DisableLogTypes": ["upgrade"]})

    def no_minor_upgrades(self):
        self.modify(AutoMinorVersionUpgrade=not self.database()["AutoMinorVersionUpgrade"])

    def parameter(self):
        self.set_parameter("log_min_duration_statement", "9000")

    def plain_text_allowed(self):
        self.set_parameter("rds.force_ssl", "0")

    def set_parameter(self, name, value):
        group = self.database()["DBParameterGroups"][0]["DBParameterGroupName"]
        parameter = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        self.rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[parameter])

    def rotation_slower(self):
        self.secretsmanager.rotate_secret(
            SecretId=self.database()["MasterUserSecret"]["SecretArn"],
            RotationRules={"AutomaticallyAfterDays": 365},
            RotateImmediately=False,
        )

    # Of the proxy.

    def proxy_without_tls(self):
        self.rds.modify_db_proxy(DBProxyName=f"{DATABASE}-proxy", RequireTLS=False)

    def proxy_tells_statements(self):
        self.rds.modify_db_proxy(DBProxyName=f"{DATABASE}-proxy", DebugLogging=True)

    def proxy_lets_idle_clients_go(self):
        self.rds.modify_db_proxy(DBProxyName=f"{DATABASE}-proxy", IdleClientTimeout=60)

    def fewer_connections(self):
        self.rds.modify_db_proxy_target_group(
            DBProxyName=f"{DATABASE}-proxy", TargetGroupName="default", ConnectionPoolConfig={"MaxConnectionsPercent": 10}
        )

    # Of the way there.

    def stranger_let_in(self):
        self.ec2.authorize_security_group_ingress(GroupId=self.group(f"{DATABASE}-db"), IpPermissions=[STRANGER])

    def rule_gone(self):
        group = self.group(f"{DATABASE}-nlb")
        filters = [{"Name": "group-id", "Values": [group]}]
        rules = self.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        [rule] = [one["SecurityGroupRuleId"] for one in rules if one.get("CidrIpv4") == "10.64.0.0/16"]
        self.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule])

    def service_open_to_another(self):
        self.ec2.modify_vpc_endpoint_service_permissions(ServiceId=self.service(), AddAllowedPrincipals=[ANYBODY])

    def service_accepts_by_hand(self):
        self.ec2.modify_vpc_endpoint_service_configuration(ServiceId=self.service(), AcceptanceRequired=True)

    def service(self):
        services = self.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        return services[0]["ServiceId"]

    def zones_apart(self):
        self.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=self.balancer(),
            Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "false"}],
        )

    def balancer_protected(self):
        self.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=self.balancer(), Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}]
        )

    def targets_checked_less(self):
        arn = self.elbv2.describe_target_groups(Names=[DATABASE])["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckIntervalSeconds=300)

    # Of roles.

    def another_is_trusted(self):
        document = self.iam.get_role(RoleName=self.role())["Role"]["AssumeRolePolicyDocument"]
        document["Statement"].append({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ANYBODY}})
        self.iam.update_assume_role_policy(RoleName=self.role(), PolicyDocument=json.dumps(document))

    def policy_of_ours(self):
        self.iam.put_role_policy(RoleName=self.role(), PolicyName="database", PolicyDocument=json.dumps(ANYTHING))

    def policy_of_a_stranger(self):
        self.iam.put_role_policy(RoleName=self.role(), PolicyName="by-hand", PolicyDocument=json.dumps(ANYTHING))

    def policy_attached(self):
        self.iam.attach_role_policy(RoleName=self.role(), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")

    def longer_sessions(self):
        self.iam.update_role(RoleName=self.role(), MaxSessionDuration=43200)

    # Of what watches it.

    def logs_kept_a_day(self):
        self.logs.put_retention_policy(logGroupName=f"/aws/rds/proxy/{DATABASE}-proxy", retentionInDays=1)

    def log_group_gone(self):
        self.logs.delete_log_group(logGroupName=f"/aws/rds/instance/{DATABASE}/upgrade")

    def alarm_gone(self):
        self.cloudwatch.delete_alarms(AlarmNames=[f"{DATABASE}-cpu"])

    def alarm_deaf(self):
        self.put_alarm("connections", AlarmActions=[], OKActions=[])

    def alarm_later(self):
        self.put_alarm("freeable-memory", Threshold=1.0)

    def put_alarm(self, name, **changes):
        name = f"{DATABASE}-{name}"
        alarm = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        kept = [
            "AlarmName", "AlarmDescription", "AlarmActions", "OKActions", "MetricName", "Namespace", "Statistic",
            "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator",
            "TreatMissingData",
        ]  # fmt: skip
        self.cloudwatch.put_metric_alarm(**{key: alarm[key] for key in kept if key in alarm} | changes)

    # Of what its environment shares.

    def sync_asleep(self):
        found = self.scheduler.list_schedules()["Schedules"][0]
        whole = self.scheduler.get_schedule(Name=found["Name"], GroupName=found["GroupName"])
        kept = ["Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target"]
        self.scheduler.update_schedule(**{key: whole[key] for key in kept}, State="DISABLED")

    def function_slower(self):
        self.functions.update_function_configuration(FunctionName=SYNC, Timeout=3)


# What each change comes to: the root, the resource, the attribute or nothing for all of it, and the class.
INSTANCE = "module.rds.aws_db_instance.this"
GROUP = 'module.rds.aws_db_parameter_group.this["this"]'
PROXY = "module.proxy.aws_db_proxy.this"
ROLE = "module.irsa_role.aws_iam_role.this"
SERVICE = "module.endpoint_service.aws_vpc_endpoint_service.this"
BALANCER = "module.nlb.aws_lb.this"
ALARM = "module.rds.aws_cloudwatch_metric_alarm.this"
SCHEDULE = "module.target_sync.aws_scheduler_schedule.this"
EXPECTED = {
    "protection_off": (UNIT, INSTANCE, "deletion_protection", "dangerous"),
    "open_to_the_internet": (UNIT, INSTANCE, "publicly_accessible", "dangerous"),
    "fewer_backups": (UNIT, INSTANCE, "backup_retention_period", "dangerous"),
    "grown": (UNIT, INSTANCE, "allocated_storage", "benign"),
    "minor_upgrade": (UNIT, INSTANCE, "engine_version_actual", "benign"),
    "tag_of_another_tool": (UNIT, INSTANCE, "tags_all.finops:owner", "benign"),
    "tag_of_ours": (UNIT, INSTANCE, "tags_all.team", "to-decide"),
    "identity_tag": (UNIT, INSTANCE, "tags_all.valet-rds:shortname", "dangerous"),
    "higher_ceiling": (UNIT, INSTANCE, "max_allocated_storage", "to-decide"),
    "larger_class": (UNIT, INSTANCE, "instance_class", "to-decide"),
    "other_window": (UNIT, INSTANCE, "backup_window", "to-decide"),
    "logins_by_iam": (UNIT, INSTANCE, "iam_database_authentication_enabled", "dangerous"),
    "log_exported_no_more": (UNIT, INSTANCE, "enabled_cloudwatch_logs_exports", "to-decide"),
    "no_minor_upgrades": (UNIT, INSTANCE, "auto_minor_version_upgrade", "to-decide"),
    "parameter": (UNIT, GROUP, "parameter.log_min_duration_statement.value", "dangerous"),
    "plain_text_allowed": (UNIT, GROUP, "parameter.rds.force_ssl.value", "dangerous"),
    "rotation_slower": (
        UNIT,
        'module.rds.aws_secretsmanager_secret_rotation.this["this"]',
        "rotation_rules.automatically_after_days",
        "to-decide",
    ),
    "proxy_without_tls": (UNIT, PROXY, "require_tls", "dangerous"),
    "proxy_tells_statements": (UNIT, PROXY, "debug_logging", "dangerous"),
    "proxy_lets_idle_clients_go": (UNIT, PROXY, "idle_client_timeout", "to-decide"),
    "fewer_connections": (
        UNIT,
        "module.proxy.aws_db_proxy_default_target_group.this",
        "connection_pool_config.max_connections_percent",
        "to-decide",
    ),
    "stranger_let_in": (UNIT, "module.rds.aws_security_group.this", "ingress", "dangerous"),
    "rule_gone": (UNIT, 'module.nlb.aws_vpc_security_group_ingress_rule.client["10.64.0.0/16"]', None, "dangerous"),
    "service_open_to_another": (UNIT, SERVICE, "allowed_principals", "dangerous"),
    "service_accepts_by_hand": (UNIT, SERVICE, "acceptance_required", "to-decide"),
    "zones_apart": (UNIT, BALANCER, "enable_cross_zone_load_balancing", "to-decide"),
    "balancer_protected": (UNIT, BALANCER, "enable_deletion_protection", "to-decide"),
    "targets_checked_less": (UNIT, "module.nlb.aws_lb_target_group.this", "health_check.interval", "to-decide"),
    "another_is_trusted": (UNIT, ROLE, "assume_role_policy.Statement", "dangerous"),
    "policy_of_ours": (UNIT, "module.irsa_role.aws_iam_role_policy.this", "policy.Statement", "dangerous"),
    "policy_of_a_stranger": (UNIT, ROLE, "inline_policy", "dangerous"),
    "policy_attached": (UNIT, ROLE, "managed_policy_arns", "dangerous"),
    "longer_sessions": (UNIT, ROLE, "max_session_duration", "to-decide"),
    "logs_kept_a_day": (UNIT, "module.proxy.aws_cloudwatch_log_group.this", "retention_in_days", "dangerous"),
    "log_group_gone": (UNIT, 'module.rds.aws_cloudwatch_log_group.this["upgrade"]', None, "to-decide"),
    "alarm_gone": (UNIT, f'{ALARM}["cpu"]', None, "to-decide"),
    "alarm_deaf": (UNIT, f'{ALARM}["connections"]', "alarm_actions", "to-decide"),
    "alarm_later": (UNIT, f'{ALARM}["freeable-memory"]', "threshold", "to-decide"),
    "sync_asleep": (SHARED, SCHEDULE, "state", "dangerous"),
    "function_slower": (SHARED, "module.target_sync.aws_lambda_function.this", "timeout", "to-decide"),
}
# What an apply cannot take back: strangers, a volume and a version.
STAYS = {"stranger_let_in", "policy_of_a_stranger", "policy_attached"}

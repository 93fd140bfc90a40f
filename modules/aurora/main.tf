locals {
  # aurora-mysql releases majors as two numbers, aurora-postgresql as one.
  is_postgres   = var.engine == "aurora-postgresql"
  version_parts = split(".", var.engine_version)
  major         = join(".", slice(local.version_parts, 0, min(local.is_postgres ? 1 : 2, length(local.version_parts))))

  # Of a parameter that is at its default, AWS answers pending-reboot whatever was asked for: "immediate" would differ for
  # ever. A new cluster starts with it.
  tls_parameter = (
    local.is_postgres
    ? { "rds.force_ssl" = { value = "1", apply_method = "pending-reboot" } }
    : { "require_secure_transport" = { value = "ON", apply_method = "pending-reboot" } }
  )
  # aurora-mysql writes these logs only when it is told to. What it audits is the caller's to say.
  written_logs = local.is_postgres ? [] : [for log in ["general", "slowquery"] : log if contains(var.log_exports, log)]
  log_parameters = merge(
    { for log in local.written_logs : { general = "general_log", slowquery = "slow_query_log" }[log] => { value = "1", apply_method = "immediate" } },
    # Where FILE is the default, AWS answers pending-reboot whatever was asked for.
    length(local.written_logs) == 0 ? {} : { log_output = { value = "FILE", apply_method = "pending-reboot" } },
  )
  # On an instance a parameter of its own would hide the cluster's.
  written_parameters = { for name, parameter in local.log_parameters : name => parameter if !contains(keys(var.instance_parameters), name) }
  parameters         = merge(local.written_parameters, var.parameters, local.tls_parameter)

  # Of a cluster that was there before, Terraform states nothing that AWS fixed when somebody made it.
  keeps_origin = var.adopted || var.snapshot_identifier != null

  # While the version is the one that was found, none is asked for: "16" would be sent to a cluster that runs 16.9.
  engine_version = var.engine_version == var.adopted_major_version ? null : var.engine_version

  # Nobody comes through the module's group before there is a proxy; without any, the cluster keeps those that it has.
  has_clients        = !var.adopted || var.manage_master_password || var.master_secret_arn != null
  stated_group_ids   = concat(local.has_clients ? [aws_security_group.this.id] : [], sort(var.security_group_ids))
  security_group_ids = length(local.stated_group_ids) == 0 ? null : local.stated_group_ids

  # One entry each when the parameter group is the database's own, none when it is somebody else's.
  own_cluster_parameter_group = var.existing_cluster_parameter_group ? {} : { this = var.cluster_parameter_group_name }
  own_parameter_group         = var.existing_parameter_group ? {} : { this = var.parameter_group_name }

  # Which of them is the writer is AWS's to say. A key is an instance for its whole life, whatever the others do.
  made_instances = { for number in range(1, var.replicas + 2) : tostring(number) => {
    identifier         = "${var.identifier}-${number}"
    maintenance_window = var.maintenance_window
    # In this order a reader becomes the writer. With Serverless v2 those in tiers 0 and 1 are always as big as the writer.
    promotion_tier = number - 1
    tags           = {}
  } }
  # What was there before keeps its name, and what else it has of its own.
  kept_instances = { for index, instance in var.adopted_instances : tostring(index + 1) => {
    for name, value in instance : name => value if value != null
  } }
  instances = { for key, made in local.made_instances : key => merge(made, try(local.kept_instances[key], {})) }

  serverless = var.instance_class == "db.serverless" ? { this = { min = var.min_capacity, max = var.max_capacity } } : {}

  # One entry when the cluster has a subnet group of its own, none when it is in one that is there already.
  own_subnets = length(var.subnet_ids) == 0 ? {} : { this = var.subnet_ids }

  # Minutes since midnight, and since Monday's midnight.
  backup_window = [
    for time in split("-", var.backup_window) : split(":", time)[0] * 60 + split(":", time)[1]
  ]
  maintenance_window = [
    for time in split("-", lower(var.maintenance_window)) :
    index(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], split(":", time)[0]) * 1440 +
    split(":", time)[1] * 60 + split(":", time)[2]
  ]
  backup_window_minutes      = (local.backup_window[1] - local.backup_window[0] + 1440) % 1440
  maintenance_window_minutes = (local.maintenance_window[1] - local.maintenance_window[0] + 10080) % 10080
}

resource "aws_db_subnet_group" "this" {
  for_each = local.own_subnets

  name        = var.subnet_group_name
  description = "Subnets of one database"
  subnet_ids  = each.value

  tags = { Name = var.subnet_group_name }
}

# AWS's words for a group that is not there do not say whose work it is; the key stands beside them. Read during the apply
# that makes the cluster, so that a plan does not fail while the environment is planned beside it.
data "aws_db_subnet_group" "shared" {
  for_each = toset(length(local.own_subnets) == 0 ? ["apply the root _environment first"] : [])

  name = var.subnet_group_name

  depends_on = [aws_security_group.this]
}

resource "aws_rds_cluster_parameter_group" "this" {
  for_each = local.own_cluster_parameter_group

  name        = each.value
  description = "Parameters of one database"
  family      = "${var.engine}${local.major}"

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  tags = { Name = each.value }

  lifecycle {
    # A major upgrade moves the cluster to the new group before the old one can go.
    create_before_destroy = true
  }
}

moved {
  from = aws_rds_cluster_parameter_group.this
  to   = aws_rds_cluster_parameter_group.this["this"]
}

resource "aws_db_parameter_group" "this" {
  for_each = local.own_parameter_group

  name        = each.value
  description = "Parameters of the instances of one database"
  family      = "${var.engine}${local.major}"

  dynamic "parameter" {
    for_each = var.instance_parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  tags = { Name = each.value }

  # After a major upgrade the instances may use the old group until their window, and AWS does not delete a group in use.
  skip_destroy = !var.retiring

  lifecycle {
    # A major upgrade moves the instances to the new group before the old one can go.
    create_before_destroy = true
  }
}

moved {
  from = aws_db_parameter_group.this
  to   = aws_db_parameter_group.this["this"]
}

resource "aws_rds_cluster" "this" {
  #checkov:skip=CKV_AWS_162:With IAM authentication on the cluster AWS asks every client of a proxy for IAM, which shuts password clients out.
  #checkov:skip=CKV2_AWS_27:Statements are logged where the caller's parameters say so, since they can hold what nobody may read.
  #checkov:skip=CKV2_AWS_8:Automated backups are kept for the caller's days, and after the cluster; AWS Backup is the account's choice.

  cluster_identifier = var.identifier

  engine         = var.engine
  engine_version = local.engine_version
  # provisioned is Serverless v2 too.
  engine_mode              = "provisioned"
  engine_lifecycle_support = var.extended_support ? "open-source-rds-extended-support" : "open-source-rds-extended-support-disabled"
  # A major only changes by a reviewed edit of engine_version; a second switch would just make that apply fail.
  allow_major_version_upgrade = true
  # Edits that interrupt the service wait for the maintenance window.
  apply_immediately = var.apply_immediately

  # RDS takes these three from the snapshot; stating others would replace the restored cluster on the next plan.
  database_name   = local.keeps_origin ? null : var.database_name
  master_username = local.keeps_origin ? null : var.username
  kms_key_id      = !local.keeps_origin && var.storage_encrypted ? var.kms_key_arn : null

  storage_encrypted = var.storage_encrypted
  # AWS answers nothing for aurora, which the provider knows. An empty text or null would not lead back from aurora-iopt1.
  storage_type = var.storage_type

  # RDS makes a new password where it is told to manage one, so a kept one is not mentioned at all.
  manage_master_user_password   = var.manage_master_password ? true : null
  master_user_secret_kms_key_id = var.manage_master_password ? var.kms_key_arn : null
  # On, it makes AWS ask the proxy's clients for IAM even when they hold a password.
  iam_database_authentication_enabled = var.iam_authentication

  db_cluster_parameter_group_name = var.existing_cluster_parameter_group ? var.cluster_parameter_group_name : aws_rds_cluster_parameter_group.this["this"].name
  # Where a major upgrade takes the instances; AWS moves them in the same step, and in no other.
  db_instance_parameter_group_name = var.existing_parameter_group ? null : aws_db_parameter_group.this["this"].name
  db_subnet_group_name             = var.subnet_group_name
  port                             = var.port
  vpc_security_group_ids           = local.security_group_ids

  backup_retention_period      = var.backup_retention_period
  preferred_backup_window      = var.backup_window
  preferred_maintenance_window = var.maintenance_window
  copy_tags_to_snapshot        = var.copy_tags_to_snapshot
  # Kept backups expire by themselves, and until then undo a mistaken destroy to the second; the final snapshot holds only the end.
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  final_snapshot_identifier = coalesce(var.final_snapshot_identifier, "${var.identifier}-final")
  skip_final_snapshot       = false
  snapshot_identifier       = var.snapshot_identifier

  enabled_cloudwatch_logs_exports = var.log_exports

  dynamic "serverlessv2_scaling_configuration" {
    for_each = local.serverless

    content {
      min_capacity             = serverlessv2_scaling_configuration.value.min
      max_capacity             = serverlessv2_scaling_configuration.value.max
      seconds_until_auto_pause = var.seconds_until_auto_pause
    }
  }

  # The tags of all resources are the provider's; these are the cluster's alone.
  tags = length(var.tags) == 0 ? null : var.tags

  depends_on = [
    # RDS would create the log groups itself, without a retention, and Terraform's would then clash.
    aws_cloudwatch_log_group.this,
    aws_db_subnet_group.this,
    data.aws_db_subnet_group.shared,
  ]

  # Restoring and snapshotting terabytes take hours. An apply that stops waiting for a new cluster loses it from the state.
  timeouts {
    create = "12h"
    update = "12h"
    delete = "12h"
  }

  lifecycle {
    ignore_changes = [
      # AWS tells of the cluster what its instances say, and picks the three zones of the storage.
      availability_zones,
      performance_insights_enabled,
      # Removing the source of a finished restore would replace the cluster.
      snapshot_identifier,
    ]

    precondition {
      condition     = local.backup_window_minutes >= 30
      error_message = "The backup window must be at least 30 minutes long."
    }

    precondition {
      condition     = local.maintenance_window_minutes >= 30
      error_message = "The maintenance window must be at least 30 minutes long."
    }

    # The backup window comes round every day, so the days of the maintenance window drop out.
    precondition {
      condition = (
        (local.maintenance_window[0] - local.backup_window[0] + 1440) % 1440 >= local.backup_window_minutes &&
        (local.backup_window[0] - local.maintenance_window[0] + 10080) % 1440 >= local.maintenance_window_minutes
      )
      error_message = "The backup window and the maintenance window must not overlap on any day."
    }
  }
}

resource "aws_rds_cluster_instance" "this" {
  #checkov:skip=CKV_AWS_226:Minor upgrades follow the caller, because a pinned minor must not be upgraded behind Terraform's back.
  #checkov:skip=CKV_AWS_118:Enhanced monitoring is billed by volume, so the caller sets the interval.
  #checkov:skip=CKV_AWS_354:The key is the caller's choice; without one AWS encrypts with its own.

  for_each = local.instances

  identifier         = each.value.identifier
  cluster_identifier = aws_rds_cluster.this.cluster_identifier
  instance_class     = var.instance_class
  promotion_tier     = each.value.promotion_tier

  # The version is the cluster's.
  engine                     = aws_rds_cluster.this.engine
  auto_minor_version_upgrade = var.auto_minor_version_upgrade
  apply_immediately          = var.apply_immediately

  ca_cert_identifier      = var.ca_certificate
  copy_tags_to_snapshot   = var.copy_tags_to_snapshot
  db_parameter_group_name = var.existing_parameter_group ? var.parameter_group_name : aws_db_parameter_group.this["this"].name
  publicly_accessible     = var.publicly_accessible
  # Left out, AWS picks another one for each instance.
  preferred_maintenance_window = each.value.maintenance_window

  monitoring_interval                   = var.monitoring_interval
  monitoring_role_arn                   = var.monitoring_interval == 0 ? null : try(aws_iam_role.monitoring["this"].arn, var.monitoring_role_arn)
  performance_insights_enabled          = var.performance_insights
  performance_insights_kms_key_id       = var.performance_insights ? try(coalesce(var.performance_insights_kms_key_arn, var.kms_key_arn), null) : null
  performance_insights_retention_period = var.performance_insights ? var.performance_insights_retention_days : null

  tags = length(each.value.tags) == 0 ? null : each.value.tags

  depends_on = [aws_iam_role_policy_attachment.monitoring]

  timeouts {
    create = "12h"
    update = "12h"
    delete = "12h"
  }

  lifecycle {
    # The group follows the version, and with it the cluster's call moves all instances. A call of an instance's own would ask
    # for the new group while the old version still waits for its window, which AWS refuses.
    ignore_changes = [db_parameter_group_name]

    # A replaced cluster keeps its name but comes without instances, and AWS does not delete the old one while it has some.
    replace_triggered_by = [aws_rds_cluster.this.arn]
  }
}

# The provider learns the secret of a password that RDS has just taken over only in the apply; this makes the plan say so.
resource "terraform_data" "master_password" {
  for_each = var.adopted ? { this = var.manage_master_password ? "managed" : "kept" } : {}

  input = each.value
}

locals {
  secret_arn = (
    !var.adopted ? aws_rds_cluster.this.master_user_secret[0].secret_arn :
    terraform_data.master_password["this"].output == "managed" ? try(aws_rds_cluster.this.master_user_secret[0].secret_arn, "") :
    var.master_secret_arn
  )
}

resource "aws_secretsmanager_secret_rotation" "this" {
  #checkov:skip=CKV_AWS_304:The caller states the days; RDS rotates the secret itself.

  for_each = var.manage_master_password ? toset(["this"]) : []

  secret_id = local.secret_arn
  # The default, true, rotates the password during the apply, under running clients.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = var.password_rotation_days
  }

  # A cluster without an instance has nobody who changes the password.
  depends_on = [aws_rds_cluster_instance.this]
}

moved {
  from = aws_secretsmanager_secret_rotation.this
  to   = aws_secretsmanager_secret_rotation.this["this"]
}

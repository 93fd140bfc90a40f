locals {
  # mysql and mariadb release majors as two numbers, postgres as one.
  major_parts   = var.engine == "postgres" ? 1 : 2
  version_parts = split(".", var.engine_version)
  major         = join(".", slice(local.version_parts, 0, min(local.major_parts, length(local.version_parts))))

  tls_parameter = var.engine == "postgres" ? "rds.force_ssl" : "require_secure_transport"
  # mysql and mariadb write these logs only when they are told to, and else to tables, which nobody exports.
  written_logs = var.engine == "postgres" ? [] : [for log in ["general", "slowquery"] : log if contains(var.log_exports, log)]
  log_parameters = merge(
    { for log in local.written_logs : { general = "general_log", slowquery = "slow_query_log" }[log] => { value = "1", apply_method = "immediate" } },
    # Where FILE is the default, AWS answers pending-reboot whatever was asked for.
    length(local.written_logs) == 0 ? {} : { log_output = { value = "FILE", apply_method = "pending-reboot" } },
  )
  parameters = merge(local.log_parameters, var.parameters, {
    # Of a parameter that is at its default, AWS answers pending-reboot whatever was asked for: "immediate" would differ for
    # ever. A new database starts with it.
    (local.tls_parameter) = { value = "1", apply_method = "pending-reboot" }
  })

  # From this size AWS stripes gp3 and asks for at least this much; left out, the provider sends what the smaller volume had.
  is_striped         = var.storage_type == "gp3" && var.allocated_storage >= 400
  iops               = local.is_striped ? coalesce(var.iops, 12000) : var.iops
  storage_throughput = local.is_striped ? coalesce(var.storage_throughput, 500) : var.storage_throughput

  # Of an instance that was there before, Terraform states nothing that AWS fixed when somebody made it.
  keeps_origin = var.adopted || var.snapshot_identifier != null

  # While the version is the one that was found, none is asked for: "14" would be sent to an instance that runs 14.9.
  engine_version = var.engine_version == var.adopted_major_version ? null : var.engine_version

  # Nobody comes through the module's group before there is a proxy; without any, the instance keeps those that it has.
  has_clients        = !var.adopted || var.manage_master_password || var.master_secret_arn != null
  stated_group_ids   = concat(local.has_clients ? [aws_security_group.this.id] : [], sort(var.security_group_ids))
  security_group_ids = length(local.stated_group_ids) == 0 ? null : local.stated_group_ids

  # One entry when the parameter group is the database's own, none when it is somebody else's.
  own_parameter_group = var.existing_parameter_group ? {} : { this = var.parameter_group_name }

  # One entry when the database has a subnet group of its own, none when it is in one that is there already.
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

moved {
  from = aws_db_subnet_group.this
  to   = aws_db_subnet_group.this["this"]
}

# AWS's words for a group that is not there do not say whose work it is; the key stands beside them. Read during the apply
# that makes the database, so that a plan does not fail while the environment is planned beside it.
data "aws_db_subnet_group" "shared" {
  for_each = toset(length(local.own_subnets) == 0 ? ["apply the root _environment first"] : [])

  name = var.subnet_group_name

  depends_on = [aws_security_group.this]
}

resource "aws_db_parameter_group" "this" {
  for_each = local.own_parameter_group

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

  # After a major upgrade the instance uses the old group until its window, and AWS does not delete a group in use.
  skip_destroy = !var.retiring

  lifecycle {
    # A major upgrade moves the instance to the new group before the old one can go.
    create_before_destroy = true
  }
}

moved {
  from = aws_db_parameter_group.this
  to   = aws_db_parameter_group.this["this"]
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_161:With IAM authentication on the instance AWS asks every client of a proxy for IAM, which shuts password clients out.
  #checkov:skip=CKV_AWS_226:Minor upgrades follow the caller, because a pinned minor must not be upgraded behind Terraform's back.
  #checkov:skip=CKV_AWS_157:Multi-AZ doubles the price, so the caller decides for each database.
  #checkov:skip=CKV_AWS_118:Enhanced monitoring is billed by volume, so the caller sets the interval.
  #checkov:skip=CKV2_AWS_30:Statements are logged where the caller's parameters say so; an adopted instance keeps its own group.
  #checkov:skip=CKV_AWS_354:The key is the caller's choice; without one AWS encrypts with its own.

  identifier     = var.identifier
  instance_class = var.instance_class

  engine         = var.engine
  engine_version = local.engine_version
  # AWS knows extended support for the other two only.
  engine_lifecycle_support   = var.engine == "mariadb" ? null : var.extended_support ? "open-source-rds-extended-support" : "open-source-rds-extended-support-disabled"
  auto_minor_version_upgrade = var.auto_minor_version_upgrade
  # A major only changes by a reviewed edit of engine_version; a second switch would just make that apply fail.
  allow_major_version_upgrade = true
  # Edits that interrupt the service wait for the maintenance window.
  apply_immediately = var.apply_immediately

  # RDS takes these three from the snapshot; stating others would replace the restored database on the next plan.
  db_name    = local.keeps_origin ? null : var.database_name
  username   = local.keeps_origin ? null : var.username
  kms_key_id = !local.keeps_origin && var.storage_encrypted ? var.kms_key_arn : null

  allocated_storage     = var.allocated_storage
  iops                  = local.iops
  max_allocated_storage = var.max_allocated_storage
  storage_encrypted     = var.storage_encrypted
  storage_throughput    = local.storage_throughput
  storage_type          = var.storage_type
  dedicated_log_volume  = var.dedicated_log_volume

  # RDS makes a new password where it is told to manage one, so a kept one is not mentioned at all.
  manage_master_user_password   = var.manage_master_password ? true : null
  master_user_secret_kms_key_id = var.manage_master_password ? var.kms_key_arn : null
  # On, it makes AWS ask the proxy's clients for IAM even when they hold a password.
  iam_database_authentication_enabled = var.iam_authentication

  ca_cert_identifier     = var.ca_certificate
  db_subnet_group_name   = var.subnet_group_name
  multi_az               = var.multi_az
  option_group_name      = var.option_group_name
  parameter_group_name   = var.existing_parameter_group ? var.parameter_group_name : aws_db_parameter_group.this["this"].name
  port                   = var.port
  publicly_accessible    = var.publicly_accessible
  vpc_security_group_ids = local.security_group_ids

  backup_retention_period = var.backup_retention_period
  backup_window           = var.backup_window
  maintenance_window      = var.maintenance_window
  copy_tags_to_snapshot   = var.copy_tags_to_snapshot
  # Kept backups expire by themselves, and until then undo a mistaken destroy to the second; the final snapshot holds only the end.
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  final_snapshot_identifier = coalesce(var.final_snapshot_identifier, "${var.identifier}-final")
  skip_final_snapshot       = false
  snapshot_identifier       = var.snapshot_identifier

  enabled_cloudwatch_logs_exports       = var.log_exports
  monitoring_interval                   = var.monitoring_interval
  monitoring_role_arn                   = var.monitoring_interval == 0 ? null : try(aws_iam_role.monitoring["this"].arn, var.monitoring_role_arn)
  performance_insights_enabled          = var.performance_insights
  performance_insights_kms_key_id       = var.performance_insights ? try(coalesce(var.performance_insights_kms_key_arn, var.kms_key_arn), null) : null
  performance_insights_retention_period = var.performance_insights ? var.performance_insights_retention_days : null

  # The tags of all resources are the provider's; these are the instance's alone.
  tags = length(var.tags) == 0 ? null : var.tags

  depends_on = [
    # RDS would create the log groups itself, without a retention, and Terraform's would then clash.
    aws_cloudwatch_log_group.this,
    aws_db_subnet_group.this,
    aws_iam_role_policy_attachment.monitoring,
    data.aws_db_subnet_group.shared,
  ]

  # Restoring, converting and snapshotting terabytes take hours. An apply that stops waiting for a new instance loses it from
  # the state.
  timeouts {
    create = "12h"
    update = "12h"
    delete = "12h"
  }

  lifecycle {
    # Removing the source of a finished restore would replace the database.
    ignore_changes = [snapshot_identifier]

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

# The provider learns the secret of a password that RDS has just taken over only in the apply; this makes the plan say so.
resource "terraform_data" "master_password" {
  for_each = var.adopted ? { this = var.manage_master_password ? "managed" : "kept" } : {}

  input = each.value
}

locals {
  secret_arn = (
    !var.adopted ? aws_db_instance.this.master_user_secret[0].secret_arn :
    terraform_data.master_password["this"].output == "managed" ? try(aws_db_instance.this.master_user_secret[0].secret_arn, "") :
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
}

moved {
  from = aws_secretsmanager_secret_rotation.this
  to   = aws_secretsmanager_secret_rotation.this["this"]
}

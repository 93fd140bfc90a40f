mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_password_is_managed_and_rotates_on_time_only" {
  command = plan

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && aws_rds_cluster.this.master_username == "orders"
    error_message = "RDS must keep the master user's password in a secret."
  }

  assert {
    condition     = aws_rds_cluster.this.iam_database_authentication_enabled == false
    error_message = "IAM authentication on the cluster must stay off."
  }

  assert {
    condition = (
      aws_secretsmanager_secret_rotation.this["this"].rotate_immediately == false &&
      aws_secretsmanager_secret_rotation.this["this"].rotation_rules[0].automatically_after_days == 7
    )
    error_message = "The password must rotate after the stated days and not during an apply."
  }
}

run "the_data_outlives_mistakes" {
  command = plan

  assert {
    condition     = aws_rds_cluster.this.deletion_protection
    error_message = "Deletion protection must be on unless it is turned off by name."
  }

  assert {
    condition = (
      !aws_rds_cluster.this.skip_final_snapshot &&
      aws_rds_cluster.this.final_snapshot_identifier == "orders-dev-final" &&
      !aws_rds_cluster.this.delete_automated_backups &&
      aws_rds_cluster.this.copy_tags_to_snapshot
    )
    error_message = "A destroy must leave a final snapshot and the automated backups, with the tags."
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted
    error_message = "The storage must be encrypted."
  }
}

run "the_database_is_private" {
  command = plan

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : !instance.publicly_accessible])
    error_message = "No instance may have a public address."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.ca_cert_identifier == "rds-ca-rsa2048-g1"])
    error_message = "The certificate authority must be stated."
  }
}

run "tls_is_forced_on_the_cluster" {
  command = plan

  assert {
    condition = one([
      for parameter in aws_rds_cluster_parameter_group.this["this"].parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "rds.force_ssl"
    ]) == "1 pending-reboot"
    error_message = "The cluster must refuse connections without TLS, in words that AWS repeats: of a default it says pending-reboot."
  }

  assert {
    condition     = length(aws_db_parameter_group.this["this"].parameter) == 0
    error_message = "rds.force_ssl is a parameter of clusters; AWS refuses it in a group of instances."
  }
}

run "disruptive_edits_wait_for_the_window" {
  command = plan

  assert {
    condition = (
      !aws_rds_cluster.this.apply_immediately &&
      lower(aws_rds_cluster.this.preferred_maintenance_window) == "sun:18:00-sun:19:00" &&
      alltrue([for instance in aws_rds_cluster_instance.this : !instance.apply_immediately])
    )
    error_message = "Edits must wait for the maintenance window."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : lower(instance.preferred_maintenance_window) == "sun:18:00-sun:19:00"])
    error_message = "AWS gives an instance a window of its own unless one is stated."
  }

  assert {
    condition     = aws_rds_cluster.this.allow_major_version_upgrade && alltrue([for instance in aws_rds_cluster_instance.this : instance.auto_minor_version_upgrade])
    error_message = "An edited version must be applicable."
  }

  assert {
    condition     = aws_rds_cluster.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "Paid extended support must be off."
  }
}

run "urgent_edits_need_not_wait" {
  command = plan

  variables {
    apply_immediately = true
    replicas          = 1
  }

  assert {
    condition     = aws_rds_cluster.this.apply_immediately && alltrue([for instance in aws_rds_cluster_instance.this : instance.apply_immediately])
    error_message = "The caller must be able to apply an edit at once, to the cluster and to every instance."
  }
}

run "the_least_input_is_one_instance_and_costs_nothing_extra" {
  command = plan

  assert {
    condition     = toset(keys(aws_rds_cluster_instance.this)) == toset(["1"])
    error_message = "Without readers there must be one instance."
  }

  assert {
    condition     = aws_rds_cluster.this.storage_type == "aurora" && length(aws_rds_cluster.this.serverlessv2_scaling_configuration) == 0
    error_message = "The storage must be Aurora's own, in the word that also leads back to it."
  }

  assert {
    condition = (
      aws_rds_cluster_instance.this["1"].performance_insights_enabled &&
      aws_rds_cluster_instance.this["1"].performance_insights_retention_period == 7 &&
      aws_rds_cluster_instance.this["1"].monitoring_interval == 0
    )
    error_message = "Performance Insights must be on with the free retention, and enhanced monitoring off."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_iam_role.monitoring) == 0
    error_message = "Without a topic there must be no alarms, and without monitoring no role."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 30])
    error_message = "Logs must be kept for 30 days."
  }
}

run "an_apply_waits_for_terabytes" {
  command = plan

  assert {
    condition = (
      aws_rds_cluster.this.timeouts == { create = "12h", update = "12h", delete = "12h" } &&
      aws_rds_cluster_instance.this["1"].timeouts == { create = "12h", update = "12h", delete = "12h" }
    )
    error_message = "A restore or a final snapshot of terabytes takes hours."
  }
}

run "until_it_retires_a_cluster_keeps_an_old_parameter_group_and_drops_a_log_it_no_longer_exports" {
  command = plan

  assert {
    condition     = aws_db_parameter_group.this["this"].skip_destroy && alltrue([for group in aws_cloudwatch_log_group.this : !group.skip_destroy])
    error_message = "AWS does not delete a group that waits for an upgrade; a log's group must go, so that it can come back."
  }
}

run "a_retiring_cluster_takes_its_parameter_group_along_and_leaves_its_logs" {
  command = plan

  variables {
    retiring = true
  }

  assert {
    condition     = !aws_db_parameter_group.this["this"].skip_destroy && alltrue([for group in aws_cloudwatch_log_group.this : group.skip_destroy])
    error_message = "The logs must outlive the cluster."
  }
}

run "what_the_caller_states_reaches_the_cluster" {
  command = plan

  variables {
    auto_minor_version_upgrade = false
    copy_tags_to_snapshot      = false
    database_name              = "orders"
    deletion_protection        = false
    engine_version             = "16.11"
    extended_support           = true
    final_snapshot_identifier  = "orders-dev-20261123"
    iam_authentication         = true
    log_retention_days         = 90
    password_rotation_days     = 30
    performance_insights       = false
    port                       = 6432
    storage_type               = "aurora-iopt1"
  }

  assert {
    condition = (
      aws_rds_cluster.this.engine == "aurora-postgresql" &&
      aws_rds_cluster.this.engine_version == "16.11" &&
      aws_rds_cluster.this.engine_lifecycle_support == "open-source-rds-extended-support" &&
      aws_rds_cluster_instance.this["1"].engine == "aurora-postgresql" &&
      !aws_rds_cluster_instance.this["1"].auto_minor_version_upgrade
    )
    error_message = "The engine must be the stated one."
  }

  assert {
    condition = (
      aws_rds_cluster.this.backup_retention_period == 7 &&
      aws_rds_cluster.this.preferred_backup_window == "16:00-17:00" &&
      !aws_rds_cluster.this.copy_tags_to_snapshot &&
      !aws_rds_cluster.this.deletion_protection &&
      aws_rds_cluster.this.final_snapshot_identifier == "orders-dev-20261123"
    )
    error_message = "Backups and deletion must be as stated."
  }

  assert {
    condition = (
      aws_rds_cluster.this.database_name == "orders" &&
      aws_rds_cluster.this.iam_database_authentication_enabled &&
      aws_rds_cluster.this.port == 6432 &&
      aws_rds_cluster.this.storage_type == "aurora-iopt1" &&
      aws_rds_cluster.this.enabled_cloudwatch_logs_exports == toset(["postgresql"]) &&
      aws_rds_cluster_instance.this["1"].instance_class == "db.t4g.medium" &&
      !aws_rds_cluster_instance.this["1"].performance_insights_enabled
    )
    error_message = "The cluster must be the stated one."
  }

  assert {
    condition = (
      aws_secretsmanager_secret_rotation.this["this"].rotation_rules[0].automatically_after_days == 30 &&
      alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 90])
    )
    error_message = "The password and the logs must be kept as long as stated."
  }
}

run "serverless_grows_between_its_bounds" {
  command = plan

  variables {
    instance_class           = "db.serverless"
    max_capacity             = 16
    min_capacity             = 0
    seconds_until_auto_pause = 3600
  }

  assert {
    condition = one([
      for scaling in aws_rds_cluster.this.serverlessv2_scaling_configuration :
      "${scaling.min_capacity} to ${scaling.max_capacity} after ${scaling.seconds_until_auto_pause}"
    ]) == "0 to 16 after 3600"
    error_message = "The capacity must be the stated one."
  }

  assert {
    condition     = aws_rds_cluster.this.engine_mode == "provisioned" && aws_rds_cluster_instance.this["1"].instance_class == "db.serverless"
    error_message = "Serverless v2 is a class of a provisioned cluster; the mode serverless is v1."
  }
}

run "the_family_follows_the_engine_and_its_major" {
  command = plan

  variables {
    auto_minor_version_upgrade   = false
    cluster_parameter_group_name = "orders-dev-17-cluster"
    engine_version               = "17.7"
    parameter_group_name         = "orders-dev-17"
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this["this"].family == "aurora-postgresql17" && aws_db_parameter_group.this["this"].family == "aurora-postgresql17"
    error_message = "The family must be the engine with its major."
  }
}

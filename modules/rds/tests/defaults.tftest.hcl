mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_password_is_managed_and_rotates_on_time_only" {
  command = plan

  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.username == "orders"
    error_message = "RDS must keep the master user's password in a secret."
  }

  assert {
    condition     = aws_db_instance.this.iam_database_authentication_enabled == false
    error_message = "IAM authentication on the instance must stay off."
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
    condition     = aws_db_instance.this.deletion_protection
    error_message = "Deletion protection must be on unless it is turned off by name."
  }

  assert {
    condition = (
      !aws_db_instance.this.skip_final_snapshot &&
      aws_db_instance.this.final_snapshot_identifier == "orders-dev-final" &&
      !aws_db_instance.this.delete_automated_backups &&
      aws_db_instance.this.copy_tags_to_snapshot
    )
    error_message = "A destroy must leave a final snapshot and the automated backups, with the tags."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted
    error_message = "The volume must be encrypted."
  }
}

run "the_database_is_private" {
  command = plan

  assert {
    condition     = !aws_db_instance.this.publicly_accessible
    error_message = "The database must not have a public address."
  }

  assert {
    condition     = aws_db_instance.this.ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "The certificate authority must be stated."
  }
}

run "tls_is_forced_on_postgres" {
  command = plan

  assert {
    condition = one([
      for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "rds.force_ssl"
    ]) == "1 pending-reboot"
    error_message = "postgres must refuse connections without TLS, in words that AWS repeats: of a default it says pending-reboot."
  }
}

run "tls_is_forced_on_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
    port                 = 3306
  }

  assert {
    condition = one([
      for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "require_secure_transport"
    ]) == "1 pending-reboot"
    error_message = "mysql must refuse connections without TLS."
  }
}

run "tls_is_forced_on_mariadb" {
  command = plan

  variables {
    engine               = "mariadb"
    engine_version       = "11.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb11-4"
    port                 = 3306
  }

  assert {
    condition = one([
      for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "require_secure_transport"
    ]) == "1 pending-reboot"
    error_message = "mariadb must refuse connections without TLS."
  }
}

run "disruptive_edits_wait_for_the_window" {
  command = plan

  assert {
    condition     = !aws_db_instance.this.apply_immediately && lower(aws_db_instance.this.maintenance_window) == "sun:18:00-sun:19:00"
    error_message = "Edits must wait for the maintenance window."
  }

  assert {
    condition     = aws_db_instance.this.allow_major_version_upgrade && aws_db_instance.this.auto_minor_version_upgrade
    error_message = "An edited version must be applicable."
  }

  assert {
    condition     = aws_db_instance.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "Paid extended support must be off."
  }
}

run "urgent_edits_need_not_wait" {
  command = plan

  variables {
    apply_immediately = true
  }

  assert {
    condition     = aws_db_instance.this.apply_immediately
    error_message = "The caller must be able to apply an edit at once."
  }
}

run "mariadb_has_no_extended_support" {
  command   = apply
  state_key = "mariadb"

  variables {
    engine               = "mariadb"
    engine_version       = "11.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb11-4"
    port                 = 3306
  }

  # It shows only where the module says nothing.
  override_resource {
    target = aws_db_instance.this
    values = {
      engine_lifecycle_support = "AWS's own"
      master_user_secret       = [{ secret_arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-mariadb", kms_key_id = "", secret_status = "active" }]
    }
  }

  assert {
    condition     = aws_db_instance.this.engine_lifecycle_support == "AWS's own"
    error_message = "AWS refuses the choice for mariadb."
  }
}

run "aws_decides_what_a_small_gp3_volume_gives_and_which_insights_there_are" {
  command   = apply
  state_key = "small"

  variables {
    allocated_storage = 399
  }

  override_resource {
    target = aws_db_instance.this
    values = {
      database_insights_mode = "AWS's own"
      iops                   = 3000
      storage_throughput     = 125
      master_user_secret     = [{ secret_arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-small", kms_key_id = "", secret_status = "active" }]
    }
  }

  assert {
    condition     = aws_db_instance.this.iops == 3000 && aws_db_instance.this.storage_throughput == 125
    error_message = "AWS refuses both for gp3 below 400 GiB."
  }

  assert {
    condition     = aws_db_instance.this.database_insights_mode == "AWS's own"
    error_message = "With the retention of 7 days AWS sets the mode itself."
  }
}

run "a_gp3_volume_of_400_gib_states_what_aws_asks_for" {
  command = plan

  variables {
    allocated_storage = 400
  }

  assert {
    condition     = aws_db_instance.this.iops == 12000 && aws_db_instance.this.storage_throughput == 500
    error_message = "Growing past 400 GiB, the provider would send the 3000 IOPS of the smaller volume, which AWS refuses."
  }
}

run "other_volumes_keep_what_the_caller_states" {
  command   = apply
  state_key = "io2"

  variables {
    allocated_storage = 400
    iops              = 4000
    storage_type      = "io2"
  }

  override_resource {
    target = aws_db_instance.this
    values = {
      storage_throughput = 0
      master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-io2", kms_key_id = "", secret_status = "active" }]
    }
  }

  assert {
    condition     = aws_db_instance.this.iops == 4000 && aws_db_instance.this.storage_throughput == 0
    error_message = "The floor of gp3 is not io2's."
  }
}

run "an_apply_waits_for_terabytes" {
  command = plan

  assert {
    condition     = aws_db_instance.this.timeouts == { create = "12h", update = "12h", delete = "12h" }
    error_message = "A restore, a conversion or a final snapshot of terabytes takes hours."
  }
}

run "until_it_retires_a_database_keeps_an_old_parameter_group_and_drops_a_log_it_no_longer_exports" {
  command = plan

  assert {
    condition     = aws_db_parameter_group.this["this"].skip_destroy && alltrue([for group in aws_cloudwatch_log_group.this : !group.skip_destroy])
    error_message = "AWS does not delete a group that waits for an upgrade; a log's group must go, so that it can come back."
  }
}

run "a_retiring_database_takes_its_parameter_group_along_and_leaves_its_logs" {
  command = plan

  variables {
    retiring = true
  }

  assert {
    condition     = !aws_db_parameter_group.this["this"].skip_destroy && alltrue([for group in aws_cloudwatch_log_group.this : group.skip_destroy])
    error_message = "The logs must outlive the database."
  }
}

run "the_least_input_costs_nothing_extra" {
  command = plan

  assert {
    condition     = aws_db_instance.this.max_allocated_storage == 0 && aws_db_instance.this.monitoring_interval == 0
    error_message = "Neither growth nor enhanced monitoring may be on by default."
  }

  assert {
    condition     = aws_db_instance.this.performance_insights_enabled && aws_db_instance.this.performance_insights_retention_period == 7
    error_message = "Performance Insights must be on, with the free retention."
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

run "what_the_caller_states_reaches_the_instance" {
  command = plan

  variables {
    allocated_storage          = 500
    auto_minor_version_upgrade = false
    database_name              = "orders"
    deletion_protection        = false
    engine_version             = "16.11"
    final_snapshot_identifier  = "orders-dev-20261123"
    iops                       = 16000
    log_retention_days         = 90
    max_allocated_storage      = 1000
    multi_az                   = true
    password_rotation_days     = 30
    performance_insights       = false
    port                       = 6432
    storage_throughput         = 1000
  }

  assert {
    condition = (
      aws_db_instance.this.allocated_storage == 500 &&
      aws_db_instance.this.iops == 16000 &&
      aws_db_instance.this.max_allocated_storage == 1000 &&
      aws_db_instance.this.storage_throughput == 1000 &&
      aws_db_instance.this.storage_type == "gp3"
    )
    error_message = "The storage must be the stated one."
  }

  assert {
    condition = (
      aws_db_instance.this.engine == "postgres" &&
      aws_db_instance.this.engine_version == "16.11" &&
      !aws_db_instance.this.auto_minor_version_upgrade
    )
    error_message = "The engine must be the stated one."
  }

  assert {
    condition = (
      aws_db_instance.this.backup_retention_period == 7 &&
      aws_db_instance.this.backup_window == "16:00-17:00" &&
      !aws_db_instance.this.deletion_protection &&
      aws_db_instance.this.final_snapshot_identifier == "orders-dev-20261123"
    )
    error_message = "Backups and deletion must be as stated."
  }

  assert {
    condition = (
      aws_db_instance.this.db_name == "orders" &&
      aws_db_instance.this.instance_class == "db.t4g.medium" &&
      aws_db_instance.this.multi_az &&
      aws_db_instance.this.port == 6432 &&
      !aws_db_instance.this.performance_insights_enabled
    )
    error_message = "The instance must be the stated one."
  }

  assert {
    condition = (
      aws_secretsmanager_secret_rotation.this["this"].rotation_rules[0].automatically_after_days == 30 &&
      alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 90])
    )
    error_message = "The password and the logs must be kept as long as stated."
  }
}

run "the_family_follows_the_engine_and_its_major" {
  command = plan

  variables {
    auto_minor_version_upgrade = false
    engine                     = "mysql"
    engine_version             = "8.0.46"
    log_exports                = ["error", "slowquery"]
    parameter_group_name       = "orders-dev-mysql8-0"
  }

  assert {
    condition     = aws_db_parameter_group.this["this"].family == "mysql8.0"
    error_message = "mysql's major is two numbers."
  }
}

run "parameters_of_the_caller_join_the_forced_one" {
  command = plan

  variables {
    parameters = {
      log_statement            = { value = "ddl", apply_method = "immediate" }
      shared_preload_libraries = { value = "pg_stat_statements", apply_method = "pending-reboot" }
    }
  }

  assert {
    condition = toset([
      for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.name}=${parameter.value} ${parameter.apply_method}"
      ]) == toset([
      "log_statement=ddl immediate",
      "rds.force_ssl=1 pending-reboot",
      "shared_preload_libraries=pg_stat_statements pending-reboot",
    ])
    error_message = "The group must hold the caller's parameters and the forced one."
  }
}

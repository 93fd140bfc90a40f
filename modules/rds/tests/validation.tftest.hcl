mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_a_topic_that_is_no_arn" {
  command = plan

  variables {
    alarms = { topic_arn = "valet-alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_queue_as_the_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:ap-northeast-1:111122223333:valet-alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_memory_below_the_smallest_class" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 0.5 }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_volume_in_fractions_of_a_gib" {
  command = plan

  variables {
    allocated_storage = 50.5
  }

  expect_failures = [var.allocated_storage]
}

run "rejects_a_volume_above_64_tib" {
  command = plan

  variables {
    allocated_storage = 65537
  }

  expect_failures = [var.allocated_storage]
}

run "rejects_a_volume_below_20_gib" {
  command = plan

  variables {
    allocated_storage = 19
  }

  expect_failures = [var.allocated_storage]
}

run "rejects_an_io2_volume_below_100_gib" {
  command = plan

  variables {
    allocated_storage = 99
    storage_type      = "io2"
    iops              = 1000
  }

  expect_failures = [var.allocated_storage]
}

run "rejects_minor_upgrades_of_an_exact_version" {
  command = plan

  variables {
    engine_version = "16.11"
  }

  expect_failures = [var.auto_minor_version_upgrade]
}

run "rejects_minor_upgrades_of_an_exact_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4.7"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
  }

  expect_failures = [var.auto_minor_version_upgrade]
}

run "rejects_backups_for_more_than_35_days" {
  command = plan

  variables {
    backup_retention_period = 36
  }

  expect_failures = [var.backup_retention_period]
}

run "rejects_backups_for_half_a_day" {
  command = plan

  variables {
    backup_retention_period = 0.5
  }

  expect_failures = [var.backup_retention_period]
}

run "rejects_a_backup_window_with_days" {
  command = plan

  variables {
    backup_window = "Sun:16:00-Sun:17:00"
  }

  expect_failures = [var.backup_window]
}

run "rejects_a_backup_window_at_24_hours" {
  command = plan

  variables {
    backup_window = "23:00-24:00"
  }

  expect_failures = [var.backup_window]
}

run "rejects_a_backup_window_below_30_minutes" {
  command = plan

  variables {
    backup_window = "16:00-16:29"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_a_database_name_with_a_hyphen" {
  command = plan

  variables {
    database_name = "orders-dev"
  }

  expect_failures = [var.database_name]
}

run "rejects_a_database_name_above_63_letters_on_postgres" {
  command = plan

  variables {
    database_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.database_name]
}

run "rejects_an_unknown_engine" {
  command = plan

  variables {
    engine = "oracle-ee"
  }

  expect_failures = [var.engine]
}

run "rejects_a_minor_of_three_numbers_on_postgres" {
  command = plan

  variables {
    engine_version = "16.1.1"
  }

  expect_failures = [var.engine_version]
}

run "rejects_a_major_of_one_number_on_mysql" {
  command = plan

  variables {
    engine                     = "mysql"
    engine_version             = "8"
    log_exports                = ["error"]
    parameter_group_name       = "orders-dev-mysql84"
    auto_minor_version_upgrade = false
  }

  expect_failures = [var.engine_version]
}

run "rejects_a_final_snapshot_with_a_double_hyphen" {
  command = plan

  variables {
    final_snapshot_identifier = "orders--final"
  }

  expect_failures = [var.final_snapshot_identifier]
}

run "rejects_a_final_snapshot_above_255_letters" {
  command = plan

  variables {
    final_snapshot_identifier = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.final_snapshot_identifier]
}

run "rejects_an_identifier_with_an_underscore" {
  command = plan

  variables {
    identifier = "orders_dev"
  }

  expect_failures = [var.identifier]
}

run "rejects_an_identifier_that_ends_with_a_hyphen" {
  command = plan

  variables {
    identifier = "orders-"
  }

  expect_failures = [var.identifier]
}

run "rejects_an_identifier_above_63_letters" {
  command = plan

  variables {
    identifier = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.identifier]
}

run "rejects_a_class_without_its_prefix" {
  command = plan

  variables {
    instance_class = "t4g.medium"
  }

  expect_failures = [var.instance_class]
}

run "rejects_io2_without_iops" {
  command = plan

  variables {
    allocated_storage = 100
    storage_type      = "io2"
  }

  expect_failures = [var.iops]
}

run "rejects_iops_on_a_small_gp3_volume" {
  command = plan

  variables {
    iops = 12000
  }

  expect_failures = [var.iops]
}

run "rejects_iops_on_gp2" {
  command = plan

  variables {
    allocated_storage = 500
    iops              = 12000
    storage_type      = "gp2"
  }

  expect_failures = [var.iops]
}

run "rejects_iops_below_1000_on_io1" {
  command = plan

  variables {
    allocated_storage = 100
    iops              = 999
    storage_type      = "io1"
  }

  expect_failures = [var.iops]
}

run "rejects_iops_below_12000_on_gp3" {
  command = plan

  variables {
    allocated_storage = 400
    iops              = 11999
  }

  expect_failures = [var.iops]
}

run "rejects_iops_above_64000_on_gp3" {
  command = plan

  variables {
    allocated_storage = 400
    iops              = 64001
  }

  expect_failures = [var.iops]
}

run "rejects_an_alias_as_the_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/valet"
  }

  expect_failures = [var.kms_key_arn]
}

run "rejects_a_log_of_another_engine" {
  command = plan

  variables {
    log_exports = ["slowquery"]
  }

  expect_failures = [var.log_exports]
}

run "rejects_a_postgres_log_on_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["postgresql"]
    parameter_group_name = "orders-dev-mysql84"
  }

  expect_failures = [var.log_exports]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_logs_kept_for_ever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_a_maintenance_window_without_days" {
  command = plan

  variables {
    maintenance_window = "18:00-19:00"
  }

  expect_failures = [var.maintenance_window]
}

run "rejects_a_maintenance_window_below_30_minutes" {
  command = plan

  variables {
    maintenance_window = "sun:18:00-sun:18:29"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_windows_that_overlap_at_the_start" {
  command = plan

  variables {
    maintenance_window = "sun:15:30-sun:16:30"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_windows_that_overlap_at_the_end" {
  command = plan

  variables {
    maintenance_window = "sun:16:59-sun:18:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_windows_that_overlap_past_midnight" {
  command = plan

  variables {
    backup_window      = "23:30-00:30"
    maintenance_window = "mon:00:15-mon:01:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_windows_that_overlap_past_the_week" {
  command = plan

  variables {
    backup_window      = "00:00-01:00"
    maintenance_window = "sun:23:45-mon:00:15"
  }

  expect_failures = [aws_db_instance.this]
}

run "rejects_growth_below_the_size" {
  command = plan

  variables {
    max_allocated_storage = 49
  }

  expect_failures = [var.max_allocated_storage]
}

run "rejects_growth_above_64_tib" {
  command = plan

  variables {
    max_allocated_storage = 65537
  }

  expect_failures = [var.max_allocated_storage]
}

run "rejects_a_monitoring_interval_of_two_seconds" {
  command = plan

  variables {
    monitoring_interval  = 2
    monitoring_role_name = "orders-dev-monitoring"
  }

  expect_failures = [var.monitoring_interval]
}

run "rejects_a_monitoring_role_above_64_letters" {
  command = plan

  variables {
    monitoring_role_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_two_monitoring_roles" {
  command = plan

  variables {
    monitoring_interval  = 60
    monitoring_role_arn  = "arn:aws:iam::111122223333:role/dev_rds-monitoring"
    monitoring_role_name = "orders-dev-monitoring"
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_a_monitoring_role_by_its_name_alone" {
  command = plan

  variables {
    monitoring_role_arn = "dev_rds-monitoring"
  }

  expect_failures = [var.monitoring_role_arn]
}

run "rejects_monitoring_without_a_role" {
  command = plan

  variables {
    monitoring_interval = 60
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_a_parameter_group_with_an_underscore" {
  command = plan

  variables {
    parameter_group_name = "orders_dev_postgres16"
  }

  expect_failures = [var.parameter_group_name]
}

run "rejects_a_parameter_group_without_the_major" {
  command = plan

  variables {
    parameter_group_name = "orders-dev"
  }

  expect_failures = [var.parameter_group_name]
}

run "rejects_a_parameter_group_of_the_major_before" {
  command = plan

  variables {
    engine_version = "17"
  }

  expect_failures = [var.parameter_group_name]
}

run "rejects_an_unknown_apply_method" {
  command = plan

  variables {
    parameters = { "log_statement" = { value = "ddl", apply_method = "never" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_a_parameter_with_a_blank" {
  command = plan

  variables {
    parameters = { "log statement" = { value = "1", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_switching_tls_off" {
  command = plan

  variables {
    parameters = { "rds.force_ssl" = { value = "0", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_switching_tls_off_in_capitals" {
  command = plan

  variables {
    engine               = "mariadb"
    engine_version       = "11.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb114"
    parameters           = { "REQUIRE_SECURE_TRANSPORT" = { value = "0", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_a_password_that_never_rotates" {
  command = plan

  variables {
    password_rotation_days = 0
  }

  expect_failures = [var.password_rotation_days]
}

run "rejects_a_rotation_above_1000_days" {
  command = plan

  variables {
    password_rotation_days = 1001
  }

  expect_failures = [var.password_rotation_days]
}

run "rejects_performance_insights_on_a_small_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
    instance_class       = "db.t4g.small"
  }

  expect_failures = [var.performance_insights]
}

run "rejects_a_port_below_1150" {
  command = plan

  variables {
    port = 1149
  }

  expect_failures = [var.port]
}

run "rejects_a_port_above_65535" {
  command = plan

  variables {
    port = 65536
  }

  expect_failures = [var.port]
}

run "rejects_a_security_group_named_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-orders"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_snapshot_with_an_underscore" {
  command = plan

  variables {
    snapshot_identifier = "orders_final"
  }

  expect_failures = [var.snapshot_identifier]
}

run "rejects_throughput_on_a_small_gp3_volume" {
  command = plan

  variables {
    storage_throughput = 500
  }

  expect_failures = [var.storage_throughput]
}

run "rejects_throughput_on_io2" {
  command = plan

  variables {
    allocated_storage  = 400
    iops               = 12000
    storage_throughput = 500
    storage_type       = "io2"
  }

  expect_failures = [var.storage_throughput]
}

run "rejects_throughput_below_500" {
  command = plan

  variables {
    allocated_storage  = 400
    storage_throughput = 499
  }

  expect_failures = [var.storage_throughput]
}

run "rejects_throughput_above_a_quarter_of_the_iops" {
  command = plan

  variables {
    allocated_storage  = 400
    iops               = 12000
    storage_throughput = 3001
  }

  expect_failures = [var.storage_throughput]
}

run "rejects_magnetic_storage" {
  command = plan

  variables {
    storage_type = "standard"
  }

  expect_failures = [var.storage_type]
}

run "rejects_a_subnet_group_in_capitals" {
  command = plan

  variables {
    subnet_group_name = "Orders"
  }

  expect_failures = [var.subnet_group_name]
}

run "rejects_the_default_subnet_group" {
  command = plan

  variables {
    subnet_group_name = "default"
  }

  expect_failures = [var.subnet_group_name]
}

run "rejects_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60001"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_subnets_that_are_no_ids" {
  command = plan

  variables {
    subnet_ids = ["private-a", "private-c"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_username_with_a_hyphen" {
  command = plan

  variables {
    username = "orders-dev"
  }

  expect_failures = [var.username]
}

run "rejects_a_username_above_63_letters_on_postgres" {
  command = plan

  variables {
    username = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.username]
}

run "rejects_a_username_above_32_letters_on_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
    username             = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.username]
}

run "rejects_a_username_above_16_letters_on_mariadb" {
  command = plan

  variables {
    engine               = "mariadb"
    engine_version       = "11.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb114"
    username             = "aaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.username]
}

run "rejects_a_username_of_rds" {
  command = plan

  variables {
    username = "rdsadmin"
  }

  expect_failures = [var.username]
}

run "rejects_admin_on_postgres" {
  command = plan

  variables {
    username = "admin"
  }

  expect_failures = [var.username]
}

run "rejects_a_role_of_postgres_as_the_username" {
  command = plan

  variables {
    username = "pg_monitor"
  }

  expect_failures = [var.username]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "accepts_windows_that_touch" {
  command = plan

  variables {
    maintenance_window = "sun:17:00-sun:18:00"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_admin_on_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
    username             = "admin"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_throughput_of_the_baseline" {
  command = plan

  variables {
    allocated_storage  = 400
    storage_throughput = 3000
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_iops_on_io2" {
  command = plan

  variables {
    allocated_storage = 100
    iops              = 1000
    storage_type      = "io2"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_an_extended_support_build" {
  command = plan

  variables {
    auto_minor_version_upgrade = false
    engine_version             = "13.23-rds.20260514"
    parameter_group_name       = "orders-dev-postgres13"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_a_shared_snapshot_by_its_arn" {
  command = plan

  variables {
    snapshot_identifier = "arn:aws:rds:ap-northeast-1:111122223333:snapshot:rds:orders-dev-2026-11-23-16-05"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_a_mysql_major_with_hyphens_in_the_group" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql8-4"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "accepts_performance_insights_off_on_a_small_mysql" {
  command = plan

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
    instance_class       = "db.t4g.small"
    performance_insights = false
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The input is legal."
  }
}

run "rejects_an_alias_as_the_key_of_the_logs" {
  command = plan

  variables {
    log_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/logs"
  }

  expect_failures = [var.log_kms_key_arn]
}

run "rejects_a_role_as_the_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_role_path_without_a_slash_at_the_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

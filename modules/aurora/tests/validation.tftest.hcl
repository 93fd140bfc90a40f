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

run "rejects_a_memory_below_the_smallest_class" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 0.5 }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_stated_memory_of_serverless" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    instance_class = "db.serverless"
    max_capacity   = 4
    min_capacity   = 1
  }

  expect_failures = [var.alarms]
}

run "rejects_minor_upgrades_of_an_exact_version" {
  command = plan

  variables {
    engine_version = "16.11"
  }

  expect_failures = [var.auto_minor_version_upgrade]
}

run "rejects_backups_that_are_off" {
  command = plan

  variables {
    backup_retention_period = 0
  }

  expect_failures = [var.backup_retention_period]
}

run "rejects_backups_for_more_than_35_days" {
  command = plan

  variables {
    backup_retention_period = 36
  }

  expect_failures = [var.backup_retention_period]
}

run "rejects_backups_for_a_day_and_a_half" {
  command = plan

  variables {
    backup_retention_period = 1.5
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

run "rejects_a_backup_window_below_30_minutes" {
  command = plan

  variables {
    backup_window = "16:00-16:29"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "rejects_a_maintenance_window_below_30_minutes" {
  command = plan

  variables {
    maintenance_window = "sun:18:00-sun:18:29"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "rejects_windows_that_overlap_on_one_day" {
  command = plan

  variables {
    backup_window = "18:30-19:30"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "rejects_a_maintenance_window_without_days" {
  command = plan

  variables {
    maintenance_window = "18:00-19:00"
  }

  expect_failures = [var.maintenance_window]
}

run "rejects_an_authority_of_somebody_else" {
  command = plan

  variables {
    ca_certificate = "letsencrypt"
  }

  expect_failures = [var.ca_certificate]
}

run "rejects_a_cluster_group_with_an_underscore" {
  command = plan

  variables {
    cluster_parameter_group_name = "orders_16"
  }

  expect_failures = [var.cluster_parameter_group_name]
}

run "rejects_a_cluster_group_that_does_not_name_the_major" {
  command = plan

  variables {
    cluster_parameter_group_name = "orders-dev-cluster"
  }

  expect_failures = [var.cluster_parameter_group_name]
}

run "rejects_a_database_name_with_a_hyphen" {
  command = plan

  variables {
    database_name = "orders-dev"
  }

  expect_failures = [var.database_name]
}

run "rejects_a_database_name_above_63_letters" {
  command = plan

  variables {
    database_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.database_name]
}

run "rejects_an_engine_that_is_no_aurora" {
  command = plan

  variables {
    engine = "postgres"
  }

  expect_failures = [var.engine]
}

run "rejects_a_version_of_three_numbers" {
  command = plan

  variables {
    engine_version = "16.1.1"
  }

  expect_failures = [var.engine_version]
}

run "rejects_a_version_of_one_digit" {
  command = plan

  variables {
    auto_minor_version_upgrade   = false
    cluster_parameter_group_name = "orders-9-cluster"
    engine_version               = "9"
    parameter_group_name         = "orders-9"
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

run "rejects_an_identifier_with_an_underscore" {
  command = plan

  variables {
    identifier = "orders_dev"
  }

  expect_failures = [var.identifier]
}

run "rejects_an_identifier_that_leaves_its_instances_no_room" {
  command = plan

  variables {
    identifier = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
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

run "rejects_a_class_that_aurora_does_not_have" {
  command = plan

  variables {
    instance_class = "db.t4g.micro"
  }

  expect_failures = [var.instance_class]
}

run "rejects_an_unknown_way_to_apply_an_instance_parameter" {
  command = plan

  variables {
    instance_parameters = { work_mem = { value = "8192", apply_method = "now" } }
  }

  expect_failures = [var.instance_parameters]
}

run "rejects_an_instance_parameter_with_a_blank" {
  command = plan

  variables {
    instance_parameters = { "work mem" = { value = "8192", apply_method = "immediate" } }
  }

  expect_failures = [var.instance_parameters]
}

run "rejects_tls_among_the_instance_parameters" {
  command = plan

  variables {
    instance_parameters = { "rds.force_ssl" = { value = "0", apply_method = "immediate" } }
  }

  expect_failures = [var.instance_parameters]
}

run "rejects_a_parameter_in_both_groups" {
  command = plan

  variables {
    instance_parameters = { work_mem = { value = "8192", apply_method = "immediate" } }
    parameters          = { work_mem = { value = "4096", apply_method = "immediate" } }
  }

  expect_failures = [var.instance_parameters]
}

run "rejects_an_alias_as_the_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/valet"
  }

  expect_failures = [var.kms_key_arn]
}

run "rejects_a_log_that_only_an_instance_has" {
  command = plan

  variables {
    log_exports = ["upgrade"]
  }

  expect_failures = [var.log_exports]
}

run "rejects_an_alias_as_the_key_of_logs" {
  command = plan

  variables {
    log_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/valet"
  }

  expect_failures = [var.log_kms_key_arn]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_serverless_without_bounds" {
  command = plan

  variables {
    instance_class = "db.serverless"
    min_capacity   = 1
  }

  expect_failures = [var.max_capacity]
}

run "rejects_serverless_without_a_lower_bound" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 4
  }

  expect_failures = [var.min_capacity]
}

run "rejects_bounds_of_another_class" {
  command = plan

  variables {
    max_capacity = 4
  }

  expect_failures = [var.max_capacity]
}

run "rejects_a_lower_bound_of_another_class" {
  command = plan

  variables {
    min_capacity = 1
  }

  expect_failures = [var.min_capacity]
}

run "rejects_quarters_of_an_acu" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 4.25
    min_capacity   = 1
  }

  expect_failures = [var.max_capacity]
}

run "rejects_half_an_acu_as_the_upper_bound" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 0.5
    min_capacity   = 0.5
  }

  expect_failures = [var.max_capacity]
}

run "rejects_more_than_256_acu" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 256.5
    min_capacity   = 1
  }

  expect_failures = [var.max_capacity]
}

run "rejects_less_than_no_acu" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 4
    min_capacity   = -1
  }

  expect_failures = [var.min_capacity]
}

run "rejects_bounds_the_wrong_way_round" {
  command = plan

  variables {
    instance_class = "db.serverless"
    max_capacity   = 4
    min_capacity   = 8
  }

  expect_failures = [var.min_capacity]
}

run "rejects_a_pause_of_a_minute" {
  command = plan

  variables {
    instance_class           = "db.serverless"
    max_capacity             = 4
    min_capacity             = 0
    seconds_until_auto_pause = 60
  }

  expect_failures = [var.seconds_until_auto_pause]
}

run "rejects_a_pause_of_what_never_stops" {
  command = plan

  variables {
    instance_class           = "db.serverless"
    max_capacity             = 4
    min_capacity             = 0.5
    seconds_until_auto_pause = 600
  }

  expect_failures = [var.seconds_until_auto_pause]
}

run "rejects_monitoring_every_two_seconds" {
  command = plan

  variables {
    monitoring_interval = 2
  }

  expect_failures = [var.monitoring_interval]
}

run "rejects_monitoring_without_a_role" {
  command = plan

  variables {
    monitoring_interval = 60
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_a_monitoring_role_that_is_no_arn" {
  command = plan

  variables {
    monitoring_interval = 60
    monitoring_role_arn = "monitoring"
  }

  expect_failures = [var.monitoring_role_arn]
}

run "rejects_a_role_name_with_a_blank" {
  command = plan

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders dev"
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_an_instance_group_with_an_underscore" {
  command = plan

  variables {
    parameter_group_name = "orders_16"
  }

  expect_failures = [var.parameter_group_name]
}

run "rejects_an_instance_group_that_does_not_name_the_major" {
  command = plan

  variables {
    parameter_group_name = "orders-dev"
  }

  expect_failures = [var.parameter_group_name]
}

run "rejects_an_unknown_way_to_apply_a_parameter" {
  command = plan

  variables {
    parameters = { log_statement = { value = "ddl", apply_method = "now" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_a_parameter_with_a_blank" {
  command = plan

  variables {
    parameters = { "log statement" = { value = "ddl", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_tls_among_the_parameters" {
  command = plan

  variables {
    parameters = { "RDS.force_ssl" = { value = "0", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_a_rotation_every_half_day" {
  command = plan

  variables {
    password_rotation_days = 0.5
  }

  expect_failures = [var.password_rotation_days]
}

run "rejects_an_alias_as_the_key_of_insights" {
  command = plan

  variables {
    performance_insights_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/valet"
  }

  expect_failures = [var.performance_insights_kms_key_arn]
}

run "rejects_insights_for_a_fortnight" {
  command = plan

  variables {
    performance_insights_retention_days = 14
  }

  expect_failures = [var.performance_insights_retention_days]
}

run "rejects_a_boundary_that_is_no_policy" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/bounded"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_port_below_1150" {
  command = plan

  variables {
    port = 1149
  }

  expect_failures = [var.port]
}

run "rejects_more_than_15_readers" {
  command = plan

  variables {
    replicas = 16
  }

  expect_failures = [var.replicas]
}

run "rejects_half_a_reader" {
  command = plan

  variables {
    replicas = 0.5
  }

  expect_failures = [var.replicas]
}

run "rejects_less_than_no_reader" {
  command = plan

  variables {
    replicas = -1
  }

  expect_failures = [var.replicas]
}

run "rejects_a_role_path_without_its_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

run "rejects_a_security_group_named_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-orders"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_snapshot_of_an_instance" {
  command = plan

  variables {
    snapshot_identifier = "arn:aws:rds:ap-northeast-1:111122223333:snapshot:orders-dev-final"
  }

  expect_failures = [var.snapshot_identifier]
}

run "rejects_storage_of_an_instance" {
  command = plan

  variables {
    storage_type = "gp3"
  }

  expect_failures = [var.storage_type]
}

run "rejects_an_empty_word_for_the_storage" {
  command = plan

  variables {
    storage_type = ""
  }

  expect_failures = [var.storage_type]
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

run "rejects_a_user_name_with_a_hyphen" {
  command = plan

  variables {
    username = "orders-dev"
  }

  expect_failures = [var.username]
}

run "rejects_a_user_of_rds" {
  command = plan

  variables {
    username = "rdsadmin"
  }

  expect_failures = [var.username]
}

run "rejects_a_user_that_the_engine_reserves" {
  command = plan

  variables {
    username = "pg_orders"
  }

  expect_failures = [var.username]
}

run "rejects_a_vpc_by_its_name" {
  command = plan

  variables {
    vpc_id = "storage"
  }

  expect_failures = [var.vpc_id]
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_parameter_group_name = "orders-dev-aurora-mysql8.0-cluster"
  database_name                = "orders"
  engine                       = "aurora-mysql"
  engine_version               = "8.0"
  log_exports                  = ["error"]
  parameter_group_name         = "orders-dev-aurora-mysql8.0"
  port                         = 3306
}

run "its_major_is_two_numbers" {
  command = plan

  assert {
    condition = (
      aws_rds_cluster_parameter_group.this["this"].family == "aurora-mysql8.0" &&
      aws_db_parameter_group.this["this"].family == "aurora-mysql8.0" &&
      aws_rds_cluster.this.engine_version == "8.0" &&
      aws_rds_cluster_instance.this["1"].engine == "aurora-mysql"
    )
    error_message = "The groups must be of the family of aurora-mysql."
  }
}

run "an_exact_version_is_a_release_of_aurora" {
  command = plan

  variables {
    auto_minor_version_upgrade = false
    engine_version             = "8.0.mysql_aurora.3.10.1"
  }

  assert {
    condition = (
      aws_rds_cluster.this.engine_version == "8.0.mysql_aurora.3.10.1" &&
      aws_rds_cluster_parameter_group.this["this"].family == "aurora-mysql8.0"
    )
    error_message = "A release must be asked for whole, and be of the family of its major."
  }
}

run "a_release_of_8_4_is_of_its_family" {
  command = plan

  variables {
    auto_minor_version_upgrade   = false
    cluster_parameter_group_name = "orders-dev-aurora-mysql8-4-cluster"
    engine_version               = "8.4.mysql_aurora.8.4.7"
    parameter_group_name         = "orders-dev-aurora-mysql8-4"
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this["this"].family == "aurora-mysql8.4"
    error_message = "The family must be that of 8.4."
  }
}

run "tls_is_forced_in_its_own_word" {
  command = plan

  assert {
    condition = toset([
      for parameter in aws_rds_cluster_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"
    ]) == toset(["require_secure_transport ON pending-reboot"])
    error_message = "The cluster must refuse connections without TLS, and say nothing else."
  }
}

run "the_logs_that_are_exported_are_written" {
  command = plan

  variables {
    log_exports = ["audit", "error", "general", "iam-db-auth-error", "instance", "slowquery"]
    parameters  = { slow_query_log = { value = "0", apply_method = "immediate" } }
  }

  assert {
    condition = toset([
      for parameter in aws_rds_cluster_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"
      ]) == toset([
      "general_log 1 immediate",
      "log_output FILE pending-reboot",
      "require_secure_transport ON pending-reboot",
      "slow_query_log 0 immediate",
    ])
    error_message = "Without these parameters the exported logs stay empty, unless the caller wants that."
  }

  assert {
    condition = toset([for group in aws_cloudwatch_log_group.this : group.name]) == toset([
      for log in var.log_exports : "/aws/rds/cluster/orders-dev/${log}"
    ])
    error_message = "Each log must have the group to which RDS writes."
  }
}

run "what_the_instances_say_of_a_log_stands" {
  command = plan

  variables {
    instance_parameters = { slow_query_log = { value = "0", apply_method = "immediate" } }
    log_exports         = ["slowquery"]
  }

  assert {
    condition     = !contains([for parameter in aws_rds_cluster_parameter_group.this["this"].parameter : parameter.name], "slow_query_log")
    error_message = "The cluster must not say something else."
  }
}

run "it_has_no_transaction_ids_to_run_out_of" {
  command = plan

  variables {
    alarms   = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 4 }
    replicas = 1
  }

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "reader-connections", "reader-cpu", "reader-cpu-credits", "reader-free-local-storage", "reader-freeable-memory",
      "reader-replica-lag", "writer-connections", "writer-cpu", "writer-cpu-credits", "writer-free-local-storage",
      "writer-freeable-memory",
    ])
    error_message = "Every alarm of a cluster must be there, but the one on transaction ids."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 72
    error_message = "AWS lets a class of 4 GiB take 90 connections."
  }
}

run "connections_follow_the_memory_by_its_doublings" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 16 }
    instance_class = "db.r7g.large"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 800
    error_message = "AWS lets a class of 16 GiB take 1000 connections."
  }
}

run "also_those_of_the_largest_class" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 384 }
    instance_class = "db.r7g.12xlarge"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 4800
    error_message = "AWS lets a class of 384 GiB take 6000 connections."
  }
}

run "serverless_counts_what_it_may_grow_to_even_if_it_may_stop" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    instance_class = "db.serverless"
    max_capacity   = 32
    min_capacity   = 0
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 2400
    error_message = "AWS lets 32 ACU take 3000 connections."
  }
}

run "without_a_name_there_is_no_database" {
  command = plan

  variables {
    database_name = null
  }

  assert {
    condition     = output.database_name == ""
    error_message = "aurora-mysql makes no database by itself."
  }
}

run "admin_is_a_user_like_others" {
  command = plan

  variables {
    username = "admin"
  }

  assert {
    condition     = aws_rds_cluster.this.master_username == "admin"
    error_message = "The input is legal."
  }
}

run "rejects_a_release_whose_minors_follow" {
  command = plan

  variables {
    engine_version = "8.0.mysql_aurora.3.10.1"
  }

  expect_failures = [var.auto_minor_version_upgrade]
}

run "rejects_a_version_of_mysql" {
  command = plan

  variables {
    auto_minor_version_upgrade = false
    engine_version             = "8.0.40"
  }

  expect_failures = [var.engine_version]
}

run "rejects_half_a_major" {
  command = plan

  variables {
    engine_version = "8"
  }

  expect_failures = [var.engine_version]
}

run "rejects_the_log_of_postgres" {
  command = plan

  variables {
    log_exports = ["postgresql"]
  }

  expect_failures = [var.log_exports]
}

run "rejects_tls_among_the_parameters" {
  command = plan

  variables {
    parameters = { require_secure_transport = { value = "OFF", apply_method = "immediate" } }
  }

  expect_failures = [var.parameters]
}

run "rejects_tls_among_the_parameters_of_instances" {
  command = plan

  variables {
    instance_parameters = { require_secure_transport = { value = "OFF", apply_method = "immediate" } }
  }

  expect_failures = [var.instance_parameters]
}

run "rejects_a_user_name_above_32_letters" {
  command = plan

  variables {
    username = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.username]
}

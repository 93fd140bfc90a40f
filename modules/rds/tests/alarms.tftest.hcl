mock_provider "aws" {
  source = "./tests/mocks"
}

run "without_the_memory_there_are_four_alarms" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["cpu", "cpu-credits", "free-storage", "transaction-ids"])
    error_message = "Alarms on memory and connections need the memory of the class."
  }
}

run "each_alarm_watches_the_database_and_tells_the_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 6
    error_message = "There must be six alarms."
  }

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : (
      alarm.namespace == "AWS/RDS" &&
      alarm.dimensions == tomap({ DBInstanceIdentifier = "orders-dev" }) &&
      alarm.period == 300
    )])
    error_message = "An alarm must watch this database."
  }

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : (
      alarm.alarm_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"]) &&
      alarm.ok_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"])
    )])
    error_message = "An alarm must tell the topic when it starts and when it ends."
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name =>
      "${alarm.statistic} ${alarm.metric_name} ${alarm.comparison_operator} ${alarm.threshold} ${alarm.evaluation_periods} times, else ${alarm.treat_missing_data}"
      } == {
      cpu             = "Average CPUUtilization GreaterThanThreshold 90 3 times, else breaching"
      cpu-credits     = "Average CPUCreditBalance LessThanThreshold 5 12 times, else missing"
      free-storage    = "Minimum FreeStorageSpace LessThanThreshold 5368709120 3 times, else ignore"
      freeable-memory = "Average FreeableMemory LessThanThreshold 429496729.6 3 times, else missing"
      connections     = "Maximum DatabaseConnections GreaterThanThreshold 698 3 times, else notBreaching"
      transaction-ids = "Maximum MaximumUsedTransactionIDs GreaterThanThreshold 1000000000 3 times, else missing"
    }
    error_message = "A metric, a threshold or the treatment of missing data has changed."
  }
}

run "only_burstable_classes_have_credits" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    instance_class = "db.r7g.large"
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["cpu", "free-storage", "transaction-ids"])
    error_message = "A class that is not burstable has no credits to run out of."
  }
}

run "only_postgres_runs_out_of_transaction_ids" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["cpu", "cpu-credits", "free-storage"])
    error_message = "mysql has no such metric."
  }
}

run "postgres_never_counts_more_than_5000_connections" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 128 }
    instance_class = "db.r7g.4xlarge"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 4000
    error_message = "postgres stops at 5000 connections."
  }
}

run "mysql_counts_connections_by_its_own_measure" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 528
    error_message = "mysql takes 12 MiB for a connection."
  }
}

run "mariadb_takes_half_as_many" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    engine               = "mariadb"
    engine_version       = "11.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb11-4"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 264
    error_message = "mariadb takes 24 MiB for a connection."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["connections", "cpu", "cpu-credits", "free-storage", "freeable-memory"])
    error_message = "mariadb has no transaction ids to run out of."
  }
}

run "mariadb_never_counts_more_than_12000_connections" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 512 }
    engine               = "mariadb"
    engine_version       = "11.4"
    instance_class       = "db.r7g.16xlarge"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mariadb11-4"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 9600
    error_message = "mariadb stops at 12000 connections."
  }
}

run "a_stated_limit_of_connections_counts" {
  command = plan

  variables {
    alarms     = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    parameters = { max_connections = { value = "200", apply_method = "pending-reboot" } }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 160
    error_message = "The parameter max_connections must decide over the memory."
  }
}

run "a_limit_by_formula_leaves_the_measure_of_the_memory" {
  command = plan

  variables {
    alarms     = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    parameters = { max_connections = { value = "{DBInstanceClassMemory/9531392}", apply_method = "pending-reboot" } }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connections"].threshold == 698
    error_message = "A formula of RDS cannot be read as a number."
  }
}

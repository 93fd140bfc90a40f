mock_provider "aws" {
  source = "./tests/mocks"
}

run "without_the_memory_there_are_four_alarms_on_the_writer" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["writer-cpu", "writer-cpu-credits", "writer-free-local-storage", "writer-transaction-ids"])
    error_message = "Alarms on memory and connections need the memory of the class, and alarms on readers need a reader."
  }
}

run "each_alarm_watches_a_role_of_the_cluster_and_tells_the_topic" {
  command = plan

  variables {
    alarms   = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    replicas = 2
  }

  assert {
    condition = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : (
      alarm.namespace == "AWS/RDS" &&
      alarm.dimensions == tomap({ DBClusterIdentifier = "orders-dev", Role = upper(split("-", name)[0]) }) &&
      alarm.period == 300
    )])
    error_message = "An alarm must follow the role, whichever instance has it."
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
      reader-connections        = "Maximum DatabaseConnections GreaterThanThreshold 698 3 times, else notBreaching"
      reader-cpu                = "Average CPUUtilization GreaterThanThreshold 90 3 times, else breaching"
      reader-cpu-credits        = "Average CPUCreditBalance LessThanThreshold 5 12 times, else missing"
      reader-free-local-storage = "Minimum FreeLocalStorage LessThanThreshold 1073741824 3 times, else ignore"
      reader-freeable-memory    = "Minimum FreeableMemory LessThanThreshold 429496729.6 3 times, else missing"
      reader-replica-lag        = "Maximum AuroraReplicaLag GreaterThanThreshold 2000 3 times, else missing"
      writer-connections        = "Maximum DatabaseConnections GreaterThanThreshold 698 3 times, else notBreaching"
      writer-cpu                = "Average CPUUtilization GreaterThanThreshold 90 3 times, else breaching"
      writer-cpu-credits        = "Average CPUCreditBalance LessThanThreshold 5 12 times, else missing"
      writer-free-local-storage = "Minimum FreeLocalStorage LessThanThreshold 1073741824 3 times, else ignore"
      writer-freeable-memory    = "Minimum FreeableMemory LessThanThreshold 429496729.6 3 times, else missing"
      writer-transaction-ids    = "Maximum MaximumUsedTransactionIDs GreaterThanThreshold 1000000000 3 times, else missing"
    }
    error_message = "A metric, a threshold or the treatment of missing data has changed."
  }
}

run "serverless_is_measured_by_what_it_may_grow_to" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    instance_class = "db.serverless"
    max_capacity   = 16
    min_capacity   = 1
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.metric_name} ${alarm.threshold}, else ${alarm.treat_missing_data}" } == {
      writer-capacity           = "ACUUtilization 95, else missing"
      writer-connections        = "DatabaseConnections 2860, else notBreaching"
      writer-cpu                = "CPUUtilization 90, else breaching"
      writer-free-local-storage = "FreeLocalStorage 1073741824, else ignore"
      writer-freeable-memory    = "FreeableMemory 1717986918.4, else missing"
      writer-transaction-ids    = "MaximumUsedTransactionIDs 1000000000, else missing"
    }
    error_message = "Memory and connections must follow the upper bound, and there are no credits."
  }
}

run "one_that_may_stop_is_not_down_while_it_is_silent" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    instance_class = "db.serverless"
    max_capacity   = 16
    min_capacity   = 0
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-cpu"].treat_missing_data == "notBreaching"
    error_message = "An instance that has stopped reports nothing."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 1600
    error_message = "An instance that may stop takes 2000 connections at most."
  }
}

run "no_cluster_counts_more_than_5000_connections" {
  command = plan

  variables {
    alarms         = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 128 }
    instance_class = "db.r7g.4xlarge"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 4000
    error_message = "postgres stops at 5000 connections."
  }
}

run "a_stated_limit_of_connections_counts" {
  command = plan

  variables {
    alarms     = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    parameters = { max_connections = { value = "200", apply_method = "pending-reboot" } }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 160
    error_message = "The parameter max_connections must decide over the memory."
  }
}

run "so_does_one_of_the_instances" {
  command = plan

  variables {
    alarms              = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 8 }
    instance_parameters = { max_connections = { value = "300", apply_method = "pending-reboot" } }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["writer-connections"].threshold == 240
    error_message = "The parameter max_connections of the instances must decide over the memory."
  }
}

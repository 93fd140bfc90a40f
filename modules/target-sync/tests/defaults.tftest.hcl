mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_function_is_the_modules_zip_and_runs_outside_the_vpc" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.handler == "target_sync.handler"
    error_message = "The function must run the handler on Python 3.13 and arm64."
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("target_sync.zip") && endswith(aws_lambda_function.this.filename, "/target_sync.zip")
    error_message = "The function must be the module's zip."
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 600
    error_message = "An apply's run waits up to nine minutes."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == null
    error_message = "A small account has no concurrency to reserve."
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && length(aws_security_group.this) == 0 && length(aws_vpc_security_group_egress_rule.this) == 0
    error_message = "By default the function must be outside the VPC."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "Text" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The function's own lines must arrive as they are, and be kept for 30 days."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ ENVIRONMENT = "dev", RES_OPTIONS = "timeout:2 attempts:2" })
    error_message = "The function must know its environment, and not wait long for a resolver."
  }
}

run "it_runs_every_minute_and_a_missed_run_is_not_repeated" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression == "rate(1 minute)" && aws_scheduler_schedule.this.flexible_time_window[0].mode == "OFF"
    error_message = "The schedule must be every minute."
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_retry_attempts == 0 && aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_event_age_in_seconds == 60
    error_message = "An event that the scheduler cannot hand over must not come late."
  }

  assert {
    condition = (
      aws_lambda_function_event_invoke_config.this.function_name == "dev_target-sync" &&
      aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 0 &&
      aws_lambda_function_event_invoke_config.this.maximum_event_age_in_seconds == 60
    )
    error_message = "Lambda itself must not repeat a run: it would for up to six hours."
  }
}

run "the_apply_and_the_schedule_send_different_events" {
  command = plan

  assert {
    condition     = jsondecode(aws_lambda_invocation.check.input) == { trigger = "check" }
    error_message = "The apply must only check."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input) == { trigger = "schedule" }
    error_message = "The schedule must send its own event."
  }
}

run "the_retention_is_an_input" {
  command = plan

  variables {
    log_retention_days = 7
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 7
    error_message = "The log group must follow the retention."
  }
}

run "there_are_no_alarms_without_a_topic" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Without a topic there must be no alarm."
  }
}

run "the_alarms_have_their_thresholds" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.this : key => join(" ", [
        alarm.namespace, alarm.metric_name, alarm.statistic, alarm.comparison_operator, alarm.threshold, alarm.evaluation_periods, alarm.period, alarm.treat_missing_data,
      ])
      } == {
      late   = "ValetRds/TargetSync LateGroups Minimum GreaterThanOrEqualToThreshold 1 3 300 notBreaching"
      silent = "ValetRds/TargetSync Groups SampleCount LessThanThreshold 1 2 300 breaching"
    }
    error_message = "An alarm's metric, threshold or treatment of missing data changed."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this : (
        alarm.dimensions == tomap({ Environment = "dev" }) &&
        alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:111111111111:alarms"]) && alarm.ok_actions == alarm.alarm_actions
      )
    ])
    error_message = "Each alarm must watch its environment and report to the topic, also when it ends."
  }
}

run "the_metrics_are_those_that_the_function_counts" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this : (
        strcontains(file("sync/target_sync.py"), "METRICS = \"${alarm.namespace}\"") &&
        strcontains(file("sync/target_sync.py"), "\"${alarm.metric_name}\": ") &&
        strcontains(file("sync/target_sync.py"), "{\"Environment\": environment}")
      )
    ])
    error_message = "An alarm must watch a metric that exists."
  }
}

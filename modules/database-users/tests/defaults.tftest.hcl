mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_function_is_the_modules_zip" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.handler == "users.handler.handler"
    error_message = "The function must run the handler on Python 3.13 and arm64."
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("database_users.zip") && endswith(aws_lambda_function.this.filename, "/database_users.zip")
    error_message = "The function must be the module's zip."
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 180 && aws_lambda_function.this.memory_size == 512 && aws_lambda_function.this.reserved_concurrent_executions == null
    error_message = "A run takes up to three minutes, and a small account has no concurrency to reserve."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "Text" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The function's own lines must arrive as they are, and be kept for 30 days."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ RES_OPTIONS = "timeout:2 attempts:2" })
    error_message = "The function must not wait long for a resolver, and know nothing else."
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

run "there_is_no_alarm_without_a_topic" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed) == 0
    error_message = "Without a topic there must be no alarm."
  }
}

run "each_failed_run_is_an_alarm" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.failed["this"].namespace == "AWS/Lambda" &&
      aws_cloudwatch_metric_alarm.failed["this"].metric_name == "Errors" &&
      aws_cloudwatch_metric_alarm.failed["this"].dimensions == tomap({ FunctionName = "dev_database-users" }) &&
      aws_cloudwatch_metric_alarm.failed["this"].statistic == "Sum" &&
      aws_cloudwatch_metric_alarm.failed["this"].comparison_operator == "GreaterThanOrEqualToThreshold" &&
      aws_cloudwatch_metric_alarm.failed["this"].threshold == 1 &&
      aws_cloudwatch_metric_alarm.failed["this"].evaluation_periods == 1 &&
      aws_cloudwatch_metric_alarm.failed["this"].period == 300 &&
      aws_cloudwatch_metric_alarm.failed["this"].treat_missing_data == "notBreaching"
    )
    error_message = "One failed run within five minutes must be an alarm, and none at all must not."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.failed["this"].alarm_actions == toset(["arn:aws:sns:eu-central-1:111111111111:alarms"]) &&
      aws_cloudwatch_metric_alarm.failed["this"].ok_actions == toset(["arn:aws:sns:eu-central-1:111111111111:alarms"])
    )
    error_message = "The alarm must report to the topic, also when it ends."
  }
}

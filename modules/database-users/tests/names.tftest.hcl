mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_are_the_given_ones" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "dev_database-users" && aws_cloudwatch_log_group.this.name == "/aws/lambda/dev_database-users"
    error_message = "The function and its log group must share the given name."
  }

  assert {
    condition     = aws_iam_role.this.name == "dev_database-users"
    error_message = "The role must have the given name."
  }

  assert {
    condition     = aws_security_group.this.name == "dev_database-users" && aws_security_group.this.tags == tomap({ Name = "dev_database-users" })
    error_message = "The security group must have its name and tag."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.failed["this"].alarm_name == "dev_database-users-failed"
    error_message = "The alarm's name must be the function's with the alarm's."
  }
}

run "descriptions_hold_no_input" {
  command = plan

  variables {
    alarms              = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:zzz" }
    name                = "zzz"
    role_name           = "zzz"
    security_group_name = "zzz"
  }

  assert {
    condition = (
      aws_lambda_function.this.description == "Makes the users of databases and rotates their passwords" &&
      aws_security_group.this.description == "Database users of an environment" &&
      aws_vpc_security_group_egress_rule.api.description == "HTTPS to Secrets Manager" &&
      alltrue([for rule in aws_vpc_security_group_egress_rule.databases : rule.description == "To the databases"])
    )
    error_message = "A description must be the same for every environment."
  }
}

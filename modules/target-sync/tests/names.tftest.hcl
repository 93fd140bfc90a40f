mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_are_the_given_ones" {
  command = plan

  variables {
    alarms              = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
    security_group_name = "dev_target-sync"
    subnet_ids          = ["subnet-0a0a0a0a"]
  }

  assert {
    condition = (
      aws_lambda_function.this.function_name == "dev_target-sync" &&
      aws_scheduler_schedule.this.name == "dev_target-sync" &&
      aws_cloudwatch_log_group.this.name == "/aws/lambda/dev_target-sync"
    )
    error_message = "The function, its schedule and its log group must share the given name."
  }

  assert {
    condition     = aws_iam_role.this.name == "dev_target-sync" && aws_iam_role.scheduler.name == "dev_target-sync-schedule"
    error_message = "The roles must have the given names."
  }

  assert {
    condition     = aws_security_group.this["this"].name == "dev_target-sync" && aws_security_group.this["this"].tags == tomap({ Name = "dev_target-sync" })
    error_message = "The security group must have its name and tag."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name } == {
      late   = "dev_target-sync-late"
      silent = "dev_target-sync-silent"
    }
    error_message = "An alarm's name must be the function's with the alarm's."
  }
}

run "descriptions_hold_no_input" {
  command = plan

  variables {
    environment         = "zzz"
    name                = "zzz"
    role_name           = "zzz"
    scheduler_role_name = "zzz-schedule"
    security_group_name = "zzz-sync"
    subnet_ids          = ["subnet-0a0a0a0a"]
  }

  assert {
    condition = alltrue([
      for text in [
        aws_security_group.this["this"].description,
        aws_vpc_security_group_egress_rule.this["this"].description,
        aws_lambda_function.this.description,
        aws_scheduler_schedule.this.description,
      ] : can(regex("^[a-zA-Z0-9. _:/()#,@+=&;{}!$*-]{1,255}$", text)) && !strcontains(text, "zzz")
    ])
    error_message = "A description must be constant: its change replaces a security group."
  }
}

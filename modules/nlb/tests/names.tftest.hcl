mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_are_the_given_ones" {
  command = plan

  variables {
    alarms                   = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
    sync_security_group_name = "orders-dev-sync"
    sync_subnet_ids          = ["subnet-0a0a0a0a"]
  }

  assert {
    condition     = aws_lb.this.name == "orders-dev" && aws_lb_target_group.this.name == "orders-dev-tg"
    error_message = "The load balancer and the target group must have the given names."
  }

  assert {
    condition     = aws_security_group.this.name == "orders-dev-nlb" && aws_security_group.sync["this"].name == "orders-dev-sync"
    error_message = "The security groups must have the given names."
  }

  assert {
    condition     = aws_lambda_function.sync.function_name == "orders-dev-target-sync" && aws_scheduler_schedule.sync.name == "orders-dev-target-sync" && aws_cloudwatch_log_group.sync.name == "/aws/lambda/orders-dev-target-sync"
    error_message = "The function, its schedule and its log group must share the given name."
  }

  assert {
    condition     = aws_iam_role.sync.name == "orders-dev-target-sync-role" && aws_iam_role.scheduler.name == "orders-dev-target-sync-schedule"
    error_message = "The roles must have the given names."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name } == {
      healthy-hosts   = "orders-dev-healthy-hosts"
      unhealthy-hosts = "orders-dev-unhealthy-hosts"
      sync-errors     = "orders-dev-sync-errors"
    }
    error_message = "An alarm's name must be the load balancer's with the alarm's."
  }
}

run "security_groups_show_their_name" {
  command = plan

  variables {
    sync_security_group_name = "orders-dev-sync"
    sync_subnet_ids          = ["subnet-0a0a0a0a"]
  }

  assert {
    condition     = aws_security_group.this.tags == tomap({ Name = "orders-dev-nlb" }) && aws_security_group.sync["this"].tags == tomap({ Name = "orders-dev-sync" })
    error_message = "The console shows a security group by its Name tag."
  }

  assert {
    condition     = aws_lb.this.tags == null && aws_lb_target_group.this.tags == null && aws_lambda_function.sync.tags == null
    error_message = "Other tags are the root's."
  }
}

run "descriptions_hold_no_input" {
  command = plan

  variables {
    client_cidrs             = ["10.64.0.0/16"]
    name                     = "zzz"
    proxy_endpoint           = "zzz.example.com"
    security_group_name      = "zzz"
    sync_function_name       = "zzz"
    sync_role_name           = "zzz"
    sync_scheduler_role_name = "zzz-schedule"
    sync_security_group_name = "zzz-sync"
    sync_subnet_ids          = ["subnet-0a0a0a0a"]
    target_group_name        = "zzz"
  }

  assert {
    condition = alltrue([
      for text in [
        aws_security_group.this.description,
        aws_security_group.sync["this"].description,
        aws_vpc_security_group_ingress_rule.client["10.64.0.0/16"].description,
        aws_vpc_security_group_ingress_rule.proxy.description,
        aws_vpc_security_group_egress_rule.proxy.description,
        aws_vpc_security_group_egress_rule.sync["this"].description,
        aws_lambda_function.sync.description,
        aws_scheduler_schedule.sync.description,
      ] : can(regex("^[a-zA-Z0-9. _:/()#,@+=&;{}!$*-]{1,255}$", text)) && !strcontains(text, "zzz") && !strcontains(text, "10.64")
    ])
    error_message = "A description must be constant: its change replaces a security group."
  }
}

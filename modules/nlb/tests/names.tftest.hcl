mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_are_the_given_ones" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition     = aws_lb.this.name == "orders-dev" && aws_lb_target_group.this.name == "orders-dev-tg"
    error_message = "The load balancer and the target group must have the given names."
  }

  assert {
    condition     = aws_security_group.this.name == "orders-dev-nlb"
    error_message = "The security group must have the given name."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name } == {
      healthy-hosts   = "orders-dev-healthy-hosts"
      unhealthy-hosts = "orders-dev-unhealthy-hosts"
      sync-failed     = "orders-dev-sync-failed"
    }
    error_message = "An alarm's name must be the load balancer's with the alarm's."
  }
}

run "the_security_group_shows_its_name" {
  command = plan

  assert {
    condition     = aws_security_group.this.tags == tomap({ Name = "orders-dev-nlb" })
    error_message = "The console shows a security group by its Name tag."
  }

  assert {
    condition     = aws_lb.this.tags == null
    error_message = "Other tags are the root's."
  }
}

run "descriptions_hold_no_input" {
  command = plan

  variables {
    client_cidrs        = ["10.64.0.0/16"]
    environment         = "zzz"
    name                = "zzz"
    proxy_endpoint      = "zzz.example.com"
    proxy_name          = "zzz"
    security_group_name = "zzz"
    target_group_name   = "zzz"
  }

  assert {
    condition = alltrue([
      for text in [
        aws_security_group.this.description,
        aws_vpc_security_group_ingress_rule.client["10.64.0.0/16"].description,
        aws_vpc_security_group_ingress_rule.proxy.description,
        aws_vpc_security_group_egress_rule.proxy.description,
      ] : can(regex("^[a-zA-Z0-9. _:/()#,@+=&;{}!$*-]{1,255}$", text)) && !strcontains(text, "zzz") && !strcontains(text, "10.64")
    ])
    error_message = "A description must be constant: its change replaces a security group."
  }
}

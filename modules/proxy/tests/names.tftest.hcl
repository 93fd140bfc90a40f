mock_provider "aws" {
  source = "./tests/mocks"
}

run "everything_has_its_finished_name" {
  command = plan

  variables {
    alarms                      = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
    database_cluster_identifier = "orders-dev"
    database_identifier         = null
    read_only_endpoint_name     = "orders-dev-read-only"
  }

  assert {
    condition     = aws_db_proxy.this.name == "orders-dev-proxy"
    error_message = "The proxy must have its name."
  }

  assert {
    condition     = aws_db_proxy_endpoint.read_only["this"].db_proxy_endpoint_name == "orders-dev-read-only"
    error_message = "The endpoint must have its name."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/rds/proxy/orders-dev-proxy"
    error_message = "The log group must have the name to which the proxy writes."
  }

  assert {
    condition     = aws_iam_role.this.name == "orders-dev-proxy-secret"
    error_message = "The role must have its name."
  }

  assert {
    condition     = aws_security_group.this.name == "orders-dev-proxy" && aws_security_group.this.tags == tomap({ Name = "orders-dev-proxy" })
    error_message = "The security group must have its name and tag."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.availability["this"].alarm_name == "orders-dev-proxy-availability" &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].alarm_name == "orders-dev-proxy-borrow-latency" &&
      aws_cloudwatch_metric_alarm.failures["client-logins"].alarm_name == "orders-dev-proxy-client-logins" &&
      aws_cloudwatch_metric_alarm.failures["database-logins"].alarm_name == "orders-dev-proxy-database-logins" &&
      aws_cloudwatch_metric_alarm.pinned_sessions["this"].alarm_name == "orders-dev-proxy-pinned-sessions" &&
      aws_cloudwatch_metric_alarm.read_only_availability["this"].alarm_name == "orders-dev-proxy-read-only-availability"
    )
    error_message = "The alarms must carry the proxy's name."
  }
}

run "descriptions_that_force_a_replacement_hold_no_input" {
  command = plan

  variables {
    database_identifier = "billing-prod"
    name                = "billing-prod-proxy"
    role_name           = "billing-prod-proxy-secret"
    security_group_name = "billing-prod-proxy"
  }

  assert {
    condition = (
      aws_security_group.this.description == "Proxy of one database" &&
      aws_vpc_security_group_egress_rule.database.description == "To the database" &&
      aws_vpc_security_group_ingress_rule.database.description == "From the proxy"
    )
    error_message = "A description must be the same for every proxy."
  }
}

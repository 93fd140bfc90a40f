mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  database_cluster_identifier = "orders-dev"
  database_identifier         = null
  database_resource_id        = "cluster-AAAAAAAAAAAAAAAAAAAAAAAAAA"
  read_only_endpoint_name     = "orders-dev-read-only"
}

run "the_target_is_the_cluster_and_readers_have_an_endpoint" {
  command = apply

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = { rds_resource_id = "first" }
  }

  override_resource {
    target = aws_db_proxy_endpoint.read_only
    values = { endpoint = "first.endpoint.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com" }
  }

  assert {
    condition     = aws_db_proxy_target.this.db_cluster_identifier == "orders-dev" && aws_db_proxy_target.this.db_instance_identifier == null
    error_message = "The target must be the cluster alone."
  }

  assert {
    condition = (
      aws_db_proxy_endpoint.read_only["this"].db_proxy_name == "orders-dev-proxy" &&
      aws_db_proxy_endpoint.read_only["this"].target_role == "READ_ONLY" &&
      aws_db_proxy_endpoint.read_only["this"].vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000"]) &&
      aws_db_proxy_endpoint.read_only["this"].vpc_subnet_ids == toset(["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"])
    )
    error_message = "The endpoint must lead to the readers, beside the proxy's own and behind the same security group."
  }

  assert {
    condition = (
      output.endpoint == "orders-dev-proxy.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com" &&
      output.read_only_endpoint == "first.endpoint.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com"
    )
    error_message = "Each endpoint must have an output of its own."
  }

  assert {
    condition = aws_cloudwatch_metric_alarm.read_only_availability["this"].dimensions == tomap({
      ProxyName   = "orders-dev-proxy"
      TargetGroup = "default"
      TargetRole  = "READ_ONLY"
    })
    error_message = "The alarm must watch the readers behind this proxy."
  }

  assert {
    condition = [for alarm in aws_cloudwatch_metric_alarm.read_only_availability :
      "${alarm.statistic} ${alarm.namespace} ${alarm.metric_name} ${alarm.comparison_operator} ${alarm.threshold} ${alarm.evaluation_periods} times ${alarm.period}, else ${alarm.treat_missing_data}"
    ] == ["Average AWS/RDS AvailabilityPercentage LessThanThreshold 50 5 times 60, else breaching"]
    error_message = "A metric, a threshold or the treatment of missing data has changed."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.read_only_availability["this"].alarm_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"]) &&
      aws_cloudwatch_metric_alarm.read_only_availability["this"].ok_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"])
    )
    error_message = "An alarm must tell the topic when it starts and when it ends."
  }
}

run "another_cluster_under_the_same_identifier_gets_its_target_and_keeps_the_endpoint" {
  command = apply

  variables {
    database_resource_id = "cluster-BBBBBBBBBBBBBBBBBBBBBBBBBB"
  }

  # These values show only on resources that this run makes anew.
  override_resource {
    target = aws_db_proxy_target.this
    values = { rds_resource_id = "second" }
  }

  override_resource {
    target = aws_db_proxy_endpoint.read_only
    values = { endpoint = "second.endpoint.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com" }
  }

  assert {
    condition     = aws_db_proxy_target.this.rds_resource_id == "second"
    error_message = "AWS took the old cluster out of the target group, and its identifier has not changed."
  }

  assert {
    condition     = startswith(output.read_only_endpoint, "first.")
    error_message = "Clients know the endpoint by its name, which must stay."
  }
}

run "a_replaced_proxy_gets_its_endpoint_again" {
  command = apply

  plan_options {
    replace = [aws_db_proxy.this]
  }

  override_resource {
    target = aws_db_proxy_endpoint.read_only
    values = { endpoint = "third.endpoint.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com" }
  }

  assert {
    condition     = startswith(output.read_only_endpoint, "third.")
    error_message = "The endpoint must be replaced with the proxy."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_endpoint_alone" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_db_proxy_endpoint.read_only]
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = { rds_resource_id = "with-the-endpoint" }
  }
}

run "the_cluster_was_behind_the_proxy_before_it" {
  command   = apply
  state_key = "order"

  override_resource {
    target = aws_db_proxy_target.this
    values = { rds_resource_id = "after-the-endpoint" }
  }

  assert {
    condition     = aws_db_proxy_target.this.rds_resource_id == "with-the-endpoint"
    error_message = "AWS makes an endpoint for readers only where there is a cluster."
  }
}

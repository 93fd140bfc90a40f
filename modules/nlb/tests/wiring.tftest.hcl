mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_first_plan_knows_every_key" {
  command = plan

  module {
    source = "./tests/unknown_inputs"
  }
}

run "a_plan_knows_what_does_not_depend_on_aws" {
  command = plan

  assert {
    condition     = aws_vpc_security_group_ingress_rule.proxy.security_group_id == "sg-0c0c0c0c"
    error_message = "The rule that admits the load balancer belongs to the proxy's group."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.proxy.referenced_security_group_id == "sg-0c0c0c0c"
    error_message = "The load balancer must reach the proxy's group."
  }

  assert {
    condition     = aws_lambda_invocation.apply.function_name == "dev_target-sync"
    error_message = "The apply must run the environment's function."
  }
}

run "the_listener_forwards_to_the_target_group" {
  command = apply

  override_resource {
    target = aws_lb_listener.this
    values = { id = "first" }
  }

  assert {
    condition     = aws_lb_listener.this.load_balancer_arn == aws_lb.this.arn
    error_message = "The listener must belong to the load balancer."
  }

  assert {
    condition     = aws_lb_listener.this.default_action[0].type == "forward" && aws_lb_listener.this.default_action[0].target_group_arn == aws_lb_target_group.this.arn
    error_message = "The listener must forward to the target group."
  }

  assert {
    condition     = output.arn == "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"
    error_message = "The output must be the load balancer's ARN."
  }
}

run "the_security_groups_meet" {
  command = apply

  variables {
    client_cidrs = ["10.64.0.0/16"]
  }

  assert {
    condition     = aws_lb.this.security_groups == toset(["sg-01010101"])
    error_message = "The load balancer must be born with its security group."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.client["10.64.0.0/16"].security_group_id == "sg-01010101"
    error_message = "Clients are admitted by the load balancer's group."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.proxy.security_group_id == "sg-01010101" && aws_vpc_security_group_egress_rule.proxy.referenced_security_group_id == "sg-0c0c0c0c"
    error_message = "The load balancer must reach the proxy."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.proxy.security_group_id == "sg-0c0c0c0c" && aws_vpc_security_group_ingress_rule.proxy.referenced_security_group_id == "sg-01010101"
    error_message = "The proxy must admit the load balancer."
  }

  assert {
    condition = alltrue([
      for rule in [aws_vpc_security_group_egress_rule.proxy, aws_vpc_security_group_ingress_rule.proxy] :
      rule.ip_protocol == "tcp" && rule.from_port == 5432 && rule.to_port == 5432
    ])
    error_message = "The rules between the load balancer and the proxy are for the proxy's port only."
  }
}

run "before_readers_the_apply_waits_for_a_reader" {
  command   = apply
  state_key = "readers"

  variables {
    target_role = "READ_ONLY"
  }

  assert {
    condition     = jsondecode(aws_lambda_invocation.apply.input).target_role == "READ_ONLY"
    error_message = "The function looks at the writer unless it is told otherwise."
  }
}

run "the_apply_fills_the_target_group_and_waits_for_its_targets" {
  command = apply

  assert {
    condition = jsondecode(aws_lambda_invocation.apply.input) == {
      trigger          = "apply"
      port             = 5432
      proxy_endpoint   = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
      proxy_name       = "orders-dev-proxy"
      target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev-tg/fedcba9876543210"
    }
    error_message = "The function must be told the group, the proxy and the port."
  }

  assert {
    condition = aws_lambda_invocation.apply.triggers == tomap({
      database = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"
      listener = aws_lb_listener.this.arn
    })
    error_message = "An apply must fill and wait again when the database or the listener is another."
  }

  assert {
    condition     = aws_lambda_invocation.apply.function_name == "dev_target-sync"
    error_message = "The apply must run the environment's function."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_invocation_alone" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_lambda_invocation.apply]
  }

  override_resource {
    target = aws_vpc_security_group_ingress_rule.proxy
    values = { id = "with-the-invocation" }
  }

  override_resource {
    target = aws_vpc_security_group_egress_rule.proxy
    values = { id = "with-the-invocation" }
  }

  assert {
    condition     = contains(data.aws_lambda_functions.account.function_names, "dev_target-sync")
    error_message = "A function that is not there must be missed before it is to run, with words that say what to do."
  }
}

run "the_rules_came_before_the_targets_are_waited_for" {
  command   = apply
  state_key = "order"

  override_resource {
    target = aws_vpc_security_group_ingress_rule.proxy
    values = { id = "after-the-invocation" }
  }

  override_resource {
    target = aws_vpc_security_group_egress_rule.proxy
    values = { id = "after-the-invocation" }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.proxy.id == "with-the-invocation" && aws_vpc_security_group_egress_rule.proxy.id == "with-the-invocation"
    error_message = "Without the rules no target gets healthy."
  }
}

run "without_an_applied_environment_the_message_names_it" {
  command   = plan
  state_key = "order"

  override_data {
    target = data.aws_lambda_functions.account
    values = { function_names = ["another"] }
  }

  expect_failures = [data.aws_lambda_functions.account]
}

run "a_first_plan_beside_that_of_a_new_environment_works" {
  command   = plan
  state_key = "new"

  override_data {
    target = data.aws_lambda_functions.account
    values = { function_names = ["another"] }
  }

  assert {
    condition     = aws_lambda_invocation.apply.function_name == "dev_target-sync"
    error_message = "Whether the function is there is known when the apply comes to it."
  }
}

run "the_alarms_watch_this_load_balancer" {
  command = apply

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition = alltrue([
      for key in ["healthy-hosts", "unhealthy-hosts"] : aws_cloudwatch_metric_alarm.this[key].dimensions == tomap({
        LoadBalancer = "net/orders-dev/0123456789abcdef"
        TargetGroup  = "targetgroup/orders-dev-tg/fedcba9876543210"
      })
    ])
    error_message = "The host alarms must watch the target group behind the load balancer."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["sync-failed"].dimensions == tomap({ TargetGroup = "orders-dev-tg" })
    error_message = "The sync alarm must watch what the function counts for this group."
  }
}

run "a_replaced_target_group_replaces_the_listener" {
  command = apply

  plan_options {
    replace = [aws_lb_target_group.this]
  }

  # It shows only on a listener that this run makes anew.
  override_resource {
    target = aws_lb_listener.this
    values = { id = "second" }
  }

  assert {
    condition     = aws_lb_listener.this.id == "second"
    error_message = "The listener must go first: AWS does not delete a target group that a listener uses."
  }
}

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
    condition     = aws_lambda_invocation.apply.function_name == "orders-dev-target-sync"
    error_message = "The apply must run the sync."
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

run "the_sync_gets_its_proxy_and_its_target_group" {
  command = apply

  assert {
    condition = aws_lambda_function.sync.environment[0].variables == tomap({
      PORT             = "5432"
      PROXY_ENDPOINT   = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
      TARGET_GROUP_ARN = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev-tg/fedcba9876543210"
    })
    error_message = "The function must know the proxy, the port and the target group."
  }

  assert {
    condition     = aws_lambda_function.sync.role == "arn:aws:iam::111111111111:role/orders-dev-target-sync-role"
    error_message = "The function must run with its own role."
  }

  assert {
    condition     = aws_lambda_function.sync.logging_config[0].log_group == "/aws/lambda/orders-dev-target-sync"
    error_message = "The function must write to the log group that has a retention."
  }
}

run "a_change_of_proxy_target_group_code_or_network_syncs_again" {
  command = apply

  assert {
    condition = aws_lambda_invocation.apply.triggers == tomap({
      code             = filebase64sha256("target_sync.zip")
      proxy_endpoint   = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
      subnet_ids       = ""
      target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev-tg/fedcba9876543210"
    })
    error_message = "An apply must sync again when the proxy, the target group, the code or the network changed."
  }

  assert {
    condition     = aws_lambda_invocation.apply.function_name == aws_lambda_function.sync.function_name
    error_message = "The apply must run the sync."
  }
}

run "the_sync_may_change_only_its_target_group" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.sync.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "ReadHealth"
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:DescribeTargetHealth"]
          Resource = "*"
        },
        {
          Sid      = "ChangeTargets"
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
          Resource = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev-tg/fedcba9876543210"
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/orders-dev-target-sync:*"
        },
      ]
    }
    error_message = "The function's role must have exactly these permissions."
  }

  assert {
    condition     = aws_iam_role_policy.sync.role == aws_iam_role.sync.name && aws_iam_role_policy.scheduler.role == aws_iam_role.scheduler.name
    error_message = "Each policy must belong to its role."
  }

  assert {
    condition = jsondecode(aws_iam_role.sync.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
    error_message = "Only Lambda may take the function's role."
  }
}

run "the_schedule_may_only_run_the_sync" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.sync.target[0].arn == aws_lambda_function.sync.arn && aws_scheduler_schedule.sync.target[0].role_arn == "arn:aws:iam::111111111111:role/orders-dev-target-sync-schedule"
    error_message = "The schedule must run the function with its own role."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.scheduler.policy).Statement == [{
      Sid      = "InvokeTargetSync"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = "arn:aws:lambda:eu-central-1:111111111111:function:orders-dev-target-sync"
    }]
    error_message = "The schedule's role must have exactly this permission."
  }

  assert {
    condition = jsondecode(aws_iam_role.scheduler.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "111111111111" } }
    }]
    error_message = "Only schedules of the same account may take the schedule's role."
  }
}

run "in_the_vpc_the_sync_has_a_group_a_way_out_and_the_permissions" {
  command = apply

  variables {
    sync_security_group_name = "orders-dev-sync"
    sync_subnet_ids          = ["subnet-0b0b0b0b", "subnet-0a0a0a0a"]
  }

  assert {
    condition     = aws_lambda_function.sync.vpc_config[0].security_group_ids == toset(["sg-02020202"]) && aws_lambda_function.sync.vpc_config[0].subnet_ids == toset(["subnet-0a0a0a0a", "subnet-0b0b0b0b"])
    error_message = "The function must be in the given subnets with its own group."
  }

  assert {
    condition     = aws_security_group.sync["this"].vpc_id == "vpc-0d0d0d0d"
    error_message = "The function's group must be in the VPC."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.sync["this"].security_group_id == "sg-02020202" && aws_vpc_security_group_egress_rule.sync["this"].from_port == 443 && aws_vpc_security_group_egress_rule.sync["this"].to_port == 443
    error_message = "The function must reach HTTPS and nothing else."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.sync.policy).Statement, 3, 5) == [
      {
        Sid      = "ReadNetwork"
        Effect   = "Allow"
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
        Resource = "*"
      },
      {
        Sid      = "AttachToNetwork"
        Effect   = "Allow"
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Resource = "arn:aws:ec2:eu-central-1:111111111111:*/*"
      },
    ]
    error_message = "In the VPC the function's role must have the network permissions too."
  }

  assert {
    condition     = aws_lambda_invocation.apply.triggers.subnet_ids == "subnet-0a0a0a0a,subnet-0b0b0b0b"
    error_message = "A move into the VPC must sync again."
  }
}

run "the_alarms_watch_this_load_balancer_and_this_sync" {
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
    condition     = aws_cloudwatch_metric_alarm.this["sync-errors"].dimensions == tomap({ FunctionName = "orders-dev-target-sync" })
    error_message = "The sync alarm must watch the function."
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

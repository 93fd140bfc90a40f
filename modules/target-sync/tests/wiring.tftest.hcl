mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_function_may_change_only_target_groups_of_its_environment" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid    = "ReadTargets"
          Effect = "Allow"
          Action = [
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "rds:DescribeDBProxyTargets",
          ]
          Resource = "*"
        },
        {
          Sid       = "ChangeTargets"
          Effect    = "Allow"
          Action    = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
          Resource  = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/*"
          Condition = { StringEquals = { "aws:ResourceTag/valet-rds:environment" = "dev" } }
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/dev_target-sync:*"
        },
      ]
    }
    error_message = "The function's role must have exactly these permissions."
  }

  assert {
    condition     = aws_iam_role_policy.this.role == aws_iam_role.this.name && aws_iam_role_policy.scheduler.role == aws_iam_role.scheduler.name
    error_message = "Each policy must belong to its role."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
    error_message = "Only Lambda may take the function's role."
  }

  assert {
    condition     = aws_lambda_function.this.role == "arn:aws:iam::111111111111:role/dev_target-sync" && aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/dev_target-sync"
    error_message = "The function must run with its own role, and write to the log group that has a retention."
  }
}

run "the_schedule_may_only_run_the_function" {
  command = apply

  assert {
    condition     = aws_scheduler_schedule.this.target[0].arn == aws_lambda_function.this.arn && aws_scheduler_schedule.this.target[0].role_arn == "arn:aws:iam::111111111111:role/dev_target-sync-schedule"
    error_message = "The schedule must run the function with its own role."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.scheduler.policy).Statement == [{
      Sid      = "InvokeTargetSync"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = "arn:aws:lambda:eu-central-1:111111111111:function:dev_target-sync"
    }]
    error_message = "The schedule's role must have exactly this permission."
  }

  assert {
    condition = jsondecode(aws_iam_role.scheduler.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = {
        "aws:SourceAccount" = "111111111111"
        "aws:SourceArn"     = "arn:aws:scheduler:eu-central-1:111111111111:schedule-group/default"
      } }
    }]
    error_message = "Only schedules of this account, Region and group may take the schedule's role."
  }

  assert {
    condition     = output.schedule_arn == "arn:aws:scheduler:eu-central-1:111111111111:schedule/default/dev_target-sync"
    error_message = "The output must be the schedule's ARN."
  }
}

run "a_change_of_code_or_network_is_checked" {
  command = apply

  assert {
    condition     = aws_lambda_invocation.check.triggers == tomap({ code = filebase64sha256("target_sync.zip"), subnet_ids = "" })
    error_message = "An apply must check again when the code or the network changed."
  }
}

run "in_the_vpc_it_has_a_group_a_way_out_and_the_permissions" {
  command = apply

  variables {
    security_group_name = "dev_target-sync"
    subnet_ids          = ["subnet-0b0b0b0b", "subnet-0a0a0a0a"]
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-02020202"]) && aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-0a0a0a0a", "subnet-0b0b0b0b"])
    error_message = "The function must be in the given subnets with its own group."
  }

  assert {
    condition     = aws_security_group.this["this"].vpc_id == "vpc-0d0d0d0d" && aws_security_group.this["this"].timeouts.delete == "60m"
    error_message = "The function's group must be in the VPC, and its end waits for Lambda's network interfaces."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.this["this"].security_group_id == "sg-02020202" && aws_vpc_security_group_egress_rule.this["this"].from_port == 443 && aws_vpc_security_group_egress_rule.this["this"].to_port == 443
    error_message = "The function must reach HTTPS and nothing else."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 5) == [
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
    condition     = aws_lambda_invocation.check.triggers.subnet_ids == "subnet-0a0a0a0a,subnet-0b0b0b0b"
    error_message = "A move into the VPC must be checked."
  }
}

run "the_account_may_ask_for_a_boundary_a_path_and_a_key_of_the_log" {
  command = plan

  variables {
    log_kms_key_arn          = "arn:aws:kms:eu-central-1:111111111111:key/22222222-8888-7777-6666-555555555555"
    permissions_boundary_arn = "arn:aws:iam::111111111111:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition = alltrue([for role in [aws_iam_role.this, aws_iam_role.scheduler] : (
      role.path == "/databases/" && role.permissions_boundary == "arn:aws:iam::111111111111:policy/boundary"
    )])
    error_message = "Each role must have the caller's path and boundary."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.log_kms_key_arn
    error_message = "The log must be encrypted with the caller's key."
  }
}

run "roles_with_their_policies" {
  command   = apply
  state_key = "replaced_role"

  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "first" }
  }

  override_resource {
    target = aws_iam_role_policy.scheduler
    values = { id = "first" }
  }
}

run "replaced_roles_replace_their_policies" {
  command   = apply
  state_key = "replaced_role"

  plan_options {
    replace = [aws_iam_role.this, aws_iam_role.scheduler]
  }

  # It shows only on policies that this run makes anew.
  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "second" }
  }

  override_resource {
    target = aws_iam_role_policy.scheduler
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy.this.id == "second" && aws_iam_role_policy.scheduler.id == "second"
    error_message = "Each policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_function_alone" {
  command   = apply
  state_key = "order"

  variables {
    security_group_name = "dev_target-sync"
    subnet_ids          = ["subnet-0a0a0a0a", "subnet-0b0b0b0b"]
  }

  plan_options {
    target = [aws_lambda_function.this]
  }

  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "with-the-function" }
  }
}

run "the_schedule_alone" {
  command   = apply
  state_key = "order"

  variables {
    security_group_name = "dev_target-sync"
    subnet_ids          = ["subnet-0a0a0a0a", "subnet-0b0b0b0b"]
  }

  plan_options {
    target = [aws_scheduler_schedule.this]
  }

  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "with-the-schedule" }
  }

  override_resource {
    target = aws_iam_role_policy.scheduler
    values = { id = "with-the-schedule" }
  }

  override_resource {
    target = aws_lambda_invocation.check
    values = { id = "with-the-schedule" }
  }

  override_resource {
    target = aws_vpc_security_group_egress_rule.this
    values = { id = "with-the-schedule" }
  }
}

run "permissions_and_a_way_out_come_before_what_needs_them" {
  command   = apply
  state_key = "order"

  variables {
    security_group_name = "dev_target-sync"
    subnet_ids          = ["subnet-0a0a0a0a", "subnet-0b0b0b0b"]
  }

  assert {
    condition     = aws_iam_role_policy.this.id == "with-the-function"
    error_message = "Lambda checks the network permissions when it creates the function."
  }

  assert {
    condition     = aws_lambda_invocation.check.id == "with-the-schedule" && aws_vpc_security_group_egress_rule.this["this"].id == "with-the-schedule"
    error_message = "The function must be checked, with a way out, before it is run every minute."
  }

  assert {
    condition     = aws_iam_role_policy.scheduler.id == "with-the-schedule"
    error_message = "The schedule must go before the permission that it uses."
  }
}

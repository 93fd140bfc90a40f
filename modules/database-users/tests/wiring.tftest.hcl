mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_function_reads_masters_and_keeps_the_environments_users" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid    = "ReadMasters"
          Effect = "Allow"
          Action = ["secretsmanager:GetSecretValue"]
          Resource = [
            "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!cluster-*",
            "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-*",
          ]
        },
        {
          Sid    = "KeepUsers"
          Effect = "Allow"
          Action = [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
          ]
          Resource = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/*"
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/dev_database-users:*"
        },
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
    }
    error_message = "The function's role must have exactly these permissions."
  }

  assert {
    condition     = aws_iam_role_policy.this.role == aws_iam_role.this.name && aws_lambda_function.this.role == "arn:aws:iam::111111111111:role/dev_database-users"
    error_message = "The function must run with the role that has the policy."
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
    condition     = aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/dev_database-users"
    error_message = "The function must write to the log group that has a retention."
  }

  assert {
    condition     = output.ready == "arn:aws:lambda:eu-central-1:111111111111:function:dev_database-users"
    error_message = "The output must be the function's ARN."
  }
}

run "keys_of_the_account_are_used_through_secrets_manager_alone" {
  command = apply

  variables {
    kms_key_arns = ["arn:aws:kms:eu-central-1:111111111111:key/bbbb", "arn:aws:kms:eu-central-1:111111111111:key/aaaa"]
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 5, 6) == [{
      Sid       = "UseKeysOfSecrets"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = ["arn:aws:kms:eu-central-1:111111111111:key/aaaa", "arn:aws:kms:eu-central-1:111111111111:key/bbbb"]
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.eu-central-1.amazonaws.com" } }
    }]
    error_message = "The function must use exactly these keys, and for secrets only."
  }
}

run "secrets_manager_may_rotate_secrets_of_the_environment" {
  command = apply

  assert {
    condition = (
      aws_lambda_permission.rotation.principal == "secretsmanager.amazonaws.com" &&
      aws_lambda_permission.rotation.action == "lambda:InvokeFunction" &&
      aws_lambda_permission.rotation.function_name == "dev_database-users" &&
      aws_lambda_permission.rotation.source_account == "111111111111" &&
      aws_lambda_permission.rotation.source_arn == "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/*"
    )
    error_message = "Only Secrets Manager of this account may call the function, and for secrets of this environment."
  }
}

run "the_function_reaches_the_databases_and_secrets_manager" {
  command = apply

  variables {
    database_ports = [5432, 6432]
    vpc_cidrs      = ["10.0.0.0/16", "10.1.0.0/16"]
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-03030303"]) && aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-0a0a0a0a", "subnet-0b0b0b0b"])
    error_message = "The function must be in the given subnets with its own group."
  }

  assert {
    condition     = aws_security_group.this.vpc_id == "vpc-0d0d0d0d" && aws_security_group.this.timeouts.delete == "60m"
    error_message = "The function's group must be in the VPC, and its end waits for Lambda's network interfaces."
  }

  assert {
    condition = (
      aws_vpc_security_group_egress_rule.api.security_group_id == "sg-03030303" &&
      aws_vpc_security_group_egress_rule.api.cidr_ipv4 == "0.0.0.0/0" &&
      aws_vpc_security_group_egress_rule.api.from_port == 443 && aws_vpc_security_group_egress_rule.api.to_port == 443
    )
    error_message = "The function must reach HTTPS."
  }

  assert {
    condition = {
      for key, rule in aws_vpc_security_group_egress_rule.databases :
      key => "${rule.security_group_id} ${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port} ${rule.to_port}"
      } == {
      "10.0.0.0/16:5432" = "sg-03030303 10.0.0.0/16 tcp 5432 5432"
      "10.0.0.0/16:6432" = "sg-03030303 10.0.0.0/16 tcp 6432 6432"
      "10.1.0.0/16:5432" = "sg-03030303 10.1.0.0/16 tcp 5432 5432"
      "10.1.0.0/16:6432" = "sg-03030303 10.1.0.0/16 tcp 6432 6432"
    }
    error_message = "The function must reach each port in each network, and nothing else."
  }
}

run "a_change_of_code_network_or_permissions_is_checked" {
  command = apply

  assert {
    condition = aws_lambda_invocation.check.triggers == tomap({
      code       = filebase64sha256("database_users.zip")
      policy     = sha256(aws_iam_role_policy.this.policy)
      subnet_ids = "subnet-0a0a0a0a,subnet-0b0b0b0b"
    })
    error_message = "An apply must check again when the code, the network or the permissions changed."
  }

  assert {
    condition     = jsondecode(aws_lambda_invocation.check.input) == { action = "check", name_prefix = "valet-rds/dev/" }
    error_message = "The apply must only check."
  }
}

run "the_account_may_ask_for_a_boundary_a_path_and_a_key_of_its_log" {
  command   = plan
  state_key = "account"

  variables {
    log_kms_key_arn          = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555"
    permissions_boundary_arn = "arn:aws:iam::111111111111:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition = (
      aws_iam_role.this.path == "/databases/" &&
      aws_iam_role.this.permissions_boundary == "arn:aws:iam::111111111111:policy/boundary" &&
      aws_cloudwatch_log_group.this.kms_key_id == var.log_kms_key_arn
    )
    error_message = "The role and the log must be as the caller's account wants them."
  }
}

run "a_role_with_its_policy" {
  command   = apply
  state_key = "replaced_role"

  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "first" }
  }
}

run "a_replaced_role_replaces_its_policy" {
  command   = apply
  state_key = "replaced_role"

  plan_options {
    replace = [aws_iam_role.this]
  }

  # It shows only on a policy that this run makes anew.
  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy.this.id == "second"
    error_message = "The policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

# Neither the database's values nor the module's own are known here: a for_each over one of them would fail.
run "the_plan_needs_no_value_that_aws_makes_up" {
  command   = plan
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  assert {
    condition     = output.port == 5432
    error_message = "The proxy must be planned beside a database that does not exist yet."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_proxy_alone" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_db_proxy.this]
  }

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = {
      arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:with-the-proxy"
    }
  }

  override_resource {
    target = aws_iam_role_policy.this
    values = {
      id = "with-the-proxy"
    }
  }

  assert {
    condition     = aws_db_proxy.this.name == "orders-dev-proxy"
    error_message = "The proxy must be applied."
  }
}

run "the_log_group_and_the_policy_came_with_the_proxy" {
  command   = apply
  state_key = "order"

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = {
      arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:after-the-proxy"
    }
  }

  override_resource {
    target = aws_iam_role_policy.this
    values = {
      id = "after-the-proxy"
    }
  }

  assert {
    condition     = endswith(aws_cloudwatch_log_group.this.arn, ":with-the-proxy")
    error_message = "The proxy makes a log group without a retention unless one exists before it."
  }

  assert {
    condition     = aws_iam_role_policy.this.id == "with-the-proxy"
    error_message = "The proxy must be able to read the secret from its first moment."
  }
}

run "values_flow_from_resource_to_resource" {
  command = apply

  override_resource {
    target = aws_db_proxy_default_target_group.this
    values = {
      arn  = "arn:aws:rds:ap-northeast-1:111122223333:target-group:prx-tg-00000000000000001"
      name = "default"
    }
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = {
      rds_resource_id = "first"
    }
  }

  assert {
    condition     = aws_db_proxy.this.role_arn == "arn:aws:iam::111122223333:role/orders-dev-proxy-secret"
    error_message = "The proxy must use the module's role."
  }

  assert {
    condition     = aws_iam_role_policy.this.role == "orders-dev-proxy-secret"
    error_message = "The policy must be the role's."
  }

  assert {
    condition     = one([for auth in aws_db_proxy.this.auth : auth.secret_arn]) == var.secret_arn
    error_message = "The proxy must log in with the secret."
  }

  assert {
    condition     = aws_db_proxy.this.vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000"])
    error_message = "The proxy must wear the module's security group and no other."
  }

  assert {
    condition     = aws_db_proxy.this.vpc_subnet_ids == toset(["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"])
    error_message = "The proxy must be in the stated subnets."
  }

  assert {
    condition     = aws_security_group.this.vpc_id == "vpc-0a1b2c3d4e5f60000"
    error_message = "The security group must be in the stated VPC."
  }

  assert {
    condition     = length(aws_security_group.this.ingress) == 0 && length(aws_security_group.this.egress) == 0
    error_message = "Inline rules would fight with the rules of the module that lets clients in."
  }

  assert {
    condition = (
      aws_vpc_security_group_egress_rule.database.security_group_id == "sg-0a1b2c3d4e5f60000" &&
      aws_vpc_security_group_egress_rule.database.referenced_security_group_id == "sg-0db0000000000000" &&
      aws_vpc_security_group_egress_rule.database.ip_protocol == "tcp" &&
      aws_vpc_security_group_egress_rule.database.from_port == 6432 &&
      aws_vpc_security_group_egress_rule.database.to_port == 6432
    )
    error_message = "The proxy must reach the database on the database's port."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.database.security_group_id == "sg-0db0000000000000" &&
      aws_vpc_security_group_ingress_rule.database.referenced_security_group_id == "sg-0a1b2c3d4e5f60000" &&
      aws_vpc_security_group_ingress_rule.database.ip_protocol == "tcp" &&
      aws_vpc_security_group_ingress_rule.database.from_port == 6432 &&
      aws_vpc_security_group_ingress_rule.database.to_port == 6432
    )
    error_message = "The database must let the proxy in on the database's port."
  }

  assert {
    condition     = aws_db_proxy_default_target_group.this.db_proxy_name == "orders-dev-proxy"
    error_message = "The target group must be the proxy's."
  }

  assert {
    condition = (
      aws_db_proxy_target.this.db_proxy_name == "orders-dev-proxy" &&
      aws_db_proxy_target.this.target_group_name == "default" &&
      aws_db_proxy_target.this.db_instance_identifier == "orders-dev"
    )
    error_message = "The target must be the database, in the proxy's own target group."
  }

  assert {
    condition = (
      output.arn == "arn:aws:rds:ap-northeast-1:111122223333:db-proxy:prx-0123456789abcdef0" &&
      output.endpoint == "orders-dev-proxy.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com" &&
      output.port == 5432 &&
      output.security_group_id == "sg-0a1b2c3d4e5f60000"
    )
    error_message = "An output does not come from its resource."
  }
}

run "a_replaced_proxy_gets_its_target_group_and_target_again" {
  command = apply

  plan_options {
    replace = [aws_db_proxy.this]
  }

  # These values show only on resources that this run makes anew.
  override_resource {
    target = aws_db_proxy_default_target_group.this
    values = {
      arn  = "arn:aws:rds:ap-northeast-1:111122223333:target-group:prx-tg-00000000000000002"
      name = "default"
    }
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = {
      rds_resource_id = "second"
    }
  }

  assert {
    condition     = aws_db_proxy_default_target_group.this.arn == "arn:aws:rds:ap-northeast-1:111122223333:target-group:prx-tg-00000000000000002"
    error_message = "The target group must be replaced with the proxy."
  }

  assert {
    condition     = aws_db_proxy_target.this.rds_resource_id == "second"
    error_message = "The target must be replaced with the proxy."
  }
}

run "a_changed_proxy_keeps_its_target_group_and_target" {
  command = apply

  variables {
    authentication      = "iam"
    idle_client_timeout = 600
  }

  override_resource {
    target = aws_db_proxy_default_target_group.this
    values = {
      arn  = "arn:aws:rds:ap-northeast-1:111122223333:target-group:prx-tg-00000000000000003"
      name = "default"
    }
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = {
      rds_resource_id = "third"
    }
  }

  assert {
    condition = (
      aws_db_proxy_default_target_group.this.arn == "arn:aws:rds:ap-northeast-1:111122223333:target-group:prx-tg-00000000000000002" &&
      aws_db_proxy_target.this.rds_resource_id == "second"
    )
    error_message = "A change of the proxy in place must not cut its clients off."
  }
}

run "another_database_under_the_same_identifier_gets_its_target" {
  command = apply

  variables {
    database_resource_id = "db-BBBBBBBBBBBBBBBBBBBBBBBBBB"
  }

  override_resource {
    target = aws_db_proxy_target.this
    values = { rds_resource_id = "fifth" }
  }

  assert {
    condition     = aws_db_proxy_target.this.rds_resource_id == "fifth"
    error_message = "AWS took the old database out of the target group, and its identifier has not changed."
  }
}

run "the_account_may_ask_for_a_boundary_a_path_and_a_key_of_its_log" {
  command   = plan
  state_key = "account"

  variables {
    log_kms_key_arn          = "arn:aws:kms:ap-northeast-1:111122223333:key/22222222-8888-7777-6666-555555555555"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition = (
      aws_iam_role.this.path == "/databases/" &&
      aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary" &&
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

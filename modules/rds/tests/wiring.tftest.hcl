mock_provider "aws" {
  source = "./tests/mocks"
}

# Nothing that AWS makes up is known here: a for_each over such a value would fail.
run "the_plan_needs_no_value_that_aws_makes_up" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 4 }
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  assert {
    condition     = aws_db_instance.this.db_subnet_group_name == "orders-dev" && aws_db_instance.this.parameter_group_name == "orders-dev-postgres16"
    error_message = "The database must use the module's subnet group and parameter group."
  }

  assert {
    condition     = aws_db_subnet_group.this["this"].subnet_ids == toset(["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"])
    error_message = "The subnet group must hold the stated subnets."
  }

  assert {
    condition     = aws_security_group.this.vpc_id == "vpc-0a1b2c3d4e5f60000"
    error_message = "The security group must be in the stated VPC."
  }

  assert {
    condition     = aws_db_instance.this.enabled_cloudwatch_logs_exports == toset(keys(aws_cloudwatch_log_group.this))
    error_message = "Each exported log must have its log group."
  }
}

run "values_flow_from_resource_to_resource" {
  command = apply

  variables {
    database_name        = "orders"
    kms_key_arn          = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  assert {
    condition     = aws_db_instance.this.vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000"])
    error_message = "The database must wear the module's security group and no other."
  }

  assert {
    condition     = length(aws_security_group.this.ingress) == 0 && length(aws_security_group.this.egress) == 0
    error_message = "The security group must have no rules of its own."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["this"].secret_id == "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
    error_message = "The rotation must be the master secret's."
  }

  assert {
    condition = (
      aws_db_instance.this.kms_key_id == var.kms_key_arn &&
      aws_db_instance.this.master_user_secret_kms_key_id == var.kms_key_arn &&
      aws_db_instance.this.performance_insights_kms_key_id == var.kms_key_arn
    )
    error_message = "The volume, the secret and Performance Insights must be encrypted with the stated key."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.kms_key_id == null || group.kms_key_id == ""])
    error_message = "The log groups must not use the database's key: its policy may not know CloudWatch Logs."
  }

  assert {
    condition     = aws_iam_role.monitoring["this"].path == "/" && aws_iam_role.monitoring["this"].permissions_boundary == null
    error_message = "Without a word of the caller the role has neither path nor boundary."
  }

  assert {
    condition     = aws_db_instance.this.monitoring_role_arn == "arn:aws:iam::111122223333:role/orders-dev-monitoring"
    error_message = "The database must use the module's monitoring role."
  }

  assert {
    condition = (
      aws_iam_role_policy_attachment.monitoring["this"].role == "orders-dev-monitoring" &&
      aws_iam_role_policy_attachment.monitoring["this"].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    )
    error_message = "The monitoring role must have AWS's policy for it."
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring["this"].assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "monitoring.rds.amazonaws.com" }
        Condition = { StringEquals = {
          "aws:SourceAccount" = "111122223333"
          "aws:SourceArn"     = "arn:aws:rds:ap-northeast-1:111122223333:db:orders-dev"
        } }
      }]
    }
    error_message = "Only RDS, on behalf of this database, may use the monitoring role."
  }

  assert {
    condition = (
      output.database_name == "orders" &&
      output.address == "orders-dev.abcdefghijkl.ap-northeast-1.rds.amazonaws.com" &&
      output.identifier == "orders-dev" &&
      output.port == 5432 &&
      output.resource_id == "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ" &&
      output.secret_arn == "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf" &&
      output.security_group_id == "sg-0a1b2c3d4e5f60000" &&
      output.username == "orders"
    )
    error_message = "An output does not come from its resource."
  }
}

run "the_account_may_ask_for_a_boundary_a_path_and_a_key_of_its_logs" {
  command = plan

  variables {
    log_kms_key_arn          = "arn:aws:kms:ap-northeast-1:111122223333:key/22222222-8888-7777-6666-555555555555"
    monitoring_interval      = 60
    monitoring_role_name     = "orders-dev-monitoring"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition = (
      aws_iam_role.monitoring["this"].path == "/databases/" &&
      aws_iam_role.monitoring["this"].permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    )
    error_message = "The role must have the caller's path and boundary."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.kms_key_id == var.log_kms_key_arn])
    error_message = "The logs must be encrypted with the caller's key."
  }
}

run "without_a_name_postgres_offers_its_own_database" {
  command   = plan
  state_key = "postgres"

  assert {
    condition     = output.database_name == "postgres"
    error_message = "postgres always has a database named postgres."
  }
}

run "without_a_name_mysql_offers_no_database" {
  command   = plan
  state_key = "mysql"

  variables {
    engine               = "mysql"
    engine_version       = "8.4"
    log_exports          = ["error"]
    parameter_group_name = "orders-dev-mysql84"
  }

  assert {
    condition     = output.database_name == ""
    error_message = "mysql has no database but the named one."
  }
}

# With a target, Terraform applies only what the target depends on.
run "a_dependant_alone" {
  command   = apply
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  plan_options {
    target = [terraform_data.dependant]
  }

  override_resource {
    target = module.rds.aws_db_instance.this
    values = {
      master_user_secret = [{
        secret_arn    = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-with-the-dependant"
        kms_key_id    = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        secret_status = "active"
      }]
    }
  }
}

run "the_database_came_before_what_depends_on_its_identifier" {
  command   = apply
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  override_resource {
    target = module.rds.aws_db_instance.this
    values = {
      master_user_secret = [{
        secret_arn    = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-after-the-dependant"
        kms_key_id    = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        secret_status = "active"
      }]
    }
  }

  assert {
    condition     = endswith(output.secret_arn, "-with-the-dependant")
    error_message = "The identifier must come from the database: a target registers only once the database is available."
  }
}

run "a_role_with_its_policy" {
  command   = apply
  state_key = "replaced_role"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "first" }
  }
}

run "a_replaced_role_replaces_its_policy" {
  command   = apply
  state_key = "replaced_role"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  plan_options {
    replace = [aws_iam_role.monitoring["this"]]
  }

  # It shows only on a policy that this run makes anew.
  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring["this"].id == "second"
    error_message = "The policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

run "everything_has_its_finished_name" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 4 }
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The database must have its identifier."
  }

  assert {
    condition     = aws_db_subnet_group.this["this"].name == "orders-dev" && aws_db_subnet_group.this["this"].tags == tomap({ Name = "orders-dev" })
    error_message = "The subnet group must have its name and tag."
  }

  assert {
    condition     = aws_db_parameter_group.this["this"].name == "orders-dev-postgres16" && aws_db_parameter_group.this["this"].tags == tomap({ Name = "orders-dev-postgres16" })
    error_message = "The parameter group must have its name and tag."
  }

  assert {
    condition     = aws_security_group.this.name == "orders-dev-db" && aws_security_group.this.tags == tomap({ Name = "orders-dev-db" })
    error_message = "The security group must have its name and tag."
  }

  assert {
    condition     = aws_iam_role.monitoring["this"].name == "orders-dev-monitoring"
    error_message = "The monitoring role must have its name."
  }

  assert {
    condition = toset([for group in aws_cloudwatch_log_group.this : group.name]) == toset([
      "/aws/rds/instance/orders-dev/postgresql",
      "/aws/rds/instance/orders-dev/upgrade",
    ])
    error_message = "The log groups must have the names to which RDS writes."
  }

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]) == toset([
      "orders-dev-connections",
      "orders-dev-cpu",
      "orders-dev-cpu-credits",
      "orders-dev-free-storage",
      "orders-dev-freeable-memory",
      "orders-dev-transaction-ids",
    ])
    error_message = "The alarms must carry the identifier."
  }
}

run "descriptions_that_force_a_replacement_hold_no_input" {
  command = plan

  variables {
    identifier           = "billing-prod"
    parameter_group_name = "billing-prod-postgres16"
    security_group_name  = "billing-prod-db"
    subnet_group_name    = "billing-prod"
    username             = "billing"
  }

  assert {
    condition = (
      aws_db_parameter_group.this["this"].description == "Parameters of one database" &&
      aws_db_subnet_group.this["this"].description == "Subnets of one database" &&
      aws_security_group.this.description == "One database, reached through its proxy only"
    )
    error_message = "A description must be the same for every database."
  }
}

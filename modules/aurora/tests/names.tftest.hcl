mock_provider "aws" {
  source = "./tests/mocks"
}

run "everything_has_its_finished_name" {
  command = plan

  variables {
    alarms               = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms", memory_gib = 4 }
    log_exports          = ["iam-db-auth-error", "instance", "postgresql"]
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
    replicas             = 1
  }

  assert {
    condition = (
      aws_rds_cluster.this.cluster_identifier == "orders-dev" &&
      [for instance in aws_rds_cluster_instance.this : instance.identifier] == ["orders-dev-1", "orders-dev-2"]
    )
    error_message = "The cluster must have its identifier, and each instance its number."
  }

  assert {
    condition     = aws_db_subnet_group.this["this"].name == "orders-dev" && aws_db_subnet_group.this["this"].tags == tomap({ Name = "orders-dev" })
    error_message = "The subnet group must have its name and tag."
  }

  assert {
    condition = (
      aws_rds_cluster_parameter_group.this["this"].name == "orders-dev-aurora-postgresql16-cluster" &&
      aws_rds_cluster_parameter_group.this["this"].tags == tomap({ Name = "orders-dev-aurora-postgresql16-cluster" }) &&
      aws_db_parameter_group.this["this"].name == "orders-dev-aurora-postgresql16" &&
      aws_db_parameter_group.this["this"].tags == tomap({ Name = "orders-dev-aurora-postgresql16" })
    )
    error_message = "The parameter groups must have their names and tags."
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
      "/aws/rds/cluster/orders-dev/iam-db-auth-error",
      "/aws/rds/cluster/orders-dev/instance",
      "/aws/rds/cluster/orders-dev/postgresql",
    ])
    error_message = "The log groups must have the names to which RDS writes."
  }

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]) == toset([
      "orders-dev-reader-connections",
      "orders-dev-reader-cpu",
      "orders-dev-reader-cpu-credits",
      "orders-dev-reader-free-local-storage",
      "orders-dev-reader-freeable-memory",
      "orders-dev-reader-replica-lag",
      "orders-dev-writer-connections",
      "orders-dev-writer-cpu",
      "orders-dev-writer-cpu-credits",
      "orders-dev-writer-free-local-storage",
      "orders-dev-writer-freeable-memory",
      "orders-dev-writer-transaction-ids",
    ])
    error_message = "The alarms must carry the identifier and say whose they are."
  }
}

run "descriptions_that_force_a_replacement_hold_no_input" {
  command = plan

  variables {
    cluster_parameter_group_name = "billing-prod-16-cluster"
    identifier                   = "billing-prod"
    parameter_group_name         = "billing-prod-16"
    security_group_name          = "billing-prod-db"
    subnet_group_name            = "billing-prod"
    username                     = "billing"
  }

  assert {
    condition = (
      aws_rds_cluster_parameter_group.this["this"].description == "Parameters of one database" &&
      aws_db_parameter_group.this["this"].description == "Parameters of the instances of one database" &&
      aws_db_subnet_group.this["this"].description == "Subnets of one database" &&
      aws_security_group.this.description == "One database, reached through its proxy only"
    )
    error_message = "A description must be the same for every cluster."
  }
}

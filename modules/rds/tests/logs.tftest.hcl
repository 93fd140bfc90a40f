mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  engine               = "mysql"
  engine_version       = "8.4"
  log_exports          = ["audit", "error", "general", "iam-db-auth-error", "slowquery"]
  parameter_group_name = "orders-dev-mysql84"
  port                 = 3306
}

run "mysql_writes_the_logs_that_are_exported" {
  command = plan

  assert {
    condition = toset([for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"]) == toset([
      "general_log 1 immediate",
      "log_output FILE pending-reboot",
      "require_secure_transport 1 pending-reboot",
      "slow_query_log 1 immediate",
    ])
    error_message = "Without these parameters the exported logs stay empty."
  }

  assert {
    condition = toset([for group in aws_cloudwatch_log_group.this : group.name]) == toset([
      for log in var.log_exports : "/aws/rds/instance/orders-dev/${log}"
    ])
    error_message = "Each log must have the group to which RDS writes."
  }
}

run "mariadb_writes_its_slow_queries" {
  command = plan

  variables {
    engine               = "mariadb"
    engine_version       = "11.8"
    log_exports          = ["error", "slowquery"]
    parameter_group_name = "orders-dev-mariadb11-8"
  }

  assert {
    condition = toset([for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value}"]) == toset([
      "log_output FILE",
      "require_secure_transport 1",
      "slow_query_log 1",
    ])
    error_message = "A log that is not exported must not be written."
  }

  assert {
    condition     = aws_db_parameter_group.this["this"].family == "mariadb11.8"
    error_message = "mariadb's major is two numbers."
  }
}

run "errors_are_written_without_being_told" {
  command = plan

  variables {
    log_exports = ["error"]
  }

  assert {
    condition     = [for parameter in aws_db_parameter_group.this["this"].parameter : parameter.name] == ["require_secure_transport"]
    error_message = "Nothing but TLS may be stated."
  }
}

run "the_caller_knows_better" {
  command = plan

  variables {
    log_exports = ["slowquery"]
    parameters  = { log_output = { value = "TABLE", apply_method = "immediate" }, slow_query_log = { value = "0", apply_method = "immediate" } }
  }

  assert {
    condition = toset([for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value}"]) == toset([
      "log_output TABLE",
      "require_secure_transport 1",
      "slow_query_log 0",
    ])
    error_message = "A stated parameter must win."
  }
}

run "postgres_needs_no_parameter_for_its_logs" {
  command = plan

  variables {
    engine               = "postgres"
    engine_version       = "16"
    log_exports          = ["postgresql", "upgrade"]
    parameter_group_name = "orders-dev-postgres16"
  }

  assert {
    condition     = [for parameter in aws_db_parameter_group.this["this"].parameter : parameter.name] == ["rds.force_ssl"]
    error_message = "Nothing but TLS may be stated."
  }
}

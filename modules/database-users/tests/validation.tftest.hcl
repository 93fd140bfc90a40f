mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_a_queue_as_the_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:eu-central-1:111111111111:alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_port_below_1150" {
  command = plan

  variables {
    database_ports = [5432, 1149]
  }

  expect_failures = [var.database_ports]
}

run "rejects_no_port" {
  command = plan

  variables {
    database_ports = []
  }

  expect_failures = [var.database_ports]
}

run "rejects_an_alias_as_a_key" {
  command = plan

  variables {
    kms_key_arns = ["arn:aws:kms:eu-central-1:111111111111:alias/secrets"]
  }

  expect_failures = [var.kms_key_arns]
}

run "rejects_an_alias_as_the_key_of_the_log" {
  command = plan

  variables {
    log_kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:alias/logs"
  }

  expect_failures = [var.log_kms_key_arn]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_a_name_with_a_dot" {
  command = plan

  variables {
    name = "dev.users"
  }

  expect_failures = [var.name]
}

run "rejects_a_role_as_the_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111111111111:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_role_name_with_a_slash" {
  command = plan

  variables {
    role_name = "dev/users"
  }

  expect_failures = [var.role_name]
}

run "rejects_a_role_path_without_a_slash_at_the_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

run "rejects_a_prefix_of_everybodys_secrets" {
  command = plan

  variables {
    name_prefix = ""
  }

  expect_failures = [var.name_prefix]
}

run "rejects_a_prefix_that_another_environments_begins_with" {
  command = plan

  variables {
    name_prefix = "valet-rds/dev"
  }

  expect_failures = [var.name_prefix]
}

run "rejects_a_prefix_with_a_wildcard" {
  command = plan

  variables {
    name_prefix = "valet-rds/*/"
  }

  expect_failures = [var.name_prefix]
}

run "rejects_a_security_group_named_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-users"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_no_subnet" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_subnets_that_are_no_ids" {
  command = plan

  variables {
    subnet_ids = ["private-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_no_network" {
  command = plan

  variables {
    vpc_cidrs = []
  }

  expect_failures = [var.vpc_cidrs]
}

run "rejects_a_network_that_is_an_address" {
  command = plan

  variables {
    vpc_cidrs = ["10.0.0.1"]
  }

  expect_failures = [var.vpc_cidrs]
}

run "rejects_more_rules_than_a_group_has" {
  command = plan

  variables {
    database_ports = [5432, 6432, 7432]
    vpc_cidrs      = ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16", "10.6.0.0/16", "10.7.0.0/16", "10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16", "10.13.0.0/16", "10.14.0.0/16", "10.15.0.0/16", "10.16.0.0/16", "10.17.0.0/16", "10.18.0.0/16", "10.19.0.0/16"]
  }

  expect_failures = [var.vpc_cidrs]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

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

run "rejects_an_environment_that_no_tag_allows" {
  command = plan

  variables {
    environment = "dev?"
  }

  expect_failures = [var.environment]
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
    name = "dev.target-sync"
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

run "rejects_a_role_name_of_65_characters" {
  command = plan

  variables {
    role_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
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

run "rejects_a_scheduler_role_name_with_a_slash" {
  command = plan

  variables {
    scheduler_role_name = "dev/schedule"
  }

  expect_failures = [var.scheduler_role_name]
}

run "rejects_two_roles_of_one_name" {
  command = plan

  variables {
    scheduler_role_name = "DEV_target-sync"
  }

  expect_failures = [var.scheduler_role_name]
}

run "rejects_subnets_without_a_security_group" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a0a0a0a"]
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_security_group_without_subnets" {
  command = plan

  variables {
    security_group_name = "dev_target-sync"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_security_group_name_that_looks_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-1"
    subnet_ids          = ["subnet-0a0a0a0a"]
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_subnet_that_is_no_id" {
  command = plan

  variables {
    subnet_ids          = ["private"]
    security_group_name = "dev_target-sync"
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

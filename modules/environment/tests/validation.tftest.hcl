mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_a_queue_as_the_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:ap-northeast-1:111122223333:alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_one_database" {
  command = plan

  variables {
    database_arns = "arn:aws:rds:ap-northeast-1:111122223333:db:orders"
  }

  expect_failures = [var.database_arns]
}

run "rejects_databases_of_every_region" {
  command = plan

  variables {
    database_arns = "arn:aws:rds:*:111122223333:db:*"
  }

  expect_failures = [var.database_arns]
}

run "rejects_a_subscription_name_with_an_underscore" {
  command = plan

  variables {
    event_subscription_name = "dev_databases"
  }

  expect_failures = [var.event_subscription_name]
}

run "rejects_a_role_name_of_65_characters" {
  command = plan

  variables {
    monitoring_role_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.monitoring_role_name]
}

run "rejects_a_role_as_the_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_role_path_without_a_slash_at_the_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

run "rejects_a_subnet_group_named_default" {
  command = plan

  variables {
    subnet_group_name = "default"
  }

  expect_failures = [var.subnet_group_name]
}

run "rejects_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60001"]
  }

  expect_failures = [var.subnet_ids]
}

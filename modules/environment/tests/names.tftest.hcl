mock_provider "aws" {
  source = "./tests/mocks"
}

run "everything_has_its_finished_name" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:alarms" }
  }

  assert {
    condition     = aws_db_subnet_group.this.name == "dev_databases" && aws_db_subnet_group.this.tags == tomap({ Name = "dev_databases" })
    error_message = "The subnet group must have its name and tag."
  }

  assert {
    condition     = aws_iam_role.monitoring.name == "dev_rds-monitoring" && aws_iam_role.monitoring.path == "/"
    error_message = "The role must have its name."
  }

  assert {
    condition = toset([for subscription in aws_db_event_subscription.this : subscription.name]) == toset([
      "dev-databases-clusters",
      "dev-databases-instances",
      "dev-databases-parameter-groups",
      "dev-databases-proxies",
    ])
    error_message = "The subscriptions must share the given beginning."
  }

  assert {
    condition     = aws_db_subnet_group.this.description == "Subnets of the databases of an environment"
    error_message = "A description must be the same for every environment."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  monitoring_interval = 60
  monitoring_role_arn = "arn:aws:iam::111122223333:role/dev_rds-monitoring"
  subnet_group_name   = "dev_databases"
  subnet_ids          = []
}

run "what_is_there_already_is_used_and_nothing_of_its_own_is_made" {
  command = plan

  assert {
    condition = (
      aws_rds_cluster.this.db_subnet_group_name == "dev_databases" &&
      aws_rds_cluster_instance.this["1"].monitoring_role_arn == "arn:aws:iam::111122223333:role/dev_rds-monitoring"
    )
    error_message = "The cluster must be in the stated subnet group and its instances use the stated role."
  }

  assert {
    condition     = length(aws_db_subnet_group.this) == 0 && length(aws_iam_role.monitoring) == 0 && length(aws_iam_role_policy_attachment.monitoring) == 0
    error_message = "Neither a subnet group nor a role may be made beside those that are there."
  }
}

run "the_shared_group_is_looked_for_before_the_cluster_is_made" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_rds_cluster.this]
  }

  override_data {
    target = data.aws_db_subnet_group.shared
    values = { id = "with-the-cluster" }
  }

  assert {
    condition     = data.aws_db_subnet_group.shared["apply the root _environment first"].id == "with-the-cluster"
    error_message = "A group that is not there must be missed before the cluster, with words that say what to do."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  adopted = true
  adopted_instances = [
    { identifier = "orders-writer", maintenance_window = "mon:01:00-mon:01:30", promotion_tier = 1, tags = { Name = "writer" } },
    { identifier = "orders-instance-1-eu-central-1b", promotion_tier = 15 },
  ]
  adopted_major_version            = "16"
  cluster_parameter_group_name     = "tuned"
  database_name                    = "orders"
  existing_cluster_parameter_group = true
  existing_parameter_group         = true
  identifier                       = "orders-prod-2019"
  manage_master_password           = false
  parameter_group_name             = "default.aurora-postgresql16"
  replicas                         = 1
  security_group_ids               = ["sg-office", "sg-wizard"]
  subnet_group_name                = "default"
  subnet_ids                       = []
}

run "what_aws_fixed_when_it_was_made_is_never_stated" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
  }

  assert {
    condition     = aws_rds_cluster.this.cluster_identifier == "orders-prod-2019" && aws_rds_cluster.this.storage_encrypted
    error_message = "The identifier and the encryption must be stated: left out, the cluster is replaced."
  }

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password == null
    error_message = "A kept password must not be mentioned."
  }

  assert {
    condition = (
      length(aws_rds_cluster_parameter_group.this) == 0 &&
      length(aws_db_parameter_group.this) == 0 &&
      length(aws_db_subnet_group.this) == 0 &&
      length(aws_secretsmanager_secret_rotation.this) == 0
    )
    error_message = "Groups of others and a kept password must stay theirs."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 0 && aws_rds_cluster.this.enabled_cloudwatch_logs_exports == toset(["postgresql"])
    error_message = "Logs must go on to the groups that RDS has made."
  }

  assert {
    condition     = aws_rds_cluster.this.db_cluster_parameter_group_name == "tuned" && aws_rds_cluster.this.db_subnet_group_name == "default"
    error_message = "The cluster must stay in its groups."
  }

  assert {
    condition     = aws_rds_cluster.this.db_instance_parameter_group_name == null
    error_message = "AWS moves instances to another group with a major upgrade only: without one, none must be named."
  }
}

run "instances_keep_their_names_and_what_they_have_of_their_own" {
  command = plan

  assert {
    condition = { for key, one in aws_rds_cluster_instance.this : key => "${one.identifier} ${one.promotion_tier} ${one.preferred_maintenance_window} ${try(one.tags["Name"], "")}" } == {
      "1" = "orders-writer 1 mon:01:00-mon:01:30 writer"
      "2" = "orders-instance-1-eu-central-1b 15 Sun:18:00-Sun:19:00 "
    }
    error_message = "Each instance must stay as it is."
  }

  assert {
    condition     = aws_rds_cluster_instance.this["2"].tags == null && alltrue([for one in aws_rds_cluster_instance.this : !one.publicly_accessible])
    error_message = "What nobody says must be as of any other."
  }
}

run "a_reader_more_is_made_beside_them" {
  command = plan

  variables {
    replicas = 2
  }

  assert {
    condition     = aws_rds_cluster_instance.this["3"].identifier == "orders-prod-2019-3" && aws_rds_cluster_instance.this["3"].promotion_tier == 2
    error_message = "A new reader must have the name that the module gives."
  }

  assert {
    condition     = aws_rds_cluster_instance.this["1"].identifier == "orders-writer" && aws_rds_cluster_instance.this["3"].db_parameter_group_name == "default.aurora-postgresql16"
    error_message = "It must have the group of the others, which stay."
  }
}

run "while_nobody_comes_through_a_proxy_its_security_groups_stay_as_they_are" {
  command = plan

  assert {
    condition     = aws_rds_cluster.this.vpc_security_group_ids == toset(["sg-office", "sg-wizard"])
    error_message = "Nothing must be attached before there is a proxy."
  }
}

run "with_a_secret_the_proxy_may_come" {
  command = apply

  variables {
    master_secret_arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:orders/master-AbCdEf"
  }

  assert {
    condition     = aws_rds_cluster.this.vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000", "sg-office", "sg-wizard"])
    error_message = "The module's group must come beside those that stay."
  }

  assert {
    condition     = output.secret_arn == var.master_secret_arn && length(aws_secretsmanager_secret_rotation.this) == 0
    error_message = "The secret must be the one that was given, and nobody's rotation."
  }
}

run "a_password_that_rds_takes_over_has_rds_s_secret" {
  command = apply

  variables {
    manage_master_password = true
  }

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && startswith(output.secret_arn, "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!cluster-")
    error_message = "The secret must be the one that RDS has made."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["this"].secret_id == output.secret_arn
    error_message = "The secret that RDS has made must rotate by the module's days."
  }
}

run "values_of_its_own_are_passed_on" {
  command = plan

  variables {
    ca_certificate                      = "rds-ca-rsa4096-g1"
    copy_tags_to_snapshot               = false
    extended_support                    = true
    iam_authentication                  = true
    instance_class                      = "db.t3.small"
    performance_insights_kms_key_arn    = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    performance_insights_retention_days = 731
    publicly_accessible                 = true
    tags                                = { Owner = "orders" }
  }

  assert {
    condition = (
      !aws_rds_cluster.this.copy_tags_to_snapshot &&
      aws_rds_cluster.this.engine_lifecycle_support == "open-source-rds-extended-support" &&
      aws_rds_cluster.this.iam_database_authentication_enabled &&
      aws_rds_cluster.this.tags == tomap({ Owner = "orders" })
    )
    error_message = "What the cluster has must stay."
  }

  assert {
    condition = alltrue([for one in aws_rds_cluster_instance.this : (
      one.ca_cert_identifier == "rds-ca-rsa4096-g1" &&
      one.instance_class == "db.t3.small" &&
      one.performance_insights_kms_key_id == var.performance_insights_kms_key_arn &&
      one.performance_insights_retention_period == 731 &&
      one.publicly_accessible
    )])
    error_message = "What the instances have must stay."
  }
}

run "a_role_of_its_own_is_for_the_names_that_stay_too" {
  command = plan

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-rds-monitoring"
  }

  override_resource {
    target          = aws_security_group.this
    override_during = plan
    values = {
      arn = "arn:aws:ec2:ap-northeast-1:111122223333:security-group/sg-0a1b2c3d4e5f60000"
    }
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring["this"].assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == [
      "arn:aws:rds:ap-northeast-1:111122223333:db:orders-prod-2019-*",
      "arn:aws:rds:ap-northeast-1:111122223333:db:orders-instance-1-eu-central-1b",
      "arn:aws:rds:ap-northeast-1:111122223333:db:orders-writer",
    ]
    error_message = "The role must admit the instances by their names."
  }
}

run "another_major_is_asked_for_with_groups_of_its_own" {
  command = plan

  variables {
    cluster_parameter_group_name     = "orders-dev-aurora-postgresql17"
    engine_version                   = "17"
    existing_cluster_parameter_group = false
    existing_parameter_group         = false
    parameter_group_name             = "orders-dev-aurora-postgresql17"
  }

  assert {
    condition = (
      aws_rds_cluster.this.engine_version == "17" &&
      aws_rds_cluster.this.db_cluster_parameter_group_name == "orders-dev-aurora-postgresql17" &&
      aws_rds_cluster.this.db_instance_parameter_group_name == "orders-dev-aurora-postgresql17"
    )
    error_message = "A major upgrade must be stated, in groups of its own family."
  }
}

run "rejects_parameters_in_a_group_of_others" {
  command = plan

  variables {
    parameters = { work_mem = { value = "4096", apply_method = "immediate" } }
  }

  expect_failures = [var.existing_cluster_parameter_group]
}

run "rejects_parameters_of_instances_in_a_group_of_others" {
  command = plan

  variables {
    instance_parameters = { work_mem = { value = "4096", apply_method = "immediate" } }
  }

  expect_failures = [var.existing_parameter_group]
}

run "rejects_a_kept_password_of_a_new_cluster" {
  command = plan

  variables {
    adopted               = false
    adopted_instances     = []
    adopted_major_version = null
    subnet_group_name     = "orders-dev"
  }

  expect_failures = [var.manage_master_password]
}

run "rejects_a_version_found_on_a_new_cluster" {
  command = plan

  variables {
    adopted                = false
    adopted_instances      = []
    manage_master_password = true
    subnet_group_name      = "orders-dev"
  }

  expect_failures = [var.adopted_major_version]
}

run "rejects_a_secret_beside_a_managed_password" {
  command = plan

  variables {
    manage_master_password = true
    master_secret_arn      = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:orders/master-AbCdEf"
  }

  expect_failures = [var.master_secret_arn]
}

run "rejects_instances_of_a_new_cluster" {
  command = plan

  variables {
    adopted                = false
    adopted_major_version  = null
    manage_master_password = true
    subnet_group_name      = "orders-dev"
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_a_cluster_without_its_instances" {
  command = plan

  variables {
    adopted_instances = []
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_more_instances_than_there_are_to_be" {
  command = plan

  variables {
    replicas = 0
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_an_instance_that_is_there_twice" {
  command = plan

  variables {
    adopted_instances = [{ identifier = "orders-writer" }, { identifier = "orders-writer" }]
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_a_new_reader_of_a_name_that_is_taken" {
  command = plan

  variables {
    adopted_instances = [{ identifier = "orders-prod-2019-2" }]
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_a_new_reader_whose_name_would_be_too_long" {
  command = plan

  variables {
    identifier = "orders-of-the-whole-company-and-everything-about-them-made-2019"
    replicas   = 2
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_an_instance_of_a_name_that_rds_gives_nobody" {
  command = plan

  variables {
    adopted_instances = [{ identifier = "orders_writer" }]
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_a_tier_that_aurora_has_not" {
  command = plan

  variables {
    adopted_instances = [{ identifier = "orders-writer", promotion_tier = 16 }]
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_a_window_that_is_none" {
  command = plan

  variables {
    adopted_instances = [{ identifier = "orders-writer", maintenance_window = "sunday" }]
  }

  expect_failures = [var.adopted_instances]
}

run "rejects_five_groups_beside_its_own" {
  command = plan

  variables {
    security_group_ids = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"]
  }

  expect_failures = [var.security_group_ids]
}

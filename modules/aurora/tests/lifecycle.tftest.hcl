mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_cluster_with_one_reader" {
  command = apply

  variables {
    replicas = 1
  }

  override_resource {
    target = aws_rds_cluster_instance.this
    values = { dbi_resource_id = "from-the-first-day" }
  }

  assert {
    condition = { for key, instance in aws_rds_cluster_instance.this : key => "${instance.identifier} in ${instance.promotion_tier}" } == {
      "1" = "orders-dev-1 in 0"
      "2" = "orders-dev-2 in 1"
    }
    error_message = "The instances must be numbered, and take over in this order."
  }
}

run "more_readers_leave_those_that_live_alone" {
  command = apply

  variables {
    replicas = 15
  }

  override_resource {
    target = aws_rds_cluster_instance.this
    values = { dbi_resource_id = "from-the-second-day" }
  }

  assert {
    condition = (
      length(aws_rds_cluster_instance.this) == 16 &&
      [for key in ["1", "2", "3"] : aws_rds_cluster_instance.this[key].dbi_resource_id] == ["from-the-first-day", "from-the-first-day", "from-the-second-day"] &&
      aws_rds_cluster_instance.this["2"].identifier == "orders-dev-2" &&
      aws_rds_cluster_instance.this["16"].promotion_tier == 15
    )
    error_message = "A changed count must neither replace nor rename an instance that is there."
  }
}

run "fewer_readers_leave_the_others_alone" {
  command = apply

  variables {
    replicas = 0
  }

  override_resource {
    target = aws_rds_cluster_instance.this
    values = { dbi_resource_id = "from-the-third-day" }
  }

  assert {
    condition     = { for key, instance in aws_rds_cluster_instance.this : key => instance.dbi_resource_id } == { "1" = "from-the-first-day" }
    error_message = "A changed count must neither replace nor rename an instance that is there."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_cluster_alone" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_rds_cluster.this]
  }

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = { arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:with-the-cluster" }
  }

  override_resource {
    target = aws_db_subnet_group.this
    values = { vpc_id = "with-the-cluster" }
  }

  assert {
    condition     = aws_rds_cluster.this.cluster_identifier == "orders-dev"
    error_message = "The cluster must be applied."
  }
}

run "the_instances_alone" {
  command   = apply
  state_key = "order"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  plan_options {
    target = [aws_rds_cluster_instance.this]
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "with-the-instances" }
  }

  assert {
    condition     = aws_rds_cluster_instance.this["1"].cluster_identifier == "orders-dev"
    error_message = "The instances must be applied."
  }
}

run "what_they_need_came_with_them" {
  command   = apply
  state_key = "order"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = { arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:after-the-cluster" }
  }

  override_resource {
    target = aws_db_subnet_group.this
    values = { vpc_id = "after-the-cluster" }
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "after-the-instances" }
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : endswith(group.arn, ":with-the-cluster")])
    error_message = "RDS makes log groups without a retention unless they exist before the cluster."
  }

  assert {
    condition     = aws_db_subnet_group.this["this"].vpc_id == "with-the-cluster"
    error_message = "A cluster of a group of its own is made in that group."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring["this"].id == "with-the-instances"
    error_message = "The monitoring role must be able to write before an instance uses it."
  }
}

run "unencrypted_storage_takes_no_key" {
  command   = apply
  state_key = "unencrypted"

  variables {
    kms_key_arn       = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    storage_encrypted = false
  }

  assert {
    condition     = aws_rds_cluster.this.kms_key_id != var.kms_key_arn
    error_message = "AWS refuses a key for storage that is not encrypted."
  }

  assert {
    condition     = aws_rds_cluster.this.master_user_secret_kms_key_id == var.kms_key_arn
    error_message = "The secret must be encrypted with the key all the same."
  }
}

run "a_restore_takes_user_and_key_from_the_snapshot" {
  command   = apply
  state_key = "restored"

  variables {
    database_name       = "orders"
    kms_key_arn         = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    snapshot_identifier = "arn:aws:rds:ap-northeast-1:111122223333:cluster-snapshot:rds:orders-dev-2026-11-23-16-10"
  }

  override_resource {
    target = aws_rds_cluster.this
    values = {
      database_name   = "shop"
      kms_key_id      = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
      master_username = "shopkeeper"
      master_user_secret = [{
        secret_arn    = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!cluster-11111111-2222-3333-4444-555555555555-AbCdEf"
        kms_key_id    = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        secret_status = "active"
      }]
    }
  }

  assert {
    condition = (
      aws_rds_cluster.this.database_name == "shop" &&
      aws_rds_cluster.this.kms_key_id == "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    )
    error_message = "What RDS takes from the snapshot must not be stated."
  }

  assert {
    condition     = output.username == "shopkeeper" && output.database_name == "orders"
    error_message = "The outputs must name the snapshot's user and the database that the caller asks for."
  }
}

run "another_snapshot_leaves_the_restored_cluster_alone" {
  command   = plan
  state_key = "restored"

  variables {
    database_name       = "orders"
    snapshot_identifier = "orders-dev-20261123"
  }

  assert {
    condition     = endswith(aws_rds_cluster.this.snapshot_identifier, ":rds:orders-dev-2026-11-23-16-10")
    error_message = "A changed snapshot would replace the cluster."
  }

  assert {
    condition     = output.username == "shopkeeper"
    error_message = "A replaced cluster has no known user: the restored one must stay."
  }
}

run "a_new_major_moves_the_cluster_and_leaves_the_instances_to_aws" {
  command   = plan
  state_key = "restored"

  variables {
    cluster_parameter_group_name = "orders-dev-aurora-postgresql17-cluster"
    database_name                = "orders"
    engine_version               = "17"
    parameter_group_name         = "orders-dev-aurora-postgresql17"
    snapshot_identifier          = "orders-dev-final"
  }

  assert {
    condition = (
      aws_rds_cluster_parameter_group.this["this"].family == "aurora-postgresql17" &&
      aws_db_parameter_group.this["this"].family == "aurora-postgresql17" &&
      aws_rds_cluster.this.db_cluster_parameter_group_name == "orders-dev-aurora-postgresql17-cluster" &&
      aws_rds_cluster.this.db_instance_parameter_group_name == "orders-dev-aurora-postgresql17"
    )
    error_message = "The cluster's one call must move everything to the groups of the new major."
  }

  assert {
    condition     = aws_rds_cluster_instance.this["1"].db_parameter_group_name == "orders-dev-aurora-postgresql16"
    error_message = "An instance that still runs the old major cannot use the group of the new one."
  }

  assert {
    condition     = endswith(output.secret_arn, "-AbCdEf")
    error_message = "A major upgrade must not replace the cluster."
  }
}

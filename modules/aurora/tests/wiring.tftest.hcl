mock_provider "aws" {
  source = "./tests/mocks"
}

run "parameters_reach_the_group_that_they_belong_to" {
  command = plan

  variables {
    instance_parameters = { work_mem = { value = "8192", apply_method = "immediate" } }
    parameters          = { log_statement = { value = "ddl", apply_method = "pending-reboot" } }
  }

  assert {
    condition = toset([
      for parameter in aws_rds_cluster_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"
    ]) == toset(["log_statement ddl pending-reboot", "rds.force_ssl 1 pending-reboot"])
    error_message = "The cluster's group must hold the cluster's parameters."
  }

  assert {
    condition = toset([
      for parameter in aws_db_parameter_group.this["this"].parameter : "${parameter.name} ${parameter.value} ${parameter.apply_method}"
    ]) == toset(["work_mem 8192 immediate"])
    error_message = "The instances' group must hold the instances' parameters."
  }

  assert {
    condition = (
      aws_rds_cluster.this.db_cluster_parameter_group_name == "orders-dev-aurora-postgresql16-cluster" &&
      aws_rds_cluster.this.db_instance_parameter_group_name == "orders-dev-aurora-postgresql16" &&
      aws_rds_cluster_instance.this["1"].db_parameter_group_name == "orders-dev-aurora-postgresql16"
    )
    error_message = "The cluster and its instances must use their groups."
  }
}

run "keys_encrypt_what_they_are_for" {
  command = plan

  variables {
    kms_key_arn                      = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    log_kms_key_arn                  = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-8888-7777-6666-555555555555"
    performance_insights_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/22222222-8888-7777-6666-555555555555"
  }

  assert {
    condition = (
      aws_rds_cluster.this.kms_key_id == var.kms_key_arn &&
      aws_rds_cluster.this.master_user_secret_kms_key_id == var.kms_key_arn &&
      aws_cloudwatch_log_group.this["postgresql"].kms_key_id == var.log_kms_key_arn &&
      aws_rds_cluster_instance.this["1"].performance_insights_kms_key_id == var.performance_insights_kms_key_arn
    )
    error_message = "Each key must encrypt what it is given for."
  }
}

run "insights_take_the_clusters_key_unless_they_have_their_own" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
  }

  assert {
    condition     = aws_rds_cluster_instance.this["1"].performance_insights_kms_key_id == var.kms_key_arn
    error_message = "Performance Insights must be encrypted with the cluster's key."
  }
}

run "monitoring_uses_a_role_that_only_these_instances_can_use" {
  command = apply

  variables {
    monitoring_interval      = 60
    monitoring_role_name     = "orders-dev-monitoring"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/bounded"
    replicas                 = 1
    role_path                = "/databases/"
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring["this"].assume_role_policy).Statement[0].Condition == {
      ArnLike      = { "aws:SourceArn" = "arn:aws:rds:ap-northeast-1:111122223333:db:orders-dev-*" }
      StringEquals = { "aws:SourceAccount" = "111122223333" }
    }
    error_message = "The trust must name the instances of this cluster."
  }

  assert {
    condition = (
      aws_iam_role.monitoring["this"].path == "/databases/" &&
      aws_iam_role.monitoring["this"].permissions_boundary == "arn:aws:iam::111122223333:policy/bounded" &&
      aws_iam_role_policy_attachment.monitoring["this"].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    )
    error_message = "The role must have its path, its boundary and AWS's policy."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.monitoring_interval == 60 && endswith(instance.monitoring_role_arn, ":role/orders-dev-monitoring")])
    error_message = "Every instance must be monitored with the role."
  }
}

run "a_replaced_role_replaces_its_policy" {
  command = apply

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
    replicas             = 1
  }

  plan_options {
    replace = [aws_iam_role.monitoring["this"]]
  }

  # It shows only on a policy that this run makes anew.
  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring["this"].id == "second"
    error_message = "The policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

run "the_outputs_are_the_clusters" {
  command   = apply
  state_key = "outputs"

  variables {
    database_name = "orders"
  }

  assert {
    condition = (
      output.address == "orders-dev.cluster-abcdefghijkl.ap-northeast-1.rds.amazonaws.com" &&
      output.database_name == "orders" &&
      output.identifier == "orders-dev" &&
      output.port == 5432 &&
      output.resource_id == "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" &&
      endswith(output.secret_arn, ":secret:rds!cluster-11111111-2222-3333-4444-555555555555-AbCdEf") &&
      output.security_group_id == "sg-0a1b2c3d4e5f60000" &&
      output.username == "orders"
    )
    error_message = "The outputs must tell of the cluster, not of an instance."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["this"].secret_id == output.secret_arn
    error_message = "RDS's own secret must rotate."
  }

  assert {
    condition     = aws_rds_cluster.this.vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000"]) && aws_security_group.this.vpc_id == "vpc-0a1b2c3d4e5f60000"
    error_message = "The cluster must wear its security group."
  }
}

run "without_a_name_the_engines_own_database_is_meant" {
  command = plan

  assert {
    condition     = output.database_name == "postgres"
    error_message = "postgres always has a database of its own."
  }
}

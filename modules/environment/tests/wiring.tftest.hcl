mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_subnets_are_the_given_ones" {
  command = plan

  assert {
    condition     = aws_db_subnet_group.this.subnet_ids == toset(["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"])
    error_message = "The group must hold the given subnets."
  }
}

run "databases_of_the_account_and_region_may_use_the_role" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring.assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "monitoring.rds.amazonaws.com" }
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:rds:ap-northeast-1:111122223333:db:*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      }]
    }
    error_message = "Only RDS, on behalf of databases here, may use the role."
  }

  assert {
    condition = (
      aws_iam_role_policy_attachment.monitoring.role == "dev_rds-monitoring" &&
      aws_iam_role_policy_attachment.monitoring.policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    )
    error_message = "The role must have AWS's policy for it."
  }

  assert {
    condition     = aws_iam_role.monitoring.path == "/databases/" && aws_iam_role.monitoring.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "The role must have the caller's path and boundary."
  }
}

run "another_partition_has_its_own_policies" {
  command = plan

  variables {
    database_arns = "arn:aws-cn:rds:cn-north-1:111122223333:db:*"
  }

  assert {
    condition     = startswith(aws_iam_role_policy_attachment.monitoring.policy_arn, "arn:aws-cn:iam::aws:policy/")
    error_message = "The policy must be the partition's."
  }
}

run "without_a_topic_there_are_no_subscriptions" {
  command = plan

  assert {
    condition     = length(aws_db_event_subscription.this) == 0
    error_message = "Without a topic there is nobody to tell."
  }
}

run "the_topic_hears_what_happens_to_databases_proxies_and_parameters" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:alarms" }
  }

  assert {
    condition = { for key, subscription in aws_db_event_subscription.this : key => "${subscription.source_type}: ${join(", ", sort(subscription.event_categories))}" } == {
      clusters         = "db-cluster: failover, failure, maintenance"
      instances        = "db-instance: availability, configuration change, deletion, failover, failure, low storage, maintenance, notification, recovery"
      parameter-groups = "db-parameter-group: configuration change"
      proxies          = "db-proxy: configuration change, deletion, failure"
    }
    error_message = "A source or a category of events has changed."
  }

  assert {
    condition = alltrue([for subscription in aws_db_event_subscription.this : (
      subscription.sns_topic == "arn:aws:sns:ap-northeast-1:111122223333:alarms" && subscription.source_ids == null
    )])
    error_message = "Each must tell the topic of everything of its kind."
  }
}

# With a target, Terraform applies only what the target depends on: what a destroy takes away after it.
run "the_subnet_group_alone" {
  command   = apply
  state_key = "order"

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:alarms" }
  }

  plan_options {
    target = [aws_db_subnet_group.this]
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "with-the-subnet-group" }
  }

  override_resource {
    target = aws_db_event_subscription.this
    values = { id = "with-the-subnet-group" }
  }
}

run "the_role_and_the_subscriptions_came_with_it_and_are_destroyed_after_it" {
  command   = apply
  state_key = "order"

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:alarms" }
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "after-the-subnet-group" }
  }

  override_resource {
    target = aws_db_event_subscription.this
    values = { id = "after-the-subnet-group" }
  }

  assert {
    condition = alltrue([
      for id in concat([aws_iam_role_policy_attachment.monitoring.id], values(aws_db_event_subscription.this)[*].id) : id == "with-the-subnet-group"
    ])
    error_message = "A destroy under a living database must stop at the subnet group, before anything else is gone."
  }
}

run "the_subnet_group_alone_of_a_root" {
  command   = apply
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  plan_options {
    target = [module.environment.aws_db_subnet_group.this]
  }
}

run "what_else_the_units_share_came_with_it_and_is_destroyed_after_it" {
  command   = apply
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  assert {
    condition     = output.shared == run.the_subnet_group_alone_of_a_root.shared
    error_message = "A destroy under a living database must stop at the subnet group, before anything else is gone."
  }
}

run "a_role_with_its_policy" {
  command   = apply
  state_key = "replaced_role"

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "first" }
  }
}

run "a_replaced_role_replaces_its_policy" {
  command   = apply
  state_key = "replaced_role"

  plan_options {
    replace = [aws_iam_role.monitoring]
  }

  # It shows only on a policy that this run makes anew.
  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring.id == "second"
    error_message = "The policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

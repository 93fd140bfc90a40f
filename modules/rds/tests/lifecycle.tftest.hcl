mock_provider "aws" {
  source = "./tests/mocks"
}

# With a target, Terraform applies only what the target depends on.
run "the_database_alone" {
  command   = apply
  state_key = "order"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  plan_options {
    target = [aws_db_instance.this]
  }

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = {
      arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:with-the-database"
    }
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = {
      id = "with-the-database"
    }
  }

  override_resource {
    target = aws_db_subnet_group.this
    values = {
      vpc_id = "with-the-database"
    }
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-dev"
    error_message = "The database must be applied."
  }
}

run "the_log_groups_the_role_and_the_subnet_group_came_with_the_database" {
  command   = apply
  state_key = "order"

  variables {
    monitoring_interval  = 60
    monitoring_role_name = "orders-dev-monitoring"
  }

  override_resource {
    target = aws_cloudwatch_log_group.this
    values = {
      arn = "arn:aws:logs:ap-northeast-1:111122223333:log-group:after-the-database"
    }
  }

  override_resource {
    target = aws_iam_role_policy_attachment.monitoring
    values = {
      id = "after-the-database"
    }
  }

  override_resource {
    target = aws_db_subnet_group.this
    values = {
      vpc_id = "after-the-database"
    }
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : endswith(group.arn, ":with-the-database")])
    error_message = "RDS makes log groups without a retention unless they exist before the database."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring["this"].id == "with-the-database"
    error_message = "The monitoring role must be able to write before the database uses it."
  }

  assert {
    condition     = aws_db_subnet_group.this["this"].vpc_id == "with-the-database"
    error_message = "A database of a group of its own is made in that group."
  }
}

run "an_unencrypted_volume_takes_no_key" {
  command   = apply
  state_key = "unencrypted"

  variables {
    kms_key_arn       = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    storage_encrypted = false
  }

  assert {
    condition     = aws_db_instance.this.kms_key_id != var.kms_key_arn
    error_message = "AWS refuses a key for a volume that is not encrypted."
  }

  assert {
    condition     = aws_db_instance.this.master_user_secret_kms_key_id == var.kms_key_arn
    error_message = "The secret must be encrypted with the key all the same."
  }
}

run "a_restore_takes_user_and_key_from_the_snapshot" {
  command = apply

  variables {
    database_name       = "orders"
    kms_key_arn         = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    snapshot_identifier = "orders-dev-final"
  }

  override_resource {
    target = aws_db_instance.this
    values = {
      db_name    = "shop"
      kms_key_id = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
      username   = "shopkeeper"
      master_user_secret = [{
        secret_arn    = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
        kms_key_id    = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
        secret_status = "active"
      }]
    }
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "orders-dev-final"
    error_message = "The database must be restored from the snapshot."
  }

  assert {
    condition = (
      aws_db_instance.this.db_name == "shop" &&
      aws_db_instance.this.kms_key_id == "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    )
    error_message = "What RDS takes from the snapshot must not be stated."
  }

  assert {
    condition     = output.username == "shopkeeper" && output.database_name == "orders"
    error_message = "The outputs must name the snapshot's user and the database that the caller asks for."
  }
}

run "another_snapshot_leaves_the_restored_database_alone" {
  command = plan

  variables {
    database_name       = "orders"
    snapshot_identifier = "orders-dev-20261123"
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "orders-dev-final"
    error_message = "A changed snapshot would replace the database."
  }

  assert {
    condition     = output.username == "shopkeeper"
    error_message = "A replaced database has no known user: the restored one must stay."
  }
}

run "a_new_major_moves_the_database_to_a_new_group" {
  command = plan

  variables {
    database_name        = "orders"
    engine_version       = "17"
    parameter_group_name = "orders-dev-postgres17"
    snapshot_identifier  = "orders-dev-final"
  }

  assert {
    condition = (
      aws_db_parameter_group.this["this"].family == "postgres17" &&
      aws_db_instance.this.parameter_group_name == "orders-dev-postgres17"
    )
    error_message = "The database must move to the group of its new major."
  }

  assert {
    condition     = endswith(output.secret_arn, "-AbCdEf")
    error_message = "A major upgrade must not replace the database."
  }
}

run "a_subnet_group_from_when_every_database_had_one" {
  command   = apply
  state_key = "one_group"

  module {
    source = "./tests/one_group"
  }

  override_resource {
    target = aws_db_subnet_group.this
    values = { vpc_id = "from-then" }
  }
}

run "it_is_still_the_databases_own" {
  command   = apply
  state_key = "one_group"

  assert {
    condition     = aws_db_subnet_group.this["this"].vpc_id == "from-then"
    error_message = "AWS moves no database to another group of its VPC, so the one that it is in must not be made anew."
  }
}

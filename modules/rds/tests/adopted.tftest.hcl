mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  adopted                  = true
  adopted_major_version    = "16"
  database_name            = "orders"
  existing_parameter_group = true
  identifier               = "orders-prod-2019"
  manage_master_password   = false
  parameter_group_name     = "tuned"
  security_group_ids       = ["sg-office", "sg-wizard"]
  subnet_group_name        = "default"
  subnet_ids               = []
}

run "what_aws_fixed_when_it_was_made_is_never_stated" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
  }

  assert {
    condition     = aws_db_instance.this.identifier == "orders-prod-2019" && aws_db_instance.this.storage_encrypted
    error_message = "The identifier and the encryption must be stated: left out, the instance is replaced."
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password == null
    error_message = "A kept password must not be mentioned."
  }

  assert {
    condition     = length(aws_db_parameter_group.this) == 0 && length(aws_db_subnet_group.this) == 0 && length(aws_secretsmanager_secret_rotation.this) == 0
    error_message = "Groups of others and a kept password must stay theirs."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 0 && aws_db_instance.this.enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"])
    error_message = "Logs must go on to the groups that RDS has made."
  }

  assert {
    condition     = aws_db_instance.this.parameter_group_name == "tuned" && aws_db_instance.this.db_subnet_group_name == "default"
    error_message = "The instance must stay in its groups."
  }
}

run "while_nobody_comes_through_a_proxy_its_security_groups_stay_as_they_are" {
  command = plan

  assert {
    condition     = aws_db_instance.this.vpc_security_group_ids == toset(["sg-office", "sg-wizard"])
    error_message = "Nothing must be attached before there is a proxy."
  }
}

run "with_a_secret_the_proxy_may_come" {
  command = apply

  variables {
    master_secret_arn = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:orders/master-AbCdEf"
  }

  assert {
    condition     = aws_db_instance.this.vpc_security_group_ids == toset(["sg-0a1b2c3d4e5f60000", "sg-office", "sg-wizard"])
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
    condition     = aws_db_instance.this.manage_master_user_password && startswith(output.secret_arn, "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-")
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
    dedicated_log_volume                = true
    extended_support                    = true
    iam_authentication                  = true
    option_group_name                   = "options"
    performance_insights_kms_key_arn    = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
    performance_insights_retention_days = 731
    publicly_accessible                 = true
    tags                                = { Owner = "orders" }
  }

  assert {
    condition = (
      aws_db_instance.this.ca_cert_identifier == "rds-ca-rsa4096-g1" &&
      !aws_db_instance.this.copy_tags_to_snapshot &&
      aws_db_instance.this.dedicated_log_volume &&
      aws_db_instance.this.engine_lifecycle_support == "open-source-rds-extended-support" &&
      aws_db_instance.this.iam_database_authentication_enabled &&
      aws_db_instance.this.option_group_name == "options" &&
      aws_db_instance.this.performance_insights_kms_key_id == var.performance_insights_kms_key_arn &&
      aws_db_instance.this.performance_insights_retention_period == 731 &&
      aws_db_instance.this.publicly_accessible &&
      aws_db_instance.this.tags == tomap({ Owner = "orders" })
    )
    error_message = "What the instance has must stay."
  }
}

run "another_major_is_asked_for" {
  command = plan

  variables {
    engine_version           = "17"
    existing_parameter_group = false
    parameter_group_name     = "orders-dev-postgres17"
  }

  assert {
    condition     = aws_db_instance.this.engine_version == "17" && aws_db_instance.this.parameter_group_name == "orders-dev-postgres17"
    error_message = "A major upgrade must be stated, in a group of its own family."
  }
}

run "rejects_parameters_in_a_group_of_others" {
  command = plan

  variables {
    parameters = { work_mem = { value = "4096", apply_method = "immediate" } }
  }

  expect_failures = [var.existing_parameter_group]
}

run "rejects_a_kept_password_of_a_new_database" {
  command = plan

  variables {
    adopted               = false
    adopted_major_version = null
    subnet_group_name     = "orders-dev"
  }

  expect_failures = [var.manage_master_password]
}

run "rejects_a_version_found_on_a_new_database" {
  command = plan

  variables {
    adopted                = false
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

run "rejects_an_authority_that_is_not_of_rds" {
  command = plan

  variables {
    ca_certificate = "letsencrypt"
  }

  expect_failures = [var.ca_certificate]
}

run "rejects_an_alias_of_a_key" {
  command = plan

  variables {
    performance_insights_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/rds"
  }

  expect_failures = [var.performance_insights_kms_key_arn]
}

run "rejects_days_that_performance_insights_does_not_offer" {
  command = plan

  variables {
    performance_insights_retention_days = 30
  }

  expect_failures = [var.performance_insights_retention_days]
}

run "rejects_five_groups_beside_its_own" {
  command = plan

  variables {
    security_group_ids = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"]
  }

  expect_failures = [var.security_group_ids]
}

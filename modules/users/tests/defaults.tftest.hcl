mock_provider "aws" {
  source = "./tests/mocks"
}

run "each_user_has_a_secret_whose_name_is_free_at_once" {
  command = plan

  assert {
    condition = { for role, secret in aws_secretsmanager_secret.this : role => secret.name } == {
      owner  = "valet-rds/dev/orders/orders_app"
      reader = "valet-rds/dev/orders/orders_ro"
    }
    error_message = "A secret's name must be the prefix with the user's name."
  }

  assert {
    condition = alltrue([
      for secret in aws_secretsmanager_secret.this :
      secret.recovery_window_in_days == 0 && secret.kms_key_id == null && secret.description == "User of one database"
    ])
    error_message = "A secret must be deleted at once, so that its name can be used again, and be encrypted by AWS's own key."
  }
}

run "each_password_rotates_and_not_during_the_apply" {
  command = plan

  assert {
    condition = keys(aws_secretsmanager_secret_rotation.this) == ["owner", "reader"] && alltrue([
      for rotation in aws_secretsmanager_secret_rotation.this :
      !rotation.rotate_immediately && rotation.rotation_rules[0].automatically_after_days == 30
    ])
    error_message = "Each secret must rotate every 30 days, and not at once."
  }
}

run "a_rotation_may_have_a_window" {
  command = plan

  variables {
    rotation = { schedule = "cron(0 3 ? * SUN *)", duration = "3h" }
  }

  assert {
    condition = alltrue([
      for rotation in aws_secretsmanager_secret_rotation.this :
      rotation.rotation_rules[0].schedule_expression == "cron(0 3 ? * SUN *)" && rotation.rotation_rules[0].duration == "3h" &&
      rotation.rotation_rules[0].automatically_after_days == null
    ])
    error_message = "Each secret must rotate in its window."
  }
}

run "the_key_of_the_secrets_is_an_input" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.kms_key_arn])
    error_message = "The secrets must be encrypted by the given key."
  }
}

run "a_user_that_only_reads_is_optional" {
  command = apply

  variables {
    read_only_user = null
  }

  assert {
    condition     = keys(aws_secretsmanager_secret.this) == ["owner"] && keys(aws_secretsmanager_secret_rotation.this) == ["owner"]
    error_message = "There must be one secret."
  }

  assert {
    condition     = output.read_only_secret_arn == null && output.app_secret_arn != null && keys(output.secret_arns) == ["owner"]
    error_message = "The outputs must know one user."
  }
}

run "without_users_the_function_ends_the_logins_of_those_there_were" {
  command = apply

  variables {
    app_user       = null
    read_only_user = null
  }

  assert {
    condition     = length(aws_secretsmanager_secret.this) == 0 && jsondecode(aws_lambda_invocation.ensure.input).users == {}
    error_message = "The function must be told that nobody is left."
  }

  assert {
    condition     = output.app_secret_arn == null && output.read_only_secret_arn == null && length(output.secret_arns) == 0
    error_message = "The outputs must know nobody."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_first_plan_works_without_the_database" {
  command   = plan
  state_key = "caller"

  module {
    source = "./tests/caller"
  }

  assert {
    condition     = output.roles == ["owner", "reader"]
    error_message = "The users must be planned beside a database that does not exist yet."
  }
}

run "the_function_is_told_everything_but_passwords" {
  command = apply

  override_resource {
    target = aws_secretsmanager_secret.this["reader"]
    values = { arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/orders/orders_ro-a1B2c3" }
  }

  assert {
    condition = jsondecode(aws_lambda_invocation.ensure.input) == {
      action            = "ensure"
      adopt             = []
      database          = "orders"
      engine            = "postgres"
      host              = "orders-dev.abcdefghijkl.eu-central-1.rds.amazonaws.com"
      master_secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
      port              = 6432
      transition        = false
      users = {
        owner  = { name = "orders_app", secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/orders/user-a1B2c3" }
        reader = { name = "orders_ro", secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/orders/orders_ro-a1B2c3" }
      }
    }
    error_message = "The event must be what the function reads."
  }

  assert {
    condition     = aws_lambda_invocation.ensure.function_name == "dev_database-users" && aws_lambda_invocation.ensure.lifecycle_scope == "CREATE_ONLY"
    error_message = "The apply must run the environment's function, and a destroy must not."
  }

  assert {
    condition     = aws_lambda_invocation.ensure.triggers == tomap({ code = "hash-of-the-code", database = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA" })
    error_message = "Other code and another database must run it again."
  }

  assert {
    condition = alltrue([
      for role, rotation in aws_secretsmanager_secret_rotation.this :
      rotation.rotation_lambda_arn == "arn:aws:lambda:eu-central-1:111111111111:function:dev_database-users" &&
      rotation.secret_id == aws_secretsmanager_secret.this[role].id
    ])
    error_message = "The function must rotate each secret."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.function.security_group_id == "sg-0db0000000000000" &&
      aws_vpc_security_group_ingress_rule.function.referenced_security_group_id == "sg-03030303" &&
      aws_vpc_security_group_ingress_rule.function.ip_protocol == "tcp" &&
      aws_vpc_security_group_ingress_rule.function.from_port == 6432 &&
      aws_vpc_security_group_ingress_rule.function.to_port == 6432
    )
    error_message = "The database must let the function in on the database's port."
  }

  assert {
    condition = (
      output.app_secret_arn == aws_secretsmanager_secret.this["owner"].arn &&
      output.read_only_secret_arn == aws_secretsmanager_secret.this["reader"].arn &&
      output.secret_arns == { owner = output.app_secret_arn, reader = output.read_only_secret_arn }
    )
    error_message = "The outputs must be the secrets' ARNs."
  }
}

run "adopted_users_and_the_transition_are_told" {
  command = apply

  variables {
    adopt      = ["orders_ro", "orders_app"]
    transition = true
  }

  assert {
    condition     = jsondecode(aws_lambda_invocation.ensure.input).adopt == ["orders_app", "orders_ro"] && jsondecode(aws_lambda_invocation.ensure.input).transition
    error_message = "The function must be told whom to take over, and that the master still works."
  }
}

# With a target, Terraform applies only what the target depends on.
run "the_invocation_alone" {
  command   = apply
  state_key = "order"

  plan_options {
    target = [aws_lambda_invocation.ensure]
  }

  override_resource {
    target = aws_vpc_security_group_ingress_rule.function
    values = { id = "with-the-invocation" }
  }

  assert {
    condition     = aws_lambda_invocation.ensure.function_name == "dev_database-users"
    error_message = "The function must be run."
  }
}

run "the_rule_came_with_the_invocation_and_the_rotation_did_not" {
  command   = apply
  state_key = "order"

  override_resource {
    target = aws_vpc_security_group_ingress_rule.function
    values = { id = "after-the-invocation" }
  }

  override_resource {
    target = aws_secretsmanager_secret_rotation.this["owner"]
    values = { id = "after-the-invocation" }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.function.id == "with-the-invocation"
    error_message = "Without the rule the function reaches no database."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this["owner"].id == "after-the-invocation"
    error_message = "A secret without a value does not rotate."
  }
}

run "without_the_environment_the_words_say_whose_work_it_is" {
  command   = plan
  state_key = "alone"

  variables {
    function_name = "dev_no-such"
  }

  override_resource {
    target = terraform_data.function
    values = {}
  }

  assert {
    condition     = aws_lambda_invocation.ensure.function_name == "dev_no-such"
    error_message = "A first plan must not ask for the function."
  }
}

run "an_apply_without_the_environment_fails" {
  command   = apply
  state_key = "alone"

  variables {
    function_name = "dev_no-such"
  }

  expect_failures = [data.aws_lambda_functions.account]
}

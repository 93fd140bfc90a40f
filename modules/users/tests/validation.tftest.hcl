mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_an_adopted_stranger" {
  command = plan

  variables {
    adopt = ["clerk"]
  }

  expect_failures = [var.adopt]
}

run "rejects_an_app_user_in_upper_case" {
  command = plan

  variables {
    app_user = "Orders"
  }

  expect_failures = [var.app_user]
}

run "rejects_an_app_user_with_a_quote" {
  command = plan

  variables {
    app_user = "a\"b"
  }

  expect_failures = [var.app_user]
}

run "rejects_an_app_user_of_64_letters" {
  command = plan

  variables {
    app_user = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.app_user]
}

run "rejects_an_app_user_that_rds_reserves" {
  command = plan

  variables {
    app_user = "rds_superuser"
  }

  expect_failures = [var.app_user]
}

run "rejects_an_app_user_that_postgres_reserves" {
  command = plan

  variables {
    app_user = "pg_monitor"
  }

  expect_failures = [var.app_user]
}

run "rejects_an_app_user_that_is_everybody" {
  command = plan

  variables {
    app_user = "public"
  }

  expect_failures = [var.app_user]
}

run "rejects_no_database" {
  command = plan

  variables {
    database_name = ""
  }

  expect_failures = [var.database_name]
}

run "rejects_an_engine_by_its_name_in_rds" {
  command = plan

  variables {
    engine = "aurora-mysql"
  }

  expect_failures = [var.engine]
}

run "rejects_an_app_user_that_mysql_reserves" {
  command = plan

  variables {
    engine   = "mysql"
    app_user = "root"
  }

  expect_failures = [var.app_user]
}

run "rejects_a_reader_that_mysql_reserves" {
  command = plan

  variables {
    engine         = "mysql"
    read_only_user = "event_scheduler"
  }

  expect_failures = [var.read_only_user]
}

run "rejects_an_app_user_of_33_letters_of_mariadb" {
  command = plan

  variables {
    engine   = "mariadb"
    app_user = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.app_user]
}

run "rejects_a_reader_of_33_letters_of_mariadb" {
  command = plan

  variables {
    engine         = "mariadb"
    read_only_user = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }

  expect_failures = [var.read_only_user]
}

run "rejects_a_database_of_mysql_whose_name_would_be_cut_off" {
  command = plan

  variables {
    engine        = "mysql"
    database_name = "orders_of_the_shop_and_of_all_that_belongs_to_it_and_to_others"
  }

  expect_failures = [var.database_name]
}

run "takes_users_of_mysql_that_only_postgres_reserves" {
  command = apply

  variables {
    engine         = "mysql"
    app_user       = "pg_app"
    read_only_user = "session_user"
  }

  assert {
    condition     = jsondecode(aws_lambda_invocation.ensure.input).engine == "mysql"
    error_message = "The function must be told the engine."
  }
}

run "rejects_a_function_by_its_arn" {
  command = plan

  variables {
    function_name = "arn:aws:lambda:eu-central-1:111111111111:function:dev_database-users"
  }

  expect_failures = [var.function_name]
}

run "rejects_an_alias_as_the_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:alias/secrets"
  }

  expect_failures = [var.kms_key_arn]
}

run "rejects_the_masters_secret_by_its_name" {
  command = plan

  variables {
    master_secret_arn = "rds!db-11111111"
  }

  expect_failures = [var.master_secret_arn]
}

run "rejects_a_port_above_65535" {
  command = plan

  variables {
    port = 65536
  }

  expect_failures = [var.port]
}

run "rejects_a_reader_alone" {
  command = plan

  variables {
    app_user = null
  }

  expect_failures = [var.read_only_user]
}

run "rejects_a_reader_that_owns" {
  command = plan

  variables {
    read_only_user = "orders_app"
  }

  expect_failures = [var.read_only_user]
}

run "rejects_a_reader_that_is_reserved" {
  command = plan

  variables {
    read_only_user = "postgres"
  }

  expect_failures = [var.read_only_user]
}

run "rejects_no_rotation" {
  command = plan

  variables {
    rotation = {}
  }

  expect_failures = [var.rotation]
}

run "rejects_two_rotations" {
  command = plan

  variables {
    rotation = { days = 30, schedule = "rate(4 hours)" }
  }

  expect_failures = [var.rotation]
}

run "rejects_a_rotation_every_0_days" {
  command = plan

  variables {
    rotation = { days = 0 }
  }

  expect_failures = [var.rotation]
}

run "rejects_a_schedule_in_words" {
  command = plan

  variables {
    rotation = { schedule = "sundays" }
  }

  expect_failures = [var.rotation]
}

run "rejects_a_window_in_minutes" {
  command = plan

  variables {
    rotation = { days = 30, duration = "30m" }
  }

  expect_failures = [var.rotation]
}

run "rejects_a_prefix_without_a_slash_at_the_end" {
  command = plan

  variables {
    name_prefix = "valet-rds/dev/orders"
  }

  expect_failures = [var.name_prefix]
}

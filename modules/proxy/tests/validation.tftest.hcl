mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_a_topic_that_is_no_arn" {
  command = plan

  variables {
    alarms = { topic_arn = "valet-alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_an_unknown_authentication" {
  command = plan

  variables {
    authentication = "ldap"
  }

  expect_failures = [var.authentication]
}

run "rejects_a_borrow_timeout_of_zero" {
  command = plan

  variables {
    connection_borrow_timeout = 0
  }

  expect_failures = [var.connection_borrow_timeout]
}

run "rejects_a_borrow_timeout_above_5_minutes" {
  command = plan

  variables {
    connection_borrow_timeout = 301
  }

  expect_failures = [var.connection_borrow_timeout]
}

run "rejects_a_database_identifier_with_an_underscore" {
  command = plan

  variables {
    database_identifier = "orders_dev"
  }

  expect_failures = [var.database_identifier]
}

run "rejects_a_database_identifier_above_63_letters" {
  command = plan

  variables {
    database_identifier = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.database_identifier]
}

run "rejects_a_database_port_below_1150" {
  command = plan

  variables {
    database_port = 1149
  }

  expect_failures = [var.database_port]
}

run "rejects_a_database_port_above_65535" {
  command = plan

  variables {
    database_port = 65536
  }

  expect_failures = [var.database_port]
}

run "rejects_an_engine_instead_of_its_family" {
  command = plan

  variables {
    engine_family = "postgres"
  }

  expect_failures = [var.engine_family]
}

run "rejects_an_idle_timeout_below_a_minute" {
  command = plan

  variables {
    idle_client_timeout = 59
  }

  expect_failures = [var.idle_client_timeout]
}

run "rejects_an_idle_timeout_above_8_hours" {
  command = plan

  variables {
    idle_client_timeout = 28801
  }

  expect_failures = [var.idle_client_timeout]
}

run "rejects_an_alias_as_the_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/valet"
  }

  expect_failures = [var.kms_key_arn]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_logs_kept_for_ever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_no_connections" {
  command = plan

  variables {
    max_connections_percent      = 0
    max_idle_connections_percent = 0
  }

  expect_failures = [var.max_connections_percent]
}

run "rejects_more_than_all_connections" {
  command = plan

  variables {
    max_connections_percent = 101
  }

  expect_failures = [var.max_connections_percent]
}

run "rejects_more_idle_connections_than_connections" {
  command = plan

  variables {
    max_connections_percent      = 30
    max_idle_connections_percent = 31
  }

  expect_failures = [var.max_idle_connections_percent]
}

run "rejects_a_negative_share_of_idle_connections" {
  command = plan

  variables {
    max_idle_connections_percent = -1
  }

  expect_failures = [var.max_idle_connections_percent]
}

run "rejects_a_name_with_an_underscore" {
  command = plan

  variables {
    name = "orders_dev"
  }

  expect_failures = [var.name]
}

run "rejects_a_name_above_63_letters" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "rejects_a_zone_instead_of_a_region" {
  command = plan

  variables {
    region = "ap-northeast-1a"
  }

  expect_failures = [var.region]
}

run "rejects_a_role_name_above_64_letters" {
  command = plan

  variables {
    role_name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.role_name]
}

run "rejects_a_role_name_with_a_slash" {
  command = plan

  variables {
    role_name = "orders/proxy"
  }

  expect_failures = [var.role_name]
}

run "rejects_a_secret_by_its_name" {
  command = plan

  variables {
    secret_arn = "rds!db-11111111"
  }

  expect_failures = [var.secret_arn]
}

run "rejects_a_security_group_named_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-orders"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a1b2c3d4e5f60001"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_subnets_that_are_no_ids" {
  command = plan

  variables {
    subnet_ids = ["private-a", "private-c"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}

run "rejects_an_alias_as_the_key_of_the_log" {
  command = plan

  variables {
    log_kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:alias/logs"
  }

  expect_failures = [var.log_kms_key_arn]
}

run "rejects_a_role_as_the_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_role_path_without_a_slash_at_the_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

run "rejects_a_users_secret_by_its_name" {
  command = plan

  variables {
    user_secret_arns = { owner = "valet-rds/dev/orders/orders_app" }
  }

  expect_failures = [var.user_secret_arns]
}

run "rejects_a_user_in_the_masters_place" {
  command = plan

  variables {
    user_secret_arns = { master = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:valet-rds/dev/orders/orders_app-a1B2c3" }
  }

  expect_failures = [var.user_secret_arns]
}

run "rejects_a_proxy_that_admits_nobody" {
  command = plan

  variables {
    admit_master = false
  }

  expect_failures = [var.admit_master]
}

run "rejects_a_way_to_prove_a_password_that_the_family_does_not_know" {
  command = plan

  variables {
    client_password_auth_type = "MYSQL_NATIVE_PASSWORD"
  }

  expect_failures = [var.client_password_auth_type]
}

run "rejects_a_cluster_with_an_underscore" {
  command = plan

  variables {
    database_cluster_identifier = "orders_dev"
    database_identifier         = null
  }

  expect_failures = [var.database_cluster_identifier]
}

run "rejects_an_instance_and_a_cluster" {
  command = plan

  variables {
    database_cluster_identifier = "orders-dev"
  }

  expect_failures = [var.database_cluster_identifier]
}

run "rejects_neither_an_instance_nor_a_cluster" {
  command = plan

  variables {
    database_identifier = null
  }

  expect_failures = [var.database_cluster_identifier]
}

run "rejects_a_read_only_endpoint_with_an_underscore" {
  command = plan

  variables {
    database_cluster_identifier = "orders-dev"
    database_identifier         = null
    read_only_endpoint_name     = "orders_ro"
  }

  expect_failures = [var.read_only_endpoint_name]
}

run "rejects_a_read_only_endpoint_of_an_instance" {
  command = plan

  variables {
    read_only_endpoint_name = "orders-ro"
  }

  expect_failures = [var.read_only_endpoint_name]
}

run "rejects_a_filter_that_aws_does_not_have" {
  command = plan

  variables {
    engine_family           = "MYSQL"
    session_pinning_filters = ["EXCLUDE_ALL"]
  }

  expect_failures = [var.session_pinning_filters]
}

run "rejects_a_filter_on_postgres" {
  command = plan

  variables {
    session_pinning_filters = ["EXCLUDE_VARIABLE_SETS"]
  }

  expect_failures = [var.session_pinning_filters]
}

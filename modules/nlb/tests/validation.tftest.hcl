mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_an_alarm_topic_that_is_no_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sqs:eu-central-1:111111111111:alarms" }
  }

  expect_failures = [var.alarms]
}

run "rejects_a_client_network_with_host_bits" {
  command = plan

  variables {
    client_cidrs = ["10.64.0.1/16"]
  }

  expect_failures = [var.client_cidrs]
}

run "rejects_a_client_address_without_a_prefix" {
  command = plan

  variables {
    client_cidrs = ["10.64.0.1"]
  }

  expect_failures = [var.client_cidrs]
}

run "rejects_a_client_network_of_ipv6" {
  command = plan

  variables {
    client_cidrs = ["2001:db8::/32"]
  }

  expect_failures = [var.client_cidrs]
}

run "rejects_a_retention_that_cloudwatch_does_not_know" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_a_retention_without_end" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "rejects_a_name_of_33_characters" {
  command = plan

  variables {
    name = "a23456789-123456789-123456789-123"
  }

  expect_failures = [var.name]
}

run "rejects_a_name_that_begins_with_internal" {
  command = plan

  variables {
    name = "internal-orders"
  }

  expect_failures = [var.name]
}

run "rejects_a_name_that_ends_with_a_hyphen" {
  command = plan

  variables {
    name = "orders-"
  }

  expect_failures = [var.name]
}

run "rejects_a_port_that_no_proxy_listens_on" {
  command = plan

  variables {
    port = 5433
  }

  expect_failures = [var.port]
}

run "rejects_a_proxy_endpoint_with_a_port" {
  command = plan

  variables {
    proxy_endpoint = "orders.proxy-abc.eu-central-1.rds.amazonaws.com:5432"
  }

  expect_failures = [var.proxy_endpoint]
}

run "rejects_a_proxy_endpoint_that_is_an_address" {
  command = plan

  variables {
    proxy_endpoint = "10.0.1.10"
  }

  expect_failures = [var.proxy_endpoint]
}

run "rejects_a_proxy_security_group_that_is_a_name" {
  command = plan

  variables {
    proxy_security_group_id = "orders-proxy"
  }

  expect_failures = [var.proxy_security_group_id]
}

run "rejects_a_security_group_name_that_looks_like_an_id" {
  command = plan

  variables {
    security_group_name = "sg-orders"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_security_group_name_that_ec2_refuses" {
  command = plan

  variables {
    security_group_name = "orders?"
  }

  expect_failures = [var.security_group_name]
}

run "rejects_a_single_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a0a0a0a"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_subnet_that_is_no_id" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a0a0a0a", "private-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_function_name_of_65_characters" {
  command = plan

  variables {
    sync_function_name = "a23456789-123456789-123456789-123456789-123456789-123456789-12345"
  }

  expect_failures = [var.sync_function_name]
}

run "rejects_an_interval_of_zero" {
  command = plan

  variables {
    sync_interval_minutes = 0
  }

  expect_failures = [var.sync_interval_minutes]
}

run "rejects_an_interval_over_an_hour" {
  command = plan

  variables {
    sync_interval_minutes = 61
  }

  expect_failures = [var.sync_interval_minutes]
}

run "rejects_half_a_minute" {
  command = plan

  variables {
    sync_interval_minutes = 1.5
  }

  expect_failures = [var.sync_interval_minutes]
}

run "rejects_a_role_name_of_65_characters" {
  command = plan

  variables {
    sync_role_name = "a23456789-123456789-123456789-123456789-123456789-123456789-12345"
  }

  expect_failures = [var.sync_role_name]
}

run "rejects_a_scheduler_role_name_with_a_slash" {
  command = plan

  variables {
    sync_scheduler_role_name = "orders/schedule"
  }

  expect_failures = [var.sync_scheduler_role_name]
}

run "rejects_two_roles_of_one_name" {
  command = plan

  variables {
    sync_scheduler_role_name = "Orders-Dev-Target-Sync-Role"
  }

  expect_failures = [var.sync_scheduler_role_name]
}

run "rejects_sync_subnets_without_a_security_group" {
  command = plan

  variables {
    sync_subnet_ids = ["subnet-0a0a0a0a"]
  }

  expect_failures = [var.sync_security_group_name]
}

run "rejects_a_sync_security_group_without_subnets" {
  command = plan

  variables {
    sync_security_group_name = "orders-dev-sync"
  }

  expect_failures = [var.sync_security_group_name]
}

run "rejects_a_sync_security_group_name_that_looks_like_an_id" {
  command = plan

  variables {
    sync_security_group_name = "sg-orders"
    sync_subnet_ids          = ["subnet-0a0a0a0a"]
  }

  expect_failures = [var.sync_security_group_name]
}

run "rejects_a_sync_subnet_that_is_no_id" {
  command = plan

  variables {
    sync_security_group_name = "orders-dev-sync"
    sync_subnet_ids          = ["private-b"]
  }

  expect_failures = [var.sync_subnet_ids]
}

run "rejects_a_target_group_name_of_33_characters" {
  command = plan

  variables {
    target_group_name = "a23456789-123456789-123456789-123"
  }

  expect_failures = [var.target_group_name]
}

run "rejects_a_target_group_name_that_begins_with_a_hyphen" {
  command = plan

  variables {
    target_group_name = "-orders"
  }

  expect_failures = [var.target_group_name]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "storage"
  }

  expect_failures = [var.vpc_id]
}

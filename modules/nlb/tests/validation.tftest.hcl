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

run "rejects_an_environment_that_no_tag_allows" {
  command = plan

  variables {
    environment = "dev?"
  }

  expect_failures = [var.environment]
}

run "rejects_a_proxy_name_that_no_proxy_has" {
  command = plan

  variables {
    proxy_name = "orders--dev"
  }

  expect_failures = [var.proxy_name]
}

run "rejects_a_role_that_no_endpoint_has" {
  command = plan

  variables {
    target_role = "READ_BOTH"
  }

  expect_failures = [var.target_role]
}

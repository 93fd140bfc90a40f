mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_a_network_with_host_bits" {
  command = plan

  variables {
    allowed_cidrs = ["10.64.0.1/16"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "rejects_an_address_without_a_prefix" {
  command = plan

  variables {
    allowed_cidrs = ["10.64.0.1"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "rejects_a_network_of_ipv6" {
  command = plan

  variables {
    allowed_cidrs = ["fd00::/64"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "rejects_a_security_group_that_is_a_name" {
  command = plan

  variables {
    allowed_security_group_ids = ["nodes"]
  }

  expect_failures = [var.allowed_security_group_ids]
}

run "rejects_a_host_with_a_port" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com:5432"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_host_that_is_an_address" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "10.0.0.1"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_host_in_capitals" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "Orders.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_host_that_takes_a_whole_domain" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "*.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_port_that_is_none" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com"
        port         = 0
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_port_beyond_the_last" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com"
        port         = 65536
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_half_a_port" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com"
        port         = 5432.5
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_service_of_aws" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com"
        port         = 5432
        service_name = "com.amazonaws.eu-central-1.secretsmanager"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_service_by_its_id" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders.example.com"
        port         = 5432
        service_name = "vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  expect_failures = [var.databases]
}

run "rejects_a_prefix_that_no_group_may_have" {
  command = plan

  variables {
    name_prefix = "sg-apps"
  }

  expect_failures = [var.name_prefix]
}

run "rejects_an_empty_prefix" {
  command = plan

  variables {
    name_prefix = ""
  }

  expect_failures = [var.name_prefix]
}

run "rejects_a_prefix_with_a_dot" {
  command = plan

  variables {
    name_prefix = "apps.dev"
  }

  expect_failures = [var.name_prefix]
}

run "rejects_no_subnet" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_subnet_that_is_no_id" {
  command = plan

  variables {
    subnet_ids = ["private-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_a_vpc_that_is_no_id" {
  command = plan

  variables {
    vpc_id = "apps"
  }

  expect_failures = [var.vpc_id]
}

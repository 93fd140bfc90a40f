mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  subnet_ids = ["subnet-0b1c2d3e", "subnet-1b2c3d4e", "subnet-2b3c4d5e", "subnet-3b4c5d6e"]
}

# Of four subnets, the two in the middle are in one zone.
override_data {
  target = data.aws_subnet.this["subnet-0b1c2d3e"]
  values = { availability_zone_id = "euc1-az3" }
}

override_data {
  target = data.aws_subnet.this["subnet-1b2c3d4e"]
  values = { availability_zone_id = "euc1-az2" }
}

override_data {
  target = data.aws_subnet.this["subnet-2b3c4d5e"]
  values = { availability_zone_id = "euc1-az2" }
}

override_data {
  target = data.aws_subnet.this["subnet-3b4c5d6e"]
  values = { availability_zone_id = "euc1-az1" }
}

run "an_endpoint_takes_the_first_subnet_of_each_zone_of_its_service" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.this["orders"].subnet_ids == toset(["subnet-1b2c3d4e", "subnet-3b4c5d6e"])
    error_message = "AWS refuses a zone without the service, and a second subnet in one zone."
  }
}

run "each_endpoint_takes_the_zones_of_its_own_service" {
  command = plan

  variables {
    databases = {
      ledger = {
        host         = "ledger.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef1"
        zone_ids     = ["euc1-az3"]
      }
      orders = {
        host         = "orders.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az1"]
      }
    }
  }

  assert {
    condition = { for shortname, endpoint in aws_vpc_endpoint.this : shortname => endpoint.subnet_ids } == {
      ledger = toset(["subnet-0b1c2d3e"])
      orders = toset(["subnet-3b4c5d6e"])
    }
    error_message = "Services of two databases may be in different zones."
  }
}

run "a_service_of_another_region_is_reached_from_every_zone" {
  command = plan

  variables {
    databases = {
      orders = {
        host           = "orders.example.com"
        port           = 5432
        service_name   = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"
        service_region = "eu-west-1"
        zone_ids       = []
      }
    }
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].subnet_ids == toset(["subnet-0b1c2d3e", "subnet-1b2c3d4e", "subnet-3b4c5d6e"])
    error_message = "The zones of another Region are none of this one's."
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].service_region == "eu-west-1"
    error_message = "AWS looks for the service in the endpoint's own Region otherwise."
  }
}

run "rejects_subnets_in_other_zones" {
  command = plan

  variables {
    subnet_ids = ["subnet-0b1c2d3e"]
  }

  expect_failures = [aws_vpc_endpoint.this["orders"]]
}

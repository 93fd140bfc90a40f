mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_host_answers_with_the_endpoint" {
  command = apply

  assert {
    condition     = aws_route53_zone.this["orders"].name == var.databases.orders.host && one(aws_route53_record.this["orders"].alias).name == aws_vpc_endpoint.this["orders"].dns_entry[0].dns_name
    error_message = "The zone must be exactly the host, and its record lead to the endpoint."
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].private_dns_enabled == false
    error_message = "The endpoint must not ask for a private name."
  }
}

run "rejects_subnets_in_other_zones" {
  command = plan

  variables {
    databases = {
      orders = {
        host         = "orders-dev-proxy.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az1"]
      }
    }
  }

  expect_failures = [aws_vpc_endpoint.this["orders"]]
}

mock_provider "aws" {
  source = "./tests/mocks"
}

run "names_begin_with_the_prefix" {
  command = plan

  assert {
    condition     = { for port, group in aws_security_group.this : port => group.name } == { "5432" = "apps-dev-5432" }
    error_message = "A security group must be named after the prefix and its port."
  }

  assert {
    condition     = aws_security_group.this["5432"].tags == tomap({ Name = "apps-dev-5432" })
    error_message = "The console shows a security group by its Name tag."
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].tags == tomap({ Name = "apps-dev-orders" })
    error_message = "The console shows an endpoint by its Name tag, and other tags are the root's."
  }
}

run "a_zone_is_named_exactly_as_the_host" {
  command = plan

  assert {
    condition     = aws_route53_zone.this["orders"].name == var.databases.orders.host && aws_route53_record.this["orders"].name == var.databases.orders.host
    error_message = "A zone of a longer or shorter name would answer for other hosts, too."
  }
}

run "descriptions_hold_no_input" {
  command = plan

  variables {
    allowed_cidrs = ["10.99.0.0/16"]
    databases = {
      zzz = {
        host         = "zzz.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
    }
    name_prefix = "zzz"
  }

  assert {
    condition = alltrue([
      for text in concat(
        values(aws_security_group.this)[*].description,
        values(aws_route53_zone.this)[*].comment,
        values(aws_vpc_security_group_ingress_rule.cidr)[*].description,
      ) : !strcontains(text, "zzz") && can(regex("^[A-Za-z0-9 ,._:;/()#@+=*-]{1,255}$", text))
    ])
    error_message = "A changed description replaces a security group, so it must hold no input, and only letters that EC2 takes."
  }
}

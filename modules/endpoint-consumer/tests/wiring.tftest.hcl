mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_host_answers_with_the_endpoint" {
  command = apply

  assert {
    condition     = one(aws_route53_record.this["orders"].alias).name == "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com" && one(aws_route53_record.this["orders"].alias).zone_id == "Z273ZU8SZ5RJPC"
    error_message = "The record must lead to the endpoint's own name: that of one zone goes with it."
  }

  assert {
    condition     = aws_route53_record.this["orders"].zone_id == aws_route53_zone.this["orders"].zone_id && aws_route53_record.this["orders"].type == "A"
    error_message = "The record must be in the zone of its host."
  }

  assert {
    condition     = one(aws_route53_zone.this["orders"].vpc).vpc_id == "vpc-0b1c2d3e"
    error_message = "The zone must answer in the clients' VPC."
  }
}

run "the_endpoint_is_the_services" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.this["orders"].service_name == var.databases.orders.service_name && aws_vpc_endpoint.this["orders"].vpc_endpoint_type == "Interface"
    error_message = "The endpoint must be an interface to the database's service."
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].vpc_id == "vpc-0b1c2d3e"
    error_message = "The endpoint must be in the clients' VPC."
  }

  assert {
    condition     = aws_vpc_endpoint.this["orders"].private_dns_enabled == false
    error_message = "The endpoint must not ask for a private name."
  }
}

run "databases_of_one_port_share_a_security_group" {
  command = apply

  variables {
    allowed_cidrs              = ["10.64.0.0/16", "10.80.0.0/16"]
    allowed_security_group_ids = ["sg-0b1c2d3e"]
    databases = {
      ledger = {
        host         = "ledger.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef1"
        zone_ids     = ["euc1-az2"]
      }
      orders = {
        host         = "orders.example.com"
        port         = 5432
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
        zone_ids     = ["euc1-az2"]
      }
      search = {
        host         = "search.example.com"
        port         = 3306
        service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef2"
        zone_ids     = ["euc1-az2"]
      }
    }
  }

  override_resource {
    target = aws_security_group.this["3306"]
    values = { id = "sg-00000000000003306" }
  }

  assert {
    condition = { for shortname, endpoint in aws_vpc_endpoint.this : shortname => endpoint.security_group_ids } == {
      ledger = toset(["sg-0123456789abcdef0"])
      orders = toset(["sg-0123456789abcdef0"])
      search = toset(["sg-00000000000003306"])
    }
    error_message = "An endpoint must wear the group of its port."
  }

  assert {
    condition = alltrue([
      for shortname, database in var.databases : aws_vpc_endpoint.this[shortname].service_name == database.service_name
      && aws_route53_zone.this[shortname].name == database.host && aws_route53_record.this[shortname].name == database.host
    ])
    error_message = "Each host must lead to its own database's service."
  }

  assert {
    condition = alltrue([
      for key, rule in merge(aws_vpc_security_group_ingress_rule.cidr, aws_vpc_security_group_ingress_rule.group) :
      rule.ip_protocol == "tcp" && rule.from_port == rule.to_port && tostring(rule.from_port) == split("/", key)[0]
      && rule.security_group_id == aws_security_group.this[split("/", key)[0]].id
    ])
    error_message = "A rule must open the port of its group, and no other."
  }

  assert {
    condition = { for key, rule in aws_vpc_security_group_ingress_rule.cidr : key => rule.cidr_ipv4 } == {
      "3306/10.64.0.0/16" = "10.64.0.0/16"
      "3306/10.80.0.0/16" = "10.80.0.0/16"
      "5432/10.64.0.0/16" = "10.64.0.0/16"
      "5432/10.80.0.0/16" = "10.80.0.0/16"
    }
    error_message = "Each network must get through to each port."
  }

  assert {
    condition = { for key, rule in aws_vpc_security_group_ingress_rule.group : key => rule.referenced_security_group_id } == {
      "3306/sg-0b1c2d3e" = "sg-0b1c2d3e"
      "5432/sg-0b1c2d3e" = "sg-0b1c2d3e"
    }
    error_message = "Each security group must get through to each port."
  }
}

run "without_a_database_there_is_nothing" {
  command = plan

  variables {
    databases = {}
  }

  assert {
    condition     = length(aws_vpc_endpoint.this) + length(aws_route53_zone.this) + length(aws_route53_record.this) + length(aws_security_group.this) + length(aws_vpc_security_group_ingress_rule.cidr) == 0
    error_message = "Before the first database is applied, nothing may be made."
  }
}

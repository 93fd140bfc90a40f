locals {
  # The names of zones differ between accounts; their ids do not.
  zone_ids = { for id, subnet in data.aws_subnet.this : id => subnet.availability_zone_id }

  # An endpoint takes one subnet in a zone.
  subnet_ids = {
    for shortname, database in var.databases : shortname => [
      for zone_id, ids in {
        for id in sort(var.subnet_ids) : local.zone_ids[id] => id...
        if length(database.zone_ids) == 0 || contains(database.zone_ids, local.zone_ids[id])
      } : ids[0]
    ]
  }
}

data "aws_subnet" "this" {
  for_each = var.subnet_ids

  id = each.value
}

resource "aws_vpc_endpoint" "this" {
  for_each = var.databases

  vpc_id             = var.vpc_id
  vpc_endpoint_type  = "Interface"
  service_name       = each.value.service_name
  service_region     = each.value.service_region
  subnet_ids         = local.subnet_ids[each.key]
  security_group_ids = [aws_security_group.this[tostring(each.value.port)].id]

  # AWS wants a proof that the service owns the domain; the zones below answer for the name instead.
  private_dns_enabled = false

  tags = { Name = "${var.name_prefix}-${each.key}" }

  lifecycle {
    precondition {
      condition     = length(local.subnet_ids[each.key]) > 0
      error_message = "The subnet_ids must hold one in a zone that the service of ${each.key} is in: ${join(", ", each.value.zone_ids)}."
    }
  }
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:A private zone cannot be signed.
  #checkov:skip=CKV2_AWS_39:Queries are logged by the VPC, for all of its zones.
  for_each = var.databases

  name    = each.value.host
  comment = "The host of a database, for the VPC of its clients"

  vpc {
    vpc_id = var.vpc_id
  }
}

resource "aws_route53_record" "this" {
  for_each = var.databases

  zone_id = aws_route53_zone.this[each.key].zone_id
  name    = each.value.host
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.this[each.key].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.this[each.key].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

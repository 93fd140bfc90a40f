locals {
  ports = toset([for database in var.databases : tostring(database.port)])

  cidr_rules = {
    for pair in setproduct(local.ports, var.allowed_cidrs) : join("/", pair) => { port = pair[0], cidr = pair[1] }
  }
  group_rules = {
    for pair in setproduct(local.ports, var.allowed_security_group_ids) : join("/", pair) => { port = pair[0], id = pair[1] }
  }
}

resource "aws_security_group" "this" {
  for_each = local.ports

  name        = "${var.name_prefix}-${each.value}"
  description = "Endpoints of databases"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name_prefix}-${each.value}" }
}

resource "aws_vpc_security_group_ingress_rule" "cidr" {
  for_each = local.cidr_rules

  security_group_id = aws_security_group.this[each.value.port].id
  description       = "Database connections from a client network"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value.port)
  to_port           = tonumber(each.value.port)
}

resource "aws_vpc_security_group_ingress_rule" "group" {
  for_each = local.group_rules

  security_group_id            = aws_security_group.this[each.value.port].id
  description                  = "Database connections from a security group of clients"
  referenced_security_group_id = each.value.id
  ip_protocol                  = "tcp"
  from_port                    = tonumber(each.value.port)
  to_port                      = tonumber(each.value.port)
}

resource "aws_security_group" "this" {
  name        = var.security_group_name
  description = "Network load balancer in front of an RDS proxy"
  vpc_id      = var.vpc_id

  tags = { Name = var.security_group_name }

  # AWS does not delete a group that is in use, so a renamed one has to exist before the old goes.
  lifecycle {
    create_before_destroy = true
  }
}

# Through PrivateLink these rules see the client's own address.
resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_cidrs

  security_group_id = aws_security_group.this.id
  description       = "Database connections from a client network"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.port
  to_port           = var.port
}

resource "aws_vpc_security_group_egress_rule" "proxy" {
  security_group_id            = aws_security_group.this.id
  description                  = "Connections and health checks to the proxy"
  referenced_security_group_id = var.proxy_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "aws_vpc_security_group_ingress_rule" "proxy" {
  security_group_id            = var.proxy_security_group_id
  description                  = "Connections and health checks from the network load balancer"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

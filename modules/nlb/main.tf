resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:An NLB writes access logs for TLS listeners only, and this listener is TCP.
  #checkov:skip=CKV_AWS_150:It holds no data, AWS refuses to delete it while an endpoint service uses it, and a retired database must go in one apply.
  name               = var.name
  internal           = true
  load_balancer_type = "network"
  subnets            = var.subnet_ids
  security_groups    = [aws_security_group.this.id]

  # A proxy sits in two zones of AWS's choice; without this a client of a third zone finds no target.
  enable_cross_zone_load_balancing = true

  enable_deletion_protection = false

  enforce_security_group_inbound_rules_on_private_link_traffic = length(var.client_cidrs) > 0 ? "on" : "off"
}

resource "aws_lb_target_group" "this" {
  name        = var.target_group_name
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "TCP"
  port        = var.port

  # Targets see the load balancer's addresses, which the proxy's security group knows by group.
  preserve_client_ip = "false"

  # Neither database protocol knows the header.
  proxy_protocol_v2 = false

  # One minute for running queries, then the remaining connections are closed: to an address that
  # the proxy has left they would hang until the client's own timeout.
  deregistration_delay   = "60"
  connection_termination = true

  health_check {
    # A block without it means HTTP.
    protocol            = "TCP"
    port                = "traffic-port"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn        = aws_lb.this.arn
  protocol                 = "TCP"
  port                     = var.port
  tcp_idle_timeout_seconds = 350

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  lifecycle {
    # A new name or port replaces the target group. Its fixed name rules out create_before_destroy,
    # and AWS does not delete a group that a listener uses, so the listener has to go first.
    replace_triggered_by = [aws_lb_target_group.this.arn]
  }
}

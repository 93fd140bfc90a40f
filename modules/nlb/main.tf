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

  # By these the environment's target sync finds the group, and may change its targets.
  tags = {
    "valet-rds:environment"    = var.environment
    "valet-rds:proxy-endpoint" = var.proxy_endpoint
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

# AWS's own words for a function that is not there do not say whose work it is. Read during the apply that makes the target
# group, so that a plan does not fail while the environment is planned beside it.
data "aws_lambda_functions" "account" {
  depends_on = [aws_lb_target_group.this]

  lifecycle {
    postcondition {
      condition     = contains(self.function_names, var.sync_function_name)
      error_message = "There is no function ${var.sync_function_name}, which fills the target group: apply the root _environment of the environment ${var.environment} first, then this one again."
    }
  }
}

# The apply ends with a target that works, or with the function's words why there is none.
resource "aws_lambda_invocation" "apply" {
  function_name = var.sync_function_name

  # Another input is another invocation.
  input = jsonencode(merge(
    {
      trigger          = "apply"
      port             = var.port
      proxy_endpoint   = var.proxy_endpoint
      proxy_name       = var.proxy_name
      target_group_arn = aws_lb_target_group.this.arn
    },
    # The function looks at the writer unless it is told otherwise.
    var.target_role == "READ_WRITE" ? {} : { target_role = var.target_role },
  ))

  triggers = {
    database = var.database_resource_id
    listener = aws_lb_listener.this.arn
  }

  # Without the listener every target is unused, without the rules every one is unhealthy.
  depends_on = [
    aws_vpc_security_group_egress_rule.proxy,
    aws_vpc_security_group_ingress_rule.proxy,
    data.aws_lambda_functions.account,
  ]
}

locals {
  target_group_dimensions = {
    LoadBalancer = aws_lb.this.arn_suffix
    TargetGroup  = aws_lb_target_group.this.arn_suffix
  }

  alarms = {
    healthy-hosts = {
      description = "No address of the proxy answers the load balancer: clients cannot connect."
      namespace   = "AWS/NetworkELB"
      metric_name = "HealthyHostCount"
      dimensions  = local.target_group_dimensions
      # Over the zones: a proxy has no address in some of them, so the best zone counts.
      statistic           = "Maximum"
      comparison_operator = "LessThanThreshold"
      period              = 60
      evaluation_periods  = 3
      # The metric exists only while targets are registered, so no data is an outage too.
      treat_missing_data = "breaching"
    }

    unhealthy-hosts = {
      description         = "For 15 minutes an address of the proxy has not answered the load balancer."
      namespace           = "AWS/NetworkELB"
      metric_name         = "UnHealthyHostCount"
      dimensions          = local.target_group_dimensions
      statistic           = "Maximum"
      comparison_operator = "GreaterThanOrEqualToThreshold"
      # Longer than the sync needs to remove an address that the proxy has left.
      period             = 300
      evaluation_periods = 3
      # Without targets the other alarm speaks.
      treat_missing_data = "notBreaching"
    }

    sync-failed = {
      description = "The target sync fails for this load balancer: the proxy's name has no address, or AWS refuses one."
      namespace   = "ValetRds/TargetSync"
      metric_name = "Failed"
      # The function counts failures by the group's name.
      dimensions          = { TargetGroup = aws_lb_target_group.this.name }
      statistic           = "Sum"
      comparison_operator = "GreaterThanOrEqualToThreshold"
      # Each of five runs in a row.
      period             = 60
      evaluation_periods = 5
      # It counts failures only; that it does not run at all is an alarm of the environment's.
      treat_missing_data = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for key, alarm in local.alarms : key => alarm if var.alarms != null }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison_operator
  threshold           = 1
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  treat_missing_data  = each.value.treat_missing_data
  alarm_actions       = [var.alarms.topic_arn]
  ok_actions          = [var.alarms.topic_arn]

  # Before the first fill there is nothing healthy to count.
  depends_on = [aws_lambda_invocation.apply]
}

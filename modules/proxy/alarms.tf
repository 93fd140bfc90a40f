locals {
  alarms = var.alarms == null ? {} : { this = var.alarms.topic_arn }
}

resource "aws_cloudwatch_metric_alarm" "borrow_latency" {
  for_each = local.alarms

  alarm_name        = "${var.name}-borrow-latency"
  alarm_description = "Clients wait for a database connection: the pool is used up, or the proxy cannot log in"

  namespace   = "AWS/RDS"
  metric_name = "DatabaseConnectionsBorrowLatency"
  dimensions  = { ProxyName = aws_db_proxy.this.name }

  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  period              = 300
  statistic           = "Average"
  # Microseconds.
  threshold = 250000
  # Without requests there is nothing to measure.
  treat_missing_data = "notBreaching"

  alarm_actions = [each.value]
  ok_actions    = [each.value]
}

resource "aws_cloudwatch_metric_alarm" "pinned_sessions" {
  for_each = local.alarms

  alarm_name        = "${var.name}-pinned-sessions"
  alarm_description = "Half of the pool is pinned to single clients and cannot be shared"

  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  threshold           = 50
  # Without clients the proxy reports no sessions.
  treat_missing_data = "notBreaching"

  metric_query {
    id          = "share"
    expression  = "100 * pinned / allowed"
    label       = "Pinned connections in percent of the pool"
    return_data = true
  }

  # Each node of the proxy reports its own part; over the same period the sums have the ratio of the whole.
  dynamic "metric_query" {
    for_each = {
      allowed = "MaxDatabaseConnectionsAllowed"
      pinned  = "DatabaseConnectionsCurrentlySessionPinned"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/RDS"
        metric_name = metric_query.value
        dimensions  = { ProxyName = aws_db_proxy.this.name }
        period      = 300
        stat        = "Sum"
      }
    }
  }

  alarm_actions = [each.value]
  ok_actions    = [each.value]
}

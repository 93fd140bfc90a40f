locals {
  alarms = var.alarms == null ? {} : { this = var.alarms.topic_arn }

  # Sums of failures, of which AWS reports none while there are none.
  failures = {
    client-logins = {
      description = "For a quarter of an hour clients have failed to log in to the proxy: a wrong password or token, or no TLS"
      metric_name = "ClientConnectionsSetupFailedAuth"
    }
    database-logins = {
      description = "For a quarter of an hour the proxy has failed to log in to the database, or to reach it"
      metric_name = "DatabaseConnectionsSetupFailed"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "availability" {
  for_each = local.alarms

  alarm_name        = "${var.name}-availability"
  alarm_description = "The proxy cannot use the database: it does not reach it, or cannot log in"

  namespace   = "AWS/RDS"
  metric_name = "AvailabilityPercentage"
  dimensions = {
    ProxyName   = aws_db_proxy.this.name
    TargetGroup = aws_db_proxy_target.this.target_group_name
    TargetRole  = "READ_WRITE"
  }

  comparison_operator = "LessThanThreshold"
  # Longer than a failover takes.
  evaluation_periods = 5
  period             = 60
  statistic          = "Average"
  threshold          = 50
  # The load balancer's checks stay green then, and no other metric is left: silence is an outage.
  treat_missing_data = "breaching"

  alarm_actions = [each.value]
  ok_actions    = [each.value]
}

resource "aws_cloudwatch_metric_alarm" "read_only_availability" {
  for_each = { for key, topic_arn in local.alarms : key => topic_arn if var.read_only_endpoint_name != null }

  alarm_name        = "${var.name}-read-only-availability"
  alarm_description = "The proxy cannot use a reader: there is none, it does not reach them, or cannot log in"

  namespace   = "AWS/RDS"
  metric_name = "AvailabilityPercentage"
  dimensions = {
    ProxyName   = aws_db_proxy.this.name
    TargetGroup = aws_db_proxy_target.this.target_group_name
    TargetRole  = "READ_ONLY"
  }

  comparison_operator = "LessThanThreshold"
  # Longer than a failover takes, which makes the reader of a pair the writer.
  evaluation_periods = 5
  period             = 60
  statistic          = "Average"
  threshold          = 50
  # The proxy sends nobody to the writer instead, and the load balancer's checks stay green: silence is an outage.
  treat_missing_data = "breaching"

  alarm_actions = [each.value]
  ok_actions    = [each.value]
}

resource "aws_cloudwatch_metric_alarm" "failures" {
  for_each = { for name, failure in local.failures : name => failure if var.alarms != null }

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace   = "AWS/RDS"
  metric_name = each.value.metric_name
  dimensions  = { ProxyName = aws_db_proxy.this.name }

  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 3
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = [var.alarms.topic_arn]
  ok_actions    = [var.alarms.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "borrow_latency" {
  for_each = local.alarms

  alarm_name        = "${var.name}-borrow-latency"
  alarm_description = "Clients wait for a database connection: the pool is used up"

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

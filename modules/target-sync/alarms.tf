locals {
  alarms = {
    silent = {
      description         = "The target sync does not run, or fails before it has looked at a group: new addresses of proxies would not be registered."
      metric_name         = "Groups"
      statistic           = "SampleCount"
      comparison_operator = "LessThanThreshold"
      # Each period holds several runs.
      period             = 300
      evaluation_periods = 2
      # Each run counts the groups, so silence means that none is done.
      treat_missing_data = "breaching"
    }

    late = {
      description         = "The target sync does not get through its groups within a minute: others use up the API's calls, or there are too many."
      metric_name         = "LateGroups"
      statistic           = "Minimum"
      comparison_operator = "GreaterThanOrEqualToThreshold"
      period              = 300
      evaluation_periods  = 3
      # The other alarm tells of silence.
      treat_missing_data = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for key, alarm in local.alarms : key => alarm if var.alarms != null }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "ValetRds/TargetSync"
  metric_name         = each.value.metric_name
  dimensions          = { Environment = var.environment }
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison_operator
  threshold           = 1
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  treat_missing_data  = each.value.treat_missing_data
  alarm_actions       = [var.alarms.topic_arn]
  ok_actions          = [var.alarms.topic_arn]

  # Before the first run there is nothing but silence.
  depends_on = [aws_scheduler_schedule.this]
}

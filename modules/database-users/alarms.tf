resource "aws_cloudwatch_metric_alarm" "failed" {
  for_each = var.alarms == null ? {} : { this = var.alarms.topic_arn }

  alarm_name        = "${var.name}-failed"
  alarm_description = "The users of a database were not made, or a password was not rotated: the function's log says why."

  namespace   = "AWS/Lambda"
  metric_name = "Errors"
  dimensions  = { FunctionName = aws_lambda_function.this.function_name }

  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  # It only runs when there is something to do.
  treat_missing_data = "notBreaching"

  alarm_actions = [each.value]
  ok_actions    = [each.value]
}

mock_provider "aws" {
  source = "./tests/mocks"
}

run "each_alarm_watches_the_proxy_and_tells_the_topic" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  assert {
    condition = alltrue([
      for alarm in [aws_cloudwatch_metric_alarm.borrow_latency["this"], aws_cloudwatch_metric_alarm.pinned_sessions["this"]] : (
        alarm.alarm_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"]) &&
        alarm.ok_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"]) &&
        alarm.comparison_operator == "GreaterThanThreshold" &&
        alarm.evaluation_periods == 3 &&
        alarm.treat_missing_data == "notBreaching"
      )
    ])
    error_message = "An alarm must tell the topic when it starts and when it ends, and stay quiet without clients."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.borrow_latency["this"].namespace == "AWS/RDS" &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].metric_name == "DatabaseConnectionsBorrowLatency" &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].dimensions == tomap({ ProxyName = "orders-dev-proxy" }) &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].period == 300 &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].statistic == "Average" &&
      aws_cloudwatch_metric_alarm.borrow_latency["this"].threshold == 250000
    )
    error_message = "The first alarm must watch the time that clients wait for a connection."
  }

  assert {
    condition = toset([
      for query in aws_cloudwatch_metric_alarm.pinned_sessions["this"].metric_query : join(" ", concat(
        [query.id],
        query.return_data == true ? [query.expression] : [],
        [for metric in query.metric : "${metric.stat} ${metric.namespace} ${metric.metric_name} ${metric.period} ${metric.dimensions["ProxyName"]}"],
      ))
      ]) == toset([
      "share 100 * pinned / allowed",
      "allowed Sum AWS/RDS MaxDatabaseConnectionsAllowed 300 orders-dev-proxy",
      "pinned Sum AWS/RDS DatabaseConnectionsCurrentlySessionPinned 300 orders-dev-proxy",
    ])
    error_message = "The second alarm must watch the share of the pool that is pinned."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.pinned_sessions["this"].threshold == 50
    error_message = "Half of the pool is the limit for pinned sessions."
  }
}

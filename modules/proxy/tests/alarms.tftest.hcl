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

run "a_proxy_that_cannot_use_its_database_alarms" {
  command = apply

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  assert {
    condition = aws_cloudwatch_metric_alarm.availability["this"].dimensions == tomap({
      ProxyName   = "orders-dev-proxy"
      TargetGroup = "default"
      TargetRole  = "READ_WRITE"
    })
    error_message = "The alarm must watch the writer behind this proxy."
  }

  assert {
    condition = { for name, alarm in merge(aws_cloudwatch_metric_alarm.availability, aws_cloudwatch_metric_alarm.failures) : name =>
      "${alarm.statistic} ${alarm.namespace} ${alarm.metric_name} ${alarm.comparison_operator} ${alarm.threshold} ${alarm.evaluation_periods} times ${alarm.period}, else ${alarm.treat_missing_data}"
      } == {
      this            = "Average AWS/RDS AvailabilityPercentage LessThanThreshold 50 5 times 60, else breaching"
      client-logins   = "Sum AWS/RDS ClientConnectionsSetupFailedAuth GreaterThanOrEqualToThreshold 1 3 times 300, else notBreaching"
      database-logins = "Sum AWS/RDS DatabaseConnectionsSetupFailed GreaterThanOrEqualToThreshold 1 3 times 300, else notBreaching"
    }
    error_message = "A metric, a threshold or the treatment of missing data has changed."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.failures : alarm.dimensions == tomap({ ProxyName = "orders-dev-proxy" })])
    error_message = "Failures must be those of this proxy."
  }

  assert {
    condition = alltrue([for alarm in merge(aws_cloudwatch_metric_alarm.availability, aws_cloudwatch_metric_alarm.failures) : (
      alarm.alarm_actions == toset(["arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"]) && alarm.ok_actions == alarm.alarm_actions
    )])
    error_message = "An alarm must tell the topic when it starts and when it ends."
  }
}

locals {
  gib           = 1024 * 1024 * 1024
  is_serverless = var.instance_class == "db.serverless"
  # Of Serverless v2 AWS counts memory and connections by what an instance may grow to: about 2 GiB for each ACU.
  memory_gib = var.alarms == null ? null : local.is_serverless ? var.max_capacity * 2 : var.alarms.memory_gib

  derived_connections = local.memory_gib == null ? null : local.is_postgres ? min(
    # RDS counts connections by the memory left to the engine: a quarter of a GiB less than the class has comes close on every size.
    floor((local.memory_gib - 0.25) * local.gib / 9531392),
    # An instance that may shrink to half an ACU or stop takes no more.
    local.is_serverless && coalesce(var.min_capacity, 1) < 1 ? 2000 : 5000
    ) : max(
    # As often as the memory doubles; the logarithms come out whole.
    floor(log(local.memory_gib * local.gib / 805306368, 2) + 0.5) * 45,
    floor(log(local.memory_gib * local.gib / 8187281408, 2) + 0.5) * 1000,
  )
  max_connections = local.memory_gib == null ? null : try(
    tonumber(var.instance_parameters["max_connections"].value),
    tonumber(var.parameters["max_connections"].value),
    local.derived_connections
  )

  # Of the writer, whichever instance it is, and of the readers together.
  of_each = {
    cpu = {
      description = "The processor has been busy for a quarter of an hour, or nothing answers"
      metric_name = "CPUUtilization"
      operator    = "GreaterThanThreshold"
      statistic   = "Average"
      threshold   = 90
      periods     = 3
      # A running instance always reports its processor, so silence means that it is down. One that may stop is silent meanwhile.
      missing = var.min_capacity == 0 ? "notBreaching" : "breaching"
    }
    cpu-credits = {
      description = "The class has spent its CPU credits: it is throttled, or each more is billed"
      metric_name = "CPUCreditBalance"
      operator    = "LessThanThreshold"
      statistic   = "Average"
      threshold   = startswith(var.instance_class, "db.t") ? 5 : null
      # A new instance begins with none and earns its first within the hour.
      periods = 12
      # Without data nothing is known about the credits; the cpu alarm reports the silence.
      missing = "missing"
    }
    capacity = {
      description = "Serverless v2 has grown to what it may, and cannot grow further"
      metric_name = "ACUUtilization"
      operator    = "GreaterThanThreshold"
      statistic   = "Average"
      threshold   = local.is_serverless ? 95 : null
      periods     = 3
      # Without data nothing is known about the capacity; the cpu alarm reports the silence.
      missing = "missing"
    }
    freeable-memory = {
      description = "The memory is nearly used up"
      metric_name = "FreeableMemory"
      operator    = "LessThanThreshold"
      statistic   = "Minimum"
      threshold   = local.memory_gib == null ? null : local.memory_gib * local.gib * 5 / 100
      periods     = 3
      # Without data nothing is known about the memory; the cpu alarm reports the silence.
      missing = "missing"
    }
    free-local-storage = {
      description = "The local storage for sorting and temporary tables is nearly full"
      metric_name = "FreeLocalStorage"
      operator    = "LessThanThreshold"
      statistic   = "Minimum"
      # The smallest class has about 8 GiB. What the tables are in grows by itself.
      threshold = local.gib
      periods   = 3
      # An instance that is out of it stops reporting; the alarm must not clear itself then.
      missing = "ignore"
    }
    connections = {
      description = "An instance is close to its limit of connections"
      metric_name = "DatabaseConnections"
      operator    = "GreaterThanThreshold"
      statistic   = "Maximum"
      threshold   = local.max_connections == null ? null : floor(local.max_connections * 80 / 100)
      periods     = 3
      # A cluster that is down has no connections.
      missing = "notBreaching"
    }
  }

  of_writer = {
    transaction-ids = {
      description = "Half of the transaction ids are in use: without a vacuum the database stops taking writes"
      metric_name = "MaximumUsedTransactionIDs"
      operator    = "GreaterThanThreshold"
      statistic   = "Maximum"
      # Of about 2,146,000,000. A healthy autovacuum stays near 200,000,000. MySQL has none to run out of.
      threshold = local.is_postgres ? 1000000000 : null
      periods   = 3
      # Without data nothing is known about the ids; the cpu alarm reports the silence.
      missing = "missing"
    }
  }

  of_readers = {
    replica-lag = {
      description = "A reader is behind the writer, and answers with what was"
      metric_name = "AuroraReplicaLag"
      operator    = "GreaterThanThreshold"
      statistic   = "Maximum"
      # Milliseconds. Readers share the writer's storage and stay well below 100.
      threshold = 2000
      periods   = 3
      # A reader that starts has none; the cpu alarm reports the silence.
      missing = "missing"
    }
  }

  alarms = merge(
    { for name, alarm in merge(local.of_each, local.of_writer) : "writer-${name}" => merge(alarm, { role = "WRITER" }) },
    { for name, alarm in merge(local.of_each, local.of_readers) : "reader-${name}" => merge(alarm, { role = "READER" }) if var.replicas > 0 },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms != null && alarm.threshold != null }

  alarm_name        = "${var.identifier}-${each.key}"
  alarm_description = each.value.description

  namespace   = "AWS/RDS"
  metric_name = each.value.metric_name
  dimensions = {
    DBClusterIdentifier = aws_rds_cluster.this.cluster_identifier
    Role                = each.value.role
  }

  comparison_operator = each.value.operator
  evaluation_periods  = each.value.periods
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  alarm_actions = [var.alarms.topic_arn]
  ok_actions    = [var.alarms.topic_arn]

  # Before the first instance there is nothing that reports.
  depends_on = [aws_rds_cluster_instance.this]
}

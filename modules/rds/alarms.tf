locals {
  gib        = 1024 * 1024 * 1024
  memory_gib = var.alarms == null ? null : var.alarms.memory_gib

  # RDS counts connections by the memory left to the engine: a quarter of a GiB less than the class has comes close on every size.
  engine_memory = local.memory_gib == null ? null : (local.memory_gib - 0.25) * local.gib
  max_connections = local.memory_gib == null ? null : try(
    tonumber(var.parameters["max_connections"].value),
    {
      # From 10.5 on.
      mariadb  = min(floor(local.engine_memory / 25165760), 12000)
      mysql    = floor(local.engine_memory / 12582880)
      postgres = min(floor(local.engine_memory / 9531392), 5000)
    }[var.engine]
  )

  alarms = {
    cpu = {
      description = "The processor has been busy for a quarter of an hour, or the database is silent"
      metric_name = "CPUUtilization"
      operator    = "GreaterThanThreshold"
      statistic   = "Average"
      threshold   = 90
      periods     = 3
      # A running database always reports its processor, so silence means that it is down.
      missing = "breaching"
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
    free-storage = {
      description = "The volume is nearly full"
      metric_name = "FreeStorageSpace"
      operator    = "LessThanThreshold"
      statistic   = "Minimum"
      # The instance knows what the volume has grown to by itself. Until the maintenance window it does not know what it will be,
      # which the plan has promised.
      threshold = max(var.allocated_storage, aws_db_instance.this.allocated_storage) * local.gib / 10
      periods   = 3
      # A database with a full volume stops reporting; the alarm must not clear itself then.
      missing = "ignore"
    }
    freeable-memory = {
      description = "The memory is nearly used up"
      metric_name = "FreeableMemory"
      operator    = "LessThanThreshold"
      statistic   = "Average"
      threshold   = local.memory_gib == null ? null : local.memory_gib * local.gib * 5 / 100
      periods     = 3
      # Without data nothing is known about the memory; the cpu alarm reports the silence.
      missing = "missing"
    }
    connections = {
      description = "The database is close to its limit of connections"
      metric_name = "DatabaseConnections"
      operator    = "GreaterThanThreshold"
      statistic   = "Maximum"
      threshold   = local.max_connections == null ? null : floor(local.max_connections * 80 / 100)
      periods     = 3
      # A database that is down has no connections.
      missing = "notBreaching"
    }
    transaction-ids = {
      description = "Half of the transaction ids are in use: without a vacuum the database stops taking writes"
      metric_name = "MaximumUsedTransactionIDs"
      operator    = "GreaterThanThreshold"
      statistic   = "Maximum"
      # Of about 2,146,000,000. A healthy autovacuum stays near 200,000,000.
      threshold = var.engine == "postgres" ? 1000000000 : null
      periods   = 3
      # Without data nothing is known about the ids; the cpu alarm reports the silence.
      missing = "missing"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms != null && alarm.threshold != null }

  alarm_name        = "${var.identifier}-${each.key}"
  alarm_description = each.value.description

  namespace   = "AWS/RDS"
  metric_name = each.value.metric_name
  dimensions  = { DBInstanceIdentifier = aws_db_instance.this.identifier }

  comparison_operator = each.value.operator
  evaluation_periods  = each.value.periods
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  alarm_actions = [var.alarms.topic_arn]
  ok_actions    = [var.alarms.topic_arn]
}

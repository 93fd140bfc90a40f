locals {
  # arn:<partition>:rds:<region>:<account>:db:*
  databases = split(":", var.database_arns)

  # What AWS tells of by itself; alarms on metrics are the units' own.
  events = {
    # There may be none, but Security Hub asks for it as soon as there is any subscription (RDS.19).
    clusters = {
      source_type = "db-cluster"
      categories  = ["failover", "failure", "maintenance"]
    }
    instances = {
      source_type = "db-instance"
      categories = [
        "availability", "configuration change", "deletion", "failover", "failure", "low storage", "maintenance", "notification", "recovery",
      ]
    }
    parameter-groups = {
      source_type = "db-parameter-group"
      categories  = ["configuration change"]
    }
    proxies = {
      source_type = "db-proxy"
      categories  = ["configuration change", "deletion", "failure"]
    }
  }
}

resource "aws_db_subnet_group" "this" {
  name        = var.subnet_group_name
  description = "Subnets of the databases of an environment"
  subnet_ids  = var.subnet_ids

  tags = { Name = var.subnet_group_name }

  # AWS does not delete it while a database is in it. So it is the first to be destroyed, and under a living database nothing
  # else of what the units share is gone by then.
  depends_on = [aws_db_event_subscription.this, aws_iam_role_policy_attachment.monitoring, var.destroy_before]
}

resource "aws_iam_role" "monitoring" {
  name                 = var.monitoring_role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = {
        ArnLike      = { "aws:SourceArn" = var.database_arns }
        StringEquals = { "aws:SourceAccount" = local.databases[4] }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${local.databases[1]}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.monitoring.arn]
  }
}

# For all databases of the account and Region: AWS gives an account 20 subscriptions, fewer than databases.
resource "aws_db_event_subscription" "this" {
  for_each = { for key, events in local.events : key => events if var.alarms != null }

  name             = "${var.event_subscription_name}-${each.key}"
  sns_topic        = var.alarms.topic_arn
  source_type      = each.value.source_type
  event_categories = each.value.categories
}

locals {
  # The partition and the account come with the security group's ARN; that spares two lookups.
  account_arn    = split(":", aws_security_group.this.arn)
  instance_arn   = "arn:${local.account_arn[1]}:rds:${local.account_arn[3]}:${local.account_arn[4]}:db:"
  instance_names = concat(["${var.identifier}-*"], sort([for instance in var.adopted_instances : instance.identifier]))
  instance_arns  = [for name in local.instance_names : "${local.instance_arn}${name}"]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The caller may give a key; the database's own may not admit CloudWatch Logs.
  #checkov:skip=CKV_AWS_338:The caller states the retention; a year of statement logs is seldom wanted.

  # RDS has made those of a cluster that was there before.
  for_each = var.adopted ? [] : var.log_exports

  name              = "/aws/rds/cluster/${var.identifier}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn

  # The lines outlive the cluster, until their retention ends them.
  skip_destroy = var.retiring

  lifecycle {
    # While a log is exported, RDS makes its group anew, without a retention. So the export has to end before the group does.
    create_before_destroy = true
  }
}

resource "aws_iam_role" "monitoring" {
  for_each = var.monitoring_interval > 0 && var.monitoring_role_name != null ? { this = var.monitoring_role_name } : {}

  name                 = each.value
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = {
        ArnLike      = { "aws:SourceArn" = try(one(local.instance_arns), local.instance_arns) }
        StringEquals = { "aws:SourceAccount" = local.account_arn[4] }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  for_each = aws_iam_role.monitoring

  role       = each.value.name
  policy_arn = "arn:${local.account_arn[1]}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.monitoring[each.key].arn]
  }
}

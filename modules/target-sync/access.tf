locals {
  # arn:<partition>:logs:<region>:<account>:log-group:…
  arn        = split(":", aws_cloudwatch_log_group.this.arn)
  partition  = local.arn[1]
  region     = local.arn[3]
  account_id = local.arn[4]

  statements = concat(
    [
      {
        Sid    = "ReadTargets"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeTags",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
          "rds:DescribeDBProxyTargets",
        ]
        # AWS offers no resource-level permission for the first three, and the last asks for ids of proxies yet to come.
        Resource = "*"
      },
      {
        Sid       = "ChangeTargets"
        Effect    = "Allow"
        Action    = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
        Resource  = "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}:targetgroup/*"
        Condition = { StringEquals = { "aws:ResourceTag/valet-rds:environment" = var.environment } }
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
    ],
    flatten([for _ in local.vpc : [
      {
        Sid    = "ReadNetwork"
        Effect = "Allow"
        Action = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
        # AWS offers no resource-level permission for them.
        Resource = "*"
      },
      {
        Sid    = "AttachToNetwork"
        Effect = "Allow"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]
        # Lambda refuses a role that may delete some kinds of resource ids only.
        Resource = "arn:${local.partition}:ec2:${local.region}:${local.account_id}:*/*"
      },
    ]]),
  )
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "target-sync"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.this.arn]
  }
}

resource "aws_iam_role" "scheduler" {
  name                 = var.scheduler_role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = {
        "aws:SourceAccount" = local.account_id
        # A schedule's own ARN does not count here, its group's does.
        "aws:SourceArn" = "arn:${local.partition}:scheduler:${local.region}:${local.account_id}:schedule-group/default"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  name = "invoke-target-sync"
  role = aws_iam_role.scheduler.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "InvokeTargetSync"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = aws_lambda_function.this.arn
    }]
  })

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.scheduler.arn]
  }
}

resource "aws_security_group" "this" {
  for_each = local.vpc

  name        = each.value.security_group_name
  description = "Target sync of an environment"
  vpc_id      = var.vpc_id

  tags = { Name = each.value.security_group_name }

  # Lambda keeps its network interfaces, and so the group, for up to 45 minutes.
  timeouts {
    delete = "60m"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.vpc

  security_group_id = aws_security_group.this[each.key].id
  description       = "HTTPS to the APIs of AWS"
  # Their addresses are not fixed, and answer through a NAT or an interface endpoint.
  cidr_ipv4   = "0.0.0.0/0"
  ip_protocol = "tcp"
  from_port   = 443
  to_port     = 443
}

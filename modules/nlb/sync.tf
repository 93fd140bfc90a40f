locals {
  sync_zip  = "${path.module}/target_sync.zip"
  sync_hash = filebase64sha256(local.sync_zip)

  # One entry when the function runs in the VPC, none otherwise.
  vpc = length(var.sync_subnet_ids) == 0 ? {} : {
    this = { security_group_name = var.sync_security_group_name, subnet_ids = var.sync_subnet_ids }
  }

  # arn:<partition>:elasticloadbalancing:<region>:<account>:targetgroup/…
  target_group_arn = split(":", aws_lb_target_group.this.arn)
  partition        = local.target_group_arn[1]
  region           = local.target_group_arn[3]
  account_id       = local.target_group_arn[4]

  sync_statements = concat(
    [
      {
        Sid    = "ReadHealth"
        Effect = "Allow"
        Action = ["elasticloadbalancing:DescribeTargetHealth"]
        # AWS offers no resource-level permission for it.
        Resource = "*"
      },
      {
        Sid      = "ChangeTargets"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
        Resource = aws_lb_target_group.this.arn
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.sync.arn}:*"
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

resource "aws_iam_role" "sync" {
  name = var.sync_role_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "sync" {
  name = "target-sync"
  role = aws_iam_role.sync.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.sync_statements
  })
}

resource "aws_cloudwatch_log_group" "sync" {
  #checkov:skip=CKV_AWS_158:The lines hold private addresses and counts; CloudWatch encrypts them with its own key.
  #checkov:skip=CKV_AWS_338:The lines serve fault finding; how long to keep them is the caller's choice.
  name              = "/aws/lambda/${var.sync_function_name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "sync" {
  #checkov:skip=CKV_AWS_50:One short run a minute with a log line for each step needs no trace.
  #checkov:skip=CKV_AWS_116:A lost event needs no queue, because the next run starts from what DNS and the target group say.
  #checkov:skip=CKV_AWS_173:The environment holds a host name, a port and an ARN: nothing secret.
  #checkov:skip=CKV_AWS_272:The code is part of the module, and changes only with a reviewed commit.
  function_name    = var.sync_function_name
  description      = "Registers the addresses of an RDS proxy with a network load balancer"
  role             = aws_iam_role.sync.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "target_sync.handler"
  filename         = local.sync_zip
  source_code_hash = local.sync_hash
  memory_size      = 256

  # An apply may wait a minute for a new name and half a minute for the role policy, and slow
  # lookups count on top.
  timeout = 300

  # Two runs at once could undo each other's changes.
  reserved_concurrent_executions = 1

  environment {
    variables = {
      PORT             = tostring(var.port)
      PROXY_ENDPOINT   = var.proxy_endpoint
      TARGET_GROUP_ARN = aws_lb_target_group.this.arn
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.sync.name
  }

  dynamic "vpc_config" {
    for_each = local.vpc

    content {
      security_group_ids = [aws_security_group.sync[vpc_config.key].id]
      subnet_ids         = vpc_config.value.subnet_ids
    }
  }

  # Lambda checks the network permissions when it creates the function.
  depends_on = [aws_iam_role_policy.sync]
}

# The apply ends with registered targets, or fails with the handler's message.
resource "aws_lambda_invocation" "apply" {
  function_name = aws_lambda_function.sync.function_name
  input         = jsonencode({ trigger = "apply" })

  triggers = {
    code             = local.sync_hash
    proxy_endpoint   = var.proxy_endpoint
    subnet_ids       = join(",", sort(var.sync_subnet_ids))
    target_group_arn = aws_lb_target_group.this.arn
  }

  # Without a listener every target is "unused".
  depends_on = [
    aws_iam_role_policy.sync,
    aws_lb_listener.this,
    aws_vpc_security_group_egress_rule.sync,
  ]
}

resource "aws_iam_role" "scheduler" {
  name = var.sync_scheduler_role_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
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
      Resource = aws_lambda_function.sync.arn
    }]
  })
}

resource "aws_scheduler_schedule" "sync" {
  #checkov:skip=CKV_AWS_297:The schedule holds a constant input: nothing secret.
  name        = var.sync_function_name
  description = "Runs the target sync of a network load balancer"

  schedule_expression = var.sync_interval_minutes == 1 ? "rate(1 minute)" : "rate(${var.sync_interval_minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.sync.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ trigger = "schedule" })

    # The next run is the retry; a backlog of old events would only take its place.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  # After the first fill, which needs the only concurrent run; and on destroy the schedule goes
  # before the permission that it uses.
  depends_on = [aws_iam_role_policy.scheduler, aws_lambda_invocation.apply]
}

locals {
  zip  = "${path.module}/target_sync.zip"
  hash = filebase64sha256(local.zip)

  # One entry when the function runs in the VPC, none otherwise.
  vpc = length(var.subnet_ids) == 0 ? {} : {
    this = { security_group_name = var.security_group_name, subnet_ids = var.subnet_ids }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The caller may give a key; the lines hold private addresses and counts.
  #checkov:skip=CKV_AWS_338:The lines serve fault finding; how long to keep them is the caller's choice.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:One short run a minute with a log line for each step needs no trace.
  #checkov:skip=CKV_AWS_115:Two runs converge, and an account with the smallest quota has no concurrency to reserve.
  #checkov:skip=CKV_AWS_116:A lost event needs no queue, because the next run starts from what DNS and the target groups say.
  #checkov:skip=CKV_AWS_173:The environment holds a name and a resolver option: nothing secret.
  #checkov:skip=CKV_AWS_272:The code is part of the module, and changes only with a reviewed commit.
  function_name    = var.name
  description      = "Keeps the targets of load balancers equal to the addresses of their RDS proxies"
  role             = aws_iam_role.this.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "target_sync.handler"
  filename         = local.zip
  source_code_hash = local.hash
  memory_size      = 256

  # An apply may wait a minute for a new name, one for its permission, and seven for healthy targets.
  timeout = 600

  environment {
    variables = {
      ENVIRONMENT = var.environment
      # A resolver that does not answer must not hold a thread for half a minute.
      RES_OPTIONS = "timeout:2 attempts:2"
    }
  }

  logging_config {
    # The lines are JSON already, and as they are CloudWatch finds the metrics in them.
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  dynamic "vpc_config" {
    for_each = local.vpc

    content {
      security_group_ids = [aws_security_group.this[vpc_config.key].id]
      subnet_ids         = vpc_config.value.subnet_ids
    }
  }

  # Lambda checks the network permissions when it creates the function.
  depends_on = [aws_iam_role_policy.this]
}

# The scheduler hands an event over and is done; from there on these are the retries. A late event only takes the next one's place.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

# Code, network or permissions that do not work fail here, before a unit needs them.
resource "aws_lambda_invocation" "check" {
  function_name = aws_lambda_function.this.function_name
  input         = jsonencode({ trigger = "check" })

  triggers = {
    code       = local.hash
    subnet_ids = join(",", sort(var.subnet_ids))
  }

  depends_on = [aws_iam_role_policy.this, aws_vpc_security_group_egress_rule.this]
}

resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:The schedule holds a constant input: nothing secret.
  name                = var.name
  description         = "Runs the target sync of an environment"
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ trigger = "schedule" })

    # The next run is the retry; a backlog of old events would only take its place.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  # On destroy the schedule goes before the permission that it uses.
  depends_on = [aws_iam_role_policy.scheduler, aws_lambda_invocation.check]
}

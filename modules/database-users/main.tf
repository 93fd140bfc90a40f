locals {
  zip  = "${path.module}/database_users.zip"
  hash = filebase64sha256(local.zip)
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The caller may give a key; the lines hold names and statements without passwords.
  #checkov:skip=CKV_AWS_338:The lines serve fault finding; how long to keep them is the caller's choice.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:A log line for each statement needs no trace.
  #checkov:skip=CKV_AWS_115:Runs for one database wait for each other, and an account with the smallest quota has no concurrency to reserve.
  #checkov:skip=CKV_AWS_116:A lost event needs no queue: Secrets Manager and the next apply start from what there is.
  #checkov:skip=CKV_AWS_173:The environment holds a resolver option: nothing secret.
  #checkov:skip=CKV_AWS_272:The code is part of the module, and changes only with a reviewed commit.
  function_name    = var.name
  description      = "Makes the users of databases and rotates their passwords"
  role             = aws_iam_role.this.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "users.handler.handler"
  filename         = local.zip
  source_code_hash = local.hash
  # With more memory comes more of a processor, which a login needs to prove its password.
  memory_size = 512
  # A living database may hold thousands of things to take over; what is left then, is left to the next run.
  timeout = 180

  environment {
    variables = {
      # A resolver that does not answer must not hold a run for half a minute.
      RES_OPTIONS = "timeout:2 attempts:2"
    }
  }

  logging_config {
    # The lines are JSON already.
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  vpc_config {
    security_group_ids = [aws_security_group.this.id]
    subnet_ids         = var.subnet_ids
  }

  # Lambda checks the network permissions when it creates the function.
  depends_on = [aws_iam_role_policy.this]
}

# Only secrets of the environment are rotated, whoever asks Secrets Manager for it.
resource "aws_lambda_permission" "rotation" {
  statement_id   = "rotation"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = local.account_id
  source_arn     = local.secrets

  lifecycle {
    # A replaced function keeps its name and comes without a permission.
    replace_triggered_by = [aws_lambda_function.this.arn]
  }
}

# Code, network or permissions that do not work fail here, before a unit needs them.
resource "aws_lambda_invocation" "check" {
  function_name = aws_lambda_function.this.function_name
  input         = jsonencode({ action = "check", name_prefix = var.name_prefix })

  triggers = {
    code       = local.hash
    policy     = sha256(aws_iam_role_policy.this.policy)
    subnet_ids = join(",", sort(var.subnet_ids))
  }

  depends_on = [aws_iam_role_policy.this, aws_vpc_security_group_egress_rule.api]
}

locals {
  # arn:<partition>:rds:<region>:<account>:db-proxy:prx-…
  proxy = split(":", var.proxy_arn)

  issuers = { for cluster, arn in var.clusters : cluster => split(":oidc-provider/", arn)[1] }

  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for cluster, arn in var.clusters : {
        # No Sid: each letter counts against the length that IAM allows.
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = arn }
        Condition = {
          StringEquals = {
            "${local.issuers[cluster]}:aud" = "sts.amazonaws.com"
            "${local.issuers[cluster]}:sub" = "system:serviceaccount:${var.namespace}:${var.service_account_name}"
          }
        }
      }
    ]
  })

  user = "arn:${local.proxy[1]}:rds-db:${local.proxy[3]}:${local.proxy[4]}:dbuser:${local.proxy[6]}"

  # For a time pods may have two logins.
  logins      = var.transition == null ? "one" : "two"
  connections = { one = "${local.user}/${var.username}", two = [for name in concat([var.username], var.transition[*].username) : "${local.user}/${name}"] }
  secrets     = { one = var.secret_arn, two = concat([var.secret_arn], var.transition[*].secret_arn) }

  connect_statements = [{
    Sid    = "ConnectToProxy"
    Effect = "Allow"
    Action = ["rds-db:connect"]
    # The proxy's own ARN grants nothing here; its resource id and one user do.
    Resource = local.connections[local.logins]
  }]

  secret_statements = [{
    Sid    = "ReadSecret"
    Effect = "Allow"
    # The first is for applications; External Secrets asks for all four.
    Action = [
      "secretsmanager:GetSecretValue",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy",
      "secretsmanager:ListSecretVersionIds",
    ]
    Resource = local.secrets[local.logins]
  }]

  key_statements = [for key in var.kms_key_arn[*] : {
    Sid       = "DecryptSecret"
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = key
    Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
  }]

  statements = {
    iam      = local.connect_statements
    password = concat(local.secret_statements, local.key_statements)
  }
}

resource "aws_iam_role" "this" {
  name                 = var.name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = local.trust_policy

  lifecycle {
    precondition {
      condition     = length(local.trust_policy) <= 8192
      error_message = "The clusters must be fewer: their trust policy is longer than the 8192 characters that IAM allows at most, and its quota is 2048 until the account asks for more."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name = "database"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements[var.authentication]
  })

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.this.arn]
  }
}

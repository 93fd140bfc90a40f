# RDS Proxy sets no condition keys when it takes on the role, so the trust has none.
resource "aws_iam_role" "this" {
  name                 = var.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "read-database-secret"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "ReadSecret"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = { master = var.secret_arn, users = values(local.secret_arns) }[length(var.user_secret_arns) == 0 ? "master" : "users"]
      }],
      # AWS's own key for secrets already serves every reader of the account.
      [for key_arn in var.kms_key_arn == null ? [] : [var.kms_key_arn] : {
        Sid       = "DecryptSecret"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      }],
    )
  })

  lifecycle {
    # A replaced role keeps its name and comes without a policy, and AWS does not delete one that still has any.
    replace_triggered_by = [aws_iam_role.this.arn]
  }
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The proxy wears it, which checkov does not see.

  name        = var.security_group_name
  description = "Proxy of one database"
  vpc_id      = var.vpc_id

  tags = { Name = var.security_group_name }

  lifecycle {
    # A group in use cannot be deleted, so its successor has to take over first.
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = aws_security_group.this.id
  description                  = "To the database"
  referenced_security_group_id = var.database_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

# It lives here, not with the database, which is made before the proxy.
resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = var.database_security_group_id
  description                  = "From the proxy"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

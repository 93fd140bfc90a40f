locals {
  # arn:<partition>:logs:<region>:<account>:log-group:…
  arn        = split(":", aws_cloudwatch_log_group.this.arn)
  partition  = local.arn[1]
  region     = local.arn[3]
  account_id = local.arn[4]

  secret_manager = "arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret"
  secrets        = "${local.secret_manager}:${var.name_prefix}*"

  statements = concat(
    [
      {
        Sid    = "ReadMasters"
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue"]
        # RDS makes up the rest of their names.
        Resource = ["${local.secret_manager}:rds!cluster-*", "${local.secret_manager}:rds!db-*"]
      },
      {
        Sid    = "KeepUsers"
        Effect = "Allow"
        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]
        Resource = local.secrets
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
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
    ],
    # AWS's own key for secrets already serves every reader of the account.
    [for keys in length(var.kms_key_arns) == 0 ? [] : [sort(var.kms_key_arns)] : {
      Sid       = "UseKeysOfSecrets"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = keys
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.amazonaws.com" } }
    }],
  )

  # A rule per network and port: one per database would be too many for the group.
  ways = { for way in setproduct(var.vpc_cidrs, var.database_ports) : "${way[0]}:${way[1]}" => { cidr = way[0], port = way[1] } }
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
  name = "database-users"
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

resource "aws_security_group" "this" {
  name        = var.security_group_name
  description = "Database users of an environment"
  vpc_id      = var.vpc_id

  tags = { Name = var.security_group_name }

  # Lambda keeps its network interfaces, and so the group, for up to 45 minutes.
  timeouts {
    delete = "60m"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "api" {
  security_group_id = aws_security_group.this.id
  description       = "HTTPS to Secrets Manager"
  # Its addresses are not fixed, and answer through a NAT or an interface endpoint.
  cidr_ipv4   = "0.0.0.0/0"
  ip_protocol = "tcp"
  from_port   = 443
  to_port     = 443
}

resource "aws_vpc_security_group_egress_rule" "databases" {
  for_each = local.ways

  security_group_id = aws_security_group.this.id
  description       = "To the databases"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

locals {
  # The proxy listens on its engine's own port, whatever the database's is.
  port = var.engine_family == "POSTGRESQL" ? 5432 : 3306

  secret_arns = merge(var.admit_master ? { master = var.secret_arn } : {}, var.user_secret_arns)
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The caller may give a key; the secret's own may not admit CloudWatch Logs.
  #checkov:skip=CKV_AWS_338:The caller states the retention; connection logs are seldom wanted for a year.

  name              = "/aws/rds/proxy/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_db_proxy" "this" {
  name           = var.name
  engine_family  = var.engine_family
  role_arn       = aws_iam_role.this.arn
  vpc_subnet_ids = var.subnet_ids

  # AWS turns it off after a day, which would be a lasting difference; the log would also hold statements.
  debug_logging          = false
  idle_client_timeout    = var.idle_client_timeout
  require_tls            = true
  vpc_security_group_ids = [aws_security_group.this.id]

  dynamic "auth" {
    for_each = local.secret_arns

    content {
      auth_scheme               = "SECRETS"
      client_password_auth_type = var.client_password_auth_type
      iam_auth                  = var.authentication == "iam" ? "REQUIRED" : "DISABLED"
      secret_arn                = auth.value
    }
  }

  # Without the policy the target fails with AUTH_FAILURE; without the log group the proxy makes one that keeps logs for ever.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name

  connection_pool_config {
    connection_borrow_timeout = var.connection_borrow_timeout
    # The provider never takes a query away, so without one there is one that does nothing.
    init_query                   = coalesce(var.init_query, "SELECT 1")
    max_connections_percent      = var.max_connections_percent
    max_idle_connections_percent = var.max_idle_connections_percent
    session_pinning_filters      = length(var.session_pinning_filters) == 0 ? null : var.session_pinning_filters
  }

  lifecycle {
    # A replaced proxy keeps its name but comes with a new target group and no target.
    replace_triggered_by = [aws_db_proxy.this.arn]
  }
}

# Another id under the same identifier is another database: AWS took the old one out of the target group when it went.
resource "terraform_data" "database" {
  input = var.database_resource_id
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name          = aws_db_proxy.this.name
  target_group_name      = aws_db_proxy_default_target_group.this.name
  db_cluster_identifier  = var.database_cluster_identifier
  db_instance_identifier = var.database_identifier

  lifecycle {
    replace_triggered_by = [aws_db_proxy.this.arn, terraform_data.database]
  }
}

resource "aws_db_proxy_endpoint" "read_only" {
  for_each = var.read_only_endpoint_name == null ? {} : { this = var.read_only_endpoint_name }

  db_proxy_endpoint_name = each.value
  db_proxy_name          = aws_db_proxy.this.name
  target_role            = "READ_ONLY"
  vpc_security_group_ids = [aws_security_group.this.id]
  vpc_subnet_ids         = var.subnet_ids

  # Only a proxy in front of a cluster has one.
  depends_on = [aws_db_proxy_target.this]

  lifecycle {
    # A replaced proxy keeps its name but comes without further endpoints.
    replace_triggered_by = [aws_db_proxy.this.arn]
  }
}

locals {
  names = { for role, name in { owner = var.app_user, reader = var.read_only_user } : role => name if name != null }
}

# Without a version: the function writes the first value, so no plan and no state ever holds a password.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:The caller may give a key; without one AWS encrypts with its own.

  for_each = local.names

  name        = "${var.name_prefix}${each.value}"
  description = "User of one database"
  kms_key_id  = var.kms_key_arn

  # The password is worth nothing once the user is gone, and a name that waits to be deleted could not be used again.
  recovery_window_in_days = 0

  lifecycle {
    # The proxy and the pods read the old secret until they have the new one.
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "function" {
  security_group_id            = var.database_security_group_id
  description                  = "From the function that makes users"
  referenced_security_group_id = one(data.aws_lambda_function.this.vpc_config[0].security_group_ids)
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "terraform_data" "function" {
  input = var.function_name
}

# AWS's own words for a function that is not there do not say whose work it is. First read during an apply, so that a plan
# does not fail while the environment is planned beside it.
data "aws_lambda_functions" "account" {
  depends_on = [terraform_data.function]

  lifecycle {
    postcondition {
      condition     = contains(self.function_names, var.function_name)
      error_message = "There is no function ${var.function_name}, which makes the users: apply the root _environment of the environment first, then this one again."
    }
  }
}

data "aws_lambda_function" "this" {
  function_name = var.function_name

  # A read is put off for a resource that is still to come, not for another read.
  depends_on = [data.aws_lambda_functions.account, terraform_data.function]
}

resource "aws_lambda_invocation" "ensure" {
  function_name = var.function_name
  # A destroy runs nothing, so it needs neither the database nor the function. Who leaves the config loses its login by the
  # next invocation.
  lifecycle_scope = "CREATE_ONLY"

  # Another input is another invocation. It holds ARNs, and the answer holds names and counts: no password.
  input = jsonencode({
    action            = "ensure"
    adopt             = sort(var.adopt)
    database          = var.database_name
    engine            = var.engine
    host              = var.host
    master_secret_arn = var.master_secret_arn
    port              = var.port
    transition        = var.transition
    users             = { for role, name in local.names : role => { name = name, secret_arn = aws_secretsmanager_secret.this[role].arn } }
  })

  triggers = {
    code     = data.aws_lambda_function.this.code_sha256
    database = var.database_resource_id
  }

  # Without the rule the function waits for a connection that does not come about.
  depends_on = [aws_vpc_security_group_ingress_rule.function]
}

resource "aws_secretsmanager_secret_rotation" "this" {
  #checkov:skip=CKV_AWS_304:The caller states how often.

  for_each = local.names

  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = data.aws_lambda_function.this.arn
  # The default, true, rotates the password during the apply, under running clients.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = var.rotation.days
    duration                 = var.rotation.duration
    schedule_expression      = var.rotation.schedule
  }

  # A secret without a value does not rotate.
  depends_on = [aws_lambda_invocation.ensure]
}

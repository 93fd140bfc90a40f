output "app_secret_arn" {
  description = "ARN of the secret with the login of the application's user, known once the user can log in. Null without one."
  value       = try(aws_secretsmanager_secret.this["owner"].arn, null)
  depends_on  = [aws_lambda_invocation.ensure]
}

output "app_user" {
  description = "Name of the application's user. Null without one."
  value       = var.app_user
}

output "read_only_secret_arn" {
  description = "ARN of the secret with the login of the user that only reads, known once the user can log in. Null without one."
  value       = try(aws_secretsmanager_secret.this["reader"].arn, null)
  depends_on  = [aws_lambda_invocation.ensure]
}

output "secret_arns" {
  description = "ARN of each user's secret by its role, owner or reader, known once the users can log in: what the proxy reads."
  value       = { for role, secret in aws_secretsmanager_secret.this : role => secret.arn }
  depends_on  = [aws_lambda_invocation.ensure]
}

output "provider_arns" {
  description = "ARNs of the OIDC providers, separated by blanks: what depends on them is destroyed first."
  value       = join(" ", sort([for provider in aws_iam_openid_connect_provider.this : provider.arn]))
}

output "provider_arns" {
  description = "ARN of the OIDC provider of each cluster, by the cluster's name."
  value       = { for name, provider in aws_iam_openid_connect_provider.this : name => provider.arn }
}

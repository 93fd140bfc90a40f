output "arn" {
  description = "ARN of the proxy."
  value       = aws_db_proxy.this.arn
}

output "endpoint" {
  description = "Host name of the proxy, without the port. IAM tokens and TLS names are made for it. Known once the database is behind the proxy."
  value       = aws_db_proxy.this.endpoint
  # Who waits for connections through this name must not begin to wait before there is anything to connect to.
  depends_on = [aws_db_proxy_target.this]
}

output "port" {
  description = "TCP port on which the proxy listens: 5432 for POSTGRESQL, 3306 for MYSQL."
  value       = local.port
}

output "read_only_endpoint" {
  description = "Host name that leads to the readers of the cluster, without the port. Null without read_only_endpoint_name."
  value       = one(values(aws_db_proxy_endpoint.read_only)[*].endpoint)
}

output "security_group_id" {
  description = "Id of the proxy's security group, for the rule that lets its clients in."
  value       = aws_security_group.this.id
}

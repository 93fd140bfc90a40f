output "address" {
  description = "Host name of the writer, without the port. Only the proxy and the function that makes the users reach it. Known once every instance is there."
  value       = aws_rds_cluster.this.endpoint
  # A cluster without instances has a name, and nobody behind it.
  depends_on = [aws_rds_cluster_instance.this]
}

output "database_name" {
  description = "Name of the database to connect to: the one asked for, else the engine's own (\"postgres\"), else empty."
  value       = var.database_name != null ? var.database_name : local.is_postgres ? "postgres" : ""
}

output "identifier" {
  description = "Identifier of the cluster, known once every instance is there: what depends on it waits for them."
  value       = aws_rds_cluster.this.cluster_identifier
  # A proxy takes up a cluster only once it has an instance.
  depends_on = [aws_rds_cluster_instance.this]
}

output "port" {
  description = "TCP port on which the cluster listens."
  value       = aws_rds_cluster.this.port
}

output "resource_id" {
  description = "Resource id of the cluster (cluster-...): another one under the same identifier is another cluster."
  value       = aws_rds_cluster.this.cluster_resource_id
}

output "secret_arn" {
  description = "ARN of the secret that holds the master user's name and password: RDS's, or the one that was given."
  value       = local.secret_arn

  precondition {
    condition     = local.secret_arn != ""
    error_message = "RDS has not made the secret of the password yet that it has taken over: apply again."
  }
}

output "security_group_id" {
  description = "Id of the cluster's security group, which has no rules of its own."
  value       = aws_security_group.this.id
}

output "username" {
  description = "Name of the master user; of a restored cluster, the snapshot's."
  value       = aws_rds_cluster.this.master_username
}

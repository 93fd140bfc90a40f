output "address" {
  description = "Host name of the database itself, without the port. Only its proxy and the function that makes its users reach it."
  value       = aws_db_instance.this.address
}

output "database_name" {
  description = "Name of the database to connect to: the one asked for, else the engine's own (\"postgres\"), else empty."
  value       = var.database_name != null ? var.database_name : var.engine == "postgres" ? "postgres" : ""
}

output "identifier" {
  description = "Identifier of the database, known once the database exists: what depends on it waits for the database."
  value       = aws_db_instance.this.identifier
}

output "port" {
  description = "TCP port on which the database listens."
  value       = aws_db_instance.this.port
}

output "resource_id" {
  description = "Resource id of the database (db-...): another one under the same identifier is another database."
  value       = aws_db_instance.this.resource_id
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
  description = "Id of the database's security group, which has no rules of its own."
  value       = aws_security_group.this.id
}

output "username" {
  description = "Name of the master user; of a restored database, the snapshot's."
  value       = aws_db_instance.this.username
}

# A root whose database does not exist yet: what comes from it is unknown while planning.
resource "terraform_data" "database" {
  input = {
    host              = "orders-dev.abcdefghijkl.eu-central-1.rds.amazonaws.com"
    resource_id       = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"
    secret_arn        = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
    security_group_id = "sg-0db0000000000000"
  }
}

module "users" {
  source = "../.."

  app_user                   = "orders_app"
  database_name              = "orders"
  database_resource_id       = terraform_data.database.output.resource_id
  database_security_group_id = terraform_data.database.output.security_group_id
  engine                     = "postgres"
  function_name              = "dev_database-users"
  host                       = terraform_data.database.output.host
  master_secret_arn          = terraform_data.database.output.secret_arn
  name_prefix                = "valet-rds/dev/orders/"
  port                       = 5432
  read_only_user             = "orders_ro"
  rotation                   = { days = 30 }
}

output "roles" {
  description = "Roles of the users, known before their secrets are."
  value       = keys(module.users.secret_arns)
}

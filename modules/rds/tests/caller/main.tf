module "rds" {
  source = "../.."

  allocated_storage          = 50
  auto_minor_version_upgrade = true
  backup_retention_period    = 7
  backup_window              = "16:00-17:00"
  engine                     = "postgres"
  engine_version             = "16"
  identifier                 = "orders-dev"
  instance_class             = "db.t4g.medium"
  log_exports                = ["postgresql", "upgrade"]
  maintenance_window         = "Sun:18:00-Sun:19:00"
  monitoring_interval        = 0
  multi_az                   = false
  parameter_group_name       = "orders-dev-postgres16"
  password_rotation_days     = 7
  port                       = 5432
  security_group_name        = "orders-dev-db"
  storage_type               = "gp3"
  subnet_group_name          = "orders-dev"
  subnet_ids                 = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
  username                   = "orders"
  vpc_id                     = "vpc-0a1b2c3d4e5f60000"
}

# What is made for the database, as a proxy's target is: it needs the database, not just its name.
resource "terraform_data" "dependant" {
  input = module.rds.identifier
}

output "secret_arn" {
  description = "ARN of the master user's secret."
  value       = module.rds.secret_arn
}

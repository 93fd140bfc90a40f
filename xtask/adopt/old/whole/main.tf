module "db" {
  source = "./db"

  identifier      = "warehouse-prod"
  manage_password = false
  subnet_ids      = var.subnet_ids
  vpc_id          = var.vpc_id
}

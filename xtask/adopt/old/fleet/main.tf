module "db" {
  source   = "./db"
  for_each = toset(["ap", "eu", "us"])

  identifier      = "fleet-${each.key}"
  manage_password = true
  subnet_ids      = var.subnet_ids
  vpc_id          = var.vpc_id
}

# The subnet group as it stood when every database had one.
resource "aws_db_subnet_group" "this" {
  name        = "orders-dev"
  description = "Subnets of one database"
  subnet_ids  = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
}

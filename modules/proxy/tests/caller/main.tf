# A root whose database does not exist yet: what comes from it is unknown while planning.
resource "terraform_data" "database" {
  input = {
    identifier        = "orders-dev"
    resource_id       = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"
    secret_arn        = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
    security_group_id = "sg-0db0000000000000"
    topic_arn         = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms"
  }
}

module "proxy" {
  source = "../.."

  alarms                     = { topic_arn = terraform_data.database.output.topic_arn }
  authentication             = "password"
  database_identifier        = terraform_data.database.output.identifier
  database_port              = 6432
  database_resource_id       = terraform_data.database.output.resource_id
  database_security_group_id = terraform_data.database.output.security_group_id
  engine_family              = "POSTGRESQL"
  kms_key_arn                = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
  name                       = "orders-dev-proxy"
  region                     = "ap-northeast-1"
  role_name                  = "orders-dev-proxy-secret"
  secret_arn                 = terraform_data.database.output.secret_arn
  security_group_name        = "orders-dev-proxy"
  subnet_ids                 = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
  vpc_id                     = "vpc-0a1b2c3d4e5f60000"
}

output "port" {
  description = "TCP port on which the proxy listens."
  value       = module.proxy.port
}

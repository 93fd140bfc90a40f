terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# What a root passes on its first plan: everything that comes from the proxy is unknown, and stays so.
resource "terraform_data" "proxy" {
  input = {
    database          = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"
    endpoint          = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
    security_group_id = "sg-0c0c0c0c"
  }
}

module "nlb" {
  source = "../.."

  alarms                  = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  client_cidrs            = ["10.64.0.0/16"]
  database_resource_id    = terraform_data.proxy.output.database
  environment             = "dev"
  name                    = "orders-dev"
  port                    = 5432
  proxy_endpoint          = terraform_data.proxy.output.endpoint
  proxy_name              = "orders-dev-proxy"
  proxy_security_group_id = terraform_data.proxy.output.security_group_id
  security_group_name     = "orders-dev-nlb"
  subnet_ids              = ["subnet-0a0a0a0a", "subnet-0b0b0b0b"]
  sync_function_name      = "dev_target-sync"
  target_group_name       = "orders-dev-tg"
  vpc_id                  = "vpc-0d0d0d0d"
}

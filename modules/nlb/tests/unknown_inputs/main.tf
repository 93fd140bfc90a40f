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
    endpoint          = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
    security_group_id = "sg-0c0c0c0c"
  }
}

module "nlb" {
  source = "../.."

  alarms                   = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  client_cidrs             = ["10.64.0.0/16"]
  name                     = "orders-dev"
  port                     = 5432
  proxy_endpoint           = terraform_data.proxy.output.endpoint
  proxy_security_group_id  = terraform_data.proxy.output.security_group_id
  security_group_name      = "orders-dev-nlb"
  subnet_ids               = ["subnet-0a0a0a0a", "subnet-0b0b0b0b"]
  sync_function_name       = "orders-dev-target-sync"
  sync_role_name           = "orders-dev-target-sync-role"
  sync_scheduler_role_name = "orders-dev-target-sync-schedule"
  sync_security_group_name = "orders-dev-sync"
  sync_subnet_ids          = ["subnet-0a0a0a0a"]
  target_group_name        = "orders-dev-tg"
  vpc_id                   = "vpc-0d0d0d0d"
}

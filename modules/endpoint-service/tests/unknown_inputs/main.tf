terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# What a root passes on its first plan: the load balancer is unknown, and stays so.
resource "terraform_data" "nlb" {
  input = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"
}

module "endpoint_service" {
  source = "../.."

  allowed_principals = ["arn:aws:iam::222222222222:root"]
  name               = "orders-dev"
  nlb_arn            = terraform_data.nlb.output
}

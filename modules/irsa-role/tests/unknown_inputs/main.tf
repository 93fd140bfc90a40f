terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# What a root passes on its first plan: the proxy and the secret are unknown, and stay so.
resource "terraform_data" "database" {
  input = {
    proxy_arn  = "arn:aws:rds:eu-central-1:111111111111:db-proxy:prx-0123456789abcdef0"
    secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-01234567-89ab-cdef-0123-456789abcdef-AbCdEf"
  }
}

module "irsa_role" {
  source   = "../.."
  for_each = toset(["iam", "password"])

  authentication       = each.key
  kms_key_arn          = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
  name                 = "orders-dev-${each.key}"
  namespace            = "orders"
  proxy_arn            = terraform_data.database.output.proxy_arn
  region               = "eu-central-1"
  secret_arn           = terraform_data.database.output.secret_arn
  service_account_name = "orders-api"
  username             = "orders_app"

  clusters = {
    gc-0-apps = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
  }
}

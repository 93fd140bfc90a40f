authentication       = "password"
name                 = "orders-dev"
namespace            = "orders"
proxy_arn            = "arn:aws:rds:eu-central-1:111111111111:db-proxy:prx-0123456789abcdef0"
region               = "eu-central-1"
secret_arn           = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-01234567-89ab-cdef-0123-456789abcdef-AbCdEf"
service_account_name = "orders-api"
username             = "orders_app"

clusters = {
  gc-0-apps = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
}

allowed_cidrs = ["10.64.0.0/16"]
databases = {
  orders = {
    host         = "orders-dev-proxy.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
    port         = 5432
    service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
    zone_ids     = ["euc1-az1", "euc1-az2"]
  }
}
name_prefix = "apps-dev"
subnet_ids  = ["subnet-0b1c2d3e"]
vpc_id      = "vpc-0b1c2d3e"

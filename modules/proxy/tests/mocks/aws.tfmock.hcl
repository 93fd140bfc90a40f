mock_resource "aws_db_proxy" {
  defaults = {
    arn      = "arn:aws:rds:ap-northeast-1:111122223333:db-proxy:prx-0123456789abcdef0"
    endpoint = "orders-dev-proxy.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com"
  }
}

mock_resource "aws_db_proxy_default_target_group" {
  defaults = {
    name = "default"
  }
}

mock_resource "aws_db_proxy_endpoint" {
  defaults = {
    endpoint = "orders-dev-read-only.endpoint.proxy-c0ffee123456.ap-northeast-1.rds.amazonaws.com"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/orders-dev-proxy-secret"
  }
}

mock_resource "aws_security_group" {
  defaults = {
    id = "sg-0a1b2c3d4e5f60000"
  }
}

mock_provider "aws" {}

variables {
  allowed_principals = ["arn:aws:iam::222222222222:root"]
  name               = "orders-dev"
  nlb_arn            = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"
}

run "listed_principals_connect_at_once" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint_service.this.acceptance_required == false
    error_message = "An endpoint of a listed principal must not wait."
  }

  assert {
    condition     = aws_vpc_endpoint_service.this.supported_ip_address_types == toset(["ipv4"])
    error_message = "The service must be IPv4 only, like the load balancer."
  }
}

mock_provider "aws" {}

variables {
  allowed_principals = ["arn:aws:iam::222222222222:root"]
  name               = "orders-dev"
  nlb_arn            = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"
}

run "the_console_shows_the_name" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint_service.this.tags == tomap({ Name = "orders-dev" })
    error_message = "The service must carry its Name tag, and leave other tags to the root."
  }
}

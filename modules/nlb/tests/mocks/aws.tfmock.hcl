mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"
    arn_suffix = "net/orders-dev/0123456789abcdef"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev-tg/fedcba9876543210"
    arn_suffix = "targetgroup/orders-dev-tg/fedcba9876543210"
  }
}

mock_data "aws_lambda_functions" {
  defaults = {
    function_names = ["another", "dev_target-sync"]
  }
}

override_resource {
  target = aws_security_group.this
  values = { id = "sg-01010101" }
}

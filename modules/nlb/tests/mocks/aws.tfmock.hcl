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

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/orders-dev-target-sync"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn = "arn:aws:lambda:eu-central-1:111111111111:function:orders-dev-target-sync"
  }
}

override_resource {
  target = aws_iam_role.sync
  values = { arn = "arn:aws:iam::111111111111:role/orders-dev-target-sync-role" }
}

override_resource {
  target = aws_iam_role.scheduler
  values = { arn = "arn:aws:iam::111111111111:role/orders-dev-target-sync-schedule" }
}

override_resource {
  target = aws_security_group.this
  values = { id = "sg-01010101" }
}

override_resource {
  target = aws_security_group.sync
  values = { id = "sg-02020202" }
}

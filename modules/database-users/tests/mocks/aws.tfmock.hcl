mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/dev_database-users"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn = "arn:aws:lambda:eu-central-1:111111111111:function:dev_database-users"
  }
}

override_resource {
  target = aws_iam_role.this
  values = { arn = "arn:aws:iam::111111111111:role/dev_database-users" }
}

override_resource {
  target = aws_security_group.this
  values = { id = "sg-03030303" }
}

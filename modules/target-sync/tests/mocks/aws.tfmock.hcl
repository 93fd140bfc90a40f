mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-central-1:111111111111:log-group:/aws/lambda/dev_target-sync"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn = "arn:aws:lambda:eu-central-1:111111111111:function:dev_target-sync"
  }
}

mock_resource "aws_scheduler_schedule" {
  defaults = {
    arn = "arn:aws:scheduler:eu-central-1:111111111111:schedule/default/dev_target-sync"
  }
}

override_resource {
  target = aws_iam_role.this
  values = { arn = "arn:aws:iam::111111111111:role/dev_target-sync" }
}

override_resource {
  target = aws_iam_role.scheduler
  values = { arn = "arn:aws:iam::111111111111:role/dev_target-sync-schedule" }
}

override_resource {
  target = aws_security_group.this
  values = { id = "sg-02020202" }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {
    arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/orders/user-a1B2c3"
    id  = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:valet-rds/dev/orders/user-a1B2c3"
  }
}

mock_data "aws_lambda_functions" {
  defaults = {
    function_names = ["another", "dev_database-users"]
  }
}

mock_data "aws_lambda_function" {
  defaults = {
    arn         = "arn:aws:lambda:eu-central-1:111111111111:function:dev_database-users"
    code_sha256 = "hash-of-the-code"
    vpc_config = [{
      ipv6_allowed_for_dual_stack = false
      security_group_ids          = ["sg-03030303"]
      subnet_ids                  = ["subnet-0a0a0a0a"]
      vpc_id                      = "vpc-0d0d0d0d"
    }]
  }
}

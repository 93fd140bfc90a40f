mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/dev_rds-monitoring"
  }
}

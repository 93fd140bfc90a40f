mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111111111111:role/orders-dev"
  }
}

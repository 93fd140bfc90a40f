resource "aws_iam_openid_connect_provider" "this" {
  for_each = var.clusters

  url            = each.value
  client_id_list = ["sts.amazonaws.com"]

  tags = { Name = each.key }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/orders-dev-monitoring"
  }
}

mock_resource "aws_rds_cluster" {
  defaults = {
    cluster_resource_id = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    endpoint            = "orders-dev.cluster-abcdefghijkl.ap-northeast-1.rds.amazonaws.com"
    master_user_secret = [{
      secret_arn    = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!cluster-11111111-2222-3333-4444-555555555555-AbCdEf"
      kms_key_id    = "arn:aws:kms:ap-northeast-1:111122223333:key/11111111-2222-3333-4444-555555555555"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_security_group" {
  defaults = {
    arn = "arn:aws:ec2:ap-northeast-1:111122223333:security-group/sg-0a1b2c3d4e5f60000"
    id  = "sg-0a1b2c3d4e5f60000"
  }
}

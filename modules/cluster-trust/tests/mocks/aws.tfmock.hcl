override_resource {
  target = aws_iam_openid_connect_provider.this["apps"]
  values = { arn = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
}

override_resource {
  target = aws_iam_openid_connect_provider.this["batch"]
  values = { arn = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222" }
}

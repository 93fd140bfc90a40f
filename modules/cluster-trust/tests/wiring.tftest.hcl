mock_provider "aws" {
  override_resource {
    target = aws_iam_openid_connect_provider.this["apps"]
    values = { arn = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  override_resource {
    target = aws_iam_openid_connect_provider.this["batch"]
    values = { arn = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222" }
  }
}

variables {
  clusters = {
    apps  = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
    batch = "https://oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222"
  }
}

run "each_cluster_has_its_issuer" {
  command = plan

  assert {
    condition     = tomap({ for key, provider in aws_iam_openid_connect_provider.this : key => provider.url }) == var.clusters
    error_message = "Each cluster must have a provider for its own issuer."
  }
}

run "each_cluster_has_its_arn" {
  command = apply

  assert {
    condition = output.provider_arns == {
      apps  = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
      batch = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222"
    }
    error_message = "provider_arns must map each cluster to its provider."
  }
}

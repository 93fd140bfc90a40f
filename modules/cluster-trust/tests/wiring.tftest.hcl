mock_provider "aws" {
  source = "./tests/mocks"
}

run "each_cluster_has_its_issuer" {
  command = plan

  assert {
    condition     = tomap({ for key, provider in aws_iam_openid_connect_provider.this : key => provider.url }) == var.clusters
    error_message = "Each cluster must have a provider for its own issuer."
  }
}

run "the_arns_are_those_of_the_providers" {
  command = apply

  assert {
    condition = output.provider_arns == join(" ", [
      "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111",
      "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222",
    ])
    error_message = "provider_arns must be the providers'."
  }
}

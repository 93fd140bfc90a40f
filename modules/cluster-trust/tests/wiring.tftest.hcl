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

mock_provider "aws" {}

variables {
  clusters = {
    apps  = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
    batch = "https://oidc.eks.eu-central-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222"
  }
}

run "tokens_must_be_made_for_sts" {
  command = plan

  assert {
    condition     = alltrue([for provider in aws_iam_openid_connect_provider.this : provider.client_id_list == toset(["sts.amazonaws.com"])])
    error_message = "The only audience must be AWS STS."
  }
}

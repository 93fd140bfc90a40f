mock_provider "aws" {
  source = "./tests/mocks"
}

run "tokens_must_be_made_for_sts" {
  command = plan

  assert {
    condition     = alltrue([for provider in aws_iam_openid_connect_provider.this : provider.client_id_list == toset(["sts.amazonaws.com"])])
    error_message = "The only audience must be AWS STS."
  }
}

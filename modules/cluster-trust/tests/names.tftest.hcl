mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_console_shows_the_clusters_name" {
  command = plan

  assert {
    condition = { for key, provider in aws_iam_openid_connect_provider.this : key => provider.tags } == {
      apps  = tomap({ Name = "apps" })
      batch = tomap({ Name = "batch" })
    }
    error_message = "Each provider must carry its cluster's name, and leave other tags to the root."
  }
}

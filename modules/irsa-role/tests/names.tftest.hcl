mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_role_has_the_given_name" {
  command = plan

  assert {
    condition     = aws_iam_role.this.name == "orders-dev" && aws_iam_role_policy.this.name == "database"
    error_message = "The role must have the given name, and its policy a constant one."
  }

  assert {
    condition     = aws_iam_role.this.tags == null && aws_iam_role.this.description == null
    error_message = "Tags are the root's, and a description must not hold input."
  }
}

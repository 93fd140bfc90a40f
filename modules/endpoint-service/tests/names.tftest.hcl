mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_console_shows_the_name" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint_service.this.tags == tomap({ Name = "orders-dev" })
    error_message = "The service must carry its Name tag, and leave other tags to the root."
  }
}

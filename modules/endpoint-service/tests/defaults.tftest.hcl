mock_provider "aws" {
  source = "./tests/mocks"
}

run "listed_principals_connect_at_once" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint_service.this.acceptance_required == false
    error_message = "An endpoint of a listed principal must not wait."
  }

  assert {
    condition     = aws_vpc_endpoint_service.this.supported_ip_address_types == toset(["ipv4"])
    error_message = "The service must be IPv4 only, like the load balancer."
  }
}

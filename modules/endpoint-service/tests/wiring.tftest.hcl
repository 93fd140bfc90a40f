mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_first_plan_works_without_the_load_balancer" {
  command = plan

  module {
    source = "./tests/unknown_inputs"
  }
}

run "the_service_is_the_load_balancers_and_the_principals" {
  command = plan

  variables {
    allowed_principals = [
      "arn:aws-cn:iam::222222222222:root",
      "arn:aws:iam::333333333333:role/team/endpoints",
      "arn:aws:iam::444444444444:user/a.b@c",
    ]
  }

  assert {
    condition     = aws_vpc_endpoint_service.this.network_load_balancer_arns == toset(["arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"])
    error_message = "The service must be backed by the load balancer alone."
  }

  assert {
    condition = aws_vpc_endpoint_service.this.allowed_principals == toset([
      "arn:aws-cn:iam::222222222222:root",
      "arn:aws:iam::333333333333:role/team/endpoints",
      "arn:aws:iam::444444444444:user/a.b@c",
    ])
    error_message = "Exactly the given principals may find the service."
  }
}

run "the_output_is_the_services" {
  command = apply

  assert {
    condition     = output.service_name == "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
    error_message = "service_name must be the name that an endpoint asks for."
  }
}

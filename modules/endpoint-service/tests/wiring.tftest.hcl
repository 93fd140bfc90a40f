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

run "nobody_asks_for_zones" {
  command = plan

  assert {
    condition     = length(data.aws_subnet.this) == 0 && length(output.zone_ids) == 0
    error_message = "Without subnets nothing may be read, and no zone told."
  }
}

run "the_zones_are_those_of_the_subnets" {
  command = plan

  variables {
    subnet_ids = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  }

  assert {
    condition     = join(",", output.zone_ids) == "euc1-az2"
    error_message = "Each zone must be told once, by its id."
  }
}

run "endpoints_of_another_region" {
  command = plan

  variables {
    supported_regions = ["eu-central-1", "eu-west-1"]
  }

  assert {
    condition     = aws_vpc_endpoint_service.this.supported_regions == toset(["eu-central-1", "eu-west-1"])
    error_message = "The service must be open to the Regions that are named."
  }
}

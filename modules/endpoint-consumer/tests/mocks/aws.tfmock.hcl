mock_data "aws_subnet" {
  defaults = {
    availability_zone_id = "euc1-az2"
  }
}

mock_resource "aws_vpc_endpoint" {
  defaults = {
    # The endpoint's own name stands before that of each zone.
    dns_entry = [
      {
        dns_name       = "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
        hosted_zone_id = "Z273ZU8SZ5RJPC"
      },
      {
        dns_name       = "vpce-0123456789abcdef0-abcdefgh-eu-central-1a.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
        hosted_zone_id = "Z273ZU8SZ5RJPC"
      },
    ]
  }
}

mock_resource "aws_security_group" {
  defaults = {
    id = "sg-0123456789abcdef0"
  }
}

mock_resource "aws_route53_zone" {
  defaults = {
    zone_id = "Z0123456789ABCDEFGHIJ"
  }
}

mock_resource "aws_vpc_endpoint_service" {
  defaults = {
    id           = "vpce-svc-0123456789abcdef0"
    service_name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
  }
}

mock_data "aws_subnet" {
  defaults = {
    availability_zone_id = "euc1-az2"
  }
}

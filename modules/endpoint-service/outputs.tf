output "service_name" {
  description = "Name that an endpoint of a cluster's VPC asks for."
  value       = aws_vpc_endpoint_service.this.service_name
}

output "zone_ids" {
  description = "Ids of the availability zones of `subnet_ids`, which are the same in every account."
  value       = sort(distinct([for subnet in data.aws_subnet.this : subnet.availability_zone_id]))
}

output "service_id" {
  description = "Id of the endpoint service, vpce-svc-…."
  value       = aws_vpc_endpoint_service.this.id
}

output "service_name" {
  description = "Name that an endpoint of a cluster's VPC asks for."
  value       = aws_vpc_endpoint_service.this.service_name
}

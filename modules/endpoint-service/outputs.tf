output "service_name" {
  description = "Name that an endpoint of a cluster's VPC asks for."
  value       = aws_vpc_endpoint_service.this.service_name
}

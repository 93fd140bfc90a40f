output "arn" {
  description = "ARN of the load balancer, for the endpoint service."
  value       = aws_lb.this.arn
}

output "dns_name" {
  description = "DNS name of the load balancer inside the VPC."
  value       = aws_lb.this.dns_name
}

output "listener_arn" {
  description = "ARN of the listener."
  value       = aws_lb_listener.this.arn
}

output "security_group_id" {
  description = "Id of the load balancer's security group."
  value       = aws_security_group.this.id
}

output "sync_function_name" {
  description = "Name of the function that keeps the targets equal to the proxy's addresses."
  value       = aws_lambda_function.sync.function_name
}

output "target_group_arn" {
  description = "ARN of the target group that holds the proxy's addresses."
  value       = aws_lb_target_group.this.arn
}

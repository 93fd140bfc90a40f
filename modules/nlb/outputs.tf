output "arn" {
  description = "ARN of the load balancer, for the endpoint service."
  value       = aws_lb.this.arn
}

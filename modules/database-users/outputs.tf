output "ready" {
  description = "ARN of the function, known once it works and may be used: what depends on it is destroyed first."
  value       = aws_lambda_function.this.arn

  depends_on = [
    aws_cloudwatch_metric_alarm.failed,
    aws_lambda_invocation.check,
    aws_lambda_permission.rotation,
    aws_vpc_security_group_egress_rule.databases,
  ]
}

output "schedule_arn" {
  description = "ARN of the schedule, known once everything is there: what depends on it is destroyed first."
  value       = aws_scheduler_schedule.this.arn
  # They depend on the schedule, so nothing else would keep them from being the first to be destroyed.
  depends_on = [aws_cloudwatch_metric_alarm.this]
}

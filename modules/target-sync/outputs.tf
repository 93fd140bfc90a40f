output "schedule_arn" {
  description = "ARN of the schedule, known once everything is there: what depends on it is destroyed first."
  value       = aws_scheduler_schedule.this.arn
}

# A root with something else that the units share.
resource "terraform_data" "shared" {
  input = "arn:aws:scheduler:ap-northeast-1:111122223333:schedule/default/dev_target-sync"
}

module "environment" {
  source = "../.."

  database_arns           = "arn:aws:rds:ap-northeast-1:111122223333:db:*"
  destroy_before          = [terraform_data.shared.output]
  event_subscription_name = "dev-databases"
  monitoring_role_name    = "dev_rds-monitoring"
  subnet_group_name       = "dev_databases"
  subnet_ids              = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
}

output "shared" {
  description = "Id of what else the units share."
  value       = terraform_data.shared.id
}

database_arns           = "arn:aws:rds:ap-northeast-1:111122223333:db:*"
event_subscription_name = "dev-databases"
monitoring_role_name    = "dev_rds-monitoring"
subnet_group_name       = "dev_databases"
subnet_ids              = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]

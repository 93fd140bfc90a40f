name                = "dev_database-users"
name_prefix         = "valet-rds/dev/"
role_name           = "dev_database-users"
security_group_name = "dev_database-users"
subnet_ids          = ["subnet-0b0b0b0b", "subnet-0a0a0a0a"]
vpc_cidrs           = ["10.0.0.0/16"]
vpc_id              = "vpc-0d0d0d0d"

app_user                   = "orders_app"
database_name              = "orders"
database_resource_id       = "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"
database_security_group_id = "sg-0db0000000000000"
engine                     = "postgres"
function_name              = "dev_database-users"
host                       = "orders-dev.abcdefghijkl.eu-central-1.rds.amazonaws.com"
master_secret_arn          = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
name_prefix                = "valet-rds/dev/orders/"
port                       = 6432
read_only_user             = "orders_ro"
rotation                   = { days = 30 }

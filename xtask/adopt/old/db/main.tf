# One database with what belongs to it, as a module of a community makes it.

variable "identifier" { type = string }
variable "manage_password" { type = bool }
variable "subnet_ids" { type = list(string) }
variable "vpc_id" { type = string }

resource "aws_security_group" "this" {
  name_prefix = "${var.identifier}-"
  vpc_id      = var.vpc_id
}

resource "aws_db_subnet_group" "this" {
  name_prefix = "${var.identifier}-"
  description = "${var.identifier} subnet group"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.identifier}-"
  description = "${var.identifier} parameter group"
  family      = "postgres15"

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_option_group" "this" {
  name_prefix              = "${var.identifier}-"
  option_group_description = "${var.identifier} option group"
  engine_name              = "postgres"
  major_engine_version     = "15"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "monitoring" {
  name_prefix = "${substr(var.identifier, 0, 20)}-rds-"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "monitoring.rds.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_db_instance" "this" {
  identifier     = var.identifier
  engine         = "postgres"
  engine_version = "15"
  instance_class = "db.m6g.large"

  allocated_storage     = 120
  max_allocated_storage = 500
  storage_encrypted     = true
  storage_type          = "gp3"

  db_name                     = "app"
  username                    = "complete_postgresql"
  port                        = 5432
  manage_master_user_password = var.manage_password ? true : null
  password                    = var.manage_password ? null : "of-somebody-else"

  db_subnet_group_name   = aws_db_subnet_group.this.name
  option_group_name      = aws_db_option_group.this.name
  parameter_group_name   = aws_db_parameter_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]

  backup_retention_period = 14
  backup_window           = "03:30-06:00"
  copy_tags_to_snapshot   = false
  maintenance_window      = "Mon:00:00-Mon:03:00"
  deletion_protection     = false
  skip_final_snapshot     = true

  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.monitoring.arn
  performance_insights_enabled    = true

  tags = {
    Name        = var.identifier
    Environment = "old"
  }

  depends_on = [aws_iam_role_policy_attachment.monitoring]
}

variable "adopted" {
  description = "Whether the instance was there before Terraform. Its database name, user and key are then never stated, and its log groups stay AWS's."
  type        = bool
  default     = false
  nullable    = false
}

variable "adopted_major_version" {
  description = "Major version that the instance was adopted with. While engine_version says the same, none is asked for, and the minor stays. Null to ask for engine_version."
  type        = string
  default     = null

  validation {
    condition     = var.adopted_major_version == null || var.adopted
    error_message = "The adopted_major_version must be null unless adopted is true."
  }
}

variable "alarms" {
  description = "Alarms on the database: the ARN of the SNS topic to notify and the memory of the instance class in GiB. Null for no alarms; without memory_gib there are none on memory and connections."
  type = object({
    topic_arn  = string
    memory_gib = optional(number)
  })
  default = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.memory_gib == null ? true : var.alarms.memory_gib >= 1
    error_message = "The memory_gib of the alarms must be at least 1, the memory of the smallest class."
  }
}

variable "allocated_storage" {
  description = "Size of the volume in GiB when the database is created. It can grow, never shrink."
  type        = number
  nullable    = false

  validation {
    condition     = var.allocated_storage == floor(var.allocated_storage) && var.allocated_storage <= 65536
    error_message = "The allocated_storage must be a whole number of GiB, 65536 at most."
  }

  validation {
    condition     = var.adopted || var.allocated_storage >= (startswith(var.storage_type, "io") ? 100 : 20)
    error_message = "The allocated_storage must be at least 20 GiB, and at least 100 GiB for io1 and io2."
  }
}

variable "apply_immediately" {
  description = "Whether edits that interrupt the service happen with the apply instead of in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "auto_minor_version_upgrade" {
  description = "Whether RDS installs new minor versions by itself in the maintenance window."
  type        = bool
  nullable    = false

  validation {
    condition     = !var.auto_minor_version_upgrade || length(split(".", var.engine_version)) == (var.engine == "postgres" ? 1 : 2)
    error_message = "The auto_minor_version_upgrade must be false with an exact engine_version: the plan after an upgrade would ask for a downgrade."
  }
}

variable "backup_retention_period" {
  description = "Days for which automated backups are kept, 0 to 35. 0 turns them off."
  type        = number
  nullable    = false

  validation {
    condition     = contains(range(36), var.backup_retention_period)
    error_message = "The backup_retention_period must be a whole number from 0 to 35."
  }
}

variable "backup_window" {
  description = "Daily window for backups in UTC, as hh:mm-hh:mm, of 30 minutes or more, clear of the maintenance window."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "The backup_window must look like 16:00-17:00."
  }
}

variable "ca_certificate" {
  description = "Certificate authority of the server certificate."
  type        = string
  default     = "rds-ca-rsa2048-g1"
  nullable    = false

  validation {
    condition     = startswith(var.ca_certificate, "rds-ca-")
    error_message = "The ca_certificate must be one of RDS, rds-ca-…."
  }
}

variable "copy_tags_to_snapshot" {
  description = "Whether snapshots carry the tags of the database."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_name" {
  description = "Name of the database made at creation; of a restored database, the name that the snapshot holds. Null for the engine's own database only."
  type        = string
  default     = null

  validation {
    condition = var.database_name == null ? true : (
      can(regex("^[A-Za-z][A-Za-z0-9_]*$", var.database_name)) &&
      length(var.database_name) <= (var.engine == "postgres" ? 63 : 64)
    )
    error_message = "The database_name must start with a letter and hold only letters, digits and underscores: 63 at most for postgres, else 64."
  }
}

variable "dedicated_log_volume" {
  description = "Whether the transaction log has a volume of its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the database. Turn it off in an apply of its own before the database is destroyed."
  type        = bool
  default     = true
  nullable    = false
}

variable "engine" {
  description = "Database engine: postgres, mysql or mariadb."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["postgres", "mysql", "mariadb"], var.engine)
    error_message = "The engine must be postgres, mysql or mariadb."
  }
}

variable "engine_version" {
  description = "Major version (\"16\", \"8.4\", \"11.4\"), whose minors RDS chooses, or an exact one (\"16.11\", \"8.4.7\")."
  type        = string
  nullable    = false

  validation {
    condition = can(regex(
      var.engine == "postgres" ? "^[1-9][0-9](\\.[0-9]+(-rds\\.[0-9]{8})?)?$" : "^[1-9][0-9]?\\.[0-9]+(\\.[0-9]+(-rds\\.[0-9]{8})?)?$",
      var.engine_version
    ))
    error_message = "The engine_version must be a major version of the engine (postgres \"16\", mysql \"8.4\", mariadb \"11.4\") or an exact one (\"16.11\", \"8.4.7\")."
  }
}

variable "existing_parameter_group" {
  description = "Whether the parameter group is there already and somebody else's. Parameters then say nothing, and TLS is not forced."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.existing_parameter_group || length(var.parameters) == 0
    error_message = "The existing_parameter_group must be false with parameters: they belong to a group of the database's own."
  }
}

variable "extended_support" {
  description = "Whether the database may run past the standard support of its version, for money. AWS sets it only when an instance is created."
  type        = bool
  default     = false
  nullable    = false
}

variable "final_snapshot_identifier" {
  description = "Name of the snapshot taken when the database is destroyed. Null for \"<identifier>-final\"."
  type        = string
  default     = null

  validation {
    condition = var.final_snapshot_identifier == null ? true : (
      can(regex("^[A-Za-z](-?[A-Za-z0-9]+)*$", var.final_snapshot_identifier)) && length(var.final_snapshot_identifier) <= 255
    )
    error_message = "The final_snapshot_identifier must start with a letter and hold only letters, digits and single hyphens, none at the end: 255 at most."
  }
}

variable "iam_authentication" {
  description = "Whether users may log in to the database with IAM tokens. A proxy then takes nothing else."
  type        = bool
  default     = false
  nullable    = false
}

variable "identifier" {
  description = "Identifier of the database in RDS, unique in the account and Region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]+)*$", var.identifier)) && length(var.identifier) <= 63
    error_message = "The identifier must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 63 at most."
  }
}

variable "instance_class" {
  description = "Instance class, such as db.t4g.medium."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z][0-9]+[a-z]*\\.(micro|small|medium|large|xlarge|[0-9]+xlarge)$", var.instance_class))
    error_message = "The instance_class must look like db.t4g.medium."
  }
}

variable "iops" {
  description = "Provisioned IOPS: needed for io1 and io2, allowed for gp3 from 400 GiB, else null for the type's own."
  type        = number
  default     = null

  validation {
    condition     = (var.iops != null) == startswith(var.storage_type, "io") || (var.storage_type == "gp3" && var.allocated_storage >= 400)
    error_message = "The iops must be set for io1 and io2, may be set for gp3 from 400 GiB, and must be null otherwise."
  }

  validation {
    condition     = var.iops == null || !startswith(var.storage_type, "io") ? true : var.iops >= 1000 && var.iops <= 256000
    error_message = "The iops must be from 1000 to 256000 for io1 and io2."
  }

  validation {
    condition     = var.iops == null || var.storage_type != "gp3" ? true : var.iops >= 12000 && var.iops <= min(64000, 500 * var.allocated_storage)
    error_message = "The iops must be from 12000 to 64000 for gp3, and 500 per GiB at most."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the volume, the master user's secret and Performance Insights. Null for AWS's own keys. A restored volume keeps the key of its snapshot."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_exports" {
  description = "Logs that go to CloudWatch: postgresql, upgrade and iam-db-auth-error for postgres; audit, error, general, slowquery and iam-db-auth-error for mysql and mariadb."
  type        = set(string)
  nullable    = false

  validation {
    condition = length(setsubtract(var.log_exports,
      var.engine == "postgres" ? ["iam-db-auth-error", "postgresql", "upgrade"] : ["audit", "error", "general", "iam-db-auth-error", "slowquery"]
    )) == 0
    error_message = "The log_exports must be logs of the engine: postgresql, upgrade, iam-db-auth-error for postgres; audit, error, general, slowquery, iam-db-auth-error for mysql and mariadb."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key of the exported logs, whose policy admits CloudWatch Logs. Null for AWS's own key."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.log_kms_key_arn))
    error_message = "The log_kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_retention_days" {
  description = "Days for which CloudWatch keeps the exported logs."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    )
    error_message = "The log_retention_days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365."
  }
}

variable "maintenance_window" {
  description = "Weekly window for maintenance in UTC, as ddd:hh:mm-ddd:hh:mm, of 30 minutes or more. Edits that interrupt the service wait for it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", lower(var.maintenance_window)))
    error_message = "The maintenance_window must look like sun:18:00-sun:19:00."
  }
}

variable "manage_master_password" {
  description = "Whether RDS makes and rotates the master user's password."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.manage_master_password || var.adopted
    error_message = "The manage_master_password must be true unless adopted is."
  }
}

variable "master_secret_arn" {
  description = "ARN of a secret that holds the master user's name and password, when RDS does not manage it. Null when nobody logs in through a proxy yet."
  type        = string
  default     = null

  validation {
    condition     = var.master_secret_arn == null || !var.manage_master_password
    error_message = "The master_secret_arn must be null when manage_master_password is true."
  }
}

variable "max_allocated_storage" {
  description = "Size in GiB up to which RDS grows the volume by itself. 0 for no growth."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.max_allocated_storage == 0 || (var.max_allocated_storage >= var.allocated_storage && var.max_allocated_storage <= 65536)
    error_message = "The max_allocated_storage must be 0, or from allocated_storage to 65536 GiB."
  }
}

variable "monitoring_interval" {
  description = "Seconds between two points of enhanced monitoring: 0 (off), 1, 5, 10, 15, 30 or 60."
  type        = number
  nullable    = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring_interval)
    error_message = "The monitoring_interval must be 0, 1, 5, 10, 15, 30 or 60."
  }
}

variable "monitoring_role_arn" {
  description = "ARN of an IAM role for enhanced monitoring that is there already. Null with a role of the database's own."
  type        = string
  default     = null

  validation {
    condition     = var.monitoring_role_arn == null ? true : can(regex("^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", var.monitoring_role_arn))
    error_message = "The monitoring_role_arn must be the ARN of an IAM role, arn:aws:iam::<account>:role/…."
  }
}

variable "monitoring_role_name" {
  description = "Name of an IAM role for enhanced monitoring of this database alone, made when monitoring_interval is above 0. Null with monitoring_role_arn."
  type        = string
  default     = null

  validation {
    condition     = var.monitoring_role_name == null ? true : can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.monitoring_role_name))
    error_message = "The monitoring_role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }

  validation {
    condition     = (var.monitoring_role_name == null) != (var.monitoring_role_arn == null) || var.monitoring_interval == 0
    error_message = "The monitoring_role_name must be set when monitoring_interval is above 0, unless monitoring_role_arn is."
  }
}

variable "multi_az" {
  description = "Whether a standby in another availability zone takes over when the database fails."
  type        = bool
  nullable    = false
}

variable "option_group_name" {
  description = "Name of an option group that is there. Null for AWS's own."
  type        = string
  default     = null
}

variable "parameter_group_name" {
  description = "Name of the parameter group. It holds the major version, so that a major upgrade makes a new group beside the old one."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9.]+)*$", var.parameter_group_name)) && length(var.parameter_group_name) <= 255
    error_message = "The parameter_group_name must start with a letter and hold only a-z, 0-9, dots and single hyphens, none at the end: 255 at most."
  }

  validation {
    condition     = var.existing_parameter_group || strcontains(replace(var.parameter_group_name, "/[.-]/", ""), replace(local.major, ".", ""))
    error_message = "The parameter_group_name must hold the major version (dots may be hyphens or left out): a major upgrade needs a new name."
  }
}

variable "parameters" {
  description = "Engine parameters by name, with their value and when it is applied: immediate, or pending-reboot for static ones. TLS is always forced and cannot be set here."
  type = map(object({
    value        = string
    apply_method = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for parameter in var.parameters : contains(["immediate", "pending-reboot"], parameter.apply_method)])
    error_message = "The apply_method of the parameters must be immediate or pending-reboot."
  }

  validation {
    condition     = alltrue([for name in keys(var.parameters) : can(regex("^[A-Za-z][A-Za-z0-9_.-]*$", name))])
    error_message = "The names of the parameters must start with a letter and hold only letters, digits and _.-"
  }

  validation {
    condition     = alltrue([for name in keys(var.parameters) : !contains(["rds.force_ssl", "require_secure_transport"], lower(name))])
    error_message = "The parameters must not hold rds.force_ssl or require_secure_transport: TLS is always forced."
  }
}

variable "password_rotation_days" {
  description = "Days between two rotations of the master user's password, 1 to 1000."
  type        = number
  nullable    = false

  validation {
    condition     = contains(range(1, 1001), var.password_rotation_days)
    error_message = "The password_rotation_days must be a whole number from 1 to 1000."
  }
}

variable "performance_insights" {
  description = "Whether Performance Insights keeps load data."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.performance_insights || var.engine == "postgres" || !can(regex("^db\\.t[0-9a-z]+\\.(micro|small)$", var.instance_class))
    error_message = "The performance_insights must be false for mysql and mariadb on micro and small classes: AWS does not offer it there."
  }
}

variable "performance_insights_kms_key_arn" {
  description = "ARN of the KMS key of Performance Insights. Null for kms_key_arn."
  type        = string
  default     = null

  validation {
    condition     = var.performance_insights_kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.performance_insights_kms_key_arn))
    error_message = "The performance_insights_kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "performance_insights_retention_days" {
  description = "Days for which Performance Insights keeps its data: 7, which is free of charge, a multiple of 31, or 731."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains(concat([7, 731], [for months in range(1, 24) : months * 31]), var.performance_insights_retention_days)
    error_message = "The performance_insights_retention_days must be 7, a multiple of 31 up to 713, or 731."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the module's role may do. Null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "The permissions_boundary_arn must be the ARN of an IAM policy, arn:aws:iam::<account>:policy/…."
  }
}

variable "port" {
  description = "TCP port on which the database listens, 1150 to 65535."
  type        = number
  nullable    = false

  validation {
    condition     = var.port == floor(var.port) && var.port >= 1150 && var.port <= 65535
    error_message = "The port must be a whole number from 1150 to 65535."
  }
}

variable "publicly_accessible" {
  description = "Whether the name of the database resolves to a public address outside of its VPC."
  type        = bool
  default     = false
  nullable    = false
}

variable "retiring" {
  description = "Whether the database is on its way out. Its destroy then leaves the exported logs, and takes the parameter group along, which otherwise stays for an upgrade that waits for its window."
  type        = bool
  default     = false
  nullable    = false
}

variable "role_path" {
  description = "Path of the module's role in IAM. A new path replaces the role."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-.0-~]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "The role_path must start and end with a slash, such as /databases/."
  }
}

variable "security_group_ids" {
  description = "Security groups that the database has beside its own, 4 at most."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : startswith(id, "sg-")])
    error_message = "The security_group_ids must be ids of security groups, sg-…, 4 at most."
  }
}

variable "security_group_name" {
  description = "Name of the database's security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._ -]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._- , 255 at most, and not start with sg-."
  }
}

variable "snapshot_identifier" {
  description = "Snapshot that the database is restored from when it is created; later changes are ignored. Null for an empty database."
  type        = string
  default     = null

  validation {
    condition     = var.snapshot_identifier == null ? true : can(regex("^(rds:|arn:[a-z0-9-]+:rds:[a-z0-9-]+:[0-9]{12}:snapshot:(rds:)?)?[A-Za-z](-?[A-Za-z0-9]+)*$", var.snapshot_identifier))
    error_message = "The snapshot_identifier must be the name or the ARN of a database snapshot."
  }
}

variable "storage_encrypted" {
  description = "Whether the volume is encrypted. It cannot change later; of a restored database it must say what its snapshot is."
  type        = bool
  default     = true
  nullable    = false
}

variable "storage_throughput" {
  description = "Throughput of a gp3 volume from 400 GiB in MiB/s. Null for the type's own."
  type        = number
  default     = null

  validation {
    condition     = var.storage_throughput == null || (var.storage_type == "gp3" && var.allocated_storage >= 400)
    error_message = "The storage_throughput must be null except for gp3 from 400 GiB."
  }

  validation {
    condition     = var.storage_throughput == null ? true : var.storage_throughput >= 500 && var.storage_throughput <= min(4000, (var.iops == null ? 12000 : var.iops) / 4)
    error_message = "The storage_throughput must be from 500 to 4000 MiB/s, and a quarter of the iops at most."
  }
}

variable "storage_type" {
  description = "Type of the volume: gp2, gp3, io1 or io2."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["gp2", "gp3", "io1", "io2"], var.storage_type)
    error_message = "The storage_type must be gp2, gp3, io1 or io2."
  }
}

variable "subnet_group_name" {
  description = "Name of the subnet group that the database is in. AWS moves no database to another one of its VPC."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._ -]{0,254}$", var.subnet_group_name)) && (var.adopted || var.subnet_group_name != "default")
    error_message = "The subnet_group_name must hold only a-z, 0-9, blanks and ._- , 255 at most, and not be \"default\"."
  }
}

variable "subnet_ids" {
  description = "Subnets of a subnet group of the database's own, in two availability zones or more. Empty when the group is there already."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) != 1 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "The subnet_ids must be two or more subnet ids, subnet-…, or none."
  }
}

variable "tags" {
  description = "Tags of the instance alone, beside those of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "username" {
  description = "Name of the master user. A restored database keeps the snapshot's."
  type        = string
  nullable    = false

  validation {
    condition = (
      can(regex("^[A-Za-z][A-Za-z0-9_]*$", var.username)) &&
      length(var.username) <= lookup({ postgres = 63, mysql = 32 }, var.engine, 16)
    )
    error_message = "The username must start with a letter and hold only letters, digits and underscores: 63 at most for postgres, 32 for mysql, 16 for mariadb."
  }

  validation {
    condition     = !contains(["rdsadmin", "rdsproxyadmin"], lower(var.username))
    error_message = "The username must not be rdsadmin or rdsproxyadmin, which belong to RDS."
  }

  validation {
    condition     = var.engine != "postgres" || (lower(var.username) != "admin" && !startswith(lower(var.username), "pg_"))
    error_message = "The username must not be admin or start with pg_ for postgres."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "The vpc_id must be the id of a VPC, vpc-…."
  }
}

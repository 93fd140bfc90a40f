variable "adopted" {
  description = "Whether the cluster was there before Terraform. Its database name, user and key are then never stated, and its log groups stay AWS's."
  type        = bool
  default     = false
  nullable    = false
}

variable "adopted_instances" {
  description = "The instances of a cluster that was there before, the first ones of its replicas + 1: the name of each, and its own maintenance window, promotion tier and tags. Null for what the module gives by itself."
  type = list(object({
    identifier         = string
    maintenance_window = optional(string)
    promotion_tier     = optional(number)
    tags               = optional(map(string))
  }))
  default  = []
  nullable = false

  validation {
    condition     = var.adopted == (length(var.adopted_instances) > 0)
    error_message = "The adopted_instances must hold an instance when adopted is true, and none otherwise."
  }

  validation {
    condition     = length(var.adopted_instances) <= var.replicas + 1
    error_message = "The adopted_instances must not be more than replicas + 1."
  }

  validation {
    condition     = alltrue([for instance in var.adopted_instances : can(regex("^[a-z](-?[a-z0-9]+)*$", instance.identifier)) && length(instance.identifier) <= 63])
    error_message = "The identifiers of the adopted_instances must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 63 at most."
  }

  validation {
    condition = length(distinct(concat(
      [for instance in var.adopted_instances : instance.identifier],
      [for number in range(length(var.adopted_instances) + 1, var.replicas + 2) : "${var.identifier}-${number}"]
    ))) == max(var.replicas + 1, length(var.adopted_instances))
    error_message = "The identifiers of the adopted_instances must differ, also from <identifier>-<number> of those that are made beside them."
  }

  validation {
    condition     = length(var.adopted_instances) > var.replicas || !var.adopted || length("${var.identifier}-${var.replicas + 1}") <= 63
    error_message = "The adopted_instances must be replicas + 1 when the identifier is too long for <identifier>-<number>, 63 at most."
  }

  validation {
    condition = alltrue([for instance in var.adopted_instances :
      instance.promotion_tier == null ? true : contains(range(16), instance.promotion_tier)
    ])
    error_message = "The promotion_tier of the adopted_instances must be a whole number from 0 to 15."
  }

  validation {
    condition = alltrue([for instance in var.adopted_instances :
      instance.maintenance_window == null ? true : can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", lower(instance.maintenance_window)))
    ])
    error_message = "The maintenance_window of the adopted_instances must look like sun:18:00-sun:19:00."
  }
}

variable "adopted_major_version" {
  description = "Major version that the cluster was adopted with. While engine_version says the same, none is asked for, and the minor stays. Null to ask for engine_version."
  type        = string
  default     = null

  validation {
    condition     = var.adopted_major_version == null || var.adopted
    error_message = "The adopted_major_version must be null unless adopted is true."
  }
}

variable "alarms" {
  description = "Alarms on the cluster: the ARN of the SNS topic to notify and the memory of the instance class in GiB. Null for no alarms; without memory_gib there are none on memory and connections, but for db.serverless, whose memory follows max_capacity."
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

  validation {
    condition     = var.alarms == null ? true : var.alarms.memory_gib == null || var.instance_class != "db.serverless"
    error_message = "The memory_gib of the alarms must be null for db.serverless: its memory follows max_capacity."
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
    condition     = !var.auto_minor_version_upgrade || var.engine_version == local.major
    error_message = "The auto_minor_version_upgrade must be false with an exact engine_version: the plan after an upgrade would ask for a downgrade."
  }
}

variable "backup_retention_period" {
  description = "Days for which automated backups are kept, 1 to 35. Of a cluster AWS does not turn them off."
  type        = number
  nullable    = false

  validation {
    condition     = contains(range(1, 36), var.backup_retention_period)
    error_message = "The backup_retention_period must be a whole number from 1 to 35."
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
  description = "Certificate authority of the server certificates."
  type        = string
  default     = "rds-ca-rsa2048-g1"
  nullable    = false

  validation {
    condition     = startswith(var.ca_certificate, "rds-ca-")
    error_message = "The ca_certificate must be one of RDS, rds-ca-…."
  }
}

variable "cluster_parameter_group_name" {
  description = "Name of the parameter group of the cluster. It holds the major version, so that a major upgrade makes a new group beside the old one."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9.]+)*$", var.cluster_parameter_group_name)) && length(var.cluster_parameter_group_name) <= 255
    error_message = "The cluster_parameter_group_name must start with a letter and hold only a-z, 0-9, dots and single hyphens, none at the end: 255 at most."
  }

  validation {
    condition     = var.existing_cluster_parameter_group || strcontains(replace(var.cluster_parameter_group_name, "/[.-]/", ""), replace(local.major, ".", ""))
    error_message = "The cluster_parameter_group_name must hold the major version (dots may be hyphens or left out): a major upgrade needs a new name."
  }
}

variable "copy_tags_to_snapshot" {
  description = "Whether snapshots carry the tags of the database."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_name" {
  description = "Name of the database made at creation; of a restored cluster, the name that the snapshot holds. Null for the engine's own database only."
  type        = string
  default     = null

  validation {
    condition = var.database_name == null ? true : (
      can(regex("^[A-Za-z][A-Za-z0-9_]*$", var.database_name)) &&
      length(var.database_name) <= (local.is_postgres ? 63 : 64)
    )
    error_message = "The database_name must start with a letter and hold only letters, digits and underscores: 63 at most for aurora-postgresql, 64 for aurora-mysql."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster. Turn it off in an apply of its own before the cluster is destroyed."
  type        = bool
  default     = true
  nullable    = false
}

variable "engine" {
  description = "Database engine: aurora-postgresql or aurora-mysql."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["aurora-postgresql", "aurora-mysql"], var.engine)
    error_message = "The engine must be aurora-postgresql or aurora-mysql."
  }
}

variable "engine_version" {
  description = "Major version (\"16\", \"8.0\"), whose minors RDS chooses, or an exact one (\"16.11\", \"8.0.mysql_aurora.3.10.1\")."
  type        = string
  nullable    = false

  validation {
    condition = can(regex(
      local.is_postgres ? "^[1-9][0-9](\\.[0-9]+)?$" : "^[1-9][0-9]?\\.[0-9]+(\\.mysql_aurora\\.[0-9]+\\.[0-9]+\\.[0-9]+)?$",
      var.engine_version
    ))
    error_message = "The engine_version must be a major version of the engine (aurora-postgresql \"16\", aurora-mysql \"8.0\") or an exact one (\"16.11\", \"8.0.mysql_aurora.3.10.1\")."
  }
}

variable "existing_cluster_parameter_group" {
  description = "Whether the parameter group of the cluster is there already and somebody else's. Parameters then say nothing, and TLS is not forced."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.existing_cluster_parameter_group || length(var.parameters) == 0
    error_message = "The existing_cluster_parameter_group must be false with parameters: they belong to a group of the database's own."
  }
}

variable "existing_parameter_group" {
  description = "Whether the parameter group of the instances is there already and somebody else's. AWS moves them to another one with a major upgrade only."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.existing_parameter_group || length(var.instance_parameters) == 0
    error_message = "The existing_parameter_group must be false with instance_parameters: they belong to a group of the database's own."
  }
}

variable "extended_support" {
  description = "Whether the cluster may run past the standard support of its version, for money. AWS sets it only when a cluster is created."
  type        = bool
  default     = false
  nullable    = false
}

variable "final_snapshot_identifier" {
  description = "Name of the snapshot taken of the cluster when it is destroyed. Null for \"<identifier>-final\"."
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
  description = "Whether users may log in to the cluster with IAM tokens. A proxy then takes nothing else."
  type        = bool
  default     = false
  nullable    = false
}

variable "identifier" {
  description = "Identifier of the cluster in RDS, unique in the account and Region. Its instances are called <identifier>-1, <identifier>-2 and so on, but for adopted_instances."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]+)*$", var.identifier)) && length(var.identifier) <= (var.adopted ? 63 : 60)
    error_message = "The identifier must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 60 at most, so that those of the instances have room; 63 of a cluster that was there before."
  }
}

variable "instance_class" {
  description = "Class of every instance, such as db.r7g.large, or db.serverless for Serverless v2."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.(serverless|[a-z][0-9]+[a-z]*\\.(${var.adopted ? "small|" : ""}medium|large|xlarge|[0-9]+xlarge))$", var.instance_class))
    error_message = "The instance_class must look like db.r7g.large, or be db.serverless."
  }
}

variable "instance_parameters" {
  description = "Parameters that belong to instances, by name, with their value and when it is applied. On an instance they win over the cluster's."
  type = map(object({
    value        = string
    apply_method = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for parameter in var.instance_parameters : contains(["immediate", "pending-reboot"], parameter.apply_method)])
    error_message = "The apply_method of the instance_parameters must be immediate or pending-reboot."
  }

  validation {
    condition     = alltrue([for name in keys(var.instance_parameters) : can(regex("^[A-Za-z][A-Za-z0-9_.-]*$", name))])
    error_message = "The names of the instance_parameters must start with a letter and hold only letters, digits and _.-"
  }

  validation {
    condition     = alltrue([for name in keys(var.instance_parameters) : !contains(["rds.force_ssl", "require_secure_transport"], lower(name))])
    error_message = "The instance_parameters must not hold rds.force_ssl or require_secure_transport: TLS is always forced."
  }

  validation {
    condition     = length(setintersection(keys(var.instance_parameters), keys(var.parameters))) == 0
    error_message = "The instance_parameters must not hold a name of parameters: an instance's value would hide the cluster's."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the volume, the master user's secret and Performance Insights. Null for AWS's own keys. A restored cluster keeps the key of its snapshot."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_exports" {
  description = "Logs that go to CloudWatch: postgresql, instance and iam-db-auth-error for aurora-postgresql; audit, error, general, instance, slowquery and iam-db-auth-error for aurora-mysql, whose audit log holds what server_audit_logging and server_audit_events among the parameters say."
  type        = set(string)
  nullable    = false

  validation {
    condition = length(setsubtract(
      var.log_exports,
      local.is_postgres ? ["iam-db-auth-error", "instance", "postgresql"] : ["audit", "error", "general", "iam-db-auth-error", "instance", "slowquery"]
    )) == 0
    error_message = "The log_exports must be logs of the engine: postgresql, instance, iam-db-auth-error for aurora-postgresql; audit, error, general, instance, slowquery, iam-db-auth-error for aurora-mysql."
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

variable "max_capacity" {
  description = "Capacity in ACU up to which an instance of Serverless v2 grows, 1 to 256 in steps of a half; one ACU has about 2 GiB. Null for other classes."
  type        = number
  default     = null

  validation {
    condition     = (var.max_capacity != null) == (var.instance_class == "db.serverless")
    error_message = "The max_capacity must be set for db.serverless, and be null for every other class."
  }

  validation {
    condition     = var.max_capacity == null ? true : var.max_capacity * 2 == floor(var.max_capacity * 2) && var.max_capacity >= 1 && var.max_capacity <= 256
    error_message = "The max_capacity must be from 1 to 256 ACU, in steps of 0.5."
  }
}

variable "min_capacity" {
  description = "Capacity in ACU to which an instance of Serverless v2 shrinks, 0 to max_capacity in steps of a half. 0 lets an idle one stop, which open connections of a proxy prevent. Null for other classes."
  type        = number
  default     = null

  validation {
    condition     = (var.min_capacity != null) == (var.instance_class == "db.serverless")
    error_message = "The min_capacity must be set for db.serverless, and be null for every other class."
  }

  validation {
    condition     = var.min_capacity == null ? true : var.min_capacity * 2 == floor(var.min_capacity * 2) && var.min_capacity >= 0 && var.min_capacity <= 256
    error_message = "The min_capacity must be from 0 to 256 ACU, in steps of 0.5."
  }

  validation {
    condition     = var.min_capacity == null || var.max_capacity == null ? true : var.min_capacity <= var.max_capacity
    error_message = "The min_capacity must not be above the max_capacity."
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
  description = "ARN of an IAM role for enhanced monitoring that is there already. Null with a role of the cluster's own."
  type        = string
  default     = null

  validation {
    condition     = var.monitoring_role_arn == null ? true : can(regex("^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", var.monitoring_role_arn))
    error_message = "The monitoring_role_arn must be the ARN of an IAM role, arn:aws:iam::<account>:role/…."
  }
}

variable "monitoring_role_name" {
  description = "Name of an IAM role for enhanced monitoring of this cluster alone, made when monitoring_interval is above 0. Null with monitoring_role_arn."
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

variable "parameter_group_name" {
  description = "Name of the parameter group of the instances. It holds the major version, so that a major upgrade makes a new group beside the old one."
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
  description = "Parameters of the cluster, for every instance alike, by name, with their value and when it is applied: immediate, or pending-reboot for static ones. TLS is always forced and cannot be set here."
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
  description = "Whether Performance Insights keeps load data of each instance."
  type        = bool
  default     = true
  nullable    = false
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
  description = "TCP port on which the cluster listens, 1150 to 65535."
  type        = number
  nullable    = false

  validation {
    condition     = var.port == floor(var.port) && var.port >= 1150 && var.port <= 65535
    error_message = "The port must be a whole number from 1150 to 65535."
  }
}

variable "publicly_accessible" {
  description = "Whether the names of the instances resolve to a public address outside of their VPC."
  type        = bool
  default     = false
  nullable    = false
}

variable "replicas" {
  description = "Number of readers beside the writer, 0 to 15. One more or less leaves all other instances as they are."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains(range(16), var.replicas)
    error_message = "The replicas must be a whole number from 0 to 15."
  }
}

variable "retiring" {
  description = "Whether the cluster is on its way out. Its destroy then leaves the exported logs, and takes the parameter group of the instances along, which otherwise stays for an upgrade that waits for its window."
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

variable "seconds_until_auto_pause" {
  description = "Seconds without connections after which an instance of Serverless v2 stops, 300 to 86400, with a min_capacity of 0. Null for AWS's 300."
  type        = number
  default     = null

  validation {
    condition     = var.seconds_until_auto_pause == null || var.min_capacity == 0
    error_message = "The seconds_until_auto_pause must be null unless the min_capacity is 0."
  }

  validation {
    condition     = var.seconds_until_auto_pause == null ? true : var.seconds_until_auto_pause == floor(var.seconds_until_auto_pause) && var.seconds_until_auto_pause >= 300 && var.seconds_until_auto_pause <= 86400
    error_message = "The seconds_until_auto_pause must be a whole number from 300 to 86400."
  }
}

variable "security_group_ids" {
  description = "Security groups that the cluster has beside its own, 4 at most."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4 && alltrue([for id in var.security_group_ids : startswith(id, "sg-")])
    error_message = "The security_group_ids must be ids of security groups, sg-…, 4 at most."
  }
}

variable "security_group_name" {
  description = "Name of the cluster's security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._ -]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._- , 255 at most, and not start with sg-."
  }
}

variable "snapshot_identifier" {
  description = "Cluster snapshot that the cluster is restored from when it is created; later changes are ignored. Null for an empty cluster."
  type        = string
  default     = null

  validation {
    condition     = var.snapshot_identifier == null ? true : can(regex("^(rds:|arn:[a-z0-9-]+:rds:[a-z0-9-]+:[0-9]{12}:cluster-snapshot:(rds:)?)?[A-Za-z](-?[A-Za-z0-9]+)*$", var.snapshot_identifier))
    error_message = "The snapshot_identifier must be the name or the ARN of a cluster snapshot."
  }
}

variable "storage_encrypted" {
  description = "Whether the storage is encrypted. It cannot change later; of a restored cluster it must say what its snapshot is."
  type        = bool
  default     = true
  nullable    = false
}

variable "storage_type" {
  description = "Storage of the cluster: aurora, where each I/O is billed, or aurora-iopt1, where none is. AWS takes aurora-iopt1 once in 30 days."
  type        = string
  default     = "aurora"
  nullable    = false

  validation {
    condition     = contains(["aurora", "aurora-iopt1"], var.storage_type)
    error_message = "The storage_type must be aurora or aurora-iopt1."
  }
}

variable "subnet_group_name" {
  description = "Name of the subnet group that the cluster is in. A change replaces the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._ -]{0,254}$", var.subnet_group_name)) && (var.adopted || var.subnet_group_name != "default")
    error_message = "The subnet_group_name must hold only a-z, 0-9, blanks and ._- , 255 at most, and not be \"default\"."
  }
}

variable "subnet_ids" {
  description = "Subnets of a subnet group of the cluster's own, in two availability zones or more. Empty when the group is there already."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) != 1 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "The subnet_ids must be two or more subnet ids, subnet-…, or none."
  }
}

variable "tags" {
  description = "Tags of the cluster alone, beside those of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "username" {
  description = "Name of the master user. A restored cluster keeps the snapshot's."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]*$", var.username)) && length(var.username) <= (local.is_postgres ? 63 : 32)
    error_message = "The username must start with a letter and hold only letters, digits and underscores: 63 at most for aurora-postgresql, 32 for aurora-mysql."
  }

  validation {
    condition     = !contains(["rdsadmin", "rdsproxyadmin"], lower(var.username))
    error_message = "The username must not be rdsadmin or rdsproxyadmin, which belong to RDS."
  }

  validation {
    condition     = !local.is_postgres || (lower(var.username) != "admin" && !startswith(lower(var.username), "pg_"))
    error_message = "The username must not be admin or start with pg_ for aurora-postgresql."
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

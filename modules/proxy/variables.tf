variable "admit_master" {
  description = "Whether clients may log in as the master, alone or beside the users of user_secret_arns."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.admit_master || length(var.user_secret_arns) > 0
    error_message = "The admit_master must be true when there are no user_secret_arns: nobody could log in."
  }
}

variable "alarms" {
  description = "Alarms on the proxy: the ARN of the SNS topic to notify. Null for no alarms."
  type = object({
    topic_arn = string
  })
  default = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }
}

variable "authentication" {
  description = "How clients log in to the proxy: password (the secret's) or iam (a token). The proxy itself always logs in to the database with the secret."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["password", "iam"], var.authentication)
    error_message = "The authentication must be password or iam."
  }
}

variable "client_password_auth_type" {
  description = "How clients prove that they know the password: MYSQL_CACHING_SHA2_PASSWORD or MYSQL_NATIVE_PASSWORD for MYSQL, POSTGRES_SCRAM_SHA_256 or POSTGRES_MD5 for POSTGRESQL. Null for AWS's own choice, the first of the two. mariadb knows MYSQL_NATIVE_PASSWORD alone."
  type        = string
  default     = null

  validation {
    condition = var.client_password_auth_type == null ? true : contains(
      var.engine_family == "MYSQL" ? ["MYSQL_CACHING_SHA2_PASSWORD", "MYSQL_NATIVE_PASSWORD"] : ["POSTGRES_MD5", "POSTGRES_SCRAM_SHA_256"],
      var.client_password_auth_type
    )
    error_message = "The client_password_auth_type must be one of the engine_family: MYSQL_CACHING_SHA2_PASSWORD or MYSQL_NATIVE_PASSWORD for MYSQL, POSTGRES_SCRAM_SHA_256 or POSTGRES_MD5 for POSTGRESQL."
  }
}

variable "connection_borrow_timeout" {
  description = "Seconds for which a client waits for a database connection when the pool is used up, 1 to 300."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = contains(range(1, 301), var.connection_borrow_timeout)
    error_message = "The connection_borrow_timeout must be a whole number from 1 to 300 seconds."
  }
}

variable "database_cluster_identifier" {
  description = "Identifier of the cluster behind the proxy, known once the cluster has an instance. Null with database_identifier."
  type        = string
  default     = null

  validation {
    condition     = var.database_cluster_identifier == null ? true : can(regex("^[a-z](-?[a-z0-9]+)*$", var.database_cluster_identifier)) && length(var.database_cluster_identifier) <= 63
    error_message = "The database_cluster_identifier must be the identifier of a cluster in RDS."
  }

  validation {
    condition     = (var.database_cluster_identifier == null) != (var.database_identifier == null)
    error_message = "The database_cluster_identifier must be set unless database_identifier is, and not with it."
  }
}

variable "database_identifier" {
  description = "Identifier of the database instance behind the proxy, taken from the database's resource: a target registers only once the database is available. Null with database_cluster_identifier."
  type        = string
  default     = null

  validation {
    condition     = var.database_identifier == null ? true : can(regex("^[a-z](-?[a-z0-9]+)*$", var.database_identifier)) && length(var.database_identifier) <= 63
    error_message = "The database_identifier must be the identifier of a database in RDS."
  }
}

variable "database_port" {
  description = "TCP port on which the database listens, 1150 to 65535."
  type        = number
  nullable    = false

  validation {
    condition     = var.database_port == floor(var.database_port) && var.database_port >= 1150 && var.database_port <= 65535
    error_message = "The database_port must be a whole number from 1150 to 65535."
  }
}

variable "database_resource_id" {
  description = "Resource id of the database (db-... of an instance, cluster-... of a cluster). When it changes, another database has the identifier, and the target is registered again."
  type        = string
  nullable    = false
}

variable "database_security_group_id" {
  description = "Security group of the database; it gets the rule that lets the proxy in."
  type        = string
  nullable    = false
}

variable "engine_family" {
  description = "Protocol of the database: POSTGRESQL for postgres and aurora-postgresql, MYSQL for mysql, mariadb and aurora-mysql."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["POSTGRESQL", "MYSQL"], var.engine_family)
    error_message = "The engine_family must be POSTGRESQL or MYSQL."
  }
}

variable "idle_client_timeout" {
  description = "Seconds after which the proxy closes an idle client connection, 60 to 28800."
  type        = number
  default     = 1800
  nullable    = false

  validation {
    condition     = var.idle_client_timeout == floor(var.idle_client_timeout) && var.idle_client_timeout >= 60 && var.idle_client_timeout <= 28800
    error_message = "The idle_client_timeout must be a whole number from 60 to 28800 seconds."
  }
}

variable "init_query" {
  description = "Statements, separated by semicolons, that the proxy runs on each new database connection. Everyone who can describe the proxy can read them. Null for none."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of the KMS key of the secret. Null for AWS's own key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key of the proxy's log, whose policy admits CloudWatch Logs. Null for AWS's own key."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.log_kms_key_arn))
    error_message = "The log_kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_retention_days" {
  description = "Days for which CloudWatch keeps the proxy's log."
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

variable "max_connections_percent" {
  description = "Share of the database's connections that the proxy may open, in percent, 1 to 100."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = contains(range(1, 101), var.max_connections_percent)
    error_message = "The max_connections_percent must be a whole number from 1 to 100."
  }
}

variable "max_idle_connections_percent" {
  description = "Share of the database's connections that the proxy may keep open while idle, in percent, 0 to max_connections_percent."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = contains(range(101), var.max_idle_connections_percent) && var.max_idle_connections_percent <= var.max_connections_percent
    error_message = "The max_idle_connections_percent must be a whole number from 0 to max_connections_percent."
  }
}

variable "name" {
  description = "Name of the proxy, unique in the account and Region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]+)*$", var.name)) && length(var.name) <= 63
    error_message = "The name must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 63 at most."
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

variable "read_only_endpoint_name" {
  description = "Name of a second endpoint of the proxy, which leads to the readers of a cluster. Null for none."
  type        = string
  default     = null

  validation {
    condition     = var.read_only_endpoint_name == null ? true : can(regex("^[a-z](-?[a-z0-9]+)*$", var.read_only_endpoint_name)) && length(var.read_only_endpoint_name) <= 63
    error_message = "The read_only_endpoint_name must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 63 at most."
  }

  validation {
    condition     = var.read_only_endpoint_name == null || var.database_identifier == null
    error_message = "The read_only_endpoint_name must be null with database_identifier: only clusters have readers that a proxy knows."
  }
}

variable "region" {
  description = "Region of the proxy, through whose Secrets Manager alone its role may decrypt."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must look like ap-northeast-1."
  }
}

variable "role_name" {
  description = "Name of the IAM role with which the proxy reads the secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "The role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }
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

variable "secret_arn" {
  description = "ARN of the secret with the master's login. The proxy reads it only when it admits the master."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", var.secret_arn))
    error_message = "The secret_arn must be the ARN of a secret."
  }
}

variable "security_group_name" {
  description = "Name of the proxy's security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._ -]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._- , 255 at most, and not start with sg-."
  }
}

variable "session_pinning_filters" {
  description = "What does not pin a client to its database connection, although it changes the session: EXCLUDE_VARIABLE_SETS, for MYSQL, when all clients set the same variables. Empty for nothing."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.session_pinning_filters, ["EXCLUDE_VARIABLE_SETS"])) == 0
    error_message = "The session_pinning_filters must be EXCLUDE_VARIABLE_SETS, the only one that AWS has, or empty."
  }

  validation {
    condition     = length(var.session_pinning_filters) == 0 || var.engine_family == "MYSQL"
    error_message = "The session_pinning_filters must be empty for POSTGRESQL: AWS has them for MYSQL alone."
  }
}

variable "subnet_ids" {
  description = "Subnets of the proxy, in two availability zones or more. A change replaces the proxy and with it its endpoint."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "The subnet_ids must be two or more subnet ids, subnet-…."
  }
}

variable "user_secret_arns" {
  description = "ARN of the secret with each user's login, by any key: clients log in as these users. Empty for none but the master."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.user_secret_arns), "master")
    error_message = "The user_secret_arns must not have the key master, which stands for secret_arn."
  }

  validation {
    condition = alltrue([
      for arn in values(var.user_secret_arns) : can(regex("^arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", arn))
    ])
    error_message = "The user_secret_arns must be ARNs of secrets."
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

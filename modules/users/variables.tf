variable "adopt" {
  description = "Users that the database has already and that were not made here: they are taken over, get a new password and lose what else they may."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.adopt, compact([var.app_user, var.read_only_user]))) == 0
    error_message = "The adopt must hold only the names of app_user and read_only_user."
  }
}

variable "app_user" {
  description = "Name of the user that has what the application makes: it reads, writes and migrates. Null for none, and for the login of one that was to end."
  type        = string
  default     = null

  validation {
    condition     = var.app_user == null ? true : can(regex("^[a-z][a-z0-9_]{0,62}$", var.app_user)) && !can(regex("^(rds|(all|current_user|master|none|postgres|public|user)$)", var.app_user))
    error_message = "The app_user must start with a letter and hold only a-z, 0-9 and underscores, 63 at most, and be no name that SQL or RDS reserves."
  }

  validation {
    condition     = var.app_user == null || var.engine != "postgres" ? true : !can(regex("^(pg_|(current_role|session_user)$)", var.app_user))
    error_message = "The app_user must be no name that PostgreSQL reserves."
  }

  validation {
    condition     = var.app_user == null || var.engine == "postgres" ? true : length(var.app_user) <= 32 && !contains(["event_scheduler", "root"], var.app_user)
    error_message = "The app_user must have 32 letters at most, and be no name that MySQL reserves."
  }
}

variable "database_name" {
  description = "Database of the application."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.database_name) > 0
    error_message = "The database_name must be the name of a database: a server without one has nothing to give rights on."
  }

  validation {
    condition     = var.engine == "postgres" ? true : length(replace(var.database_name, "_", "__")) <= 64
    error_message = "The database_name must have 64 letters at most, when each underscore counts twice: MySQL quotes them where it gives rights on a database, and cuts off what is longer."
  }
}

variable "database_resource_id" {
  description = "Resource id of the database (db-...). When it changes, another database has the identifier, and gets its users."
  type        = string
  nullable    = false
}

variable "database_security_group_id" {
  description = "Security group of the database; it gets the rule that lets the function in."
  type        = string
  nullable    = false
}

variable "engine" {
  description = "Engine of the database, whose users the function makes: mariadb, mysql, which Aurora MySQL is, too, or postgres, which Aurora PostgreSQL is."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["mariadb", "mysql", "postgres"], var.engine)
    error_message = "The engine must be mariadb, mysql or postgres."
  }
}

variable "function_name" {
  description = "Name of the function that makes the users: the environment's."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "The function_name must hold only letters, digits, hyphens and underscores: 64 at most."
  }
}

variable "host" {
  description = "Host name of the database itself, not of its proxy."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key of the secrets. Null for AWS's own key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "The kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "master_secret_arn" {
  description = "ARN of the secret in which RDS keeps the master's login. Only the function reads it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", var.master_secret_arn))
    error_message = "The master_secret_arn must be the ARN of a secret."
  }
}

variable "name_prefix" {
  description = "How the names of the secrets begin, such as valet-rds/dev3/orders/: the name of a user follows."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9_+=.@-]+/)+$", var.name_prefix)) && length(var.name_prefix) <= 400
    error_message = "The name_prefix must be names with a slash after each, such as valet-rds/dev3/orders/: 400 letters at most."
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

variable "read_only_user" {
  description = "Name of the user that reads what is app_user's. Null for none, and for the login of one that was to end."
  type        = string
  default     = null

  validation {
    condition     = var.read_only_user == null ? true : can(regex("^[a-z][a-z0-9_]{0,62}$", var.read_only_user)) && !can(regex("^(rds|(all|current_user|master|none|postgres|public|user)$)", var.read_only_user))
    error_message = "The read_only_user must start with a letter and hold only a-z, 0-9 and underscores, 63 at most, and be no name that SQL or RDS reserves."
  }

  validation {
    condition     = var.read_only_user == null || var.engine != "postgres" ? true : !can(regex("^(pg_|(current_role|session_user)$)", var.read_only_user))
    error_message = "The read_only_user must be no name that PostgreSQL reserves."
  }

  validation {
    condition     = var.read_only_user == null || var.engine == "postgres" ? true : length(var.read_only_user) <= 32 && !contains(["event_scheduler", "root"], var.read_only_user)
    error_message = "The read_only_user must have 32 letters at most, and be no name that MySQL reserves."
  }

  validation {
    condition     = var.read_only_user == null ? true : var.app_user != null && var.read_only_user != var.app_user
    error_message = "The read_only_user must have an app_user beside it, under another name."
  }
}

variable "rotation" {
  description = "When passwords are replaced: every so many days, or by a schedule such as cron(0 3 ? * SUN *); duration is how many hours a window is long, such as 3h."
  type = object({
    days     = optional(number)
    duration = optional(string)
    schedule = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.rotation.days == null) != (var.rotation.schedule == null)
    error_message = "The rotation must have either days or a schedule."
  }

  validation {
    condition     = var.rotation.days == null ? true : contains(range(1, 1001), var.rotation.days)
    error_message = "The days of rotation must be a whole number from 1 to 1000."
  }

  validation {
    condition     = var.rotation.schedule == null ? true : can(regex("^(cron|rate)\\(.+\\)$", var.rotation.schedule))
    error_message = "The schedule of rotation must be cron(…) or rate(…)."
  }

  validation {
    condition     = var.rotation.duration == null ? true : can(regex("^([1-9]|1[0-9]|2[0-4])h$", var.rotation.duration))
    error_message = "The duration of rotation must be 1h to 24h."
  }
}

variable "transition" {
  description = "Whether pods still log in as the master: what it makes meanwhile is app_user's to use and read_only_user's to read, and the next invocation moves it."
  type        = bool
  default     = false
  nullable    = false
}

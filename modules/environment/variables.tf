variable "alarms" {
  description = "Where events of databases, proxies and parameter groups are told: the ARN of the SNS topic. Null for nowhere."
  type        = object({ topic_arn = string })
  default     = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }
}

variable "database_arns" {
  description = "ARN of the databases of the account and Region, with a wildcard for their names: arn:aws:rds:<region>:<account>:db:*."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z0-9-]+:rds:[a-z0-9-]+:[0-9]{12}:db:\\*$", var.database_arns))
    error_message = "The database_arns must look like arn:aws:rds:ap-northeast-1:111122223333:db:*."
  }
}

variable "destroy_before" {
  description = "What else the units share, such as ARNs of it: the subnet group is destroyed before any of it."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "event_subscription_name" {
  description = "Beginning of the names of the event subscriptions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z](-?[A-Za-z0-9]+)*$", var.event_subscription_name)) && length(var.event_subscription_name) <= 200
    error_message = "The event_subscription_name must start with a letter and hold only letters, digits and single hyphens, none at the end: 200 at most."
  }
}

variable "monitoring_role_name" {
  description = "Name of the role with which the databases write enhanced monitoring."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.monitoring_role_name))
    error_message = "The monitoring_role_name must hold only letters, digits and _+=,.@- : 64 at most."
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

variable "subnet_group_name" {
  description = "Name of the subnet group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._ -]{0,254}$", var.subnet_group_name)) && var.subnet_group_name != "default"
    error_message = "The subnet_group_name must hold only a-z, 0-9, blanks and ._- , 255 at most, and not be \"default\"."
  }
}

variable "subnet_ids" {
  description = "Subnets of the databases, in two availability zones or more."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "The subnet_ids must be two or more subnet ids, subnet-…."
  }
}

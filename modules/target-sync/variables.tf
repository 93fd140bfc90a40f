variable "alarms" {
  description = "Alarms on the target sync: the ARN of the SNS topic to notify. Null for no alarms."
  type        = object({ topic_arn = string })
  default     = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }
}

variable "environment" {
  description = "Name of the environment: the value of the tag valet-rds:environment of the target groups that are kept."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.:/=+@-]{1,256}$", var.environment))
    error_message = "The environment must hold only letters, digits and _.:/=+@- : 256 at most."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key of the log, whose policy admits CloudWatch Logs. Null for AWS's own key."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.log_kms_key_arn))
    error_message = "The log_kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "log_retention_days" {
  description = "Days for which CloudWatch keeps the log."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "The log_retention_days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365."
  }
}

variable "name" {
  description = "Name of the function and of its schedule, and the beginning of the alarms' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "The name must hold only letters, digits, hyphens and underscores: 64 at most."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the module's roles may do. Null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "The permissions_boundary_arn must be the ARN of an IAM policy, arn:aws:iam::<account>:policy/…."
  }
}

variable "role_name" {
  description = "Name of the role that the function runs with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "The role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }
}

variable "role_path" {
  description = "Path of the module's roles in IAM. A new path replaces them."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-.0-~]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "The role_path must start and end with a slash, such as /databases/."
  }
}

variable "scheduler_role_name" {
  description = "Name of the role that the schedule runs the function with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.scheduler_role_name))
    error_message = "The scheduler_role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }

  validation {
    # IAM compares role names without case.
    condition     = lower(var.scheduler_role_name) != lower(var.role_name)
    error_message = "The scheduler_role_name must differ from role_name, and not in case alone."
  }
}

variable "security_group_name" {
  description = "Name of the function's security group. Null without subnet_ids."
  type        = string
  default     = null

  validation {
    condition     = (var.security_group_name == null) == (length(var.subnet_ids) == 0)
    error_message = "The security_group_name must be given with subnet_ids, and be null without them."
  }

  validation {
    condition     = var.security_group_name == null ? true : can(regex("^[A-Za-z0-9._ -]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._- , 255 at most, and not start with sg-."
  }
}

variable "subnet_ids" {
  description = "Subnets to run the function in, with a route to the APIs of Elastic Load Balancing and RDS. Empty to run it outside the VPC."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "The subnet_ids must be subnet ids, subnet-…."
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

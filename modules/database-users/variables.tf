variable "alarms" {
  description = "Alarms on the function: the ARN of the SNS topic to notify. Null for no alarms."
  type        = object({ topic_arn = string })
  default     = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }
}

variable "database_ports" {
  description = "TCP ports on which the databases of the environment listen, each 1150 to 65535."
  type        = set(number)
  default     = [3306, 5432]
  nullable    = false

  validation {
    condition     = length(var.database_ports) > 0 && alltrue([for port in var.database_ports : port == floor(port) && port >= 1150 && port <= 65535])
    error_message = "The database_ports must be one or more whole numbers from 1150 to 65535."
  }
}

variable "kms_key_arns" {
  description = "ARNs of the KMS keys of the secrets, the masters' and the users'. Empty for AWS's own key."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.kms_key_arns : can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "The kms_key_arns must be ARNs of KMS keys, not of aliases."
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
  description = "Name of the function, and the beginning of the alarm's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "The name must hold only letters, digits, hyphens and underscores: 64 at most."
  }
}

variable "name_prefix" {
  description = "How the names of the environment's secrets of users begin, such as valet-rds/dev3/: no other environment's may begin so."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9_+=.@-]+/)+$", var.name_prefix)) && length(var.name_prefix) <= 256
    error_message = "The name_prefix must be names with a slash after each, such as valet-rds/dev3/: 256 letters at most."
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
  description = "Path of the module's role in IAM. A new path replaces the role."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-.0-~]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "The role_path must start and end with a slash, such as /databases/."
  }
}

variable "security_group_name" {
  description = "Name of the function's security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._ -]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._- , 255 at most, and not start with sg-."
  }
}

variable "subnet_ids" {
  description = "Subnets to run the function in, with a route to Secrets Manager and to the databases."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "The subnet_ids must be one or more subnet ids, subnet-…."
  }
}

variable "vpc_cidrs" {
  description = "IPv4 networks of the databases' subnets, such as those of the VPC: the function reaches the databases' ports there."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.vpc_cidrs) > 0 && alltrue([for cidr in var.vpc_cidrs : can(cidrnetmask(cidr))])
    error_message = "The vpc_cidrs must be one or more IPv4 networks, such as 10.0.0.0/16."
  }

  validation {
    # The quota of rules of a security group, one of which is for Secrets Manager.
    condition     = length(var.vpc_cidrs) * length(var.database_ports) <= 59
    error_message = "The vpc_cidrs must be so few that a rule for each of them and each of the ports fits a security group: 59 at most."
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

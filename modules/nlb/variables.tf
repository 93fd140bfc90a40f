variable "alarms" {
  description = "Where alarms report to, as the ARN of an SNS topic; null for no alarms."
  type        = object({ topic_arn = string })
  default     = null

  validation {
    condition     = var.alarms == null ? true : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", var.alarms.topic_arn))
    error_message = "The topic_arn of the alarms must be the ARN of an SNS topic, arn:aws:sns:…."
  }
}

variable "client_cidrs" {
  description = "IPv4 networks of the clients that may connect; empty admits everyone who may use the endpoint service."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for cidr in var.client_cidrs : can(regex("^[0-9.]+/[0-9]+$", cidr)) && try(cidrsubnet(cidr, 0, 0) == cidr, false)
    ])
    error_message = "The client_cidrs must be IPv4 networks without host bits, such as 10.64.0.0/16."
  }
}

variable "log_retention_days" {
  description = "Days to keep the log lines of the target sync."
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
  description = "Name of the load balancer, and the beginning of the alarms' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "The name must hold only letters, digits and inner hyphens, 32 at most, and not start with internal-."
  }
}

variable "port" {
  description = "Port of the proxy and of the listener: 5432 for PostgreSQL, 3306 for MySQL and MariaDB."
  type        = number
  nullable    = false

  validation {
    condition     = contains([3306, 5432], var.port)
    error_message = "The port must be 5432 or 3306, the only ports a proxy listens on."
  }
}

variable "proxy_endpoint" {
  description = "Host name of the proxy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]+$", var.proxy_endpoint))
    error_message = "The proxy_endpoint must be a host name without scheme and port."
  }
}

variable "proxy_security_group_id" {
  description = "Id of the proxy's security group, which gets a rule that admits the load balancer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^sg-[0-9a-f]+$", var.proxy_security_group_id))
    error_message = "The proxy_security_group_id must be the id of a security group, sg-…."
  }
}

variable "security_group_name" {
  description = "Name of the load balancer's security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", var.security_group_name)) && !startswith(var.security_group_name, "sg-")
    error_message = "The security_group_name must hold only letters, digits, blanks and ._-:/()#,@[]+=&;{}!$* , 255 at most, and not start with sg-."
  }
}

variable "subnet_ids" {
  description = "Ids of the load balancer's subnets, at least two. Taking one away replaces the load balancer."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "The subnet_ids must be two or more subnet ids, subnet-…."
  }
}

variable "sync_function_name" {
  description = "Name of the target sync's function and of its schedule."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.sync_function_name))
    error_message = "The sync_function_name must hold only letters, digits, hyphens and underscores: 64 at most."
  }
}

variable "sync_interval_minutes" {
  description = "Minutes between two runs of the target sync."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.sync_interval_minutes >= 1 && var.sync_interval_minutes <= 60 && floor(var.sync_interval_minutes) == var.sync_interval_minutes
    error_message = "The sync_interval_minutes must be a whole number from 1 to 60."
  }
}

variable "sync_role_name" {
  description = "Name of the role that the target sync runs with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.sync_role_name))
    error_message = "The sync_role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }
}

variable "sync_scheduler_role_name" {
  description = "Name of the role that the schedule runs the target sync with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.sync_scheduler_role_name))
    error_message = "The sync_scheduler_role_name must hold only letters, digits and _+=,.@- : 64 at most."
  }

  validation {
    # IAM compares role names without case.
    condition     = lower(var.sync_scheduler_role_name) != lower(var.sync_role_name)
    error_message = "The sync_scheduler_role_name must differ from sync_role_name, and not in case alone."
  }
}

variable "sync_security_group_name" {
  description = "Name of the target sync's security group; null without sync_subnet_ids."
  type        = string
  default     = null

  validation {
    condition     = (var.sync_security_group_name == null) == (length(var.sync_subnet_ids) == 0)
    error_message = "The sync_security_group_name must be given with sync_subnet_ids, and be null without them."
  }

  validation {
    condition = var.sync_security_group_name == null ? true : (
      can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", var.sync_security_group_name)) && !startswith(var.sync_security_group_name, "sg-")
    )
    error_message = "The sync_security_group_name must hold only letters, digits, blanks and ._-:/()#,@[]+=&;{}!$* , 255 at most, and not start with sg-."
  }
}

variable "sync_subnet_ids" {
  description = "Ids of subnets with a route to the load balancing API to run the target sync in; empty to run it outside the VPC."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.sync_subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "The sync_subnet_ids must be subnet ids, subnet-…."
  }
}

variable "target_group_name" {
  description = "Name of the target group. A new name replaces the group and the listener."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.target_group_name))
    error_message = "The target_group_name must hold only letters, digits and inner hyphens: 32 at most."
  }
}

variable "vpc_id" {
  description = "Id of the VPC of the proxy and the load balancer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "The vpc_id must be the id of a VPC, vpc-…."
  }
}

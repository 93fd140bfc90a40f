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

variable "database_resource_id" {
  description = "Resource id of the database behind the proxy (db-...). When it changes, the apply waits until connections work again."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment whose target sync fills the target group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.:/=+@-]{1,256}$", var.environment))
    error_message = "The environment must hold only letters, digits and _.:/=+@- : 256 at most."
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

variable "proxy_name" {
  description = "Name of the proxy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9]+)*$", var.proxy_name)) && length(var.proxy_name) <= 63
    error_message = "The proxy_name must start with a letter and hold only a-z, 0-9 and single hyphens, none at the end: 63 at most."
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
  description = "Name of the function that fills the target group: the target sync of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.sync_function_name))
    error_message = "The sync_function_name must hold only letters, digits, hyphens and underscores: 64 at most."
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

variable "target_role" {
  description = "Whom the proxy_endpoint leads to: READ_WRITE for the writer, READ_ONLY for the readers of a cluster. The apply waits until the proxy can use one of them."
  type        = string
  default     = "READ_WRITE"
  nullable    = false

  validation {
    condition     = contains(["READ_ONLY", "READ_WRITE"], var.target_role)
    error_message = "The target_role must be READ_WRITE or READ_ONLY."
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

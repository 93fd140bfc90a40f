variable "allowed_principals" {
  description = "ARNs of the accounts, roles and users that may create endpoints to the service."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.allowed_principals) > 0
    error_message = "The allowed_principals must name somebody: without one nobody can find the service."
  }

  validation {
    condition = alltrue([
      for arn in var.allowed_principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)$", arn))
    ])
    error_message = "The allowed_principals must be ARNs of accounts (arn:aws:iam::<account>:root), roles or users, without a wildcard."
  }
}

variable "name" {
  description = "Name that the console shows for the service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9 _.:/=+@-]{1,256}$", var.name))
    error_message = "The name must hold only letters, digits, blanks and _.:/=+@- : 256 at most."
  }
}

variable "nlb_arn" {
  description = "ARN of the network load balancer behind the service, which no other service may use."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/[a-z]+/[A-Za-z0-9-]+/[0-9a-f]+$", var.nlb_arn))
    error_message = "The nlb_arn must be the ARN of a load balancer."
  }
}

variable "subnet_ids" {
  description = "Subnets of the load balancer, to tell the zones that endpoints can be in. None when nobody asks."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnet_ids must be ids of subnets."
  }
}

variable "supported_regions" {
  description = "Regions in which endpoints to the service may be, its own among them. None for its own alone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.supported_regions : can(regex("^[a-z]{2,3}(-[a-z]+)+-[0-9]$", region))])
    error_message = "The supported_regions must be names of Regions."
  }
}

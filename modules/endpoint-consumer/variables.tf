variable "allowed_cidrs" {
  description = "Networks that may connect, such as those of pods."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for cidr in var.allowed_cidrs : can(regex("^[0-9.]+/[0-9]+$", cidr)) && try(cidrsubnet(cidr, 0, 0) == cidr, false)
    ])
    error_message = "The allowed_cidrs must be IPv4 networks without host bits, such as 10.64.0.0/16."
  }
}

variable "allowed_security_group_ids" {
  description = "Security groups that may connect, such as that of nodes."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "The allowed_security_group_ids must be ids of security groups."
  }
}

variable "databases" {
  description = "What each endpoint leads to, by shortname: the host that clients connect to, its port, the name of the endpoint service, its Region when it is another one, and the ids of the availability zones that the service is in, of which there are none in another Region."
  type = map(object({
    host           = string
    port           = number
    service_name   = string
    service_region = optional(string)
    zone_ids       = list(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for database in var.databases : can(regex("^([a-z0-9-]+[.])+[a-z]+$", database.host))])
    error_message = "The host of each of the databases must be a name in lower case, with a dot in it."
  }

  validation {
    condition     = alltrue([for database in var.databases : database.port >= 1 && database.port <= 65535 && floor(database.port) == database.port])
    error_message = "The port of each of the databases must be a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for database in var.databases : can(regex("^(cn[.])?com[.]amazonaws[.]vpce[.][a-z0-9-]+[.]vpce-svc-[0-9a-f]+$", database.service_name))])
    error_message = "The service_name of each of the databases must be that of a VPC endpoint service."
  }
}

variable "name_prefix" {
  description = "What the names of security groups and endpoints begin with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,150}$", var.name_prefix)) && !startswith(var.name_prefix, "sg-")
    error_message = "The name_prefix must hold only letters, digits, hyphens and underscores, 151 at most, and not start with sg-."
  }
}

variable "subnet_ids" {
  description = "Subnets for the endpoints: of each zone that a service is in, the first."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The subnet_ids must be ids of subnets, at least one."
  }
}

variable "vpc_id" {
  description = "VPC of the clients, with DNS support and DNS hostnames."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "The vpc_id must be the id of a VPC."
  }
}

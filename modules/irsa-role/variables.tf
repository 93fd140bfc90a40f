variable "authentication" {
  description = "How clients log in to the proxy: password reads the secret, iam connects with a token and never sees it."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["iam", "password"], var.authentication)
    error_message = "authentication must be password or iam."
  }
}

variable "clusters" {
  description = "ARN of the OIDC provider of each cluster in the storage account, by the cluster's name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "clusters must name at least one cluster: nobody could take the role."
  }

  validation {
    condition     = alltrue([for name in keys(var.clusters) : can(regex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "A cluster's name must have 1 to 100 letters, digits, hyphens and underscores, and begin with a letter or digit."
  }

  validation {
    condition = length(distinct([
      for name in keys(var.clusters) : replace(name, "/[^0-9A-Za-z]/", "")
    ])) == length(var.clusters)
    error_message = "The clusters' names must differ in their letters and digits, which name the statements of the trust policy."
  }

  validation {
    condition = alltrue([
      for arn in values(var.clusters) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$", arn))
    ])
    error_message = "Each cluster must map to the ARN of an OIDC provider, without a slash at the end."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the secret; null for the AWS managed key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of one key; an alias does not work in a policy."
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "The role's name must have 1 to 64 letters, digits and characters of _+=,.@-."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the service account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "The namespace must have 1 to 63 lower-case letters, digits and inner hyphens."
  }
}

variable "proxy_arn" {
  description = "ARN of the proxy, which holds its resource id, prx-…."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db-proxy:prx-[0-9a-z]+$", var.proxy_arn))
    error_message = "proxy_arn must be the ARN of a proxy, which ends with its resource id prx-…."
  }
}

variable "region" {
  description = "Region of the proxy and the secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS Region, such as eu-central-1."
  }

  validation {
    # A malformed ARN is reported at proxy_arn.
    condition     = try(var.region == split(":", var.proxy_arn)[3], true)
    error_message = "region must be the Region of proxy_arn."
  }
}

variable "secret_arn" {
  description = "ARN of the secret with the user and the password."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", var.secret_arn))
    error_message = "secret_arn must be the ARN of one secret, without a wildcard."
  }
}

variable "service_account_name" {
  description = "Name of the only Kubernetes service account that may take the role."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.service_account_name) <= 253 && can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", var.service_account_name))
    error_message = "The service account's name must have 1 to 253 lower-case letters, digits, inner hyphens and dots."
  }
}

variable "username" {
  description = "Database user that a token may be used for."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,62}$", var.username))
    error_message = "The user's name must begin with a letter and have at most 63 letters, digits and underscores."
  }
}

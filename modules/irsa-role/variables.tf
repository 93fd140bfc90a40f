variable "authentication" {
  description = "How clients log in to the proxy: password reads the secret, iam connects with a token and never sees it."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["iam", "password"], var.authentication)
    error_message = "The authentication must be password or iam."
  }
}

variable "clusters" {
  description = "ARN of the OIDC provider of each cluster in the storage account, by the cluster's name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "The clusters must name at least one cluster: without one nobody can take the role."
  }

  validation {
    condition     = alltrue([for name in keys(var.clusters) : can(regex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "The names of the clusters must start with a letter or digit and hold only letters, digits, hyphens and underscores: 100 at most."
  }

  validation {
    condition = alltrue([
      for arn in values(var.clusters) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$", arn))
    ])
    error_message = "The clusters must map to ARNs of OIDC providers, without a slash at the end."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the secret; null for the AWS managed key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$", var.kms_key_arn))
    error_message = "The kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "The name must hold only letters, digits and _+=,.@- : 64 at most."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the service account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "The namespace must hold only a-z, 0-9 and inner hyphens: 63 at most."
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

variable "proxy_arn" {
  description = "ARN of the proxy, which holds its resource id, prx-…."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db-proxy:prx-[0-9a-z]+$", var.proxy_arn))
    error_message = "The proxy_arn must be the ARN of a proxy, which ends with its resource id, prx-…."
  }
}

variable "region" {
  description = "Region of the proxy and the secret."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like ap-northeast-1."
  }

  validation {
    # A malformed ARN is reported at proxy_arn.
    condition     = try(var.region == split(":", var.proxy_arn)[3], true)
    error_message = "The region must be the Region of proxy_arn."
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
  description = "ARN of the secret with the user and the password."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", var.secret_arn))
    error_message = "The secret_arn must be the ARN of a secret, without a wildcard."
  }
}

variable "service_account_name" {
  description = "Name of the only Kubernetes service account that may take the role."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.service_account_name) <= 253 && can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", var.service_account_name))
    error_message = "The service_account_name must hold only a-z, 0-9, inner hyphens and dots: 253 at most."
  }
}

variable "transition" {
  description = "Login that pods had before, and may use beside the new one: the user's name, and the ARN of its secret. Null for none."
  type        = object({ secret_arn = string, username = string })
  default     = null

  validation {
    condition     = var.transition == null ? true : can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+$", var.transition.secret_arn))
    error_message = "The secret_arn of the transition must be the ARN of a secret, without a wildcard."
  }

  validation {
    condition     = var.transition == null ? true : can(regex("^[A-Za-z][A-Za-z0-9_]{0,62}$", var.transition.username)) && var.transition.username != var.username
    error_message = "The username of the transition must differ from username, start with a letter and hold only letters, digits and underscores: 63 at most."
  }
}

variable "username" {
  description = "Database user that a token may be used for."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,62}$", var.username))
    error_message = "The username must start with a letter and hold only letters, digits and underscores: 63 at most."
  }
}

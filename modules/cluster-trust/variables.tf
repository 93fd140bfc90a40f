variable "clusters" {
  description = "URL of the OIDC issuer of each cluster, by the cluster's name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "clusters must name at least one cluster."
  }

  validation {
    condition     = alltrue([for name in keys(var.clusters) : can(regex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "A cluster's name must have 1 to 100 letters, digits, hyphens and underscores, and begin with a letter or digit."
  }

  validation {
    condition = alltrue([
      for url in values(var.clusters) : can(regex("^https://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$", url)) && length(url) <= 255
    ])
    error_message = "An issuer must be a URL of at most 255 characters that begins with https:// and does not end with a slash."
  }

  validation {
    condition     = length(distinct(values(var.clusters))) == length(var.clusters)
    error_message = "Each cluster must have an issuer of its own: an account holds one provider per issuer."
  }
}

variable "clusters" {
  description = "URL of the OIDC issuer of each cluster, by the cluster's name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "The clusters must name at least one cluster."
  }

  validation {
    condition     = alltrue([for name in keys(var.clusters) : can(regex("^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "The names of the clusters must start with a letter or digit and hold only letters, digits, hyphens and underscores: 100 at most."
  }

  validation {
    condition = alltrue([
      for url in values(var.clusters) : can(regex("^https://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*$", url)) && length(url) <= 255
    ])
    error_message = "The clusters must map to URLs that start with https:// and do not end with a slash: 255 characters at most."
  }

  validation {
    condition     = length(distinct(values(var.clusters))) == length(var.clusters)
    error_message = "The clusters must have an issuer each of its own: an account holds one provider per issuer."
  }
}

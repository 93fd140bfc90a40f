# No egress rule: RDS answers on open connections and starts none. The ingress rule comes from the proxy module.
resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The cluster wears it.

  name        = var.security_group_name
  description = "One database, reached through its proxy only"
  vpc_id      = var.vpc_id

  tags = { Name = var.security_group_name }

  lifecycle {
    # A group in use cannot be deleted, so its successor has to take over first.
    create_before_destroy = true
  }
}

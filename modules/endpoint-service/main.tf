data "aws_subnet" "this" {
  for_each = var.subnet_ids

  id = each.value
}

resource "aws_vpc_endpoint_service" "this" {
  #checkov:skip=CKV_AWS_123:Who may connect is named by ARN; a second, manual yes would leave new clusters waiting.
  network_load_balancer_arns = [var.nlb_arn]
  allowed_principals         = var.allowed_principals
  supported_ip_address_types = ["ipv4"]
  supported_regions          = length(var.supported_regions) > 0 ? var.supported_regions : null

  acceptance_required = false

  tags = { Name = var.name }
}

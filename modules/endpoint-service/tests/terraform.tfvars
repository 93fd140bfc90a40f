allowed_principals = ["arn:aws:iam::222222222222:root"]
name               = "orders-dev"
nlb_arn            = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/net/orders-dev/0123456789abcdef"

mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_another_way_to_log_in" {
  command = plan

  variables {
    authentication = "kerberos"
  }

  expect_failures = [var.authentication]
}

run "rejects_no_cluster" {
  command = plan

  variables {
    clusters = {}
  }

  expect_failures = [var.clusters]
}

run "rejects_a_cluster_name_with_a_dot" {
  command = plan

  variables {
    clusters = { "apps.one" = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

run "rejects_a_cluster_that_maps_to_an_issuer_url" {
  command = plan

  variables {
    clusters = { apps = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

run "rejects_a_provider_with_a_slash_at_the_end" {
  command = plan

  variables {
    clusters = { apps = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111/" }
  }

  expect_failures = [var.clusters]
}

run "rejects_a_provider_with_a_wildcard" {
  command = plan

  variables {
    clusters = { apps = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/*" }
  }

  expect_failures = [var.clusters]
}

run "rejects_more_clusters_than_a_trust_policy_holds" {
  command = plan

  variables {
    clusters = { for i in range(25) : "gc-${i}-apps-ap-northeast-1" => "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/${i}" }
  }

  expect_failures = [aws_iam_role.this]
}

run "rejects_a_key_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:alias/database"
  }

  expect_failures = [var.kms_key_arn]
}

run "rejects_a_name_of_65_characters" {
  command = plan

  variables {
    name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "rejects_a_name_with_a_slash" {
  command = plan

  variables {
    name = "team/orders"
  }

  expect_failures = [var.name]
}

run "rejects_a_namespace_with_a_wildcard" {
  command = plan

  variables {
    namespace = "orders*"
  }

  expect_failures = [var.namespace]
}

run "rejects_a_proxy_arn_that_holds_the_proxys_name" {
  command = plan

  variables {
    proxy_arn = "arn:aws:rds:eu-central-1:111111111111:db-proxy:orders-dev"
  }

  expect_failures = [var.proxy_arn]
}

run "rejects_a_region_that_is_a_zone" {
  command = plan

  variables {
    region = "eu-central-1a"
  }

  expect_failures = [var.region]
}

run "rejects_a_region_that_is_not_the_proxys" {
  command = plan

  variables {
    region = "eu-west-1"
  }

  expect_failures = [var.region]
}

run "rejects_a_secret_with_a_wildcard" {
  command = plan

  variables {
    secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-*"
  }

  expect_failures = [var.secret_arn]
}

run "rejects_every_service_account" {
  command = plan

  variables {
    service_account_name = "*"
  }

  expect_failures = [var.service_account_name]
}

run "rejects_a_service_account_in_upper_case" {
  command = plan

  variables {
    service_account_name = "Orders"
  }

  expect_failures = [var.service_account_name]
}

run "rejects_every_user" {
  command = plan

  variables {
    username = "*"
  }

  expect_failures = [var.username]
}

run "rejects_a_user_of_64_characters" {
  command = plan

  variables {
    username = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.username]
}

run "rejects_a_role_as_the_boundary" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "rejects_a_role_path_without_a_slash_at_the_end" {
  command = plan

  variables {
    role_path = "/databases"
  }

  expect_failures = [var.role_path]
}

run "rejects_a_transition_from_any_secret" {
  command = plan

  variables {
    transition = { secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:*", username = "valet" }
  }

  expect_failures = [var.transition]
}

run "rejects_a_transition_from_the_user_itself" {
  command = plan

  variables {
    transition = { secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-AbCdEf", username = "orders_app" }
  }

  expect_failures = [var.transition]
}

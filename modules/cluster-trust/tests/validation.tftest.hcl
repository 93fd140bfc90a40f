mock_provider "aws" {
  source = "./tests/mocks"
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
    clusters = { "apps.one" = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

run "rejects_an_issuer_without_https" {
  command = plan

  variables {
    clusters = { apps = "http://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

run "rejects_an_issuer_without_a_scheme" {
  command = plan

  variables {
    clusters = { apps = "oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

run "rejects_an_issuer_with_a_slash_at_the_end" {
  command = plan

  variables {
    clusters = { apps = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111/" }
  }

  expect_failures = [var.clusters]
}

run "rejects_an_issuer_with_a_query" {
  command = plan

  variables {
    clusters = { apps = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111?a=b" }
  }

  expect_failures = [var.clusters]
}

run "rejects_an_issuer_of_256_characters" {
  command = plan

  variables {
    clusters = { apps = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  expect_failures = [var.clusters]
}

run "rejects_two_clusters_with_one_issuer" {
  command = plan

  variables {
    clusters = { apps = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111", batch = "https://oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
  }

  expect_failures = [var.clusters]
}

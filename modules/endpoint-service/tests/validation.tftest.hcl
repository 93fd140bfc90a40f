mock_provider "aws" {
  source = "./tests/mocks"
}

run "rejects_no_principal" {
  command = plan

  variables {
    allowed_principals = []
  }

  expect_failures = [var.allowed_principals]
}

run "rejects_everyone" {
  command = plan

  variables {
    allowed_principals = ["*"]
  }

  expect_failures = [var.allowed_principals]
}

run "rejects_every_role_of_an_account" {
  command = plan

  variables {
    allowed_principals = ["arn:aws:iam::222222222222:role/*"]
  }

  expect_failures = [var.allowed_principals]
}

run "rejects_a_principal_that_is_an_account_number" {
  command = plan

  variables {
    allowed_principals = ["222222222222"]
  }

  expect_failures = [var.allowed_principals]
}

run "rejects_a_principal_that_is_a_group" {
  command = plan

  variables {
    allowed_principals = ["arn:aws:iam::222222222222:group/team"]
  }

  expect_failures = [var.allowed_principals]
}

run "rejects_an_empty_name" {
  command = plan

  variables {
    name = ""
  }

  expect_failures = [var.name]
}

run "rejects_a_name_that_no_tag_allows" {
  command = plan

  variables {
    name = "orders?"
  }

  expect_failures = [var.name]
}

run "rejects_a_target_group" {
  command = plan

  variables {
    nlb_arn = "arn:aws:elasticloadbalancing:eu-central-1:111111111111:targetgroup/orders-dev/0123456789abcdef"
  }

  expect_failures = [var.nlb_arn]
}

run "rejects_what_is_no_subnet" {
  command = plan

  variables {
    subnet_ids = ["vpc-0a1b2c3d"]
  }

  expect_failures = [var.subnet_ids]
}

run "rejects_what_is_no_region" {
  command = plan

  variables {
    supported_regions = ["europe"]
  }

  expect_failures = [var.supported_regions]
}

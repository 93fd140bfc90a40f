mock_provider "aws" {
  source = "./tests/mocks"
}

run "a_first_plan_works_without_the_database" {
  command = plan

  module {
    source = "./tests/unknown_inputs"
  }
}

run "each_cluster_admits_one_service_account_for_sts" {
  command = plan

  variables {
    clusters = {
      gc-0-apps = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
      batch_2   = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222"
    }
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222" }
          Condition = {
            StringEquals = {
              "oidc.eks.eu-west-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222:aud" = "sts.amazonaws.com"
              "oidc.eks.eu-west-1.amazonaws.com/id/BBBB2222BBBB2222BBBB2222BBBB2222:sub" = "system:serviceaccount:orders:orders-api"
            }
          }
        },
        {
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111" }
          Condition = {
            StringEquals = {
              "oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111:aud" = "sts.amazonaws.com"
              "oidc.eks.eu-central-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111:sub" = "system:serviceaccount:orders:orders-api"
            }
          }
        },
      ]
    }
    error_message = "Each cluster's statement must admit one service account, with tokens for AWS STS, through its own provider."
  }
}

run "four_clusters_with_long_names_fit_the_default_quota" {
  command = plan

  variables {
    namespace = "orders-and-invoices-of-the-northern-warehouses"
    clusters = {
      gc-0-apps-ap-northeast-1 = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.ap-northeast-1.amazonaws.com/id/AAAA1111AAAA1111AAAA1111AAAA1111"
      gc-1-apps-ap-northeast-1 = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.ap-northeast-1.amazonaws.com/id/BBBB1111AAAA1111AAAA1111AAAA1111"
      gc-2-apps-ap-northeast-1 = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.ap-northeast-1.amazonaws.com/id/CCCC1111AAAA1111AAAA1111AAAA1111"
      gc-3-apps-ap-northeast-1 = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.ap-northeast-1.amazonaws.com/id/DDDD1111AAAA1111AAAA1111AAAA1111"
    }
  }

  assert {
    condition     = length(aws_iam_role.this.assume_role_policy) <= 2048
    error_message = "The README promises four clusters."
  }
}

run "the_policy_belongs_to_the_role" {
  command = apply

  assert {
    condition     = aws_iam_role_policy.this.role == aws_iam_role.this.name
    error_message = "The policy must be the role's."
  }

  assert {
    condition     = output.arn == "arn:aws:iam::111111111111:role/orders-dev"
    error_message = "The output must be the role's ARN."
  }
}

run "the_account_may_ask_for_a_boundary_and_a_path" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111111111111:policy/boundary"
    role_path                = "/databases/"
  }

  assert {
    condition     = aws_iam_role.this.path == "/databases/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::111111111111:policy/boundary"
    error_message = "The role must have the caller's path and boundary."
  }
}

run "a_role_with_its_policy" {
  command   = apply
  state_key = "replaced_role"

  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "first" }
  }
}

run "a_replaced_role_replaces_its_policy" {
  command   = apply
  state_key = "replaced_role"

  plan_options {
    replace = [aws_iam_role.this]
  }

  # It shows only on a policy that this run makes anew.
  override_resource {
    target = aws_iam_role_policy.this
    values = { id = "second" }
  }

  assert {
    condition     = aws_iam_role_policy.this.id == "second"
    error_message = "The policy must go first and come back: a replaced role keeps its name but comes without one."
  }
}

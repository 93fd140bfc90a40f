mock_provider "aws" {
  source = "./tests/mocks"
}

run "with_a_password_the_role_reads_one_secret" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid    = "ReadSecret"
        Effect = "Allow"
        Action = [
          "secretsmanager:GetSecretValue",
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetResourcePolicy",
          "secretsmanager:ListSecretVersionIds",
        ]
        Resource = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-01234567-89ab-cdef-0123-456789abcdef-AbCdEf"
      }]
    }
    error_message = "The role must read its secret and nothing else."
  }
}

run "with_a_key_the_role_decrypts_through_secrets_manager" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
  }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 2
    error_message = "The role must read its secret and use the key, and nothing else."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[1] == {
      Sid       = "DecryptSecret"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.eu-central-1.amazonaws.com" } }
    }
    error_message = "The key must be usable only through Secrets Manager in the Region."
  }
}

run "with_iam_the_role_connects_as_one_user" {
  command = plan

  variables {
    authentication = "iam"
    kms_key_arn    = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "ConnectToProxy"
        Effect   = "Allow"
        Action   = ["rds-db:connect"]
        Resource = "arn:aws:rds-db:eu-central-1:111111111111:dbuser:prx-0123456789abcdef0/orders_app"
      }]
    }
    error_message = "The role must connect as one user, and must not see the secret."
  }
}

run "the_partition_is_the_proxys" {
  command = plan

  variables {
    authentication = "iam"
    proxy_arn      = "arn:aws-us-gov:rds:us-gov-west-1:111111111111:db-proxy:prx-0123456789abcdef0"
    region         = "us-gov-west-1"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == "arn:aws-us-gov:rds-db:us-gov-west-1:111111111111:dbuser:prx-0123456789abcdef0/orders_app"
    error_message = "Partition, Region, account and resource id must come from the proxy's ARN."
  }
}

run "in_a_transition_the_role_reads_both_secrets" {
  command = plan

  variables {
    transition = {
      secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-AbCdEf"
      username   = "valet"
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == [var.secret_arn, var.transition.secret_arn]
    error_message = "Pods must be able to read the new login and the one before."
  }
}

run "in_a_transition_with_iam_the_role_connects_as_both_users" {
  command = plan

  variables {
    authentication = "iam"
    transition = {
      secret_arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-11111111-AbCdEf"
      username   = "valet"
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == [
      "arn:aws:rds-db:eu-central-1:111111111111:dbuser:prx-0123456789abcdef0/orders_app",
      "arn:aws:rds-db:eu-central-1:111111111111:dbuser:prx-0123456789abcdef0/valet",
    ]
    error_message = "Pods must be able to connect as the new user and as the one before."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

run "clients_use_tls_and_the_secrets_password" {
  command = plan

  assert {
    condition     = aws_db_proxy.this.require_tls
    error_message = "The proxy must refuse connections without TLS."
  }

  assert {
    condition = one([for auth in aws_db_proxy.this.auth : "${auth.auth_scheme} ${auth.iam_auth} ${auth.secret_arn}"]) == (
      "SECRETS DISABLED ${var.secret_arn}"
    )
    error_message = "Clients must log in with the secret's password."
  }
}

run "clients_with_iam_bring_a_token" {
  command = plan

  variables {
    authentication = "iam"
  }

  assert {
    condition = one([for auth in aws_db_proxy.this.auth : "${auth.auth_scheme} ${auth.iam_auth} ${auth.secret_arn}"]) == (
      "SECRETS REQUIRED ${var.secret_arn}"
    )
    error_message = "Clients must bring an IAM token; the proxy logs in with the secret."
  }

  assert {
    condition     = aws_db_proxy.this.require_tls
    error_message = "IAM needs TLS."
  }
}

run "the_pool_has_the_defaults_of_aws" {
  command = plan

  assert {
    condition = (
      aws_db_proxy_default_target_group.this.connection_pool_config[0].connection_borrow_timeout == 120 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].init_query == "SELECT 1" &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].max_connections_percent == 100 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].max_idle_connections_percent == 50 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].session_pinning_filters == null
    )
    error_message = "The pool must have the defaults of AWS, and a query in place of none: the provider never takes one away."
  }

  assert {
    condition     = aws_db_proxy.this.idle_client_timeout == 1800 && !aws_db_proxy.this.debug_logging
    error_message = "The proxy must have the defaults of AWS."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log must be kept for 30 days."
  }

  assert {
    condition     = length(concat(values(aws_cloudwatch_metric_alarm.availability), values(aws_cloudwatch_metric_alarm.borrow_latency), values(aws_cloudwatch_metric_alarm.failures), values(aws_cloudwatch_metric_alarm.pinned_sessions))) == 0
    error_message = "Without a topic there must be no alarms."
  }
}

run "an_instance_has_no_endpoint_for_readers" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:ap-northeast-1:111122223333:valet-alarms" }
  }

  assert {
    condition     = length(aws_db_proxy_endpoint.read_only) == 0 && length(aws_cloudwatch_metric_alarm.read_only_availability) == 0 && output.read_only_endpoint == null
    error_message = "Without a name there must be no second endpoint, and no alarm on it."
  }

  assert {
    condition     = aws_db_proxy_target.this.db_cluster_identifier == null
    error_message = "The target must be the instance alone."
  }
}

run "what_the_caller_states_reaches_the_pool" {
  command = plan

  variables {
    client_password_auth_type    = "MYSQL_NATIVE_PASSWORD"
    connection_borrow_timeout    = 30
    engine_family                = "MYSQL"
    idle_client_timeout          = 600
    init_query                   = "SET time_zone = '+00:00'"
    log_retention_days           = 90
    max_connections_percent      = 80
    max_idle_connections_percent = 20
    session_pinning_filters      = ["EXCLUDE_VARIABLE_SETS"]
  }

  assert {
    condition = (
      aws_db_proxy_default_target_group.this.connection_pool_config[0].connection_borrow_timeout == 30 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].init_query == "SET time_zone = '+00:00'" &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].max_connections_percent == 80 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].max_idle_connections_percent == 20 &&
      aws_db_proxy_default_target_group.this.connection_pool_config[0].session_pinning_filters == toset(["EXCLUDE_VARIABLE_SETS"])
    )
    error_message = "The pool must be as stated."
  }

  assert {
    condition = (
      aws_db_proxy.this.engine_family == "MYSQL" &&
      aws_db_proxy.this.idle_client_timeout == 600 &&
      one(aws_db_proxy.this.auth).client_password_auth_type == "MYSQL_NATIVE_PASSWORD"
    )
    error_message = "The proxy must be as stated."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 90
    error_message = "The log must be kept as long as stated."
  }
}

run "the_proxy_listens_on_5432_whatever_the_database_does" {
  command = plan

  assert {
    condition     = output.port == 5432
    error_message = "A POSTGRESQL proxy always listens on 5432."
  }
}

run "the_proxy_listens_on_3306_whatever_the_database_does" {
  command = plan

  variables {
    engine_family = "MYSQL"
  }

  assert {
    condition     = output.port == 3306
    error_message = "A MYSQL proxy always listens on 3306."
  }
}

run "the_role_reads_its_own_secret_and_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "ReadSecret"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
      }]
    }
    error_message = "The role must read this secret and nothing else."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "rds.amazonaws.com" }
      }]
    }
    error_message = "RDS alone, and without conditions, must be able to use the role."
  }
}

run "the_role_decrypts_with_its_key_through_secrets_manager_only" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "ReadSecret"
          Effect   = "Allow"
          Action   = "secretsmanager:GetSecretValue"
          Resource = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
        },
        {
          Sid       = "DecryptSecret"
          Effect    = "Allow"
          Action    = "kms:Decrypt"
          Resource  = "arn:aws:kms:ap-northeast-1:111122223333:key/99999999-8888-7777-6666-555555555555"
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.ap-northeast-1.amazonaws.com" } }
        },
      ]
    }
    error_message = "The role must decrypt with this key, through Secrets Manager, and nothing else."
  }
}

run "with_users_clients_log_in_as_these_and_not_as_the_master" {
  command = plan

  variables {
    admit_master = false
    user_secret_arns = {
      owner  = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:valet-rds/dev/orders/orders_app-a1B2c3"
      reader = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:valet-rds/dev/orders/orders_ro-a1B2c3"
    }
  }

  assert {
    condition     = toset([for auth in aws_db_proxy.this.auth : "${auth.auth_scheme} ${auth.iam_auth} ${auth.secret_arn}"]) == toset([for arn in var.user_secret_arns : "SECRETS DISABLED ${arn}"])
    error_message = "The proxy must log in with the users' secrets alone."
  }

  assert {
    condition     = toset(jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource) == toset(values(var.user_secret_arns))
    error_message = "The proxy must read exactly the secrets that it logs in with."
  }
}

run "with_one_user_it_reads_one_secret" {
  command = plan

  variables {
    admit_master     = false
    authentication   = "iam"
    user_secret_arns = { owner = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:valet-rds/dev/orders/orders_app-a1B2c3" }
  }

  assert {
    condition     = one([for auth in aws_db_proxy.this.auth : "${auth.iam_auth} ${auth.secret_arn}"]) == "REQUIRED ${var.user_secret_arns.owner}"
    error_message = "The proxy must log in with the user's secret."
  }
}

run "in_a_transition_clients_log_in_as_the_master_too" {
  command = plan

  variables {
    user_secret_arns = { owner = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:valet-rds/dev/orders/orders_app-a1B2c3" }
  }

  assert {
    condition     = toset([for auth in aws_db_proxy.this.auth : auth.secret_arn]) == toset([var.secret_arn, var.user_secret_arns.owner])
    error_message = "The proxy must take both logins."
  }

  assert {
    condition     = toset(jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource) == toset([var.secret_arn, var.user_secret_arns.owner])
    error_message = "The proxy must read both secrets."
  }
}

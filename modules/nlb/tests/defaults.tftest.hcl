mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_load_balancer_is_internal_and_crosses_zones" {
  command = plan

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.load_balancer_type == "network" && aws_lb.this.enable_cross_zone_load_balancing
    error_message = "The load balancer must be an internal network load balancer that crosses zones."
  }

  assert {
    condition     = aws_lb.this.subnets == toset(["subnet-0a0a0a0a", "subnet-0b0b0b0b"])
    error_message = "The load balancer must be in the given subnets."
  }

  assert {
    condition     = aws_lb.this.enable_deletion_protection == false
    error_message = "A retired database must go in one apply."
  }
}

run "without_client_networks_only_privatelink_gets_in" {
  command = plan

  assert {
    condition     = aws_lb.this.enforce_security_group_inbound_rules_on_private_link_traffic == "off"
    error_message = "Without client networks the inbound rules must not apply to PrivateLink."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.client) == 0
    error_message = "Without client networks the load balancer must have no inbound rule."
  }
}

run "client_networks_become_inbound_rules" {
  command = plan

  variables {
    client_cidrs = ["10.64.0.0/16", "10.65.0.0/16"]
  }

  assert {
    condition     = aws_lb.this.enforce_security_group_inbound_rules_on_private_link_traffic == "on"
    error_message = "With client networks the inbound rules must apply to PrivateLink."
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.client : key => rule.cidr_ipv4 } == { "10.64.0.0/16" = "10.64.0.0/16", "10.65.0.0/16" = "10.65.0.0/16" }
    error_message = "Each client network must have one rule."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.client : rule.ip_protocol == "tcp" && rule.from_port == 5432 && rule.to_port == 5432])
    error_message = "A client network must reach the listener's port only."
  }
}

run "the_target_group_takes_addresses_and_checks_by_tcp" {
  command = plan

  assert {
    condition     = aws_lb_target_group.this.target_type == "ip" && aws_lb_target_group.this.protocol == "TCP" && aws_lb_target_group.this.port == 5432 && aws_lb_target_group.this.vpc_id == "vpc-0d0d0d0d"
    error_message = "The target group must take IP addresses of the VPC on the proxy's port."
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].protocol == "TCP" && aws_lb_target_group.this.health_check[0].port == "traffic-port"
    error_message = "The health check must be TCP on the proxy's port."
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].timeout < aws_lb_target_group.this.health_check[0].interval
    error_message = "A health check must end before the next one begins."
  }

  assert {
    condition     = aws_lb_target_group.this.preserve_client_ip == "false" && aws_lb_target_group.this.proxy_protocol_v2 == false
    error_message = "Targets must see the load balancer's addresses and the plain database protocol."
  }

  assert {
    condition     = aws_lb_target_group.this.deregistration_delay == "60" && aws_lb_target_group.this.connection_termination
    error_message = "Connections to an address that left must be closed after a minute."
  }
}

run "the_listener_is_tcp_on_the_port" {
  command = plan

  variables {
    port = 3306
  }

  assert {
    condition     = aws_lb_listener.this.protocol == "TCP" && aws_lb_listener.this.port == 3306 && aws_lb_listener.this.tcp_idle_timeout_seconds == 350
    error_message = "The listener must be TCP on the given port with the idle timeout written out."
  }

  assert {
    condition     = aws_lb_target_group.this.port == 3306 && aws_vpc_security_group_egress_rule.proxy.from_port == 3306 && aws_vpc_security_group_ingress_rule.proxy.from_port == 3306
    error_message = "The target group and the rules must follow the port."
  }
}

run "the_target_group_says_whose_it_is" {
  command = plan

  assert {
    condition = aws_lb_target_group.this.tags == tomap({
      "valet-rds:environment"    = "dev"
      "valet-rds:proxy-endpoint" = "orders-dev.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com"
    })
    error_message = "The environment's target sync finds its groups by these tags, and may change no others."
  }
}

run "there_are_no_alarms_without_a_topic" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Without a topic there must be no alarm."
  }
}

run "the_alarms_have_their_thresholds" {
  command = plan

  variables {
    alarms = { topic_arn = "arn:aws:sns:eu-central-1:111111111111:alarms" }
  }

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.this : key => join(" ", [
        alarm.namespace, alarm.metric_name, alarm.statistic, alarm.comparison_operator, alarm.threshold, alarm.evaluation_periods, alarm.period, alarm.treat_missing_data,
      ])
      } == {
      healthy-hosts   = "AWS/NetworkELB HealthyHostCount Maximum LessThanThreshold 1 3 60 breaching"
      unhealthy-hosts = "AWS/NetworkELB UnHealthyHostCount Maximum GreaterThanOrEqualToThreshold 1 3 300 notBreaching"
      sync-failed     = "ValetRds/TargetSync Failed Sum GreaterThanOrEqualToThreshold 1 5 60 notBreaching"
    }
    error_message = "An alarm's metric, threshold or treatment of missing data changed."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:111111111111:alarms"]) && alarm.ok_actions == alarm.alarm_actions
    ])
    error_message = "Each alarm must report to the topic, also when it ends."
  }
}

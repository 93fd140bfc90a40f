terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "region" { type = string }
variable "role_arn" { type = string }
variable "subnet_ids" { type = list(string) }
variable "vpc_id" { type = string }

provider "aws" {
  region = var.region

  assume_role {
    role_arn = var.role_arn
  }

  default_tags {
    tags = { managed-by = "older-root" }
  }
}

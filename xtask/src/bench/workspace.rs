//! Workspaces to measure with: the same number makes the same files, on every machine.

use std::path::Path;

use anyhow::Result;
use xshell::Shell;

/// The environments: name, account, and the tenths of all configs that are its own.
const ENVIRONMENTS: [(&str, &str, usize); 3] = [
    ("dev", "111111111111", 4),
    ("stage", "222222222222", 3),
    ("prod", "333333333333", 3),
];
const WORDS: [&str; 12] = [
    "agora", "billing", "catalog", "events", "identity", "ledger", "mail", "orders", "payments",
    "reports", "search", "shipping",
];

/// The unit that is previewed, and its config.
pub(super) const UNIT: &str = "prod/ledger-00005";
pub(super) const CONFIG: &str = "configs/prod/ledger-00005.yaml";

/// Writes a workspace of so many configs into an empty folder, the last one first if so wanted.
pub(super) fn write(sh: &Shell, folder: &Path, configs: usize, is_reversed: bool) -> Result<()> {
    let mut workspace = "output: generated\nmodules:\n  source: git::https://git.example.com/storage.git//modules?ref=v1.4.0\nenvironments:\n".to_owned();
    for (name, account, tenths) in ENVIRONMENTS {
        let count = configs * tenths / 10;
        workspace.push_str(&environment(name, account, configs));
        for span in 0..count {
            let number = if is_reversed { count - 1 - span } else { span };
            let namespace = namespace(number);
            let path = folder.join(format!("configs/{name}/{namespace}.yaml"));
            sh.write_file(path, config(name, &namespace, number))?;
        }
    }
    Ok(sh.write_file(folder.join("valet.yaml"), workspace)?)
}

fn namespace(number: usize) -> String {
    let word = WORDS.get(number % WORDS.len()).unwrap_or(&"agora");
    format!("{word}-{number:05}")
}

fn environment(name: &str, account: &str, quota: usize) -> String {
    let is_prod = name == "prod";
    let shared = if is_prod {
        format!(
            "    kmsKeyArn: arn:aws:kms:eu-central-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab
    alarmTopicArn: arn:aws:sns:eu-central-1:{account}:database-alarms
"
        )
    } else {
        String::new()
    };
    let multi = if is_prod { "true" } else { "false" };
    format!(
        "  {name}:
    configs: configs/{name}
    accountId: \"{account}\"
    region: eu-central-1
    deployRoleArn: arn:aws:iam::{account}:role/terraform
    state:
      bucket: terraform-state-{name}
      keyPrefix: storage-valet-rds/{name}
      region: eu-central-1
    network:
      vpcId: vpc-{account}
      subnetIds: [subnet-0{account}, subnet-1{account}, subnet-2{account}]
{shared}    clusters:
      apps-{name}:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/{account}A
        principalArns: [\"arn:aws:iam::444444444444:root\"]
        clientCidrs: [10.64.0.0/16]
      batch-{name}:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/{account}B
        principalArns: [\"arn:aws:iam::555555555555:root\"]
        clientCidrs: [10.80.0.0/16]
    tags: {{cost-center: storage, stage: {name}}}
    defaults: {{username: postgres, multiAz: {multi}}}
    quotas: {{proxies: {quota}0, loadBalancers: {quota}0, endpointsPerVpc: {quota}0}}
"
    )
}

/// A config: a tenth say one key, six tenths the eleven of the fleet, three tenths say more.
fn config(environment: &str, namespace: &str, number: usize) -> String {
    let shortname = namespace.replace('-', "");
    let size = 20 + number % 7 * 30;
    let text = match number % 10 {
        0 => return format!("shortname: {shortname}\n"),
        1..=6 => format!(
            "allocatedStorage: \"{size}\"
backupRetentionPeriod: {}
backupWindow: 16:00-17:00
encrypted: true
iamRoleName: {namespace}-{environment}-proxy-access
instanceClass: {}
maintenanceWindow: Sun:18:00-Sun:19:00
namespace: {namespace}
serviceAccountName: {namespace}-sa
shortname: {shortname}
username: postgres
",
            number % 14 + 1,
            class(number),
        ),
        _ => format!(
            "# Owned by team {}.
namespace: {namespace}
shortname: {shortname}
allocatedStorage: {}
instanceClass: {}
databaseName: {shortname}
parameters:
  log_min_duration_statement: \"{}\"
  max_connections: \"{}\"
tags:
  data-class: confidential
  team: team-{}
",
            number % 23,
            size + 400,
            class(number),
            number % 5 * 250,
            number % 8 * 100 + 100,
            number % 23,
        ),
    };
    let more = match number % 10 {
        7 => "authentication: iam\nengineVersion: \"16\"\nmultiAz: true\n",
        8 => {
            "proxy:\n  idleClientTimeout: 3600\n  maxConnectionsPercent: 90\n  initQuery: SET statement_timeout = '30s'\n"
        }
        9 => {
            "iops: 16000\nstorageThroughput: 1000\nmaxAllocatedStorage: 2000\nlogExports: [upgrade, postgresql]\n"
        }
        _ => "",
    };
    text + more
}

fn class(number: usize) -> &'static str {
    match number % 4 {
        0 => "db.t3.large",
        1 => "db.t4g.medium",
        2 => "db.m7g.xlarge",
        _ => "db.r7g.2xlarge",
    }
}

"""Workspaces to measure with: the same number makes the same files, on every machine."""

# Name, account, and the tenths of all configs that are its own.
ENVIRONMENTS = [("dev", "111111111111", 4), ("stage", "222222222222", 3), ("prod", "333333333333", 3)]
WORDS = "agora billing catalog events identity ledger mail orders payments reports search shipping".split()
CLASSES = ["db.t3.large", "db.t4g.medium", "db.m7g.xlarge", "db.r7g.2xlarge"]

# The unit that is previewed, and its config.
UNIT = "prod/ledger-00005"
CONFIG = "configs/prod/ledger-00005.yaml"

HEAD = """\
output: generated
modules:
  source: git::https://git.example.com/storage.git//modules?ref=v1.4.0
environments:
"""
ENVIRONMENT = """\
  {name}:
    configs: configs/{name}
    accountId: "{account}"
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
        principalArns: ["arn:aws:iam::444444444444:root"]
        clientCidrs: [10.64.0.0/16]
      batch-{name}:
        oidcIssuer: https://oidc.eks.eu-central-1.amazonaws.com/id/{account}B
        principalArns: ["arn:aws:iam::555555555555:root"]
        clientCidrs: [10.80.0.0/16]
    tags: {{cost-center: storage, stage: {name}}}
    defaults: {{username: postgres, multiAz: {multi}}}
    quotas:
      proxies: {quota}0
      loadBalancers: {quota}0
      endpointsPerVpc: {quota}0
      instances: {quota}0
      subnetGroups: {quota}0
      parameterGroups: {quota}0
      roles: {quota}00
      allocatedStorage: 4000000000
"""
SHARED = """\
    kmsKeyArn: arn:aws:kms:eu-central-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab
    alarmTopicArn: arn:aws:sns:eu-central-1:{account}:database-alarms
"""
# The eleven keys of the fleet.
FLEET = """\
allocatedStorage: "{size}"
backupRetentionPeriod: {days}
backupWindow: 16:00-17:00
encrypted: true
iamRoleName: {namespace}-{environment}-proxy-access
instanceClass: {instance_class}
maintenanceWindow: Sun:18:00-Sun:19:00
namespace: {namespace}
serviceAccountName: {namespace}-sa
shortname: {shortname}
username: postgres
"""
RICH = """\
# Owned by team {team}.
namespace: {namespace}
shortname: {shortname}
allocatedStorage: {large}
instanceClass: {instance_class}
databaseName: {shortname}
parameters:
  log_min_duration_statement: "{duration}"
  max_connections: "{connections}"
tags:
  data-class: confidential
  team: team-{team}
"""
MORE = {
    7: 'authentication: iam\nengineVersion: "16"\nmultiAz: true\n',
    8: "proxy:\n  idleClientTimeout: 3600\n  maxConnectionsPercent: 90\n  initQuery: SET statement_timeout = '30s'\n",
    9: "iops: 16000\nstorageThroughput: 1000\nmaxAllocatedStorage: 2000\nlogExports: [upgrade, postgresql]\n",
}


def write(folder, configs, in_order=True):
    """Writes a workspace of so many configs, the last one first if so wanted."""
    text = HEAD
    for name, account, tenths in ENVIRONMENTS:
        is_prod = name == "prod"
        shared = SHARED.format(account=account) if is_prod else ""
        multi = "true" if is_prod else "false"
        text += ENVIRONMENT.format(name=name, account=account, quota=configs, shared=shared, multi=multi)
        inside = folder / "configs" / name
        inside.mkdir(parents=True)
        for number in range(configs * tenths // 10)[:: 1 if in_order else -1]:
            namespace = f"{WORDS[number % len(WORDS)]}-{number:05}"
            (inside / f"{namespace}.yaml").write_text(config(name, namespace, number))
    (folder / "valet.yaml").write_text(text)


def config(environment, namespace, number):
    """A tenth say one key, six tenths the eleven of the fleet, three tenths say more."""
    shortname, size = namespace.replace("-", ""), 20 + number % 7 * 30
    if number % 10 == 0:
        return f"shortname: {shortname}\n"
    return (RICH if number % 10 in MORE else FLEET).format(
        environment=environment,
        namespace=namespace,
        shortname=shortname,
        size=size,
        large=size + 400,
        days=number % 14 + 1,
        instance_class=CLASSES[number % 4],
        team=number % 23,
        duration=number % 5 * 250,
        connections=number % 8 * 100 + 100,
    ) + MORE.get(number % 10, "")

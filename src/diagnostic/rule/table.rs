//! The table of rules, in the order in which they are listed.

mod adoption;
mod catalog;
mod consumer;
mod engine;
mod upgrade;

use std::sync::LazyLock;

use super::{Rule, Severity};

pub use adoption::*;
pub use catalog::*;
pub use consumer::*;
pub use engine::*;
pub use upgrade::*;

/// Declares the rules once: a constant for the code that finds them, and a place in the table.
macro_rules! rules {
    ($($name:ident = $severity:ident $code:literal: $meaning:literal, $explanation:literal, $example:literal;)+) => {
        /// These rules, in their order.
        pub(super) static THESE: &[&Rule] = &[$(&$name),+];
        $(
            #[doc = $meaning]
            pub static $name: Rule = Rule {
                code: $code,
                severity: Severity::$severity,
                meaning: $meaning,
                explanation: $explanation,
                example: $example,
            };
        )+
    };
}

use rules;

/// Every rule, in the order in which they are listed.
pub static ALL: LazyLock<Vec<&Rule>> = LazyLock::new(|| {
    let parts = [
        THESE,
        adoption::THESE,
        catalog::THESE,
        engine::THESE,
        consumer::THESE,
        upgrade::THESE,
    ];
    parts.concat()
});

rules! {
    YAML_SYNTAX = Error "yaml-syntax":
        "The file is not YAML.",
        "The rest of the file cannot be read until its syntax is right. Text with `: `, ` #` or a leading `[`, `{`, `*`, `&`, `!`, `%`, `@` or backtick needs quotes.",
        "shortname: [testdev";
    TOO_LARGE = Error "too-large":
        "The file is bigger or deeper than any config.",
        "A config has a few hundred bytes. The limits are 256 KiB, 4 KiB a line, 16 levels and 20,000 values; they keep a hostile file from slowing down everybody's run.",
        "tags: {a: {a: {a: ...}}}";
    NOT_UTF8 = Error "not-utf8":
        "The file is not UTF-8 text.",
        "Save the file as UTF-8, with or without a byte-order mark; other encodings and binary files are refused.",
        "a file saved as UTF-16";
    BAD_NUMBER = Error "bad-number":
        "The number is endless.",
        "Every number here is a whole one of a few digits. One of more than 32 letters, infinity, or what is not a number is a mistake or an attack; text of digits goes in quotes.",
        "port: 1e999999";
    WINDOWS_NAME = Error "windows-name":
        "The name is that of a device on Windows.",
        "`con`, `prn`, `aux`, `nul`, `com1` and their like cannot be the name of a file or folder there, so nobody on Windows could check the repository out. Namespaces and environments become files and folders.",
        "a config named nul.yaml";
    LOOK_ALIKE = Error "look-alike":
        "A letter looks like another one.",
        "A Cyrillic or Greek letter among Latin ones makes two tags that look the same and are not; cost reports and policies that match on the tag miss it.",
        "a Cyrillic o in `cost-center`";
    CONTROL_CHARACTER = Error "control-character":
        "The file holds an invisible character.",
        "NUL, byte-order marks behind the first letter, marks that turn the direction of text, and a carriage return inside a line hide from reviewers what the file says. Only line ends, with or without carriage return, and tabs are allowed.",
        "a zero-width space in the name of a key";
    DUPLICATE_KEY = Error "duplicate-key":
        "A key is written twice in one mapping.",
        "YAML readers disagree on which of the two counts, and so would reviewers.",
        "port: 5432, and port: 5433 below it";
    SECOND_DOCUMENT = Error "second-document":
        "The file holds more than one YAML document.",
        "One file is one database.",
        "--- between two configs";
    ANCHOR = Error "anchor":
        "The file uses a YAML anchor.",
        "A value is written where it is used, so that a diff of one line means one change.",
        "instanceClass: &size db.t4g.medium";
    ALIAS = Error "alias":
        "The file uses a YAML alias.",
        "A value is written where it is used, so that a diff of one line means one change.",
        "instanceClass: *size";
    TAG = Error "tag":
        "The file uses a YAML tag.",
        "Tags change the type of a value; the schema alone decides types here.",
        "port: !!str 5432";
    MERGE_KEY = Error "merge-key":
        "The file uses a YAML merge key.",
        "Shared values belong in the environment's `defaults`.",
        "<<: {multiAz: true}";
    UNKNOWN_KEY = Error "unknown-key":
        "There is no such key.",
        "A misspelt key would be ignored in silence, and the default used instead.",
        "instanceclass: db.t4g.medium";
    MISSING_KEY = Error "missing-key":
        "A required key is missing.",
        "The key has no default that would be safe for every database.",
        "a config without shortname";
    WRONG_TYPE = Error "wrong-type":
        "The value has the wrong type.",
        "Versions and account numbers are text: without quotes, 16.10 is the number 16.1 and leading zeros vanish.",
        "engineVersion: 16.10";
    OUT_OF_RANGE = Error "out-of-range":
        "The number or length is outside its range.",
        "AWS refuses the value, often only after minutes of applying.",
        "backupRetentionPeriod: 36";
    BAD_FORMAT = Error "bad-format":
        "The text does not have the form of its key.",
        "AWS refuses the value, or reads it as something else.",
        "backupWindow: 4pm-5pm";
    UNKNOWN_VALUE = Error "unknown-value":
        "The value is not one of the key's words.",
        "The key takes one of a closed set of words.",
        "storageType: gp4";
    NAMESPACE_MISMATCH = Error "namespace-mismatch":
        "The namespace is not the name of the file.",
        "One file is one namespace; a reader finds the config by its name. To move a database, rename the file and change `namespace` together, and keep `shortname`.",
        "namespace: orders in payments.yaml";
    BAD_FILE_NAME = Error "bad-file-name":
        "The file's name is not a namespace.",
        "The namespace of a config is its file's name without `.yaml`: lower-case letters, digits and hyphens, at most 63.",
        "Orders_DB.yaml";
    NOT_A_FILE = Error "not-a-file":
        "A config is not a regular file of the workspace.",
        "Pipes, devices, folders and links that lead out of the workspace are never read.",
        "configs/dev3/orders.yaml -> /etc/passwd";
    STRAY_CONFIG = Error "stray-config":
        "A YAML file lies where no environment looks for it.",
        "It would be ignored in silence: wrong extension, a folder too deep, or a folder that no environment names.",
        "configs/dev3/orders.yml";
    UNKNOWN_ENVIRONMENT = Error "unknown-environment":
        "A folder of configs belongs to no environment.",
        "Its configs would be ignored in silence. Name the folder in an environment's `configs`, or remove it.",
        "configs/pord/orders.yaml";
    MISSING_CONFIGS = Error "missing-configs":
        "The folder of an environment's configs does not exist.",
        "A misspelt folder would look like an environment without databases.",
        "configs: configs/dve3";
    MISSING_MODULES = Error "missing-modules":
        "The folder of the shared modules does not exist.",
        "Terraform stops at `init` when a module is not there. Correct the address; in a sparse checkout, or one without submodules, check the folder out as well.",
        "modules: {source: ../../modulez}";
    MODULE_SOURCE = Error "module-source":
        "The address of the modules is not what it seems to be.",
        "Terraform takes a folder without `./` for a module of a registry, and a git address without `ref` for whatever is newest. The address ends before the modules' names, and `?ref=` comes last.",
        "modules: {source: modules}";
    BAD_PIPELINE = Error "bad-pipeline":
        "The block `ci` says something that cannot be.",
        "It names each environment once, plans with another role than it applies with, and hands over on a branch of its own.",
        "ci: {environments: [{name: pord}]}";
    PLAN_ROLE = Warning "plan-role":
        "Pull requests are planned with the role that writes.",
        "Terraform assumes `deployRoleArn` in a plan as in an apply, so `planRoleArn` only leads there, and a branch that nobody has reviewed runs with it. Without `deployRoleArn` each job works with its own role.",
        "planRoleArn of an environment that has a deployRoleArn";
    REQUIRED_VERSION = Error "required-version":
        "The workspace is compiled with another version of this tool.",
        "Two versions can generate different roots, and each would undo what the other wrote. Install a version that `requiredVersion` takes; to upgrade everybody, change it and commit it with what `valet-rds generate` then writes.",
        "requiredVersion: =0.9.0, and this tool is another version";
    STALE_ROOT = Error "stale-root":
        "A root is not what its config gives.",
        "Terraform applies the roots, so a review of roots that are not up to date says nothing about the configs. Run `valet-rds generate` and commit what it writes.",
        "a config that was changed without `valet-rds generate`";
    SHARED_CONFIGS = Error "shared-configs":
        "Two environments read the same folder.",
        "One config would become two databases. Give each environment a folder of its own.",
        "configs: configs/dev3, in two environments";
    RESERVED_SHORTNAME = Error "reserved-shortname":
        "Names that start like this are refused by AWS.",
        "A load balancer must not start with `internal-`, a security group not with `sg-`; both names start with the shortname.",
        "shortname: internal";
    SHORTNAME_TAKEN = Error "shortname-taken":
        "Two configs of an environment have the same shortname.",
        "The shortname names everything in AWS and the state: both would fight over one database.",
        "shortname: orders, in two files";
    ROLE_TAKEN = Error "role-taken":
        "Two configs use the same IAM role name in one account.",
        "Role names are unique in an account, whatever the case of their letters.",
        "iamRoleName: proxy-access, in two files";
    NAME_COLLISION = Error "name-collision":
        "Two units would give the same name to two things in AWS.",
        "Names are made of shortname and environment; long ones are cut and end in a hash. Change one shortname before the database exists.",
        "shortname: a-b in environment c, and a in environment b-c, in one account";
    STATE_COLLISION = Error "state-collision":
        "Two roots would share one Terraform state.",
        "Each would destroy what the other made.",
        "the same bucket and keyPrefix in two environments, and the same shortname";
    FOREIGN_ARN = Error "foreign-arn":
        "The ARN is of another account, Region or partition.",
        "AWS takes a key, a topic or a snapshot only from the Region of what uses it, and a permissions boundary from the account of the role; the provider takes a deploy role of the environment's account alone. Without one, the jobs of the pipeline work with roles of that account.",
        "kmsKeyArn of us-east-1 in an environment in eu-central-1";
    ISSUER_TAKEN = Error "issuer-taken":
        "Two environments of one account create the same OIDC provider.",
        "An account has one OIDC provider for an issuer. Let one environment create it and write `oidcProvider: external` in the other.",
        "the same oidcIssuer in two environments of one account";
    RESERVED_USERNAME = Error "reserved-username":
        "The engine reserves this user name.",
        "AWS refuses it when the instance is created.",
        "username: pg_admin";
    BAD_DATABASE_USER = Error "bad-database-user":
        "The user of pods cannot have this name.",
        "The engine, RDS or SQL means something else by it, another user of the database has it, or it is too long once its pattern is filled in. Or no right can be given on the database alone, because of its name.",
        "appUser: pg_orders";
    NO_APP_USER = Error "no-app-user":
        "The key means nothing without `appUser`.",
        "A reader reads what is the app user's, and `masterLogin` says how far a database is on its way to one.",
        "readOnlyUser: orders_ro without appUser";
    NO_DATABASE_USERS = Error "no-database-users":
        "The environment has no function that makes database users.",
        "Users are made from inside the VPC, by a function that the environment's own root holds. `databaseUsers` in valet.yaml adds it, and says which networks and ports it reaches.",
        "appUser where the environment has no databaseUsers";
    RESERVED_DATABASE = Error "reserved-database":
        "The engine reserves this database name.",
        "AWS refuses it when the instance is created.",
        "databaseName: select";
    UNKNOWN_CLASS = Error "unknown-class":
        "There is no such instance class.",
        "AWS would refuse it after the plan has been approved.",
        "instanceClass: db.t4g.mediun";
    UNKNOWN_VERSION = Error "unknown-version":
        "There is no such engine version.",
        "The version is unknown, or AWS no longer creates instances of it. A major alone, such as `\"17\"`, never goes stale.",
        "engineVersion: \"16.3\"";
    STORAGE_SIZE = Error "storage-size":
        "The volume type has no such size.",
        "gp2, gp3: 20 to 65536 GiB; io1, io2: 100 to 65536 GiB.",
        "allocatedStorage: 50 with storageType: io2";
    STORAGE_PERFORMANCE = Error "storage-performance":
        "The volume takes no such IOPS or throughput.",
        "gp3 below 400 GiB has fixed performance; above, 12000 to 64000 IOPS and 500 to 4000 MiB/s, at most 500 IOPS per GiB and 0.25 MiB/s per IOPS. gp2 has none to set. io1 and io2 need IOPS, 0.5 to 50 per GiB for io1.",
        "iops: 12000 with allocatedStorage: 50";
    STORAGE_CEILING = Error "storage-ceiling":
        "The volume could never grow to this size.",
        "`maxAllocatedStorage` is above `allocatedStorage`, or 0 to turn growth off. AWS wants it at least 10 % above.",
        "maxAllocatedStorage: 50 with allocatedStorage: 50";
    WINDOW_TOO_SHORT = Error "window-too-short":
        "A window is shorter than 30 minutes.",
        "AWS demands at least 30 minutes.",
        "backupWindow: 16:00-16:15";
    WINDOW_OVERLAP = Error "window-overlap":
        "The backup window and the maintenance window overlap.",
        "AWS refuses windows that share a minute on any day, also across midnight and the end of the week.",
        "backupWindow: 18:30-19:30 with maintenanceWindow: Sun:18:00-Sun:19:00";
    RESERVED_PARAMETER = Error "reserved-parameter":
        "The parameter belongs to the module.",
        "The modules force TLS; a config cannot turn it off.",
        "parameters: {rds.force_ssl: \"0\"}";
    PROXY_IDLE_ABOVE_MAX = Error "proxy-idle-above-max":
        "More idle connections are kept than may be open.",
        "`maxIdleConnectionsPercent` is at most `maxConnectionsPercent`.",
        "maxIdleConnectionsPercent: 80 with maxConnectionsPercent: 60";
    TAG_CHARACTERS = Error "tag-characters":
        "AWS refuses this tag.",
        "Keys have 1 to 128 and values up to 256 letters, digits, spaces and `_.:/=+-@`; a key does not start with `aws:`.",
        "tags: {owner: \"a&b\"}";
    RESERVED_TAG = Error "reserved-tag":
        "The tag belongs to this tool.",
        "Tags that start with `valet-rds:` say which config a resource belongs to.",
        "tags: {\"valet-rds:namespace\": other}";
    TAG_CASE = Error "tag-case":
        "Two tags differ only in the case of letters.",
        "IAM compares the keys of tags without their case and refuses every role that has both, at the apply. The environment's tags and a config's are merged by key, so one of them may stand in `valet.yaml`.",
        "tags: {Stage: test} in an environment with the tag stage";
    TOO_MANY_TAGS = Error "too-many-tags":
        "A resource takes 50 tags, these are more.",
        "The environment's tags, the config's, and four of this tool's count together.",
        "47 tags in one config";
    UNKNOWN_CLUSTER = Error "unknown-cluster":
        "The environment has no such cluster.",
        "The pods of a misspelt cluster could not connect.",
        "clusters: [gc-9]";
    MIXED_CLIENT_CIDRS = Error "mixed-client-cidrs":
        "Some clusters have client CIDRs and some have not.",
        "As soon as one CIDR is listed, the load balancer admits listed addresses only, and the other clusters' pods are cut off.",
        "clientCidrs on one of two clusters";
    BAD_CIDR = Error "bad-cidr":
        "The text is not an IPv4 network.",
        "AWS refuses a network address with host bits set.",
        "clientCidrs: [10.64.1.0/16]";
    UNENCRYPTED = Warning "unencrypted":
        "The volume is not encrypted.",
        "Encryption cannot be turned on later without replacing the instance.",
        "encrypted: false";
    NO_BACKUPS = Warning "no-backups":
        "Automated backups are off.",
        "Without them there is no point-in-time recovery, and turning them on later is an outage.",
        "backupRetentionPeriod: 0";
    UNPROTECTED = Warning "unprotected":
        "AWS would delete this instance on request.",
        "Deletion protection is what stops a wrong plan from deleting data.",
        "deletionProtection: false";
    SUPPORT_ENDED = Warning "support-ended":
        "Standard support of the engine version has ended.",
        "The modules turn paid extended support off, so AWS upgrades such an instance by itself.",
        "engineVersion: \"13\"";
    POLICY_BACKUPS = Error "policy-backup-retention":
        "Backups are kept for fewer days than the environment demands.",
        "`minBackupRetentionPeriod` of the environment's policy. It can be waived for a time.",
        "backupRetentionPeriod: 1 where 7 are demanded";
    POLICY_ENCRYPTION = Error "policy-encryption":
        "The environment demands encrypted volumes.",
        "`requireEncryption` of the environment's policy. It can be waived for a time.",
        "encrypted: false where encryption is required";
    POLICY_ENGINE = Error "policy-engine":
        "The environment does not allow this engine.",
        "`engines` of the environment's policy. It can be waived for a time.",
        "engine: postgres where only others are listed";
    POLICY_ENGINE_VERSION = Error "policy-engine-version":
        "The environment does not allow this engine version.",
        "`engineVersions` of the environment's policy, with `*` for any characters. It can be waived for a time.",
        "engineVersion: \"14\" where 16* and 17* are listed";
    POLICY_INSTANCE_CLASS = Error "policy-instance-class":
        "The environment does not allow this instance class.",
        "`instanceClasses` of the environment's policy, with `*` for any characters. It can be waived for a time.",
        "instanceClass: db.t4g.medium where burstable classes are not listed";
    POLICY_APP_USER = Error "policy-app-user":
        "The environment demands that pods do not log in as the master.",
        "`requireAppUser` of the environment's policy. It can be waived for a time, such as that in which a living database goes over.",
        "no appUser where one is required";
    POLICY_MULTI_AZ = Error "policy-multi-az":
        "The environment demands a standby.",
        "`requireMultiAz` of the environment's policy. It can be waived for a time.",
        "multiAz: false where a standby is required";
    POLICY_ROTATION = Error "policy-password-rotation":
        "The password rotates less often than the environment demands.",
        "`maxPasswordRotationDays` of the environment's policy. It can be waived for a time.",
        "passwordRotationDays: 90 where 30 are the most";
    POLICY_STORAGE = Error "policy-storage":
        "The volume is larger, or may grow larger, than the environment allows.",
        "`maxAllocatedStorage` of the environment's policy. It can be waived for a time.",
        "maxAllocatedStorage: 5000 where 1000 are the most";
    POLICY_TAGS = Error "policy-tags":
        "A tag that the environment demands is missing.",
        "`requireTags` of the environment's policy. It can be waived for a time.",
        "no tag team where it is required";
    VERSION_CLOSED = Error "version-closed":
        "AWS creates no more databases of this version.",
        "AWS gives up old minors in waves: from one day on none can be created or restored, and some weeks later it upgrades those that run. A database that is there already gets a warning, `version-ending`.",
        "engineVersion: \"16.9\" in a new config";
    VERSION_ENDING = Warning "version-ending":
        "AWS gives up this version.",
        "It creates no more databases of it, and upgrades those that still run after the last day of its support, in their maintenance window. Name a newer minor, or the major alone, before that.",
        "engineVersion: \"16.9\" in the config of a database that runs";
    CATALOGUE_OLD = Warning "catalogue-old":
        "What is known of engine versions is older than 60 days.",
        "AWS adds and closes minors every few weeks. Take a newer version of this tool, or compare `aws rds describe-db-engine-versions` with the list of `valet-rds`, and write what is missing and the day into `versions` of valet.yaml.",
        "versions: {asOf: 2026-10-20} in January 2027";
    WAIVER_EXPIRED = Error "waiver-expired":
        "The last day of a waiver has passed.",
        "A waiver is a promise with a date. Follow the rule, or agree on a new date in review.",
        "expires: 2026-01-31 on the first of February";
    WAIVER_NOT_ALLOWED = Error "waiver-not-allowed":
        "This rule cannot be waived.",
        "Only guardrails of the policy and warnings can be set aside; AWS would refuse the rest.",
        "rule: shortname-taken in a waiver";
    WAIVER_UNKNOWN_RULE = Error "waiver-unknown-rule":
        "The waiver names no rule.",
        "A misspelt waiver would wait in the file and waive nothing.",
        "rule: policy-multiaz in a waiver";
    WAIVER_UNUSED = Warning "waiver-unused":
        "The waiver waives nothing.",
        "Nothing breaks the rule any more, so the waiver would hide the next breach. A waiver of a whole environment does nothing after its last day, either.",
        "a waiver of policy-multi-az beside multiAz: true";
    MASTER_IN_PODS = Warning "master-in-pods":
        "Pods log in as the master of the database.",
        "Whoever gets hold of such a pod can read, change and drop everything in the database, and make users that stay. `appUser` names a user that has the application's tables and nothing else.",
        "no appUser, or masterLogin: pods; an environment without databaseUsers, once for all its databases";
    FAST_ROTATION = Warning "fast-rotation":
        "The password rotates faster than pods can follow calmly.",
        "Pods see a new password an hour later by default, and those that read it only at their start later still. Rotating within two days makes that window a large part of the time.",
        "passwordRotationDays: 1";
    SUPPORT_ENDING = Warning "support-ending":
        "Standard support of the engine version ends within half a year.",
        "Plan the upgrade: after that day AWS upgrades the instance by itself, as the modules turn paid extended support off.",
        "engineVersion: \"14\" in November 2026";
    UNKNOWN_PARAMETER = Error "unknown-parameter":
        "The engine has no such parameter.",
        "AWS refuses unknown parameters, and those of other majors. Parameters of extensions have the extension's prefix.",
        "parameters: {work_men: \"8192\"}";
    PARAMETER_VALUE = Error "parameter-value":
        "RDS refuses this value of a parameter.",
        "RDS takes whole numbers in the parameter's own unit, without naming it, booleans as 0 and 1, and the words of a list as they stand there. It refuses anything else at the apply. A number may be a formula.",
        "parameters: {work_mem: \"64MB\"}";
    USELESS_LOG = Warning "useless-log":
        "The log would stay empty.",
        "IAM tokens are checked by the proxy; the instance's own IAM authentication stays off, so it logs no IAM error.",
        "logExports: [iam-db-auth-error]";
    QUOTA_EXCEEDED = Error "quota-exceeded":
        "The account's quota is too small.",
        "Counted from the files: what units and environments need in an account and Region, of roles and OIDC providers in the account. What others keep in the account comes on top. Raise the quota, then write it in `quotas`.",
        "21 units with the default quota of 20 proxies";
    QUOTA_NEAR = Warning "quota-near":
        "80 % of a quota of the account are used.",
        "Ask for a higher quota before the next database cannot be created, then write it in `quotas`.",
        "16 units with the default quota of 20 proxies";
    TRUST_POLICY_SIZE = Error "trust-policy-size":
        "So many clusters do not fit into the trust policy of a role.",
        "IAM takes 2048 characters, and up to 8192 when the account asks for them; every cluster needs a statement of about 400. White space does not count.",
        "clusters: five EKS clusters, with the default quota";
    LIVE_ROOT_ORPHANED = Error "live-root-orphaned":
        "The config of a live database is gone.",
        "Deleting the file, or changing its shortname, would leave the database running with nobody to look after it. Put it back. To move a database, keep its shortname in the renamed file. To end it, write `lifecycle: retiring`, apply, write `lifecycle: retired`, apply, and then delete the file.",
        "git rm configs/dev3/orders.yaml";
    LIFECYCLE_STEP = Error "lifecycle-step":
        "A step of the retirement is missing.",
        "A database is retired in two steps, each applied before the next: `retiring` gives up deletion protection and fixes the name of the final snapshot, `retired` destroys. Without the first AWS refuses to destroy, or the snapshot has the wrong name.",
        "lifecycle: retired, where the generated root is still active";
    RETIREMENT_DATE = Error "retirement-date":
        "The date of the retirement is missing, or left over.",
        "`retirementRequested` names the final snapshot. It stands beside `lifecycle: retiring` and `retired`, and goes when the database becomes active again, so that the next attempt gets a snapshot of its own.",
        "lifecycle: retiring without retirementRequested";
    ACKNOWLEDGEMENT_EXPIRED = Error "acknowledgement-expired":
        "An acknowledgement in `allow`, or `applyImmediately`, has expired.",
        "It lets the effects of one change pass, so it has an end. Remove it, or give it a new date if the change is still to come.",
        "allow: [{change: replace, reason: moving, expires: 2026-01-31}]";
    RESTORE_CHANGED = Error "restore-changed":
        "`restoreFrom` is written once.",
        "It counts only when the database is created. Adding it later restores nothing. Removing it hands user, database name and key back to the config, and where these are not the snapshot's, Terraform replaces the database. To restore again, create a database with another shortname.",
        "restoreFrom removed from a config whose database exists";
    RESTORE_INCOMPLETE = Error "restore-incomplete":
        "What the snapshot decides is not written.",
        "A restored database has the snapshot's encryption, a size at least as large, and a version that AWS can reach from it. A default that differs makes AWS refuse the restore, or Terraform replace the database on the next plan. Look the three up in the snapshot, and write them beside `restoreFrom`.",
        "restoreFrom without engineVersion, allocatedStorage and encrypted";
    STORAGE_SHRINKS = Error "storage-shrinks":
        "A volume cannot shrink.",
        "AWS refuses the change after the plan has been approved. Keep the size; to shrink, move the data to a second, smaller database.",
        "allocatedStorage: 100 changed to 50";
    STORAGE_GROWTH = Error "storage-growth":
        "A volume grows by a tenth or more.",
        "AWS rounds a smaller step up, and from then on every plan would find a difference.",
        "allocatedStorage: 100 changed to 105";
    SUBNET_GROUP_CHANGED = Error "subnet-group-changed":
        "A database does not change its subnet group.",
        "AWS refuses to move a database to another subnet group of its VPC, after the rest of the apply has been done. Databases made before environments had a group keep their own with `subnetGroup: own`; new ones use the environment's.",
        "subnetGroup: own of a database that exists, removed";
    VERSION_DOWNGRADE = Error "version-downgrade":
        "A version cannot go back.",
        "AWS refuses to downgrade. To go back, create a database with another shortname from a snapshot taken before the upgrade.",
        "engineVersion: \"17\" changed to \"16\"";
    ACKNOWLEDGEMENT_UNUSED = Warning "acknowledgement-unused":
        "Nothing in the change needs the new acknowledgement.",
        "It would let a later change pass that nobody has thought of yet. Remove it.",
        "allow: [{change: replace, ...}] beside a change of tags";
    OCCUPIED_PATH = Error "occupied-path":
        "A file that was not generated is in the way.",
        "A file without the generated header is never overwritten or deleted. Move it away, or remove it.",
        "a hand-written generated/dev3/orders/main.tf";
    FOREIGN_FILE = Error "foreign-file":
        "A file that was not generated takes part in a root.",
        "Terraform reads every `.tf` and `.tf.json` file in the folder of a root, lets override files change the generated ones, and takes values from `*.auto.tfvars`: what the config says would not be what happens. Such a file is never overwritten or deleted. Move it into a folder of its own, or remove it.",
        "generated/dev3/orders/main_override.tf";
    EDITED_FILE = Error "edited-file":
        "A generated file holds what is never generated.",
        "`generate` would replace the file, and what somebody has written into it would be lost. Move it into a folder of its own, then remove it from the generated file.",
        "a resource in generated/dev3/orders/main.tf";
    NO_LOCK = Warning "no-lock":
        "There is no lock file beside `valet.yaml`.",
        "Without one each `terraform init` takes the newest provider, whoever published it, and a plan of tomorrow is not the plan of today. `valet-rds lock` makes one, `generate` copies it into every root, and an update of the provider is then a reviewed change.",
        "generated roots, and no .terraform.lock.hcl";
    BAD_LOCK = Error "bad-lock":
        "The lock file does not hold the provider.",
        "Terraform takes whatever it is given when a lock file has no `h1:` checksum of the provider, and stops when the locked version is not one that the roots want. `valet-rds lock` writes the file.",
        "a .terraform.lock.hcl without h1: checksums";
    BAD_OUTPUT = Error "bad-output":
        "The output folder is one that something else needs.",
        "Generated roots are written, swept and removed there. In git's own folder, or in or around a folder of configs, that would take away what others have put there. Give the roots a folder of their own.",
        "output: .git/roots";
    BAD_OUTPUTS = Error "bad-outputs":
        "These are not the outputs of a unit's root.",
        "Outputs are what `terraform output -json` prints in the unit's folder once the root has been applied, with every output of the generated outputs.tf.",
        "an outputs.json that holds {}";
    FOREIGN_OUTPUTS = Error "foreign-outputs":
        "The outputs belong to another unit.",
        "Pods that get another database's address, role or secret fail, or worse, connect to it. Name the outputs of this unit, or apply its root again after a change.",
        "role_arn of orders in the outputs.json of payments";
    PRIVATELINK_COLLISION = Error "privatelink-collision":
        "Two clusters have one name in the private-link file.",
        "The file knows a cluster by its name alone. Two of one name share their entries, and endpoints to the databases of one environment are made in the cluster of the other.",
        "the cluster `apps` in two environments, with two values of oidcIssuer";
    BAD_PRIVATELINK = Error "bad-privatelink":
        "The private-link file has another layout.",
        "The file lists `<app>: apps: <cluster>: <proxy endpoint>: service_name: <service>`. One with anything else on the way to the entry is left as it is.",
        "a list below `apps`";
}

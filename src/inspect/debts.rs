//! What an adopted instance has otherwise than the databases that this tool makes, and the next step for each: how much that
//! hurts is asked of the table of impacts, by comparing its root with and without the difference.

use serde_json::{Value, json};

use crate::{
    aws::engine::{Form, StorageType},
    config::adoption::{AdoptedInstance, Adoption, Credentials},
    model::Database,
    review::impact::{self, Happens, Impact, Row},
    terraform::{diff, lower::Owner, print::print_root, read::Root},
};

/// A difference from what this tool makes.
#[derive(Clone, Debug)]
pub struct Debt {
    /// The key that says it.
    pub key: &'static str,
    /// What the key says; null when it is not there.
    pub value: Value,
    /// What is otherwise.
    pub what: &'static str,
    /// The step that takes it away; none when nothing does.
    pub next: Option<Step>,
}

/// The step that takes a difference away.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to write.
    pub write: &'static str,
    /// How much it hurts.
    pub grade: Impact,
    /// When AWS does it.
    pub happens: Happens,
    /// Why, as the table of impacts says it; empty when nothing happens.
    pub why: String,
}

/// How the keys below `adopt` are after a step.
type Edit = fn(&mut Adoption);

/// A key below `adopt`.
struct Key {
    name: &'static str,
    /// The form of database that it is told of; none for every form.
    of: Option<Form>,
    what: &'static str,
    next: Next,
}

/// What takes a difference away.
enum Next {
    /// What to write, and how the keys are then.
    Step(&'static str, Edit),
    /// Nothing does; why.
    Never(&'static str),
}

const fn key(
    name: &'static str,
    what: &'static str,
    next: &'static str,
    without: fn(&mut Adoption),
) -> Key {
    Key {
        name,
        of: None,
        what,
        next: Next::Step(next, without),
    }
}

const fn for_ever(name: &'static str, what: &'static str, why: &'static str) -> Key {
    Key {
        name,
        of: None,
        what,
        next: Next::Never(why),
    }
}

/// A secret that stands for the one that nobody has named yet: only whether there is one counts.
const SOME_SECRET: &str = "arn:aws:secretsmanager:REGION:111111111111:secret:master";

/// Keys that are a difference when they are there, by name.
static KEYS: &[Key] = &[
    key(
        "adopt.caCertificate",
        "its server certificate is of another authority",
        "remove it, once every client trusts `rds-ca-rsa2048-g1`",
        |one| one.ca_certificate = None,
    ),
    key(
        "adopt.clusterParameterGroup",
        "its parameters are somebody else's, and TLS is not forced",
        "remove it, with what differs from the defaults in `parameters`, once every client uses TLS",
        |one| one.cluster_parameter_group = None,
    ),
    key(
        "adopt.copyTagsToSnapshot",
        "its snapshots do not carry its tags",
        "remove it",
        |one| one.copy_tags_to_snapshot = None,
    ),
    key(
        "adopt.dedicatedLogVolume",
        "its transaction log has a volume of its own",
        "remove it",
        |one| one.dedicated_log_volume = None,
    ),
    for_ever(
        "adopt.extendedSupport",
        "it runs past the standard support of its version, for money",
        "AWS takes it only when a database is made",
    ),
    key(
        "adopt.iamAuthentication",
        "users log in to it with IAM tokens",
        "remove it, once nobody does",
        |one| one.iam_authentication = None,
    ),
    for_ever(
        "adopt.identifier",
        "it has another name",
        "another one is another database",
    ),
    for_ever(
        "adopt.instances",
        "its instances have other names",
        "another one is another instance",
    ),
    key(
        "adopt.instances.maintenanceWindow",
        "instances have maintenance windows of their own",
        "remove them",
        |one| each(one, |instance| instance.maintenance_window = None),
    ),
    key(
        "adopt.instances.promotionTier",
        "another order decides which instance takes the writer's place",
        "remove them",
        |one| each(one, |instance| instance.promotion_tier = None),
    ),
    key(
        "adopt.instances.tags",
        "instances have tags of their own",
        "remove those that nothing finds them by",
        |one| each(one, |instance| instance.tags = None),
    ),
    key(
        "adopt.majorVersion",
        "its minor version is not stated",
        "remove it, with `engineVersion` at the version that runs",
        |one| one.major_version = None,
    ),
    key(
        "adopt.minorUpgrades",
        "minor upgrades do not follow `engineVersion`",
        "remove it",
        |one| one.minor_upgrades = None,
    ),
    key(
        "adopt.monitoringRoleArn",
        "it writes Enhanced Monitoring with a role of its own",
        "remove it",
        |one| one.monitoring_role_arn = None,
    ),
    key(
        "adopt.optionGroup",
        "it has an option group of its own",
        "remove it, once nobody uses its options",
        |one| one.option_group = None,
    ),
    key(
        "adopt.parameterGroup",
        "its parameters are somebody else's, and TLS is not forced",
        "remove it, with what differs from the defaults in `parameters`, once every client uses TLS",
        |one| one.parameter_group = None,
    )
    .of(Form::Instance),
    key(
        "adopt.parameterGroup",
        "the parameters of its instances are somebody else's",
        "remove it together with `majorVersion` in the next major upgrade, which alone takes instances to another group",
        |one| one.parameter_group = None,
    )
    .of(Form::Cluster),
    key(
        "adopt.performanceInsightsDays",
        "Performance Insights is off, or keeps its data for another time",
        "remove it",
        |one| one.performance_insights_days = None,
    ),
    key(
        "adopt.performanceInsightsKmsKeyArn",
        "Performance Insights has a key of its own",
        "turn it off with `performanceInsightsDays: 0`, then remove both",
        |one| {
            one.performance_insights_kms_key_arn = None;
            one.performance_insights_days = Some(0);
        },
    ),
    key(
        "adopt.publiclyAccessible",
        "its name resolves to a public address",
        "remove it, once no client comes from outside of its VPC",
        |one| one.publicly_accessible = None,
    ),
    key(
        "adopt.securityGroups",
        "clients reach it beside the proxy",
        "remove it, once nobody connects through them",
        |one| one.security_groups = None,
    ),
    for_ever(
        "adopt.subnetGroup",
        "it is in a subnet group that is not ours",
        "AWS moves no database to another group of its VPC",
    ),
    key(
        "adopt.tags",
        "it has tags of its own",
        "remove those that nothing finds it by",
        |one| one.tags = None,
    ),
];

/// Does something to each instance of a cluster.
fn each(adopted: &mut Adoption, change: fn(&mut AdoptedInstance)) {
    adopted.instances.iter_mut().flatten().for_each(change);
}

/// What a key says; of one below a list, what its entries say, in their order.
fn said(adopted: &Value, key: &str) -> Option<Value> {
    let Some((list, below)) = key.split_once('.') else {
        return adopted.get(key).cloned();
    };
    let entries = adopted.get(list)?.as_array()?.iter();
    let values: Vec<_> = entries.map(|entry| entry.get(below).cloned()).collect();
    let some = values.iter().any(Option::is_some);
    some.then(|| values.into_iter().map(Option::unwrap_or_default).collect())
}

impl Key {
    const fn of(mut self, form: Form) -> Self {
        self.of = Some(form);
        self
    }

    /// The key below `adopt`.
    fn below(&self) -> &'static str {
        self.name.trim_start_matches("adopt.")
    }
}

/// Why a key below `adopt` can never be removed; none when it can.
#[must_use]
pub fn never(key: &str) -> Option<&'static str> {
    let known = KEYS.iter().find(|known| known.below() == key)?;
    match known.next {
        Next::Step(..) => None,
        Next::Never(why) => Some(why),
    }
}

/// What differs, by key; none for a database that this tool has made.
#[must_use]
pub fn debts(database: &Database) -> Option<Vec<Debt>> {
    let adopted = database.adopted()?;
    let root = root(database);
    let step = |write, next: &dyn Fn(&mut Database)| {
        let mut then = database.clone();
        next(&mut then);
        step(&root, &self::root(&then), write)
    };
    let with = |write, next: fn(&mut Adoption)| {
        step(write, &|then: &mut Database| {
            then.adopt.value.iter_mut().for_each(next);
        })
    };
    let written = json!(adopted);
    let form = database.facts().form;
    let mut debts: Vec<Debt> = Vec::new();
    for key in KEYS {
        if key.of.is_some_and(|of| of != form) {
            continue;
        }
        if let Some(value) = said(&written, key.below()) {
            debts.push(Debt {
                key: key.name,
                value,
                what: key.what,
                next: match key.next {
                    Next::Step(write, next) => Some(with(write, next)),
                    Next::Never(_) => None,
                },
            });
        }
    }
    debts.extend(credentials(adopted, with));
    if adopted.imported != Some(true) {
        debts.push(Debt {
            key: "adopt.imported",
            value: Value::Null,
            what: "its root imports it, in case that its state does not hold it",
            next: Some(with("write `true`, once it is applied", |one| {
                one.imported = Some(true);
            })),
        });
    }
    debts.sort_by_key(|debt| debt.key);
    debts.extend(settings(database, step));
    Some(debts)
}

/// What the proxy logs in with.
fn credentials(
    adopted: &Adoption,
    with: impl Fn(&'static str, fn(&mut Adoption)) -> Step,
) -> Option<Debt> {
    let (what, next) = match &adopted.credentials {
        Some(credentials) if credentials.is_managed() => return None,
        Some(_) => (
            "its password is nobody's to rotate",
            with(
                "write `{managed: true}`, once nobody but the proxy logs in as the master",
                |one| {
                    one.credentials = Some(Credentials {
                        kms_key_arn: None,
                        managed: Some(true),
                        secret_arn: None,
                    });
                },
            ),
        ),
        None => (
            "nothing leads to it yet: no proxy, load balancer and role",
            with("write `{secretArn: …}`", |one| {
                one.credentials = Some(Credentials {
                    kms_key_arn: None,
                    managed: None,
                    secret_arn: Some(SOME_SECRET.to_owned()),
                });
            }),
        ),
    };
    Some(Debt {
        key: "adopt.credentials",
        value: json!(adopted.credentials),
        what,
        next: Some(next),
    })
}

/// What is otherwise by keys that every config has.
fn settings(
    database: &Database,
    step: impl Fn(&'static str, &dyn Fn(&mut Database)) -> Step,
) -> Vec<Debt> {
    let mut debts = Vec::new();
    let mut differs = |key, value, what, next| {
        debts.push(Debt {
            key,
            value,
            what,
            next: Some(next),
        });
    };
    if database.backup_retention_period.value == 0 {
        let next = step("write `7`, or more", &|then| {
            then.backup_retention_period.value = 7;
        });
        differs("backupRetentionPeriod", json!(0), "it has no backups", next);
    }
    if !database.deletion_protection.value {
        let next = step("write `true`", &|then| {
            then.deletion_protection.value = true;
        });
        differs(
            "deletionProtection",
            json!(false),
            "AWS does not refuse to delete it",
            next,
        );
    }
    if !database.encrypted.value {
        let next = step(
            "move its data to an encrypted one: a copy of a snapshot, in another config",
            &|then| then.encrypted.value = true,
        );
        differs(
            "encrypted",
            json!(false),
            "its volume is not encrypted",
            next,
        );
    }
    if matches!(
        database.storage_type.value,
        StorageType::Gp2 | StorageType::Io1
    ) {
        let to = match database.storage_type.value {
            StorageType::Gp2 => StorageType::Gp3,
            _ => StorageType::Io2,
        };
        let write = if to == StorageType::Gp3 {
            "write `gp3`"
        } else {
            "write `io2`"
        };
        let next = step(write, &|then| then.storage_type.value = to);
        let value = json!(database.storage_type.value);
        differs(
            "storageType",
            value,
            "its volume is of an older generation",
            next,
        );
    }
    debts
}

fn root(database: &Database) -> Root {
    Root::of_tree(&print_root(&Owner::Unit(database).root()))
}

/// The worst of what differs between two roots.
fn step(old: &Root, new: &Root, write: &'static str) -> Step {
    let difference = diff::compare(old, new, "", "");
    let rows = difference.arguments.iter().map(impact::find);
    let made = difference.calls.iter().any(|call| call.is_new);
    let gone = difference.calls.iter().any(|call| !call.is_new);
    // Of those that are as bad, what somebody has to do; then the first: the instance comes before what leads to it.
    let weight = |row: &Row| (row.grade, row.happens == Happens::Restart);
    let worst = rows.reduce(|worst, row| {
        if weight(row) > weight(worst) {
            row
        } else {
            worst
        }
    });
    let mut step = Step {
        write,
        grade: worst.map_or(Impact::None, |row| row.grade),
        happens: worst.map(|row| row.happens).unwrap_or_default(),
        why: worst.map(|row| row.why.to_owned()).unwrap_or_default(),
    };
    if made && step.grade <= Impact::InPlace {
        step.grade = Impact::InPlace;
        "what leads to it is made; nothing that exists is touched".clone_into(&mut step.why);
    }
    if gone {
        step.grade = Impact::DataLoss;
        "something that a module holds is destroyed".clone_into(&mut step.why);
    }
    step
}

//! The values of a database as keys of a config: those that every config has, and those that only an adopted one has.

mod cluster;

use serde_json::{Map, Value, json};

use super::{
    Order, Secret,
    existing::Existing,
    fields::{Fields, Malformed},
};
use crate::{
    aws::{
        engine::{Engine, Form},
        engine_version::EngineVersion,
        name::SharedNames,
    },
    model::Environment,
};

/// From this size gp3 has, without being asked, this much.
const STRIPED: (u32, u32, u32) = (400, 12_000, 500);

/// A key, and the value that has to come of it. Null stands for none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    /// The key.
    pub(super) key: &'static str,
    /// The value.
    pub(super) value: Value,
}

/// What a config has to come to.
#[derive(Debug)]
pub(super) struct Values {
    /// Keys that every config has.
    pub(super) wanted: Vec<Wanted>,
    /// What stands below `adopt`.
    pub(super) adopt: Map<String, Value>,
    /// The tags of the database that the environment does not give it anyway.
    pub(super) tags: Vec<(String, String)>,
}

/// The engine of a database, and its major as RDS tells the version, which can have a name of a build at its end.
///
/// # Errors
/// When the engine is none of ours, or the version does not begin with numbers.
pub(super) fn engine(fields: &Fields) -> Result<(Engine, EngineVersion), Malformed> {
    let wrong = |key: &str, what| Malformed {
        key: key.to_owned(),
        what,
    };
    let name = fields.text("Engine")?;
    let engine = Engine::ALL.iter().find(|engine| engine.as_str() == name);
    let engine = *engine.ok_or_else(|| wrong("Engine", "is no engine"))?;
    let version = fields.text("EngineVersion")?;
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = version.split(['.', '-']).take(3).take_while(is_number);
    let version: Result<EngineVersion, _> = numbers.collect::<Vec<_>>().join(".").parse();
    let version = version.map_err(|_| wrong("EngineVersion", "is no version"))?;
    Ok((engine, engine.facts().major_of(version)))
}

/// Reads the values of a database.
///
/// # Errors
/// When one is missing, or something else.
pub(super) fn of(order: &Order) -> Result<Values, Malformed> {
    Ok(Values {
        wanted: wanted(order)?,
        adopt: adopt(order)?,
        tags: tags(order.existing, order)?,
    })
}

fn wanted(order: &Order) -> Result<Vec<Wanted>, Malformed> {
    let fields = order.existing.fields();
    let instance = order.existing.instance().fields();
    let mut exports = fields.texts("EnabledCloudwatchLogsExports")?;
    exports.sort_unstable();
    let mut wanted = vec![
        (
            "backupRetentionPeriod",
            json!(fields.number("BackupRetentionPeriod")?),
        ),
        ("backupWindow", json!(fields.text("PreferredBackupWindow")?)),
        (
            "deletionProtection",
            json!(fields.flag("DeletionProtection")?),
        ),
        ("encrypted", json!(fields.flag("StorageEncrypted")?)),
        ("engine", json!(fields.text("Engine")?)),
        ("engineVersion", json!(engine(&fields)?.1.to_string())),
        ("instanceClass", json!(instance.text("DBInstanceClass")?)),
        ("logExports", json!(exports)),
        (
            "maintenanceWindow",
            json!(fields.text("PreferredMaintenanceWindow")?),
        ),
        (
            "monitoringInterval",
            json!(instance.number("MonitoringInterval")?),
        ),
        ("username", json!(fields.text("MasterUsername")?)),
    ];
    wanted.extend(match order.existing.form {
        Form::Instance => of_instance(order)?,
        Form::Cluster => cluster::wanted(order.existing)?,
    });
    if keeps_group(order)?.is_none() {
        wanted.push(("subnetGroup", json!("shared")));
    }
    // On, it makes the proxy take nothing but tokens.
    if fields.flag("IAMDatabaseAuthenticationEnabled")? {
        wanted.push(("authentication", json!("iam")));
    }
    // Nobody has asked for users yet: making one gives it the tables.
    wanted.push(("appUser", Value::Null));
    wanted.sort_by_key(|(key, _)| *key);
    let wanted = wanted.into_iter();
    Ok(wanted.map(|(key, value)| Wanted { key, value }).collect())
}

/// A key, and its value.
type Key = (&'static str, Value);

/// What only an instance has.
fn of_instance(order: &Order) -> Result<Vec<Key>, Malformed> {
    let fields = order.existing.fields();
    let size = fields.number("AllocatedStorage")?;
    let kind = fields.text("StorageType")?;
    let (iops, throughput) = performance(order, kind, size)?;
    Ok(vec![
        ("allocatedStorage", json!(size)),
        ("databaseName", json!(fields.text_if("DBName")?)),
        ("iops", json!(iops)),
        (
            "maxAllocatedStorage",
            json!(fields.number_if("MaxAllocatedStorage")?.unwrap_or(0)),
        ),
        ("multiAz", json!(fields.flag("MultiAZ")?)),
        ("port", json!(port(order)?)),
        ("storageThroughput", json!(throughput)),
        ("storageType", json!(kind)),
    ])
}

/// IOPS and throughput, as far as somebody has asked for them.
fn performance(
    order: &Order,
    kind: &str,
    size: u32,
) -> Result<(Option<u32>, Option<u32>), Malformed> {
    let fields = order.existing.fields();
    let (striped, iops, throughput) = STRIPED;
    let told = (
        fields.number_if("Iops")?,
        fields.number_if("StorageThroughput")?,
    );
    Ok(match kind {
        "gp3" if size >= striped => (
            told.0.filter(|told| *told != iops),
            told.1.filter(|told| *told != throughput),
        ),
        // Both have what the size gives, and AWS takes no other.
        "gp2" | "gp3" => (None, None),
        _ => (told.0, None),
    })
}

/// `DbInstancePort` of an instance of RDS is 0.
fn port(order: &Order) -> Result<u32, Malformed> {
    let fields = order.existing.fields();
    let endpoint = fields.object("Endpoint")?;
    Fields::of(endpoint, "Endpoint.").number("Port")
}

/// Its subnet group, when it is not its environment's.
fn keeps_group<'a>(order: &Order<'a>) -> Result<Option<&'a str>, Malformed> {
    let group = order.existing.subnet_group()?;
    let shared = SharedNames::derive(&order.environment.name).subnet_group;
    Ok((group != shared).then_some(group))
}

fn adopt(order: &Order) -> Result<Map<String, Value>, Malformed> {
    let existing = order.existing;
    let fields = existing.fields();
    let instance = existing.instance();
    let of_instance = instance.fields();
    let (engine, version) = engine(&fields)?;
    let follows = of_instance.flag("AutoMinorVersionUpgrade")?;
    let known = engine.facts().major(version);
    let follows_anyway = known.is_some_and(|known| known.version == version);
    let authority = of_instance.text("CACertificateIdentifier")?;
    let groups = existing.security_groups()?;
    let lifecycle = fields.text("EngineLifecycleSupport")?;
    let when = |holds: bool, value: Value| holds.then_some(value);
    let truth = |of: Fields, key: &str| Ok(when(of.flag(key)?, json!(true)));
    let (days, key) = insights(order)?;
    let mut keys = vec![
        (
            "caCertificate",
            when(authority != "rds-ca-rsa2048-g1", json!(authority)),
        ),
        (
            "copyTagsToSnapshot",
            when(!fields.flag("CopyTagsToSnapshot")?, json!(false)),
        ),
        ("credentials", credentials(order)?),
        (
            "extendedSupport",
            when(lifecycle == "open-source-rds-extended-support", json!(true)),
        ),
        (
            "iamAuthentication",
            truth(fields, "IAMDatabaseAuthenticationEnabled")?,
        ),
        ("identifier", Some(json!(existing.identifier))),
        ("majorVersion", Some(json!(version.to_string()))),
        (
            "minorUpgrades",
            when(follows != follows_anyway, json!(follows)),
        ),
        (
            "monitoringRoleArn",
            monitoring_role(order)?.map(Value::from),
        ),
        ("parameterGroup", Some(json!(instance.parameter_group()?))),
        ("performanceInsightsDays", days.map(Value::from)),
        ("performanceInsightsKmsKeyArn", key.map(Value::from)),
        (
            "publiclyAccessible",
            truth(of_instance, "PubliclyAccessible")?,
        ),
        ("securityGroups", when(!groups.is_empty(), json!(groups))),
        ("subnetGroup", keeps_group(order)?.map(Value::from)),
    ];
    keys.extend(match existing.form {
        Form::Instance => {
            let options = fields.each("OptionGroupMemberships", "OptionGroupName")?;
            let mut options = options.into_iter();
            let own = options.find(|name| !name.starts_with("default:"));
            vec![
                ("dedicatedLogVolume", truth(fields, "DedicatedLogVolume")?),
                ("optionGroup", own.map(Value::from)),
            ]
        }
        Form::Cluster => vec![
            (
                "clusterParameterGroup",
                Some(json!(existing.parameter_group()?)),
            ),
            ("instances", Some(cluster::instances(order)?)),
        ],
    });
    let keys = keys.into_iter();
    Ok(keys
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect())
}

fn credentials(order: &Order) -> Result<Option<Value>, Malformed> {
    let (arn, key) = match &order.secret {
        None => return Ok(None),
        Some(Secret::Named { arn, kms_key_arn }) => (arn.as_str(), kms_key_arn.as_deref()),
        Some(Secret::Managed) => match order.existing.managed_secret()? {
            Some(managed) => managed,
            None => return Ok(None),
        },
    };
    Ok(Some(match key {
        Some(key) => json!({"kmsKeyArn": key, "secretArn": arn}),
        None => json!({"secretArn": arn}),
    }))
}

fn monitoring_role<'a>(order: &Order<'a>) -> Result<Option<&'a str>, Malformed> {
    let fields = order.existing.instance().fields();
    if fields.number("MonitoringInterval")? == 0 {
        return Ok(None);
    }
    let role = fields.text("MonitoringRoleArn")?;
    Ok((role != order.environment.monitoring_role_arn()).then_some(role))
}

/// Days and key of Performance Insights, as far as they are not what every database has.
fn insights<'a>(order: &Order<'a>) -> Result<(Option<u32>, Option<&'a str>), Malformed> {
    const USUAL_DAYS: u32 = 7;
    let fields = order.existing.instance().fields();
    if !fields.flag("PerformanceInsightsEnabled")? {
        return Ok((Some(0), None));
    }
    let days = fields.number("PerformanceInsightsRetentionPeriod")?;
    let key = fields.text_if("PerformanceInsightsKMSKeyId")?;
    // Where the environment has none, its root states none, and AWS keeps the one that it has: mostly its own, which it tells, too.
    let usual = order.environment.spec.kms_key_arn.as_deref();
    Ok((
        Some(days).filter(|days| *days != USUAL_DAYS),
        key.filter(|key| usual.is_some_and(|usual| usual != *key)),
    ))
}

/// Those that AWS gives by itself, and those that the provider gives every resource, are left out.
fn tags(existing: &Existing, order: &Order) -> Result<Vec<(String, String)>, Malformed> {
    let given = given_tags(order.environment);
    let tags = existing.tags()?.into_iter();
    Ok(tags
        .filter(|(key, value)| !key.starts_with("aws:") && given.get(*key) != Some(value))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect())
}

/// The tags that every resource of an environment has.
fn given_tags(environment: &Environment) -> std::collections::BTreeMap<&str, &str> {
    let spec = &environment.spec;
    let layers = [Some(&spec.tags), spec.defaults.tags.as_ref()];
    let layers = layers.into_iter().flatten().flatten();
    layers
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect()
}

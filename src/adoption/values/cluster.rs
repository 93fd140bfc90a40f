//! What only a cluster has: its capacity, and instances of which each has something of its own.

use serde_json::{Map, Value, json};

use super::{Key, Order, tags};
use crate::{
    adoption::{
        existing::Existing,
        fields::{Fields, Malformed},
    },
    aws::{acus::Acus, engine::StorageType, instance_class::InstanceClass},
};

/// The keys that only a cluster has, and those that AWS tells of one in other words.
pub(super) fn wanted(cluster: &Existing) -> Result<Vec<Key>, Malformed> {
    let fields = cluster.fields();
    let usual = StorageType::Aurora.as_str();
    let kind = fields.text_if("StorageType")?;
    let (least, most) = capacity(cluster)?;
    let mut wanted = vec![
        ("databaseName", json!(fields.text_if("DatabaseName")?)),
        ("maxCapacity", json!(most)),
        ("minCapacity", json!(least)),
        ("port", json!(fields.number("Port")?)),
        ("replicas", json!(cluster.members.len().saturating_sub(1))),
        (
            "storageType",
            json!(kind.filter(|kind| !kind.is_empty()).unwrap_or(usual)),
        ),
    ];
    // What `defaults` say of readers is for those that have any.
    if cluster.members.len() == 1 {
        wanted.push(("readOnlyEndpoint", json!(false)));
    }
    Ok(wanted)
}

/// The bounds of the capacity of Serverless v2, where its instances have no class.
fn capacity(cluster: &Existing) -> Result<(Option<Acus>, Option<Acus>), Malformed> {
    const KEY: &str = "ServerlessV2ScalingConfiguration";
    let class = cluster.instance().fields().text("DBInstanceClass")?;
    let is_serverless = class
        .parse()
        .is_ok_and(|class: InstanceClass| class.is_serverless());
    if !is_serverless {
        return Ok((None, None));
    }
    let bounds = cluster.fields().object(KEY)?;
    let bound = |key: &str| {
        let wrong = || Malformed {
            key: format!("{KEY}.{key}"),
            what: "is no capacity that AWS gives",
        };
        let value = bounds.get(key).ok_or_else(wrong)?;
        serde_json::from_value(value.clone()).map_err(|_| wrong())
    };
    Ok((Some(bound("MinCapacity")?), Some(bound("MaxCapacity")?)))
}

/// The instances of a cluster, each with what it has otherwise than one that this tool makes in its place.
pub(super) fn instances(order: &Order) -> Result<Value, Malformed> {
    let cluster = order.existing;
    let window = cluster.fields().text("PreferredMaintenanceWindow")?;
    let one = |(place, instance): (u32, &Existing)| {
        let mut keys = Map::new();
        let mut put = |key: &str, value: Value| drop(keys.insert(key.to_owned(), value));
        put("identifier", json!(instance.identifier));
        let fields: Fields = instance.fields();
        let own = fields.text("PreferredMaintenanceWindow")?;
        if !own.eq_ignore_ascii_case(window) {
            put("maintenanceWindow", json!(own));
        }
        let tier = instance.promotion_tier()?;
        if tier != place {
            put("promotionTier", json!(tier));
        }
        let own = tags(instance, order)?;
        if !own.is_empty() {
            let own = own.into_iter().map(|(key, value)| (key, value.into()));
            put("tags", Value::Object(own.collect()));
        }
        Ok(Value::Object(keys))
    };
    (0..).zip(&cluster.members).map(one).collect()
}

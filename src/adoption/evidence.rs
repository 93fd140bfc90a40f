//! What the files say that somebody gives: each is recognised by its shape.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    existing::{Arn, CLUSTER_IDENTIFIER, Existing, Teller},
    fields::{Fields, Malformed},
    old_root::{self, OldRoot, Place},
    state,
};
use crate::{
    aws::engine::{Engine, Form},
    text::unicode::BYTE_ORDER_MARK,
};

/// Bytes of the largest file: many times the databases that an account holds.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// A file that somebody gives.
#[derive(Debug)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it only tells which root holds what, and not what is meant.
    pub is_old_root: bool,
}

/// A file that says nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// Why, and what to give instead.
    pub reason: String,
}

/// Everything that the files say.
#[derive(Debug, Default)]
pub struct Evidence {
    /// The instances and the clusters, in the order of their ARNs. What a cluster has stands in it.
    pub found: Vec<Existing>,
    /// The roots that hold them now.
    pub old_roots: Vec<OldRoot>,
}

/// What the files say, before it is put together.
#[derive(Default)]
struct Pile {
    found: BTreeMap<String, Existing>,
    held: BTreeMap<String, Held>,
    families: BTreeMap<String, String>,
    vpcs: BTreeMap<String, String>,
    tags: Vec<(String, Value)>,
    parameters: Vec<(String, bool)>,
    old_roots: Vec<OldRoot>,
}

/// A database in the state of a root.
struct Held {
    existing: Existing,
    place: Place,
    /// Whether it is meant without being described.
    is_meant: bool,
}

/// Reads files.
///
/// # Errors
/// With every file that cannot be used.
pub fn read(files: Vec<Given>) -> Result<Evidence, Vec<Unreadable>> {
    let mut pile = Pile::default();
    let mut unreadable = Vec::new();
    for Given {
        name,
        bytes,
        is_old_root,
    } in files
    {
        let taken = parse(&bytes).and_then(|value| {
            if is_old_root {
                pile.old_root(&name, &value)
            } else {
                pile.take(&name, value)
            }
        });
        if let Err(reason) = taken {
            unreadable.push(Unreadable { file: name, reason });
        }
    }
    if unreadable.is_empty() {
        pile.put_together()
    } else {
        Err(unreadable)
    }
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    if bytes.trim_ascii().is_empty() {
        return Err("it is empty".to_owned());
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(
            "it is not UTF-8 text; PowerShell needs `| Out-File -Encoding utf8`".to_owned(),
        );
    };
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // The words of the reader may quote a value.
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it is not JSON: line {line}, column {column}; with the AWS CLI, `--output json` writes it")
    })
}

/// What a list of the AWS CLI holds.
type Taker = fn(&mut Pile, &Map<String, Value>) -> Result<(), Malformed>;

const LISTS: [(&str, Taker); 5] = [
    ("DBClusters", Pile::database),
    ("DBInstances", Pile::database),
    ("DBClusterParameterGroups", Pile::cluster_parameter_group),
    ("DBParameterGroups", Pile::parameter_group),
    ("DBSubnetGroups", Pile::subnet_group),
];

/// What somebody may give by mistake, and what it is.
const OTHERS: [(&str, &str); 6] = [
    (
        "GlobalClusters",
        "it describes global clusters, and no cluster of one is adopted; give what `aws rds describe-db-clusters` and `describe-db-instances` print",
    ),
    (
        "DBClusterSnapshots",
        "it describes snapshots; give what `aws rds describe-db-clusters` and `describe-db-instances` print",
    ),
    (
        "resource_changes",
        "it is a plan; `terraform show -json` without the name of a file prints the state",
    ),
    (
        "planned_values",
        "it is a plan; `terraform show -json` without the name of a file prints the state",
    ),
    (
        "lineage",
        "it is a state as Terraform keeps it; give what `terraform show -json` prints",
    ),
    (
        "DBSnapshots",
        "it describes snapshots; give what `aws rds describe-db-instances` prints",
    ),
];

const UNKNOWN: &str = "it is nothing that is known here; give what `aws rds describe-db-instances`, `describe-db-clusters`, \
     `describe-db-parameter-groups`, `describe-db-cluster-parameter-groups`, `describe-db-parameters`, `describe-db-subnet-groups`, `list-tags-for-resource` or `terraform show -json` prints";

const NO_STATE: &str = "it is no state; give what `terraform show -json` prints";

impl Pile {
    fn take(&mut self, file: &str, value: Value) -> Result<(), String> {
        match value {
            Value::Array(list) if !list.is_empty() => self.all("", list, Self::database),
            Value::Object(map) => self.object(file, map),
            _ => Err(UNKNOWN.to_owned()),
        }
    }

    fn object(&mut self, file: &str, mut map: Map<String, Value>) -> Result<(), String> {
        if let Some((_, reason)) = OTHERS.iter().find(|(key, _)| map.contains_key(*key)) {
            return Err((*reason).to_owned());
        }
        if form_of(&map).is_some() {
            return self.all("", vec![map.into()], Self::database);
        }
        let mut is_known = false;
        for (key, taker) in LISTS {
            if let Some(list) = map.remove(key) {
                is_known = true;
                let Value::Array(list) = list else {
                    return Err(format!("`{key}` is no list"));
                };
                self.all(key, list, taker)?;
            }
        }
        if let Some(tags) = map.remove("TagList") {
            is_known = true;
            self.tags.push((file.to_owned(), tags));
        }
        if let Some(parameters) = map.get("Parameters") {
            is_known = true;
            let forced = forces_tls(parameters)?;
            self.parameters
                .extend(forced.map(|forced| (file.to_owned(), forced)));
        }
        if map.contains_key("format_version") {
            return self.state(file, &map, true);
        }
        if is_known {
            Ok(())
        } else {
            Err(UNKNOWN.to_owned())
        }
    }

    fn old_root(&mut self, file: &str, value: &Value) -> Result<(), String> {
        match value.as_object() {
            Some(map)
                if map.contains_key("format_version") && !map.contains_key("planned_values") =>
            {
                self.state(file, map, false)
            }
            Some(map) => {
                let known = OTHERS.iter().find(|(key, _)| map.contains_key(*key));
                Err(known.map_or(NO_STATE, |(_, reason)| reason).to_owned())
            }
            None => Err(NO_STATE.to_owned()),
        }
    }

    fn all(&mut self, key: &str, list: Vec<Value>, taker: Taker) -> Result<(), String> {
        for (at, entry) in list.into_iter().enumerate() {
            let Value::Object(entry) = entry else {
                return Err(format!("`{key}[{at}]` is no object"));
            };
            taker(self, &entry)
                .map_err(|wrong| format!("`{key}[{at}].{}` {}", wrong.key, wrong.what))?;
        }
        Ok(())
    }

    fn database(&mut self, raw: &Map<String, Value>) -> Result<(), Malformed> {
        let form = form_of(raw).unwrap_or(Form::Instance);
        let found = Existing::of(raw.clone(), form, Teller::Aws)?;
        let known = self.found.get(&found.arn.text);
        if known.is_some_and(|known| known.raw != found.raw) {
            return Err(Malformed {
                key: match form {
                    Form::Instance => "DBInstanceIdentifier",
                    Form::Cluster => CLUSTER_IDENTIFIER,
                }
                .to_owned(),
                what: "is described twice, and not alike; describe it once more, and give one of them",
            });
        }
        self.found.insert(found.arn.text.clone(), found);
        Ok(())
    }

    fn parameter_group(&mut self, raw: &Map<String, Value>) -> Result<(), Malformed> {
        self.family(
            raw,
            Form::Instance,
            "DBParameterGroupName",
            "DBParameterGroupArn",
        )
    }

    fn cluster_parameter_group(&mut self, raw: &Map<String, Value>) -> Result<(), Malformed> {
        self.family(
            raw,
            Form::Cluster,
            "DBClusterParameterGroupName",
            "DBClusterParameterGroupArn",
        )
    }

    fn family(
        &mut self,
        raw: &Map<String, Value>,
        form: Form,
        name: &str,
        arn: &str,
    ) -> Result<(), Malformed> {
        let fields = Fields::of(raw, "");
        let key = group_key(form, fields.text(arn)?, fields.text(name)?);
        let family = fields.text("DBParameterGroupFamily")?;
        self.families.insert(key, family.to_owned());
        Ok(())
    }

    fn subnet_group(&mut self, raw: &Map<String, Value>) -> Result<(), Malformed> {
        let fields = Fields::of(raw, "");
        let name = fields.text("DBSubnetGroupName")?;
        let key = scoped(fields.text("DBSubnetGroupArn")?, name);
        self.vpcs.insert(key, fields.text("VpcId")?.to_owned());
        Ok(())
    }

    fn state(
        &mut self,
        file: &str,
        map: &Map<String, Value>,
        is_meant: bool,
    ) -> Result<(), String> {
        let version = map.get("format_version").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("1.")) {
            return Err("its `format_version` is not 1: it is not from Terraform 1".to_owned());
        }
        let module = map
            .get("values")
            .and_then(|values| values.get("root_module"));
        let Some(module) = module.and_then(Value::as_object) else {
            return Err("it is a state with nothing in it".to_owned());
        };
        let (root, found) = old_root::read(file, module).map_err(|wrong| wrong.words())?;
        for (address, values) in found {
            let at = |wrong: Malformed| format!("{address}: {}", wrong.words());
            if address.is_database() {
                let (form, raw) = state::described(address.kind(), values).map_err(at)?;
                let existing = Existing::of(raw, form, Teller::State).map_err(at)?;
                let place = Place {
                    file: file.to_owned(),
                    address: address.clone(),
                };
                let arn = existing.arn.text.clone();
                let held = Held {
                    existing,
                    place,
                    is_meant,
                };
                if let Some(other) = self.held.insert(arn, held) {
                    let Place {
                        address: there,
                        file,
                    } = other.place;
                    return Err(format!(
                        "{address} is also {there} of {file}: two roots hold one database; have one of them forget it first"
                    ));
                }
            } else if address.is_subnet_group() {
                self.state_subnet_group(values).map_err(at)?;
            }
        }
        self.old_roots.push(root);
        Ok(())
    }

    fn state_subnet_group(&mut self, values: &Map<String, Value>) -> Result<(), Malformed> {
        let fields = Fields::of(values, "");
        let told = (
            fields.text_if("name")?,
            fields.text_if("arn")?,
            fields.text_if("vpc_id")?,
        );
        if let (Some(name), Some(arn), Some(vpc)) = told {
            self.vpcs.insert(scoped(arn, name), vpc.to_owned());
        }
        Ok(())
    }

    fn put_together(mut self) -> Result<Evidence, Vec<Unreadable>> {
        for (arn, held) in std::mem::take(&mut self.held) {
            if held.is_meant {
                self.found.entry(arn.clone()).or_insert(held.existing);
            }
            if let Some(known) = self.found.get_mut(&arn) {
                known.held = Some(held.place);
            }
        }
        for one in self.found.values_mut() {
            let arn = &one.arn.text;
            let group = one.parameter_group().ok();
            let family =
                group.and_then(|name| self.families.get(&group_key(one.form, arn, name)).cloned());
            let group = one.subnet_group().ok();
            let vpc = group.and_then(|name| self.vpcs.get(&scoped(arn, name)).cloned());
            (one.family, one.vpc) = (family, vpc);
        }
        let mut found = clusters(self.found.into_values().collect());
        let about_one = |file: &str, what: &str| Unreadable {
            file: file.to_owned(),
            reason: format!(
                "{what} do not say whose they are; give them beside one instance only, or one cluster"
            ),
        };
        let mut unreadable = Vec::new();
        for (file, tags) in self.tags {
            match found.as_mut_slice() {
                [only] => drop(only.raw.insert("TagList".to_owned(), tags)),
                _ => unreadable.push(about_one(&file, "tags")),
            }
        }
        for (file, forced) in self.parameters {
            match found.as_mut_slice() {
                [only] => only.forces_tls = Some(forced),
                _ => unreadable.push(about_one(&file, "parameters")),
            }
        }
        if unreadable.is_empty() {
            Ok(Evidence {
                found,
                old_roots: self.old_roots,
            })
        } else {
            Err(unreadable)
        }
    }
}

/// What describes an instance has its identifier, also that of an instance of a cluster.
fn form_of(raw: &Map<String, Value>) -> Option<Form> {
    if raw.contains_key("DBInstanceIdentifier") {
        Some(Form::Instance)
    } else {
        raw.contains_key(CLUSTER_IDENTIFIER)
            .then_some(Form::Cluster)
    }
}

/// The same with the instances of each cluster that is described in it: the one that takes the writer's place first goes first.
fn clusters(found: Vec<Existing>) -> Vec<Existing> {
    let place = |one: &Existing, cluster: &str| scoped(&one.arn.text, cluster);
    let (mut clusters, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|one| one.form == Form::Cluster);
    let mut alone = Vec::new();
    for one in others {
        let name = one.cluster().ok().flatten();
        let key = name.map(|name| place(&one, name));
        let is_its =
            |cluster: &&mut Existing| key.as_ref() == Some(&place(cluster, &cluster.identifier));
        match clusters.iter_mut().find(is_its) {
            Some(cluster) => cluster.members.push(one),
            None => alone.push(one),
        }
    }
    for cluster in &mut clusters {
        cluster.members.sort_by_cached_key(|one| {
            let tier = one.promotion_tier().unwrap_or(u32::MAX);
            // Of names that end in a number, 9 goes before 10.
            (tier, one.identifier.len(), one.identifier.clone())
        });
    }
    let mut all = [alone, clusters].concat();
    all.sort_by(|a, b| a.arn.cmp(&b.arn));
    all
}

/// A parameter group in the account and Region of an ARN: those of clusters have names of their own.
fn group_key(form: Form, arn: &str, name: &str) -> String {
    format!("{} {}", form.as_str(), scoped(arn, name))
}

/// A name in the account and Region of an ARN.
fn scoped(arn: &str, name: &str) -> String {
    let place = Arn::parse(arn).map(|arn| format!("{}/{}", arn.account, arn.region));
    format!("{}/{name}", place.unwrap_or_default())
}

/// Whether parameters force TLS, as far as they say so.
fn forces_tls(parameters: &Value) -> Result<Option<bool>, String> {
    let no_list = || "`Parameters` is no list of parameters".to_owned();
    let is_forcing = |name: &str| {
        let mut engines = Engine::ALL.iter();
        engines.any(|engine| engine.facts().forced_tls_parameter == name)
    };
    let mut forced = None;
    for parameter in parameters.as_array().ok_or_else(no_list)? {
        let name = parameter.get("ParameterName").and_then(Value::as_str);
        if is_forcing(name.ok_or_else(no_list)?) {
            let value = parameter.get("ParameterValue").and_then(Value::as_str);
            forced = Some(value.is_some_and(|value| ["1", "ON"].contains(&value)));
        }
    }
    Ok(forced)
}

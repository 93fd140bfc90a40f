//! One thing that differs in a root, and what that does.

use std::collections::BTreeSet;

use super::{
    cause::{self, Cause, Causes},
    impact::{self, Happens, Impact, Row},
    retirement::Stage,
};
use crate::{
    aws::engine::Form,
    config::Acknowledgement,
    terraform::{
        diff::{self, Adopted, ArgumentDiff, CallDiff},
        lower::{IDENTITY_TAGS, Owner},
        read::{Root, Value},
    },
};

/// One thing that differs, and what that does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The key that the user changed; empty when there is none.
    pub key: String,
    /// Whether the key stands in `valet.yaml`.
    pub is_of_environment: bool,
    /// Where the key is written in the head: a path in the workspace and a line, counted from 1.
    pub place: Option<(String, usize)>,
    /// The value before.
    pub old: String,
    /// The value after.
    pub new: String,
    /// Address in the root, or the name of a file in it.
    pub address: String,
    /// What it is in AWS.
    pub becomes: String,
    /// How much it hurts.
    pub grade: Impact,
    /// When AWS does it.
    pub happens: Happens,
    /// The maintenance window that it waits for; empty when it does not wait.
    pub window: String,
    /// Why.
    pub why: String,
    /// What to do instead, if anything is better.
    pub instead: String,
    /// What clients know that becomes another.
    pub connection: Vec<&'static str>,
    /// Whether the config itself asks for this effect, by its lifecycle.
    pub is_declared: bool,
    /// Of a map, the keys whose entries differ.
    pub entries: Vec<String>,
}

/// Everything that clients know.
const EVERYTHING: [&str; 4] = ["endpoint", "role", "secret", "service"];

impl Line {
    /// When AWS does it, in words; empty when it does nothing.
    #[must_use]
    pub fn when(&self) -> String {
        match self.happens {
            _ if self.grade == Impact::None => String::new(),
            Happens::Now => "now, with the apply".to_owned(),
            Happens::Restart => "with the next restart, which nobody makes for you".to_owned(),
            Happens::Window => format!(
                "in the maintenance window, {} UTC; until then every plan shows it as a difference",
                self.window
            ),
        }
    }

    /// Whether an acknowledgement is about the argument or its key.
    pub(super) fn is_meant_by(&self, one: &Acknowledgement) -> bool {
        let is_about_entries = || {
            let key = |entry: &String| format!("{}.{entry}", self.key);
            !self.entries.is_empty() && self.entries.iter().all(|entry| one.is_about(&key(entry)))
        };
        one.is_about(&self.key) || one.is_about(&self.address) || is_about_entries()
    }

    /// A line about something that cannot be understood: the worst.
    pub(super) fn worst(address: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            grade: Impact::DataLoss,
            why: why.into(),
            ..Self::default()
        }
    }

    fn about_lifecycle(old: &Root, new: &Root) -> Self {
        let stage = |root: &Root| match Stage::of_root(root) {
            Stage::Active => "active",
            Stage::Retiring(_) => "retiring",
            Stage::Retired => "retired",
        };
        Self {
            key: "lifecycle".to_owned(),
            old: stage(old).to_owned(),
            new: stage(new).to_owned(),
            address: "module.*".to_owned(),
            becomes: "everything of the unit".to_owned(),
            ..Self::default()
        }
    }
}

/// A root from which everything is gone; `is_declared` when its config asks for that.
pub(super) fn retired(old: &Root, new: &Root, is_declared: bool) -> Line {
    let line = Line {
        is_declared,
        ..Line::about_lifecycle(old, new)
    };
    let forgotten = |call: &str| {
        new.of_kind("removed").any(|block| {
            block.argument("from") == Some(&Value::Reference(format!("module.{call}")))
        })
    };
    let mut calls = old.of_kind("module").filter_map(|call| call.labels.first());
    if calls.all(|call| forgotten(call)) {
        return Line {
            why: "Terraform forgets the unit; in AWS everything stays and keeps costing".to_owned(),
            ..line
        };
    }
    let snapshot = match Stage::of_root(old) {
        Stage::Retiring(name) => format!("the snapshot `{name}` stays"),
        _ => "no final snapshot is named".to_owned(),
    };
    Line {
        grade: Impact::DataLoss,
        why: format!("the database and everything around it are destroyed; {snapshot}"),
        connection: EVERYTHING.to_vec(),
        ..line
    }
}

/// A root that takes over a database that is there already; none when it does not.
pub(super) fn takes_over(root: &Root, causes: &Causes) -> Option<Line> {
    let Adopted { form, identifier } = diff::adopts(root)?;
    let address = diff::import_of(form);
    let (what, becomes) = match form {
        Form::Instance => ("instance", "aws_db_instance.this"),
        Form::Cluster => ("cluster", "aws_rds_cluster.this"),
    };
    let cause = causes.of(&address);
    let beside = if root.module("proxy").is_some() {
        "tags and one more security group; a proxy, a load balancer, an endpoint service and a role are made beside it"
    } else {
        "tags; nothing leads to it yet"
    };
    Some(Line {
        key: cause.key,
        place: cause.place,
        new: format!("{identifier:?}"),
        address,
        becomes: becomes.to_owned(),
        grade: Impact::InPlace,
        why: format!(
            "takes over the {what} `{identifier}` and makes no other; it gets {beside}; `plan` says what of it differs, and `gate` refuses what nobody has meant"
        ),
        ..Line::default()
    })
}

/// A root that has something again.
pub(super) fn revived(old: &Root, new: &Root, causes: &Causes) -> Line {
    if let Some(line) = takes_over(new, causes) {
        return Line {
            why: line.why,
            grade: line.grade,
            ..Line::about_lifecycle(old, new)
        };
    }
    let why = match new
        .database_argument("snapshot_identifier")
        .and_then(Value::as_text)
    {
        Some(snapshot) => format!("a new database is made from the snapshot `{snapshot}`"),
        None => "a new, empty database is made".to_owned(),
    };
    Line {
        why,
        instead: "name a snapshot in `restoreFrom` to have the data back".to_owned(),
        ..Line::about_lifecycle(old, new)
    }
}

/// A consumer side from which everything is gone; `is_declared` when `valet.yaml` asks for that.
pub(super) fn disconnected(is_declared: bool) -> Line {
    Line {
        key: "consumer.retired".to_owned(),
        is_of_environment: true,
        address: "module.endpoint_consumer".to_owned(),
        becomes: "every endpoint of the cluster".to_owned(),
        grade: Impact::Downtime,
        why: "the cluster's pods are cut off from every database; the databases stay".to_owned(),
        connection: vec!["endpoint"],
        is_declared,
        ..Line::default()
    }
}

/// A consumer side that has something again.
pub(super) fn connected() -> Line {
    Line {
        key: "consumer.retired".to_owned(),
        is_of_environment: true,
        address: "module.endpoint_consumer".to_owned(),
        becomes: "every endpoint of the cluster".to_owned(),
        grade: Impact::InPlace,
        why: "endpoints and zones are made; nothing that exists is touched".to_owned(),
        ..Line::default()
    }
}

/// Whether nothing but endpoints goes, or comes, and those that go lead to units that are on their way out.
pub(super) fn lets_go(delta: &ArgumentDiff, owner: Option<Owner>) -> bool {
    let Some(Owner::Consumer(consumer)) = owner else {
        return false;
    };
    let (Some(Value::Map(old)), Some(Value::Map(new))) = (&delta.old, &delta.new) else {
        return false;
    };
    let may = |(shortname, value): (&String, &Value)| match new.get(shortname) {
        Some(now) => now == value,
        None => consumer.lets_go(shortname),
    };
    is_of_endpoints(delta) && old.iter().all(may)
}

fn is_of_endpoints(delta: &ArgumentDiff) -> bool {
    delta.block == "endpoint_consumer" && delta.argument == "databases"
}

/// An argument that differs between two roots, and the one that this follows from.
pub(super) fn argument(
    delta: &ArgumentDiff,
    behind: &ArgumentDiff,
    causes: &Causes,
    (old, new): (&Root, &Root),
) -> Line {
    const DATABASES: [&str; 2] = ["aws_db_instance.this", "aws_rds_cluster.this"];
    let row = impact::find(cause::effect(delta, behind));
    let mut line = of_row(delta, row, causes.of(&behind.address));
    if line.happens == Happens::Window {
        if new.database_argument("apply_immediately") == Some(&Value::Bool(true)) {
            line.happens = Happens::Now;
            line.why
                .push_str("; `applyImmediately` leaves the maintenance window out");
        } else {
            // A new window holds at once, so what waits waits for that one.
            let window = new.database_argument("maintenance_window");
            let window = window.and_then(Value::as_text).unwrap_or("not stated");
            window.clone_into(&mut line.window);
        }
    }
    if line.grade == Impact::Replace && DATABASES.iter().any(|one| row.replaces.contains(one)) {
        let protection = old.database_argument("deletion_protection");
        let is_protected = protection == Some(&Value::Bool(true));
        if is_protected && Stage::of_root(old) == Stage::Active {
            line.why
                .push_str("; deletion protection stops the apply halfway");
        } else {
            line.grade = Impact::DataLoss;
            line.why
                .push_str("; deletion protection is off, so nothing stops it");
        }
    }
    line
}

fn of_row(delta: &ArgumentDiff, row: &Row, cause: Cause) -> Line {
    let entries = entries(delta);
    let cause = of_identity(&entries).unwrap_or(cause);
    let shown = |value: &Option<Value>| match value {
        // One of many endpoints differs.
        Some(Value::Map(map)) if is_of_endpoints(delta) => {
            let own = map.iter().filter(|(key, _)| entries.contains(key));
            let own = own.map(|(key, value)| (key.clone(), value.clone()));
            Value::Map(own.collect()).to_string()
        }
        Some(value) => value.to_string(),
        None => String::new(),
    };
    Line {
        key: cause.key,
        is_of_environment: cause.is_of_environment,
        place: cause.place,
        old: shown(&delta.old),
        new: shown(&delta.new),
        address: delta.address.clone(),
        becomes: row.becomes.to_owned(),
        grade: row.grade,
        happens: row.happens,
        window: String::new(),
        why: row.why.to_owned(),
        instead: row.instead.to_owned(),
        connection: row.connection.to_vec(),
        is_declared: false,
        entries,
    }
}

/// What stands behind tags that say which database this is, and that no file names: the keys that they are made of.
fn of_identity(entries: &[String]) -> Option<Cause> {
    let keys = entries.iter().map(|tag| tag.strip_prefix(IDENTITY_TAGS));
    let keys: Vec<&str> = keys.collect::<Option<_>>()?;
    (!keys.is_empty()).then(|| Cause {
        key: keys.join(", "),
        ..Cause::default()
    })
}

/// The keys of a map whose entries differ.
fn entries(delta: &ArgumentDiff) -> Vec<String> {
    let (Some(Value::Map(old)), Some(Value::Map(new))) = (&delta.old, &delta.new) else {
        return Vec::new();
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = |key: &&String| old.get(*key) != new.get(*key);
    keys.into_iter().filter(differs).cloned().collect()
}

/// A module call that comes or goes.
pub(super) fn call(delta: &CallDiff) -> Line {
    let is_known = impact::rows().any(|row| row.block == delta.module);
    match (delta.is_new, is_known) {
        (true, true) => Line {
            address: delta.address.clone(),
            becomes: "a module of its own".to_owned(),
            grade: Impact::InPlace,
            why: "what the module holds is made; nothing that exists is touched".to_owned(),
            ..Line::default()
        },
        (true, false) => Line::worst(
            &delta.address,
            "a module that this version does not know: it may do anything",
        ),
        (false, _) => {
            let (grade, why) = impact::of_goodbye(&delta.module);
            Line {
                connection: EVERYTHING.to_vec(),
                grade,
                ..Line::worst(&delta.address, why)
            }
        }
    }
}

/// A module whose files differ although its address does not.
pub(super) fn module(folder: &str) -> Line {
    Line {
        key: "modules".to_owned(),
        is_of_environment: true,
        address: folder.to_owned(),
        becomes: "the module itself".to_owned(),
        grade: Impact::InPlace,
        why:
            "the module's files differ: only a plan shows what that does; `valet-rds gate` reads it"
                .to_owned(),
        ..Line::default()
    }
}

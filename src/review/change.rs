//! One argument that differs, and what that does.

use crate::{
    compile::snapshot::{self, Snapshot},
    config::Lifecycle,
    model::Database,
    review::impact::{self, Impact},
    terraform::{
        diff::ArgumentDiff,
        root_module::{Expression, RootModule},
    },
};

/// One argument that differs, and what that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key that the user changed; empty when there is none.
    pub key: String,
    /// Whether the key stands in `valet.yaml`.
    pub is_of_environment: bool,
    /// The value before.
    pub old: String,
    /// The value after.
    pub new: String,
    /// Address in the root.
    pub address: String,
    /// What it is in AWS.
    pub becomes: String,
    /// How much it hurts.
    pub grade: Impact,
    /// Why.
    pub why: String,
    /// What to do instead, if anything is better.
    pub instead: String,
    /// What clients know that becomes another.
    pub connection: Vec<&'static str>,
    /// Whether the config itself asks for this effect, by its lifecycle.
    pub is_declared: bool,
}

impl Line {
    pub(super) fn about(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            is_of_environment: false,
            old: String::new(),
            new: String::new(),
            address: String::new(),
            becomes: String::new(),
            grade: Impact::None,
            why: String::new(),
            instead: String::new(),
            connection: Vec::new(),
            is_declared: false,
        }
    }
}

pub(super) fn retired(old: &Database, new: &Database) -> Line {
    let line = Line {
        old: old.lifecycle.value.as_str().to_owned(),
        new: new.lifecycle.value.as_str().to_owned(),
        address: "module.*".to_owned(),
        becomes: "everything of the unit".to_owned(),
        is_declared: true,
        ..Line::about("lifecycle")
    };
    if new.retain {
        return Line {
            why: "Terraform forgets the unit; in AWS everything stays and keeps costing".to_owned(),
            ..line
        };
    }
    Line {
        grade: Impact::DataLoss,
        why: format!(
            "the database and everything around it are destroyed; the snapshot `{}` stays",
            new.final_snapshot().unwrap_or_default()
        ),
        connection: vec!["endpoint", "role", "secret", "service"],
        ..line
    }
}

pub(super) fn revived(new: &Database) -> Line {
    let why = match &new.restore_from.value {
        Some(snapshot) => format!("a new database is made from the snapshot `{snapshot}`"),
        None => "a new, empty database is made".to_owned(),
    };
    Line {
        old: Lifecycle::Retired.as_str().to_owned(),
        new: new.lifecycle.value.as_str().to_owned(),
        address: "module.*".to_owned(),
        becomes: "everything of the unit".to_owned(),
        why,
        instead: "name a snapshot in `restoreFrom` to have the data back".to_owned(),
        ..Line::about("lifecycle")
    }
}

pub(super) fn line(delta: &ArgumentDiff, old: &Database) -> Line {
    const INSTANCE: &str = "aws_db_instance.this";
    let row = impact::find(delta);
    let mut line = of_row(delta, row);
    if line.grade == Impact::Replace && row.replaces.contains(&INSTANCE) {
        let is_protected =
            old.deletion_protection.value && old.lifecycle.value == Lifecycle::Active;
        if is_protected {
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

pub(super) fn of_row(delta: &ArgumentDiff, row: &impact::Row) -> Line {
    let shown = |value: &Option<Expression>| {
        value
            .as_ref()
            .map_or_else(String::new, Expression::to_string)
    };
    Line {
        key: delta.key(),
        is_of_environment: delta.is_of_environment(),
        old: shown(&delta.old),
        new: shown(&delta.new),
        address: delta.address.clone(),
        becomes: row.becomes.to_owned(),
        grade: row.grade,
        why: row.why.to_owned(),
        instead: row.instead.to_owned(),
        connection: row.connection.to_vec(),
        is_declared: false,
    }
}

/// Modules whose files differ although their address does not.
pub(super) fn other_modules(
    base: &Snapshot,
    head: &Snapshot,
    old: &RootModule,
    new: &RootModule,
) -> Vec<Line> {
    let before = snapshot::module_folders(old);
    snapshot::module_folders(new)
        .into_iter()
        .filter(|folder| before.contains(folder) && base.modules.get(folder) != head.modules.get(folder))
        .map(|folder| Line {
            is_of_environment: true,
            address: folder,
            becomes: "the module itself".to_owned(),
            grade: Impact::InPlace,
            why: "the module's files differ: only a plan shows what that does; `valet-rds gate` reads it".to_owned(),
            ..Line::about("modules")
        })
        .collect()
}

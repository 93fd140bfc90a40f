//! Changes that can never be applied, or never do what they seem to.

use crate::{
    aws::{engine_version::EngineVersion, name::SharedNames},
    config::{Lifecycle, SubnetGroup, adoption::Adoption},
    diagnostic::{Problem, rule},
    model::{Database, Origin},
    review::retirement::{self, Stage},
    terraform::read::{Root, Value},
};

/// What must not be done to the database of a root; nothing, when the root cannot be understood.
#[must_use]
pub fn refused(old: &Root, new: &Database) -> Vec<Problem> {
    if !old.faults.is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::from_iter(retirement::step(&Stage::of_root(old), new));
    problems.extend(check(old, new));
    problems
}

/// The same of a root that is understood, whatever step its unit takes.
pub(super) fn check(old: &Root, new: &Database) -> Vec<Problem> {
    if let Some(problem) = engine(old, new) {
        return vec![problem];
    }
    let found = [
        restore(old, new),
        storage(old, new),
        subnet_group(old, new),
        version(old, new),
        waiting_upgrade(old, new),
    ];
    found.into_iter().flatten().collect()
}

fn engine(old: &Root, new: &Database) -> Option<Problem> {
    let before = text(old, "engine")?;
    if before == new.engine.value.as_str() || new.lifecycle.value == Lifecycle::Retired {
        return None;
    }
    let span = match new.engine.origin {
        Origin::BuiltIn => new.span(Origin::Config("shortname")),
        origin => new.span(origin),
    };
    let message = format!(
        "the database is of `{before}`, and none becomes one of `{}`: Terraform would destroy it and make an empty one",
        new.engine.value.as_str()
    );
    Some(Problem::new(&rule::ENGINE_CHANGED, span, message).help(format!(
        "write `engine: {before}`; for the other engine make a second database in a config of its own, copy the data, send the pods there, and retire this one"
    )))
}

fn restore(old: &Root, new: &Database) -> Option<Problem> {
    let before = text(old, "snapshot_identifier");
    let is_fresh = !old.is_live() || new.lifecycle.value == Lifecycle::Retired;
    if before == new.restore_from.value.as_deref() || is_fresh {
        return None;
    }
    let (message, help) = match (before, &new.restore_from.value) {
        (Some(snapshot), None) => (
            format!(
                "`restoreFrom: {snapshot}` is gone: user, database name and key come from the config again, and where they are not the snapshot's, Terraform replaces the database"
            ),
            format!("put `restoreFrom: {snapshot}` back"),
        ),
        (None, Some(snapshot)) => (
            format!("the database exists already: nothing is restored from `{snapshot}`"),
            "create a database with another shortname from the snapshot".to_owned(),
        ),
        (Some(before), Some(_)) => (
            format!("the database was made from `{before}`; another snapshot changes nothing"),
            format!(
                "put `restoreFrom: {before}` back, or create a database with another shortname"
            ),
        ),
        (None, None) => return None,
    };
    let origin = if new.restore_from.value.is_some() {
        Origin::Config("restoreFrom")
    } else {
        Origin::Config("shortname")
    };
    Some(Problem::new(&rule::RESTORE_CHANGED, new.span(origin), message).help(help))
}

fn storage(old: &Root, new: &Database) -> Option<Problem> {
    let from = old.database_argument("allocated_storage")?.as_number()?;
    let to = u64::from(new.allocated_storage.value);
    let least = from.saturating_mul(11).div_ceil(10);
    let span = new.span(new.allocated_storage.origin);
    if to < from {
        let message = format!("a volume of {from} GiB cannot shrink to {to} GiB");
        let problem = Problem::new(&rule::STORAGE_SHRINKS, span, message);
        return Some(problem.help(format!("write `allocatedStorage: {from}`, or more")));
    }
    (from < to && to < least).then(|| {
        let message = format!(
            "a volume of {from} GiB does not grow to {to} GiB: AWS makes it {least}, a tenth more, and every later plan differs"
        );
        Problem::new(&rule::STORAGE_GROWTH, span, message)
            .help(format!("write `allocatedStorage: {least}`, or more"))
    })
}

/// A root without subnets of its own is in the environment's group.
fn subnet_group(old: &Root, new: &Database) -> Option<Problem> {
    let before = old.database_argument("subnet_group_name")?.as_text()?;
    if let Some(adopted) = new.adopted() {
        return adopted_group(before, adopted, new);
    }
    let (was, help) = match old.database_argument("subnet_ids") {
        Some(_) => (
            SubnetGroup::Own,
            "write `subnetGroup: own`, here or in the environment's `defaults` for all databases that are as old",
        ),
        None => (SubnetGroup::Shared, "write `subnetGroup: shared`"),
    };
    (was != new.subnet_group.value && new.lifecycle.value != Lifecycle::Retired).then(|| {
        let span = match new.subnet_group.origin {
            Origin::BuiltIn => new.span(Origin::Config("shortname")),
            origin => new.span(origin),
        };
        let message = format!(
            "the database is in the subnet group `{before}`, and AWS moves none to another one of its VPC"
        );
        Problem::new(&rule::SUBNET_GROUP_CHANGED, span, message).help(help)
    })
}

/// An adopted instance stays in the group that it was found in, whosever that is.
fn adopted_group(before: &str, adopted: &Adoption, new: &Database) -> Option<Problem> {
    let shared = SharedNames::derive(&new.environment.name).subnet_group;
    let now = match (&adopted.subnet_group, new.subnet_group.value) {
        (Some(group), _) => group,
        (None, SubnetGroup::Own) => &new.names.subnet_group,
        (None, SubnetGroup::Shared) => &shared,
    };
    (now != before && new.lifecycle.value != Lifecycle::Retired).then(|| {
        let message = format!(
            "the database is in the subnet group `{before}`, and AWS moves none to another one of its VPC"
        );
        let span = match adopted.subnet_group {
            Some(_) => new.span_below(Origin::Config("adopt"), "/subnetGroup"),
            None => new.span(Origin::Config("adopt")),
        };
        Problem::new(&rule::SUBNET_GROUP_CHANGED, span, message)
            .help(format!("write `subnetGroup: {before}` below `adopt`"))
    })
}

fn version(old: &Root, new: &Database) -> Option<Problem> {
    let from: EngineVersion = text(old, "engine_version")?.parse().ok()?;
    let to = new.engine_version.value;
    let is_one_engine = text(old, "engine") == Some(new.engine.value.as_str());
    (is_one_engine && to.is_older_than(from)).then(|| {
        let span = new.span(new.engine_version.origin);
        let message = format!("AWS does not take a database from {from} back to {to}");
        Problem::new(&rule::VERSION_DOWNGRADE, span, message)
            .help(format!("write `engineVersion: \"{from}\"`"))
    })
}

/// A major upgrade of a cluster takes its old parameter group away in the same apply, so the upgrade cannot wait.
fn waiting_upgrade(old: &Root, new: &Database) -> Option<Problem> {
    let facts = new.facts();
    let from: EngineVersion = text(old, "engine_version")?.parse().ok()?;
    let to = new.engine_version.value;
    let is_major = facts.major_of(from) != facts.major_of(to);
    let waits = new.apply_immediately.value.is_none() && facts.is_cluster();
    (is_major && waits && old.is_live()).then(|| {
        let span = new.span(new.engine_version.origin);
        let message = format!(
            "a major upgrade of {} cannot wait for the maintenance window: the apply would fail at the old parameter group, which the cluster still uses",
            facts.title
        );
        Problem::new(&rule::UPGRADE_WAITS, span, message).help(
            "write `applyImmediately` with the reason and a day, too, and merge when the database may be away for ten minutes or more",
        )
    })
}

fn text<'a>(root: &'a Root, argument: &str) -> Option<&'a str> {
    root.database_argument(argument).and_then(Value::as_text)
}

//! What cannot be adopted, why, and what to do about it: asked before anything else of a database is read.

mod cluster;

use serde_json::{Map, Value};

use super::{
    Order, Refusal, Secret,
    existing::{Arn, Existing, Teller},
    fields::Malformed,
};
use crate::{
    aws::engine::{Engine, Form},
    model::Database,
    text::suggest,
};

/// What says that an instance is a replica.
const SOURCES: [&str; 2] = [
    "ReadReplicaSourceDBInstanceIdentifier",
    "ReadReplicaSourceDBClusterIdentifier",
];

/// The most security groups beside the one that the root makes: AWS takes five.
const MOST_GROUPS: usize = 4;

/// What comes of a look at one thing, which may be missing.
type Found = Result<Option<Refusal>, Malformed>;

/// A look at a database.
type Check = fn(&Existing) -> Found;

/// Why a database is none that can be adopted.
pub(super) fn of_existing(existing: &Existing) -> Vec<Refusal> {
    let of_form: &[Check] = match existing.form {
        Form::Instance => &[member, replica, engine, custom, outposts, pending],
        Form::Cluster => {
            // What is another kind of cluster has other instances, too.
            let kind = told(cluster::KIND.iter().map(|check| check(existing)), existing);
            if !kind.is_empty() {
                return kind;
            }
            cluster::CHECKS
        }
    };
    let of_all: [Check; 4] = [green, status, tags, domain];
    let checks = of_form.iter().chain(&of_all);
    let mut refusals = told(checks.map(|check| check(existing)), existing);
    if existing.form == Form::Cluster {
        refusals.extend(cluster::members(existing));
    }
    refusals
}

/// Why a database that can be adopted cannot be what it is to be.
pub(super) fn of_order(order: &Order) -> Vec<Refusal> {
    let checks: [fn(&Order) -> Found; 6] = [account, vpc, groups, storage, family, secret];
    told(checks.map(|check| check(order)), order.existing)
}

fn told(found: impl IntoIterator<Item = Found>, existing: &Existing) -> Vec<Refusal> {
    let found = found.into_iter();
    found
        .filter_map(|one| one.unwrap_or_else(|wrong| Some(malformed(existing, &wrong))))
        .collect()
}

/// A key that is missing, or something else, in what was told.
pub(super) fn malformed(existing: &Existing, wrong: &Malformed) -> Refusal {
    let prints = match existing.form {
        Form::Instance => ("`aws rds describe-db-instances`", "prints"),
        Form::Cluster => (
            "`aws rds describe-db-clusters` and `aws rds describe-db-instances`",
            "print",
        ),
    };
    let (commands, print) = prints;
    let way = match existing.teller {
        Teller::Aws => {
            format!("give what {commands} of a current AWS CLI {print}, whole and unchanged")
        }
        Teller::State if wrong.key.ends_with("VpcId") => {
            "a state does not tell the VPC: give what `aws rds describe-db-subnet-groups` prints besides".to_owned()
        }
        Teller::State => {
            format!("the state does not tell it: give what {commands} {print} besides")
        }
    };
    Refusal::new(wrong.words(), way)
}

/// What to do with a cluster that no module makes.
const STAYS: &str =
    "leave it where it is; to have its data here, restore or migrate it into a database of its own";

/// An instance of a cluster is adopted with all of it.
fn member(instance: &Existing) -> Found {
    let Some(cluster) = instance.cluster()? else {
        return Ok(None);
    };
    let engine = instance.fields().text_if("Engine")?.unwrap_or_default();
    let known = Engine::with(|facts| facts.form == Form::Cluster);
    Ok(Some(if known.contains(&engine) {
        Refusal::new(
            format!("it is an instance of the cluster `{cluster}`, which no file describes"),
            format!(
                "give what `aws rds describe-db-clusters` prints besides, and name the cluster `{cluster}`: it is adopted with its instances"
            ),
        )
    } else {
        Refusal::new(
            format!("it is an instance of the Multi-AZ cluster `{cluster}`"),
            STAYS,
        )
    }))
}

/// The side of a blue/green deployment that is not in use yet: RDS calls it so.
#[expect(clippy::unnecessary_wraps, reason = "one of a list of checks")]
fn green(existing: &Existing) -> Found {
    let is_end = |end: &str| {
        let mut letters = end.bytes();
        end.len() == 6
            && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    let end = existing.identifier.rsplit_once("-green-");
    Ok(end.filter(|(_, end)| is_end(end)).map(|_| {
        Refusal::new(
            "by its name it is the green side of a blue/green deployment",
            "switch over, or delete the deployment, and describe it again",
        )
    }))
}

fn replica(instance: &Existing) -> Found {
    let fields = instance.fields();
    for key in SOURCES {
        if let Some(source) = fields.text_if(key)? {
            return Ok(Some(Refusal::new(
                format!("it is a read replica of `{source}`: Terraform would promote it"),
                "leave it where it is, or promote it first, when that is meant",
            )));
        }
    }
    let mode = fields.text_if("ReplicaMode")?;
    Ok(mode.map(|mode| {
        Refusal::new(
            format!("it is a read replica, in mode `{mode}`"),
            "leave it where it is, or promote it first, when that is meant",
        )
    }))
}

fn engine(instance: &Existing) -> Found {
    let engine = instance.fields().text("Engine")?;
    let known = Engine::with(|facts| facts.form == Form::Instance);
    Ok((!known.contains(&engine)).then(|| {
        Refusal::new(
            format!("its engine is `{engine}`"),
            format!("leave it where it is; the engines are {}", known.join(", ")),
        )
    }))
}

fn custom(instance: &Existing) -> Found {
    let profile = instance.fields().text_if("CustomIamInstanceProfile")?;
    Ok(profile.map(|_| {
        Refusal::new(
            "it is an instance of RDS Custom",
            "leave it where it is; RDS Proxy takes none",
        )
    }))
}

fn outposts(instance: &Existing) -> Found {
    let fields = instance.fields();
    let target = fields.text_if("BackupTarget")?;
    let owned = fields.find("CustomerOwnedIpEnabled");
    let is_there = target.is_some_and(|target| target != "region")
        || owned.is_some_and(|owned| *owned != serde_json::Value::Bool(false));
    Ok(is_there.then(|| {
        Refusal::new(
            "it is on an Outpost",
            "leave it where it is; RDS Proxy takes none",
        )
    }))
}

fn status(existing: &Existing) -> Found {
    let key = match existing.form {
        Form::Instance => "DBInstanceStatus",
        Form::Cluster => "Status",
    };
    let fields = existing.fields();
    // The state of a root tells it of an `aws_db_instance` alone.
    let status = match existing.teller {
        Teller::Aws => fields.text(key)?,
        Teller::State => fields.text_if(key)?.unwrap_or("available"),
    };
    Ok((status != "available").then(|| {
        Refusal::new(
            format!("its status is `{status}`, not `available`"),
            match status {
                "deleting" => "leave it out: it is on its way out",
                "stopped" => "start it, and describe it again",
                _ => "wait until it is available, and describe it again",
            },
        )
    }))
}

fn pending(instance: &Existing) -> Found {
    Ok(match instance.teller {
        Teller::Aws => waiting(instance.fields().object("PendingModifiedValues")?),
        Teller::State => None,
    })
}

/// Changes that AWS has been told, and has not made.
fn waiting(changes: &Map<String, Value>) -> Option<Refusal> {
    let waiting: Vec<_> = changes.keys().collect();
    (!waiting.is_empty()).then(|| {
        Refusal::new(
            format!(
                "changes wait for its maintenance window: {}; a plan says nothing of them, and the next apply undoes them",
                suggest::list(&waiting)
            ),
            "apply them, or take them back, and describe it again",
        )
    })
}

fn tags(existing: &Existing) -> Found {
    for (key, value) in existing.tags()? {
        if key.starts_with("aws:cloudformation:") {
            return Ok(Some(Refusal::new(
                format!("it belongs to CloudFormation: its tag `{key}` is `{value}`"),
                "set `DeletionPolicy: Retain`, take it out of the stack, and describe it again",
            )));
        }
        if key.starts_with("valet-rds:") {
            return Ok(Some(Refusal::new(
                format!("a root of this tool has it already: its tag `{key}` is `{value}`"),
                "keep that config; when its root is gone for good, remove the tags that start with `valet-rds:`",
            )));
        }
    }
    Ok(None)
}

fn domain(existing: &Existing) -> Found {
    let memberships = existing.fields().list("DomainMemberships")?;
    Ok((!memberships.is_empty()).then(|| {
        Refusal::new(
            "it is a member of a directory, which no config can say: the first apply would take it out",
            "leave it where it is, or take it out of the directory first, when nobody logs in that way",
        )
    }))
}

fn elsewhere(arn: &Arn, what: &str, order: &Order) -> Option<String> {
    let spec = &order.environment.spec;
    let name = &order.environment.name;
    if arn.account != spec.account_id {
        Some(format!(
            "{what} is in account {}, and `{name}` is in {}",
            arn.account, spec.account_id
        ))
    } else if arn.region != spec.region {
        Some(format!(
            "{what} is in Region {}, and `{name}` is in {}",
            arn.region, spec.region
        ))
    } else {
        None
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of a list of checks")]
fn account(order: &Order) -> Found {
    let reason = elsewhere(&order.existing.arn, "it", order);
    Ok(reason.map(|reason| {
        Refusal::new(
            reason,
            "name the environment of that account and Region, or add one to valet.yaml",
        )
    }))
}

fn vpc(order: &Order) -> Found {
    let (vpc, wanted) = (
        order.existing.vpc()?,
        &order.environment.spec.network.vpc_id,
    );
    Ok((vpc != wanted).then(|| {
        let name = &order.environment.name;
        Refusal::new(
            format!("it is in {vpc}, and `{name}` is in {wanted}: its proxy could not reach it"),
            "name the environment of that VPC, or add one to valet.yaml",
        )
    }))
}

fn groups(order: &Order) -> Found {
    let groups = order.existing.security_groups()?;
    Ok((groups.len() > MOST_GROUPS).then(|| {
        Refusal::new(
            format!(
                "it has {} security groups, and its root adds one: AWS takes five",
                groups.len()
            ),
            "put the rules of two of them into one, and describe it again",
        )
    }))
}

fn storage(order: &Order) -> Found {
    if order.existing.form == Form::Cluster {
        return Ok(None);
    }
    let kind = order.existing.fields().text("StorageType")?;
    Ok((kind == "standard").then(|| {
        Refusal::new(
            "its volume is magnetic (`standard`), which RDS no longer makes",
            "change it to gp3, and describe it again",
        )
    }))
}

fn family(order: &Order) -> Found {
    let existing = order.existing;
    let version = existing.fields().text("EngineVersion")?;
    let (engine, major) = super::values::engine(&existing.fields())?;
    let expected = engine.facts().family(major);
    let told = [&existing.family, &existing.instance().family];
    let mut told = told.into_iter().flatten();
    Ok(told.find(|family| **family != expected).map(|family| {
        Refusal::new(
            format!("its parameter group is of the family {family}, and it runs {version}"),
            "finish the upgrade that is under way, and describe it again",
        )
    }))
}

fn secret(order: &Order) -> Found {
    let managed = order.existing.managed_secret()?;
    let arn = match (&order.secret, managed) {
        (None, _) => return Ok(None),
        (Some(Secret::Named { arn, .. }), _) => arn.as_str(),
        (Some(Secret::Managed), Some((arn, _))) => arn,
        (Some(Secret::Managed), None) => {
            return Ok(Some(Refusal::new(
                "RDS does not manage its password",
                "name the secret that holds it with --secret-arn or in the mapping, or import it without one",
            )));
        }
    };
    let Some(arn) = Arn::parse(arn) else {
        return Ok(Some(Refusal::new(
            "what is named as its secret is no ARN",
            "write the whole ARN, with the six letters at its end",
        )));
    };
    Ok(elsewhere(&arn, "its secret", order).map(|reason| {
        Refusal::new(
            reason,
            "copy the secret to the account and Region of the database: RDS Proxy reads no other",
        )
    }))
}

/// Why an order cannot stand beside the databases that are there, and beside the other orders.
pub(super) fn of_place(order: &Order, orders: &[Order], standing: &[Database]) -> Vec<Refusal> {
    let (path, unit) = (order.path(), order.unit());
    let identifier = &order.existing.identifier;
    let spec = &order.environment.spec;
    let mut refusals = Vec::new();
    for other in standing.iter().filter(|one| one.file.path != path) {
        let theirs = &other.environment.spec;
        let is_same = other.names.instance.eq_ignore_ascii_case(identifier)
            && other.facts().form == order.existing.form
            && theirs.account_id == spec.account_id
            && theirs.region == spec.region;
        if is_same {
            let verb = if other.adopted().is_some() {
                "has adopted it already"
            } else {
                "gives this name to its own database"
            };
            refusals.push(Refusal::new(
                format!("{} {verb}", other.unit()),
                format!("look at {}: one database has one config", other.file.path),
            ));
        }
    }
    let twins = orders
        .iter()
        .filter(|one| one.existing.arn == order.existing.arn || one.unit() == unit);
    if twins.count() > 1 {
        refusals.push(Refusal::new(
            format!("another database is to be {unit}, or it is to be two units"),
            "give each database a namespace of its own",
        ));
    }
    refusals
}

//! What cannot be adopted, why, and what to do about it: asked before anything else of an instance is read.

use super::{
    Order, Refusal, Secret,
    fields::Malformed,
    instance::{Arn, Instance, Teller},
};
use crate::{
    aws::engine::{Engine, Form},
    model::Database,
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

/// Why an instance is none that can be adopted.
pub(super) fn of_instance(instance: &Instance) -> Vec<Refusal> {
    let checks: [fn(&Instance) -> Found; 8] = [
        cluster, replica, engine, custom, outposts, state, tags, domain,
    ];
    told(checks.map(|check| check(instance)), instance)
}

/// Why an instance that can be adopted cannot be what it is to be.
pub(super) fn of_order(order: &Order) -> Vec<Refusal> {
    let checks: [fn(&Order) -> Found; 6] = [account, vpc, groups, storage, family, secret];
    told(checks.map(|check| check(order)), order.instance)
}

fn told(found: impl IntoIterator<Item = Found>, instance: &Instance) -> Vec<Refusal> {
    let found = found.into_iter();
    found
        .filter_map(|one| one.unwrap_or_else(|wrong| Some(malformed(instance, &wrong))))
        .collect()
}

/// A key that is missing, or something else, in what was told.
pub(super) fn malformed(instance: &Instance, wrong: &Malformed) -> Refusal {
    let way = match instance.teller {
        Teller::Aws => {
            "give what `aws rds describe-db-instances` of a current AWS CLI prints, whole and unchanged"
        }
        Teller::State if wrong.key.ends_with("VpcId") => {
            "a state does not tell the VPC: give what `aws rds describe-db-subnet-groups` prints besides"
        }
        Teller::State => {
            "the state does not tell it: give what `aws rds describe-db-instances` prints besides"
        }
    };
    Refusal::new(wrong.words(), way)
}

fn cluster(instance: &Instance) -> Found {
    let Some(cluster) = instance.fields().text_if("DBClusterIdentifier")? else {
        return Ok(None);
    };
    Ok(Some(Refusal::new(
        format!("it is a member of the cluster `{cluster}`: Aurora, or a Multi-AZ cluster"),
        "leave it where it is; to have its data here, restore or migrate it into an instance of its own",
    )))
}

fn replica(instance: &Instance) -> Found {
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

fn engine(instance: &Instance) -> Found {
    let engine = instance.fields().text("Engine")?;
    let known = Engine::with(|facts| facts.form == Form::Instance);
    Ok((!known.contains(&engine)).then(|| {
        Refusal::new(
            format!("its engine is `{engine}`"),
            format!("leave it where it is; the engines are {}", known.join(", ")),
        )
    }))
}

fn custom(instance: &Instance) -> Found {
    let profile = instance.fields().text_if("CustomIamInstanceProfile")?;
    Ok(profile.map(|_| {
        Refusal::new(
            "it is an instance of RDS Custom",
            "leave it where it is; RDS Proxy takes none",
        )
    }))
}

fn outposts(instance: &Instance) -> Found {
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

fn state(instance: &Instance) -> Found {
    let fields = instance.fields();
    let status = fields.text("DBInstanceStatus")?;
    if status != "available" {
        return Ok(Some(Refusal::new(
            format!("its status is `{status}`, not `available`"),
            match status {
                "deleting" => "leave it out: it is on its way out",
                "stopped" => "start it, and describe it again",
                _ => "wait until it is available, and describe it again",
            },
        )));
    }
    let pending = match instance.teller {
        Teller::Aws => fields.object("PendingModifiedValues")?,
        Teller::State => return Ok(None),
    };
    let waiting: Vec<_> = pending.keys().map(|key| format!("`{key}`")).collect();
    Ok((!waiting.is_empty()).then(|| {
        Refusal::new(
            format!(
                "changes wait for its maintenance window: {}; a plan says nothing of them, and the next apply undoes them",
                waiting.join(", ")
            ),
            "apply them, or take them back, and describe it again",
        )
    }))
}

fn tags(instance: &Instance) -> Found {
    for (key, value) in instance.tags()? {
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

fn domain(instance: &Instance) -> Found {
    let memberships = instance.fields().list("DomainMemberships")?;
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
    let reason = elsewhere(&order.instance.arn, "it", order);
    Ok(reason.map(|reason| {
        Refusal::new(
            reason,
            "name the environment of that account and Region, or add one to valet.yaml",
        )
    }))
}

fn vpc(order: &Order) -> Found {
    let (vpc, wanted) = (
        order.instance.vpc()?,
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
    let groups = order.instance.security_groups()?;
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
    let kind = order.instance.fields().text("StorageType")?;
    Ok((kind == "standard").then(|| {
        Refusal::new(
            "its volume is magnetic (`standard`), which RDS no longer makes",
            "change it to gp3, and describe it again",
        )
    }))
}

fn family(order: &Order) -> Found {
    let Some(family) = &order.instance.family else {
        return Ok(None);
    };
    let version = order.instance.fields().text("EngineVersion")?;
    let (engine, major) = super::values::engine(&order.instance.fields())?;
    let expected = engine.facts().family(major);
    Ok((*family != expected).then(|| {
        Refusal::new(
            format!("its parameter group is of the family {family}, and it runs {version}"),
            "finish the upgrade that is under way, and describe it again",
        )
    }))
}

fn secret(order: &Order) -> Found {
    let managed = order.instance.managed_secret()?;
    let arn = match (&order.secret, managed) {
        (None, _) => return Ok(None),
        (Some(Secret::Named { arn, .. }), _) => arn.as_str(),
        (Some(Secret::OfInstance), Some((arn, _))) => arn,
        (Some(Secret::OfInstance), None) => {
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
    let identifier = &order.instance.identifier;
    let spec = &order.environment.spec;
    let mut refusals = Vec::new();
    for other in standing.iter().filter(|one| one.file.path != path) {
        let theirs = &other.environment.spec;
        let is_same = other.names.instance.eq_ignore_ascii_case(identifier)
            && theirs.account_id == spec.account_id
            && theirs.region == spec.region;
        if is_same {
            let verb = if other.adopted().is_some() {
                "has adopted it already"
            } else {
                "gives this name to its own instance"
            };
            refusals.push(Refusal::new(
                format!("{} {verb}", other.unit()),
                format!("look at {}: one instance has one config", other.file.path),
            ));
        }
    }
    let twins = orders
        .iter()
        .filter(|one| one.instance.arn == order.instance.arn || one.unit() == unit);
    if twins.count() > 1 {
        refusals.push(Refusal::new(
            format!("another instance is to be {unit}, or it is to be two units"),
            "give each instance a namespace of its own",
        ));
    }
    refusals
}

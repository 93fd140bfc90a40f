//! Why a cluster cannot be adopted, or not with the instances that it has.

use serde_json::Value;

use super::{
    Check, Existing, Found, Refusal, STAYS, Teller, custom, malformed, pending, status, tags, told,
    waiting,
};
use crate::{
    aws::engine::{Engine, Form},
    text::suggest,
};

/// What instances of one cluster have alike in every config.
const ALIKE: [&str; 9] = [
    "DBInstanceClass",
    "AutoMinorVersionUpgrade",
    "CACertificateIdentifier",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "PubliclyAccessible",
];

/// What the names of readers begin with that come and go with the load.
const SCALED: &str = "application-autoscaling-";

/// Whether it is a cluster of the kind that the module makes.
pub(super) const KIND: &[Check] = &[engine, mode, limitless];

/// The other looks at a cluster itself.
pub(super) const CHECKS: &[Check] = &[
    global, source, waits, backtrack, data_api, forwarding, pauses,
];

fn engine(cluster: &Existing) -> Found {
    let engine = cluster.fields().text("Engine")?;
    let known = Engine::with(|facts| facts.form == Form::Cluster);
    Ok((!known.contains(&engine)).then(|| {
        Refusal::new(
            format!("its engine is `{engine}`: a Multi-AZ cluster, or of another service"),
            STAYS,
        )
    }))
}

fn mode(cluster: &Existing) -> Found {
    let mode = cluster.fields().text_if("EngineMode")?;
    Ok(mode.filter(|mode| *mode != "provisioned").map(|mode| {
        let (name, way) = match mode {
            "serverless" => (
                ", Serverless v1",
                "go over to instances of Serverless v2 first, and describe it again",
            ),
            _ => ("", STAYS),
        };
        Refusal::new(format!("its engine mode is `{mode}`{name}"), way)
    }))
}

fn limitless(cluster: &Existing) -> Found {
    let fields = cluster.fields();
    let kind = fields.text_if("ClusterScalabilityType")?;
    let version = fields.text("EngineVersion")?;
    let is_limitless = kind.is_some_and(|kind| kind != "standard") || version.contains("limitless");
    Ok(is_limitless.then(|| Refusal::new("it is a Limitless database", STAYS)))
}

fn global(cluster: &Existing) -> Found {
    let fields = cluster.fields();
    let global = fields.text_if("GlobalClusterIdentifier")?;
    let forwards = fields.text_if("GlobalWriteForwardingStatus")?;
    let name = global.filter(|name| !name.is_empty());
    let is_global = name.is_some() || forwards.is_some_and(|status| status != "disabled");
    Ok(is_global.then(|| {
        let name = name.map(|name| format!(" `{name}`")).unwrap_or_default();
        Refusal::new(
            format!("it belongs to the global cluster{name}: the first apply would take it out"),
            "leave it where it is, or remove it from the global cluster first, when that is meant",
        )
    }))
}

fn source(cluster: &Existing) -> Found {
    let source = cluster.fields().text_if("ReplicationSourceIdentifier")?;
    let source = source.filter(|source| !source.is_empty());
    Ok(source.map(|source| {
        Refusal::new(
            format!("it is a replica of `{source}`: Terraform would promote it"),
            "leave it where it is, or promote it first, when that is meant",
        )
    }))
}

/// AWS leaves the key out where nothing waits.
fn waits(cluster: &Existing) -> Found {
    let changes = cluster.fields().object_if("PendingModifiedValues")?;
    Ok(changes.and_then(waiting))
}

fn backtrack(cluster: &Existing) -> Found {
    let seconds = cluster.fields().number_if("BacktrackWindow")?.unwrap_or(0);
    Ok((seconds > 0).then(|| {
        Refusal::new(
            "it can be backtracked, which no config can say: the first apply would end that",
            "leave it where it is, or turn backtracking off first, when nobody needs it",
        )
    }))
}

fn data_api(cluster: &Existing) -> Found {
    let is_on = cluster.fields().flag_if("HttpEndpointEnabled")?;
    Ok(is_on.unwrap_or(false).then(|| {
        Refusal::new(
            "its Data API is on, which no config can say: the first apply would turn it off",
            "leave it where it is, or turn the Data API off first, when nobody uses it",
        )
    }))
}

fn forwarding(cluster: &Existing) -> Found {
    let status = cluster.fields().text_if("LocalWriteForwardingStatus")?;
    Ok(status.filter(|status| *status != "disabled").map(|_| {
        Refusal::new(
            "its readers hand writes on to the writer, which no config can say: the first apply would end that",
            "leave it where it is, or turn local write forwarding off first, when nobody writes to readers",
        )
    }))
}

/// A proxy keeps connections open, so that an instance behind one never stops.
fn pauses(cluster: &Existing) -> Found {
    let bounds = cluster
        .fields()
        .object_if("ServerlessV2ScalingConfiguration")?;
    let least = bounds.and_then(|bounds| bounds.get("MinCapacity"));
    let is_zero = least
        .and_then(Value::as_f64)
        .is_some_and(|least| least <= 0.0);
    Ok(is_zero.then(|| {
        Refusal::new(
            "its instances stop when nobody is connected (`MinCapacity` 0), which no config can say",
            "raise `MinCapacity` to 0.5, and describe it again",
        )
    }))
}

/// Why the instances of a cluster cannot be adopted with it.
pub(super) fn members(cluster: &Existing) -> Vec<Refusal> {
    let named = match cluster.member_identifiers() {
        Ok(named) => named,
        Err(wrong) => return vec![malformed(cluster, &wrong)],
    };
    if named.is_empty() {
        return vec![Refusal::new(
            "it has no instance, so that nobody could log in",
            "make an instance in it, or delete it, and describe it again",
        )];
    }
    let is_scaled = |name: &&&str| name.starts_with(SCALED);
    if let Some(name) = named.iter().find(is_scaled) {
        return vec![Refusal::new(
            format!("Application Auto Scaling makes and removes its readers, `{name}` among them"),
            "deregister the scalable target, keep the readers that are needed under names of your own, and describe it again",
        )];
    }
    let is_told = |name: &&str| cluster.members.iter().any(|one| one.identifier == *name);
    let untold: Vec<_> = named.iter().filter(|name| !is_told(name)).collect();
    if !untold.is_empty() {
        let word = if untold.len() == 1 {
            "instance"
        } else {
            "instances"
        };
        return vec![Refusal::new(
            format!("no file describes its {word} {}", suggest::list(&untold)),
            "give what `aws rds describe-db-instances` prints besides: it is adopted with all of its instances",
        )];
    }
    let is_its = |one: &&Existing| !named.contains(&one.identifier.as_str());
    let strangers: Vec<_> = cluster.members.iter().filter(is_its).collect();
    if let Some(one) = strangers.first() {
        return vec![Refusal::new(
            format!(
                "`{}` says that it is one of its instances, and it does not name that one",
                one.identifier
            ),
            "describe the cluster and its instances once more",
        )];
    }
    let mut refusals: Vec<_> = cluster.members.iter().flat_map(member).collect();
    refusals.extend(different(cluster));
    refusals
}

/// Why one instance cannot be adopted.
fn member(instance: &Existing) -> Vec<Refusal> {
    let checks: [Check; 4] = [custom, pending, status, tags];
    let found = told(checks.map(|check| check(instance)), instance);
    let of_it = |refusal: Refusal| Refusal {
        reason: format!(
            "of its instance `{}`: {}",
            instance.identifier, refusal.reason
        ),
        way: refusal.way,
    };
    found.into_iter().map(of_it).collect()
}

/// What a config says once, and the instances have otherwise from each other.
fn different(cluster: &Existing) -> Option<Refusal> {
    let group = |one: &Existing| one.parameter_group().map(str::to_owned).ok();
    let first = cluster.members.first()?;
    let differs = |key: &&&str| {
        let value = first.fields().find(key);
        cluster
            .members
            .iter()
            .any(|one| one.fields().find(key) != value)
    };
    let mut keys: Vec<_> = ALIKE.iter().filter(differs).copied().collect();
    if cluster.members.iter().any(|one| group(one) != group(first)) {
        keys.push("DBParameterGroups");
    }
    (!keys.is_empty()).then(|| {
        let again = match cluster.teller {
            Teller::Aws => "describe them again",
            Teller::State => "refresh the state",
        };
        Refusal::new(
            format!(
                "its instances differ in {}, which a config says of all of them",
                suggest::list(&keys)
            ),
            format!("make them alike, and {again}"),
        )
    })
}

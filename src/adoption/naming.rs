//! Which unit each instance becomes: said for one, or told by tags or by a mapping for many.

use std::sync::Arc;

use super::{Order, Refusal, Refused, Secret, instance::Instance, mapping::Row, refusal};
use crate::{
    model::{Environment, identity::UnitId},
    rules,
    text::suggest,
};

/// How units are named.
#[derive(Clone, Debug)]
pub enum Names {
    /// One instance, and its unit.
    One {
        /// The unit.
        unit: UnitId,
        /// The identity, when it does not follow from the namespace.
        shortname: Option<String>,
    },
    /// By tags of the instances.
    Tags {
        /// The tag with the namespace.
        namespace: String,
        /// The tag with the environment.
        environment_tag: Option<String>,
        /// The environment of all of them.
        environment: Option<String>,
    },
    /// By a mapping.
    Mapping(Vec<Row>),
}

/// What instances are to become.
#[derive(Debug, Default)]
pub struct Orders<'a> {
    /// Those that have a name.
    pub orders: Vec<Order<'a>>,
    /// Those that have none, and why.
    pub refused: Vec<Refused>,
    /// Identifiers of those that the mapping leaves out.
    pub left_out: Vec<String>,
}

/// Names instances. `secret` is what the proxy of each is to log in with, where the mapping does not say so.
#[must_use]
pub fn name<'a>(
    instances: &'a [Instance],
    environments: &'a [Arc<Environment>],
    by: &Names,
    secret: Option<&Secret>,
) -> Orders<'a> {
    let mut all = Orders::default();
    for instance in instances {
        let row = match by {
            Names::Mapping(rows) => match row(rows, instance, instances) {
                Ok(Some(row)) => Ok(row),
                Ok(None) => {
                    all.left_out.push(instance.identifier.clone());
                    continue;
                }
                Err(refusal) => Err(vec![refusal]),
            },
            Names::One { unit, shortname } => Ok(Row {
                environment: Some(unit.environment.clone()),
                namespace: unit.namespace.clone(),
                shortname: shortname.clone(),
                ..Row::default()
            }),
            Names::Tags {
                namespace,
                environment_tag,
                environment,
            } => tagged(instance, namespace, environment_tag.as_deref()).map(|row| Row {
                environment: row.environment.or_else(|| environment.clone()),
                ..row
            }),
        };
        let order = row.and_then(|row| order(instance, environments, row, secret));
        match order {
            Ok(order) => all.orders.push(order),
            Err(refusals) => all.refused.push(Refused {
                identifier: instance.identifier.clone(),
                unit: None,
                refusals,
            }),
        }
    }
    if let Names::Mapping(rows) = by {
        all.refused.extend(unknown(rows, instances));
    }
    all
}

/// Those that a mapping names and no file describes.
fn unknown<'a>(rows: &'a [Row], instances: &'a [Instance]) -> impl Iterator<Item = Refused> + 'a {
    let is_described = |row: &&Row| !instances.iter().any(|one| is_of(row, one));
    rows.iter().filter(is_described).map(|row| Refused {
        identifier: row.identifier.clone(),
        unit: None,
        refusals: vec![Refusal::new(
            "the mapping names it, and no file describes it",
            "give the description of its account and Region, or correct the identifier",
        )],
    })
}

fn is_of(row: &Row, instance: &Instance) -> bool {
    row.identifier == instance.arn.text || row.identifier == instance.identifier
}

fn row(rows: &[Row], instance: &Instance, instances: &[Instance]) -> Result<Option<Row>, Refusal> {
    let by_arn = rows.iter().find(|row| row.identifier == instance.arn.text);
    let by_name = || {
        rows.iter()
            .find(|row| row.identifier == instance.identifier)
    };
    let Some(found) = by_arn.or_else(by_name) else {
        return Ok(None);
    };
    let alike = instances.iter().filter(|one| is_of(found, one)).count();
    if alike > 1 {
        return Err(Refusal::new(
            format!("{alike} instances of several accounts or Regions have its identifier"),
            "write their ARNs into the mapping",
        ));
    }
    Ok(Some(found.clone()))
}

/// The names in the tags of an instance.
fn tagged(
    instance: &Instance,
    namespace: &str,
    environment: Option<&str>,
) -> Result<Row, Vec<Refusal>> {
    let refusals = refusal::of_instance(instance);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let tags = instance
        .tags()
        .map_err(|wrong| vec![refusal::malformed(instance, &wrong)])?;
    let value = |key: &str| {
        let tag = tags.iter().find(|(known, _)| *known == key);
        tag.map(|(_, value)| (*value).to_owned()).ok_or_else(|| {
            vec![Refusal::new(
                format!("it has no tag `{key}`"),
                "tag it and describe it again, or name it in a file with --mapping",
            )]
        })
    };
    Ok(Row {
        environment: environment.map(value).transpose()?,
        namespace: value(namespace)?,
        ..Row::default()
    })
}

fn order<'a>(
    instance: &'a Instance,
    environments: &'a [Arc<Environment>],
    row: Row,
    secret: Option<&Secret>,
) -> Result<Order<'a>, Vec<Refusal>> {
    // What can never be adopted is refused for that, and not for its name.
    let refusals = refusal::of_instance(instance);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let environment = match &row.environment {
        Some(name) => known(environments, name),
        None => fitting(environments, instance),
    };
    let environment = environment.map_err(|refusal| vec![refusal])?;
    let namespace = row.namespace;
    if !rules::is_namespace(&namespace) {
        return Err(vec![Refusal::new(
            format!("`{namespace}` is not a namespace"),
            "use lower-case letters, digits and hyphens, at most 63; a mapping can give it another one",
        )]);
    }
    let shortname = row.shortname.unwrap_or_else(|| namespace.replace('-', ""));
    let of_row = row.secret_arn.map(|arn| Secret::Named {
        arn,
        kms_key_arn: row.kms_key_arn,
    });
    Ok(Order {
        instance,
        environment,
        namespace,
        shortname,
        secret: of_row.or_else(|| secret.cloned()),
    })
}

fn known<'a>(
    environments: &'a [Arc<Environment>],
    name: &str,
) -> Result<&'a Arc<Environment>, Refusal> {
    let found = environments.iter().find(|one| one.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = environments.iter().map(|one| &one.name).collect();
        Refusal::new(
            format!("there is no environment `{name}`"),
            format!("the environments are {}", suggest::list(&names)),
        )
    })
}

/// The one environment that an instance can be in.
fn fitting<'a>(
    environments: &'a [Arc<Environment>],
    instance: &Instance,
) -> Result<&'a Arc<Environment>, Refusal> {
    let vpc = instance.vpc().ok();
    let arn = &instance.arn;
    let fits = |one: &&Arc<Environment>| {
        one.spec.account_id == arn.account
            && one.spec.region == arn.region
            && vpc.is_none_or(|vpc| vpc == one.spec.network.vpc_id)
    };
    let found: Vec<_> = environments.iter().filter(fits).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Refusal::new(
            format!(
                "no environment is in its account {}, Region {} and VPC {}",
                arn.account,
                arn.region,
                vpc.unwrap_or("(not told)")
            ),
            "add one to valet.yaml",
        )),
        several => {
            let names: Vec<_> = several.iter().map(|one| &one.name).collect();
            Err(Refusal::new(
                format!("it can be in {}", suggest::list(&names)),
                "name the environment with --environment or --environment-tag, or in the mapping",
            ))
        }
    }
}

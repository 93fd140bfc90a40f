//! Which unit each database becomes: said for one, or told by tags or by a mapping for many.

use std::sync::Arc;

use super::{Order, Refusal, Refused, Secret, existing::Existing, mapping::Row, refusal};
use crate::{
    model::{Environment, identity::UnitId},
    rules,
    text::suggest,
};

/// How units are named.
#[derive(Clone, Debug)]
pub enum Names {
    /// One database, and its unit.
    One {
        /// The unit.
        unit: UnitId,
        /// The identity, when it does not follow from the namespace.
        shortname: Option<String>,
    },
    /// By tags of the databases.
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

/// What databases are to become.
#[derive(Debug, Default)]
pub struct Orders<'a> {
    /// Those that have a name.
    pub orders: Vec<Order<'a>>,
    /// Those that have none, and why.
    pub refused: Vec<Refused>,
    /// Identifiers of those that the mapping leaves out.
    pub left_out: Vec<String>,
}

/// Names databases. `secret` is what the proxy of each is to log in with, where the mapping does not say so.
#[must_use]
pub fn name<'a>(
    all: &'a [Existing],
    environments: &'a [Arc<Environment>],
    by: &Names,
    secret: Option<&Secret>,
) -> Orders<'a> {
    let mut orders = Orders::default();
    for existing in all {
        let row = match by {
            Names::Mapping(rows) => match row(rows, existing, all) {
                Ok(Some(row)) => Ok(row),
                Ok(None) => {
                    orders.left_out.push(existing.identifier.clone());
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
            } => tagged(existing, namespace, environment_tag.as_deref()).map(|row| Row {
                environment: row.environment.or_else(|| environment.clone()),
                ..row
            }),
        };
        let order = row.and_then(|row| order(existing, environments, row, secret));
        match order {
            Ok(order) => orders.orders.push(order),
            Err(refusals) => orders.refused.push(Refused {
                identifier: existing.identifier.clone(),
                unit: None,
                refusals,
            }),
        }
    }
    if let Names::Mapping(rows) = by {
        orders.refused.extend(unknown(rows, all));
    }
    orders
}

/// Those that a mapping names and no file describes.
fn unknown<'a>(rows: &'a [Row], all: &'a [Existing]) -> impl Iterator<Item = Refused> + 'a {
    let is_described = |row: &&Row| !all.iter().any(|one| is_of(row, one));
    rows.iter().filter(is_described).map(move |row| Refused {
        identifier: row.identifier.clone(),
        unit: None,
        refusals: vec![undescribed(row, all)],
    })
}

/// Why there is nothing of what a mapping names.
fn undescribed(row: &Row, all: &[Existing]) -> Refusal {
    let has_it = |cluster: &&Existing| cluster.members.iter().any(|one| is_of(row, one));
    match all.iter().find(has_it) {
        Some(cluster) => Refusal::new(
            format!("it is an instance of the cluster `{}`", cluster.identifier),
            format!(
                "name the cluster `{}`: it is adopted with its instances",
                cluster.identifier
            ),
        ),
        None => Refusal::new(
            "the mapping names it, and no file describes it",
            "give the description of its account and Region, or correct the identifier",
        ),
    }
}

fn is_of(row: &Row, existing: &Existing) -> bool {
    row.identifier == existing.arn.text || row.identifier == existing.identifier
}

fn row(rows: &[Row], existing: &Existing, all: &[Existing]) -> Result<Option<Row>, Refusal> {
    let by_arn = rows.iter().find(|row| row.identifier == existing.arn.text);
    let by_name = || {
        rows.iter()
            .find(|row| row.identifier == existing.identifier)
    };
    let Some(found) = by_arn.or_else(by_name) else {
        return Ok(None);
    };
    let alike = all.iter().filter(|one| is_of(found, one)).count();
    if alike > 1 {
        return Err(Refusal::new(
            format!("{alike} databases have its identifier"),
            "write their ARNs into the mapping",
        ));
    }
    Ok(Some(found.clone()))
}

/// The names in the tags of a database.
fn tagged(
    existing: &Existing,
    namespace: &str,
    environment: Option<&str>,
) -> Result<Row, Vec<Refusal>> {
    let refusals = refusal::of_existing(existing);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let tags = existing
        .tags()
        .map_err(|wrong| vec![refusal::malformed(existing, &wrong)])?;
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
    existing: &'a Existing,
    environments: &'a [Arc<Environment>],
    row: Row,
    secret: Option<&Secret>,
) -> Result<Order<'a>, Vec<Refusal>> {
    // What can never be adopted is refused for that, and not for its name.
    let refusals = refusal::of_existing(existing);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let environment = match &row.environment {
        Some(name) => known(environments, name),
        None => fitting(environments, existing),
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
        existing,
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

/// The one environment that a database can be in.
fn fitting<'a>(
    environments: &'a [Arc<Environment>],
    existing: &Existing,
) -> Result<&'a Arc<Environment>, Refusal> {
    let vpc = existing.vpc().ok();
    let arn = &existing.arn;
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

//! Adopting instances and clusters that are there: what AWS or an older root says of them in, configs out, or why not.

pub mod draft;
pub mod evidence;
pub mod existing;
pub mod fields;
pub mod mapping;
pub mod naming;
mod notes;
pub mod old_root;
mod refusal;
pub mod report;
mod state;
mod text;
mod values;

use std::{collections::BTreeSet, sync::Arc};

use rayon::prelude::*;

use crate::{
    diagnostic::{Diagnostics, Problem},
    model::{Database, Environment, identity::UnitId, world::World},
    rules::fleet,
    text::date::Date,
};
use draft::Draft;
use existing::Existing;
use old_root::{Farewell, OldRoot};

/// Why a database is not adopted, and what somebody can do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The reason.
    pub reason: String,
    /// The way out.
    pub way: String,
}

impl Refusal {
    /// A reason with its way out.
    #[must_use]
    pub fn new(reason: impl Into<String>, way: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            way: way.into(),
        }
    }
}

/// A database, and the unit that it is to be.
#[derive(Debug)]
pub struct Order<'a> {
    /// What is known of it.
    pub existing: &'a Existing,
    /// Where it is to be.
    pub environment: &'a Arc<Environment>,
    /// Its namespace.
    pub namespace: String,
    /// The identity that its config gets.
    pub shortname: String,
    /// What the proxy is to log in with; none, and it is only imported.
    pub secret: Option<Secret>,
}

/// What the proxy of an adopted database logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// A secret that is there.
    Named {
        /// Its ARN.
        arn: String,
        /// Its KMS key, when it is not AWS's own.
        kms_key_arn: Option<String>,
    },
    /// The one that RDS manages for it.
    Managed,
}

impl Order<'_> {
    /// The unit.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        UnitId::new(&self.environment.name, &self.namespace)
    }

    /// Path of its config inside the workspace.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}.yaml", self.environment.spec.configs, self.namespace)
    }
}

/// A database that is not adopted.
#[derive(Debug)]
pub struct Refused {
    /// Its identifier.
    pub identifier: String,
    /// The unit that it was to be, as far as that is known.
    pub unit: Option<UnitId>,
    /// Every reason.
    pub refusals: Vec<Refusal>,
}

/// What becomes of all orders.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Configs that compile, in the order of their units.
    pub drafts: Vec<Draft>,
    /// Those that are refused, in the order of their identifiers.
    pub refused: Vec<Refused>,
    /// What the new configs do to the workspace as a whole: with an error nothing is written.
    pub problems: Diagnostics,
}

/// Where configs are to be added.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Every environment.
    pub environments: &'a [Arc<Environment>],
    /// The databases that are there, without a problem among them.
    pub standing: &'a [Database],
    /// The day, and the databases that are there.
    pub world: World<'a>,
    /// The last day of the waivers that are written.
    pub until: Date,
}

/// Decides every order; `unnamed` are those that are refused for want of a name.
#[must_use]
pub fn adopt(orders: &[Order], unnamed: Vec<Refused>, place: Place) -> Outcome {
    let decided: Vec<_> = orders
        .par_iter()
        .map(|order| decide(order, orders, place))
        .collect();
    let mut outcome = Outcome {
        refused: unnamed,
        ..Outcome::default()
    };
    for one in decided {
        match one {
            Ok(draft) => outcome.drafts.push(draft),
            Err(refused) => outcome.refused.push(refused),
        }
    }
    outcome.drafts.sort_by(|a, b| a.unit.cmp(&b.unit));
    settle(&mut outcome, place);
    outcome
        .refused
        .sort_by(|a, b| (&a.identifier, &a.unit).cmp(&(&b.identifier, &b.unit)));
    outcome
}

fn decide(order: &Order, orders: &[Order], place: Place) -> Result<Draft, Refused> {
    let refused = |refusals| Refused {
        identifier: order.existing.identifier.clone(),
        unit: Some(order.unit()),
        refusals,
    };
    // What is none that can be adopted has other keys, too: nothing more is read of it.
    let mut refusals = refusal::of_existing(order.existing);
    if refusals.is_empty() {
        refusals = refusal::of_order(order);
        refusals.extend(refusal::of_place(order, orders, place.standing));
    }
    if !refusals.is_empty() {
        return Err(refused(refusals));
    }
    draft::write(order, place).map_err(refused)
}

/// Looks at all configs together, those that are there included, until none is refused any more.
fn settle(outcome: &mut Outcome, place: Place) {
    let paths: BTreeSet<_> = outcome.drafts.iter().map(|one| one.path.clone()).collect();
    // A config that is there already, word for word, is one of the drafts.
    let standing = place
        .standing
        .iter()
        .filter(|one| !paths.contains(&one.file.path));
    let mut databases: Vec<Database> = standing.cloned().collect();
    let known = fleet::check(place.environments, &databases, place.world);
    let is_known = |problem: &Problem| {
        let same = |old: &&Problem| old.rule.code == problem.rule.code;
        known
            .iter()
            .filter(same)
            .any(|old| old.message == problem.message)
    };
    databases.extend(
        outcome
            .drafts
            .iter_mut()
            .filter_map(|one| one.database.take()),
    );
    loop {
        let problems = fleet::check(place.environments, &databases, place.world);
        let (own, others): (Vec<_>, Vec<_>) = problems
            .into_iter()
            .filter(|problem| !is_known(problem))
            .partition(|problem| problem.is_error() && paths.contains(&problem.span.file.path));
        if own.is_empty() {
            outcome.problems = others.into();
            return;
        }
        for problem in own {
            let path = &problem.span.file.path;
            let Some(at) = outcome.drafts.iter().position(|one| one.path == *path) else {
                continue;
            };
            let draft = outcome.drafts.remove(at);
            databases.retain(|one| one.file.path != *path);
            outcome.refused.push(Refused {
                identifier: draft.identifier,
                unit: Some(draft.unit),
                refusals: vec![draft::refusal(&problem)],
            });
        }
    }
}

/// What the roots that hold what is adopted now have to be told.
#[must_use]
pub fn farewells(drafts: &[Draft], found: &[Existing], roots: &[OldRoot]) -> Vec<Farewell> {
    let adopted: BTreeSet<_> = drafts.iter().map(|draft| draft.arn.as_str()).collect();
    let places = found
        .iter()
        .filter(|one| adopted.contains(one.arn.text.as_str()))
        .flat_map(Existing::places);
    let places: Vec<_> = places.collect();
    roots
        .iter()
        .flat_map(|root| {
            let here = places.iter().filter(|place| place.file == root.file);
            root.farewells(&here.map(|place| place.address.clone()).collect())
        })
        .collect()
}

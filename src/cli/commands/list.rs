//! `valet-rds list`: the units at a glance, one a line.

mod csv;
mod table;

use std::collections::BTreeMap;

use clap::ValueEnum;
use rayon::prelude::*;

use crate::{
    cli::{
        context::Context,
        json::list::{Unit, quotas},
        session::Session,
        stop::Stop,
        terminal::{note, print},
    },
    inspect::fleet::{
        self, Condition, ConditionError, Conditions, Deviates, Fleet, Order, OrderError, Tag,
    },
    text::{date::Date, json, screen::Screen},
};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only units whose config has this value in force, or has not with `!=`. KEY is any key of a config, such as
    /// `proxy.initQuery`, or `environment` or `modules`; 16 is any version of 16, `*` any characters, an empty VALUE none
    #[arg(long = "where", value_name = "KEY=VALUE")]
    conditions: Vec<String>,
    /// Only units with this tag, or with this value of it
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    tags: Vec<String>,
    /// Only units whose version has no standard support on this day any more, or nobody knows until when
    #[arg(long, value_name = "DATE")]
    support_ends_before: Option<Date>,
    /// Only units whose config says this key otherwise than its environment or this tool would
    #[arg(long, value_name = "KEY")]
    deviates: Vec<String>,
    /// Sort by a key of configs, or by `environment`, `supportEnds`, `waiverEnds` or `deviations`
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// Sort the other way round
    #[arg(long, requires = "sort")]
    reverse: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns, and the fullest quotas of each environment
    Table,
    /// For a spreadsheet, with a line of headings
    Csv,
    /// A JSON document on each line, one for each unit
    Json,
}

impl From<ConditionError> for Stop {
    fn from(error: ConditionError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<OrderError> for Stop {
    fn from(error: OrderError) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// When a condition fits no unit, or, once what compiles is printed, anything is an error.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    let (compiled, _) = session.compile()?;
    let waiting = session.waiting(&compiled.databases)?;
    let (databases, problems) = (&compiled.databases, &compiled.problems);
    let mut fleet = Fleet::of(&session.environments, databases, problems, &waiting);
    let conditions = arguments.conditions(&fleet)?;
    for hint in conditions.values.iter().filter_map(|one| one.hint(&fleet)) {
        note(hint);
    }
    conditions.apply(&mut fleet);
    if let Some(order) = arguments.order()? {
        order.sort(&mut fleet.units);
    }
    print(&match arguments.format {
        Format::Table => table::draw(&fleet, databases.len()),
        Format::Csv => csv::write(&fleet, &session.prefix)?,
        Format::Json => stream(&fleet, &session)?,
    })?;
    drop(fleet);
    if compiled.problems.has_errors() {
        note("what does not compile is not in this list");
        return Err(session.problems(compiled.problems));
    }
    Ok(())
}

impl Arguments {
    fn conditions(&self, fleet: &Fleet) -> Result<Conditions, ConditionError> {
        let values = self.conditions.iter();
        let tags = self.tags.iter();
        let deviates = self.deviates.iter();
        Ok(Conditions {
            values: values
                .map(|text| Condition::parse(text, fleet))
                .collect::<Result<_, _>>()?,
            tags: tags
                .map(|text| Tag::parse(text, fleet))
                .collect::<Result<_, _>>()?,
            deviates: deviates
                .map(|text| Deviates::parse(text, fleet))
                .collect::<Result<_, _>>()?,
            support_ends_before: self.support_ends_before,
        })
    }

    fn order(&self) -> Result<Option<Order>, OrderError> {
        let by = self.sort.as_deref();
        by.map(|key| Order::parse(key, self.reverse)).transpose()
    }
}

/// A document for each unit.
fn stream(fleet: &Fleet, session: &Session) -> Result<Screen, Stop> {
    let (quotas, none) = (quotas(fleet), BTreeMap::new());
    let document = |unit: &fleet::Unit| {
        let environment = unit.database.environment.name.as_str();
        let quotas = quotas.get(environment).unwrap_or(&none);
        json::line(&Unit::new(unit, quotas, &session.prefix))
    };
    let lines: Result<Vec<String>, _> = fleet.units.par_iter().map(document).collect();
    let lines = lines.map_err(|error| Stop::Machine(error.to_string()))?;
    Ok(Screen::lines(&lines.concat()))
}

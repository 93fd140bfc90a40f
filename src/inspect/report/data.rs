//! The data of the page, each text once. A value says only what differs from most units of its environment, a picture what
//! differs from the first one of its shape: that is how thousands of databases fit.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::Report;
use crate::{
    diagnostic::{Problem, rule::Severity},
    inspect::{
        fleet::Unit,
        graph::{self, Drawing},
        resolved::{Entry, shown},
    },
    model::{Environment, Origin},
    terraform::normal_form::Leaf,
    text::{date::Date, json, unicode::spelt_out},
};

/// Everything.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    today: Date,
    /// What goes before the path of a file, to make a link.
    files: &'a str,
    /// Every text; the others are numbers of texts.
    strings: &'a [String],
    keys: &'a [String],
    environments: Vec<EnvironmentData<'a>>,
    pictures: Vec<Picture>,
    units: Vec<UnitData>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EnvironmentData<'a> {
    name: &'a str,
    account_id: &'a str,
    region: &'a str,
    configs: &'a str,
    roots: String,
    modules: &'a str,
    /// What most of its units have: number of the key, value and origin.
    values: Vec<(usize, Said)>,
}

/// A value and its origin: numbers of texts. An origin below zero is a line of the unit's own config.
type Said = (usize, i64);

#[derive(Serialize)]
struct Picture {
    svg: String,
    texts: Vec<usize>,
}

#[derive(Default, Serialize)]
struct UnitData {
    /// Number of its environment.
    e: usize,
    /// Its namespace.
    n: String,
    /// The end of support.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<Date>,
    /// Values that differ from what most have: key, value, origin; without value, when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    v: Vec<i64>,
    /// What deviates: key, and the value that it deviates from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    d: Vec<(usize, usize)>,
    /// Waivers: rule, reason, last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    w: Vec<(usize, usize, Date)>,
    /// Problems: rule, whether it is an error, message, help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    p: Vec<(usize, bool, usize, usize)>,
    /// What waits for the window: address, attribute, before, after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    q: Vec<(usize, usize, usize, usize)>,
    /// The picture, and its texts that differ: the number of each, and its text.
    g: Vec<usize>,
}

/// Texts by number, each once.
#[derive(Default)]
struct Strings {
    numbers: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Strings {
    fn number(&mut self, text: &str) -> usize {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let number = self.all.len();
        self.numbers.insert(text.to_owned(), number);
        self.all.push(text.to_owned());
        number
    }
}

/// What is worked out for each unit alone.
struct Row {
    /// Key, value, and origin: a text, or a line of its config.
    values: Vec<(String, String, Result<String, usize>)>,
    drawing: Drawing,
}

/// The data as JSON.
///
/// # Errors
/// When a value cannot be written.
pub(super) fn write(report: &Report) -> serde_json::Result<String> {
    let units = &report.fleet.units;
    let rows: Vec<_> = units.par_iter().map(Row::of).collect();
    let mut writer = Writer::default();
    let values = rows.iter().map(|row| writer.values(row));
    let values: Vec<BTreeMap<usize, Said>> = values.collect();
    let environments = report.fleet.environments.iter();
    let numbers: BTreeMap<&str, usize> = environments
        .clone()
        .enumerate()
        .map(|(number, one)| (one.name.as_str(), number))
        .collect();
    let number = |unit: &Unit| {
        numbers
            .get(unit.database.environment.name.as_str())
            .copied()
    };
    let most: Vec<BTreeMap<usize, Said>> =
        (0..numbers.len())
            .map(|number_of| {
                let own = units.iter().zip(&values);
                most(own.filter_map(|(unit, values)| {
                    (number(unit) == Some(number_of)).then_some(values)
                }))
            })
            .collect();
    let nothing = BTreeMap::new();
    let units: Vec<_> = units
        .iter()
        .zip(rows.iter().zip(&values))
        .map(|(unit, (row, values))| {
            let e = number(unit).unwrap_or(0);
            UnitData {
                e,
                v: differing(values, most.get(e).unwrap_or(&nothing)),
                g: writer.picture(&row.drawing),
                ..writer.unit(unit)
            }
        })
        .collect();
    let environments = environments
        .zip(most)
        .map(|(environment, values)| EnvironmentData::of(environment, values));
    json::line(&Data {
        today: report.today,
        files: report.files,
        environments: environments.collect(),
        strings: &writer.strings.all,
        keys: &writer.keys.all,
        pictures: writer.pictures,
        units,
    })
}

#[derive(Default)]
struct Writer {
    strings: Strings,
    keys: Strings,
    /// Numbers of pictures, by their shapes.
    shapes: BTreeMap<String, usize>,
    pictures: Vec<Picture>,
}

impl Writer {
    fn values(&mut self, row: &Row) -> BTreeMap<usize, Said> {
        let values = row.values.iter().map(|(key, value, origin)| {
            let origin = match origin {
                Ok(words) => number_of(self.strings.number(words)),
                Err(line) => -number_of(*line),
            };
            (self.keys.number(key), (self.strings.number(value), origin))
        });
        values.collect()
    }

    fn picture(&mut self, drawing: &Drawing) -> Vec<usize> {
        let texts: Vec<_> = drawing
            .texts
            .iter()
            .map(|text| self.strings.number(text))
            .collect();
        let svg = drawing.shape();
        let Some(known) = self.shapes.get(&svg) else {
            let number = self.pictures.len();
            self.shapes.insert(svg.clone(), number);
            self.pictures.push(Picture { svg, texts });
            return vec![number];
        };
        let mut differing = vec![*known];
        let first = self.pictures.get(*known).map(|picture| &picture.texts);
        for (at, (text, first)) in texts.iter().zip(first.into_iter().flatten()).enumerate() {
            if text != first {
                differing.extend([at, *text]);
            }
        }
        differing
    }

    fn unit(&mut self, unit: &Unit) -> UnitData {
        let waivers = unit.waivers().iter().map(|waiver| {
            let rule = self.strings.number(&waiver.rule);
            (
                rule,
                self.strings.number(&spelt_out(&waiver.reason)),
                waiver.expires,
            )
        });
        let w = waivers.collect();
        let deviations = unit.deviations.iter().map(|one| {
            let key = self.keys.number(&spelt_out(&one.key.join(".")));
            (key, self.strings.number(&shown(&one.instead_of)))
        });
        let d = deviations.collect();
        let problems = unit.problems.iter();
        let p = problems.map(|problem| self.problem(problem)).collect();
        let mut q = Vec::new();
        for (address, attributes) in unit.waiting.into_iter().flatten() {
            let address = self.strings.number(&spelt_out(address));
            for (path, difference) in attributes {
                let mut side = |leaf: &Option<Leaf>| {
                    let text = leaf.as_ref().map_or_else(String::new, ToString::to_string);
                    self.strings.number(&spelt_out(&text))
                };
                let (before, after) = (side(&difference.0), side(&difference.1));
                q.push((
                    address,
                    self.strings.number(&spelt_out(path)),
                    before,
                    after,
                ));
            }
        }
        UnitData {
            n: unit.database.namespace.value.clone(),
            s: unit.support_ends,
            w,
            d,
            p,
            q,
            ..UnitData::default()
        }
    }

    fn problem(&mut self, problem: &Problem) -> (usize, bool, usize, usize) {
        (
            self.strings.number(problem.rule.code),
            problem.rule.severity == Severity::Error,
            self.strings.number(&spelt_out(&problem.message)),
            self.strings
                .number(&spelt_out(problem.help.as_deref().unwrap_or(""))),
        )
    }
}

impl Row {
    fn of(unit: &Unit) -> Self {
        let database = unit.database;
        let value = |entry: &Entry| {
            let key = spelt_out(&entry.key.join("."));
            let origin = match entry.origin {
                Origin::Config(_) => Err(entry.line(database)),
                _ => Ok(entry.place(database)),
            };
            (key, shown(&entry.value), origin)
        };
        let said = unit.entries.iter().filter(|entry| !entry.value.is_null());
        Self {
            values: said.map(value).collect(),
            drawing: graph::draw(&graph::unit(database)),
        }
    }
}

impl<'a> EnvironmentData<'a> {
    fn of(environment: &'a Environment, values: BTreeMap<usize, Said>) -> Self {
        let spec = &environment.spec;
        Self {
            name: &environment.name,
            account_id: &spec.account_id,
            region: &spec.region,
            configs: &spec.configs,
            roots: format!("{}/{}", environment.output, environment.name),
            modules: &environment.modules.written,
            values: values.into_iter().collect(),
        }
    }
}

/// What most of these say, key by key.
fn most<'a>(all: impl Iterator<Item = &'a BTreeMap<usize, Said>>) -> BTreeMap<usize, Said> {
    let mut counts: BTreeMap<usize, BTreeMap<Said, usize>> = BTreeMap::new();
    for values in all {
        for (key, said) in values {
            *counts.entry(*key).or_default().entry(*said).or_default() += 1;
        }
    }
    let first = |(key, counts): (usize, BTreeMap<Said, usize>)| {
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(said, _)| (key, said))
    };
    counts.into_iter().filter_map(first).collect()
}

/// Key, value and origin of what differs, one after the other.
fn differing(values: &BTreeMap<usize, Said>, most: &BTreeMap<usize, Said>) -> Vec<i64> {
    let own = values
        .iter()
        .filter(|(key, said)| most.get(key) != Some(said));
    let own = own.flat_map(|(key, (value, origin))| [number_of(*key), number_of(*value), *origin]);
    let lacking = most.keys().filter(|key| !values.contains_key(key));
    own.chain(lacking.flat_map(|key| [number_of(*key), -1, 0]))
        .collect()
}

fn number_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

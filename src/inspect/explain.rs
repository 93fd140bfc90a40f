//! Where each generated value comes from, in both directions.

use std::{fmt, ops::RangeInclusive, sync::Arc};

use crate::{
    diagnostic::{File, Span},
    model::{Environment, Origin},
    review::impact,
    terraform::{
        lower::Owner,
        print::map_lines,
        root_module::{ArgumentSource, RootModule},
    },
    text::pointer,
};

/// One argument of a root, and its one origin.
#[derive(Clone, Debug)]
pub struct Value {
    /// Address in the root, such as `module.rds.instance_class`; below it, for an entry of a map, its key.
    pub address: String,
    /// The value on one line.
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What it is in AWS, if anything.
    pub becomes: &'static str,
    /// The generated file.
    pub file: String,
    /// Its lines there, counted from 1.
    pub lines: RangeInclusive<usize>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// What kind of origin it is.
    pub origin: &'static str,
    /// The key, with `.` between keys inside each other; empty when there is none.
    pub key: String,
    /// From the key to the end of its value, when it is written.
    pub span: Option<Span>,
}

/// Every argument of a root, in the order of its files.
#[must_use]
pub fn values(root: &RootModule, owner: Owner) -> Vec<Value> {
    let mut values = Vec::new();
    for file in &root.files {
        let path = root.path(file);
        for found in map_lines(&root.written_in, &file.notes, &file.blocks) {
            let argument = found.argument;
            let (block, address) = (found.block.name(), &found.address);
            let becomes = impact::becomes(block, argument.name);
            values.push(Value {
                address: address.clone(),
                value: argument.value.to_string(),
                provenance: provenance(argument.source, owner),
                becomes,
                file: path.clone(),
                lines: found.lines,
            });
            for entry in found.entries {
                let Some(origin) = entry_origin(owner, block, argument.name, entry.key) else {
                    continue;
                };
                values.push(Value {
                    address: format!("{address}[{:?}]", entry.key),
                    value: entry.value.to_string(),
                    provenance: trace(origin, &format!("/{}", pointer::escape(entry.key)), owner),
                    becomes,
                    file: path.clone(),
                    lines: entry.lines,
                });
            }
        }
    }
    values
}

/// Entries of the maps that several files give together have origins of their own.
fn entry_origin(owner: Owner, block: &str, argument: &str, key: &str) -> Option<Origin> {
    let Owner::Unit(database) = owner else {
        return None;
    };
    let resolved = match (block, argument) {
        ("default_tags", "tags") => database.tags.get(key),
        ("rds", "parameters") => database.parameters.get(key),
        _ => None,
    };
    resolved.map(|resolved| resolved.origin)
}

fn provenance(source: ArgumentSource, owner: Owner) -> Provenance {
    match source {
        ArgumentSource::Origin(origin) => trace(origin, "", owner),
        ArgumentSource::Wire => Provenance::without_key("another module"),
        ArgumentSource::Outputs => Provenance::without_key("outputs of units"),
        ArgumentSource::Fixed => Provenance::without_key("fixed"),
    }
}

/// `below` is a pointer inside the value.
fn trace(origin: Origin, below: &str, owner: Owner) -> Provenance {
    let (word, key) = match origin {
        Origin::Config(key) => ("config", key.to_owned()),
        Origin::Derived(key) => ("derived from", key.to_owned()),
        Origin::Default(key) => ("environment default", format!("defaults/{key}")),
        Origin::Environment(key) => ("environment", key.to_owned()),
        Origin::Consumer(key) => match owner {
            Owner::Consumer(consumer) => ("environment", consumer.path(key)),
            Owner::Unit(_) | Owner::Environment(_) => ("environment", key.to_owned()),
        },
        Origin::FileName => return Provenance::without_key("name of the file"),
        Origin::BuiltIn => return Provenance::without_key("built-in default"),
    };
    let environment: &Environment = match owner {
        Owner::Unit(database) => &database.environment,
        Owner::Environment(environment) => environment,
        Owner::Consumer(consumer) => &consumer.environment,
    };
    let (file, pointer) = match (origin, owner) {
        (Origin::Config(_) | Origin::Derived(_), Owner::Unit(database)) => {
            (&database.file, format!("/{key}"))
        }
        _ => (&environment.file, environment.pointer(&key)),
    };
    Provenance {
        origin: word,
        span: written(file, &format!("{pointer}{below}")),
        key: format!("{key}{below}").replace('/', "."),
    }
}

/// From a key to the end of its value; nothing, when it is not written.
fn written(file: &Arc<File>, pointer: &str) -> Option<Span> {
    let value = file.span(pointer).range;
    let name = file.span(&format!("{pointer}#")).range;
    (!value.is_empty()).then(|| Span {
        range: name.start.min(value.start)..value.end,
        file: Arc::clone(file),
    })
}

impl Provenance {
    const fn without_key(origin: &'static str) -> Self {
        Self {
            origin,
            key: String::new(),
            span: None,
        }
    }
}

/// In words: file and line, or what else decides the value.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (origin, key) = (self.origin, &self.key);
        match &self.span {
            Some(span) => {
                let (line, _) = span.file.position(span.range.start);
                write!(f, "{origin} `{key}` ({}:{line})", span.file.path)
            }
            None if key.is_empty() => write!(f, "{origin}"),
            None => write!(f, "{origin} `{key}`"),
        }
    }
}

impl Value {
    /// Whether a line of a generated file belongs to it.
    #[must_use]
    pub fn stands_at(&self, file: &str, line: usize) -> bool {
        self.file == file && self.lines.contains(&line)
    }

    /// Whether it comes from a line of a config or of `valet.yaml`.
    #[must_use]
    pub fn comes_from(&self, file: &str, line: usize) -> bool {
        self.provenance.span.as_ref().is_some_and(|span| {
            let (start, _) = span.file.position(span.range.start);
            let (end, _) = span.file.position(span.range.end);
            span.file.path == file && (start..=end).contains(&line)
        })
    }
}

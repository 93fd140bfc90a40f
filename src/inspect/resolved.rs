//! Everything that is decided about a unit, as data: each value with its origin, and the names in AWS.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    config::{
        engine,
        keys::{keys, proxy_keys},
    },
    model::{Database, Origin, Proxy, Resolved},
    text::{pointer, unicode::spelt_out},
};

/// A value of the effective config.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, with `.` between keys inside each other.
    pub key: Vec<String>,
    /// The value; null when AWS decides, or when the key means nothing for the engine.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
    /// The pointer from the place of its origin to its own.
    below: String,
}

impl Entry {
    /// Where it comes from: a file and its line, so that an editor can open it, or in words.
    #[must_use]
    pub fn place(&self, database: &Database) -> String {
        match self.origin {
            Origin::BuiltIn => "default".to_owned(),
            Origin::FileName => "name of the file".to_owned(),
            Origin::Derived(key) => format!("from {key}"),
            _ => {
                let span = database.span_below(self.origin, &self.below);
                format!("{}:{}", span.file.path, self.line(database))
            }
        }
    }

    /// The line of the file that it comes from, counted from 1.
    #[must_use]
    pub fn line(&self, database: &Database) -> usize {
        let span = database.span_below(self.origin, &self.below);
        span.file.position(span.range.start).0
    }
}

/// A value on one line, with what cannot be seen spelt out; empty when AWS decides.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => spelt_out(text),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => spelt_out(&other.to_string()),
    }
}

/// Every key of the config with the value in force, in the order of the keys; those that mean nothing for its engine have none.
#[must_use]
pub fn entries(database: &Database) -> Vec<Entry> {
    let mut entries = decided(database);
    for entry in &mut entries {
        if engine::of_others(database.facts().form).any(|key| entry.key == [key]) {
            entry.value = Value::Null;
        }
    }
    entries
}

/// Every key of the config as it is decided, whatever the engine makes of it, in the order of the keys.
#[must_use]
pub fn decided(database: &Database) -> Vec<Entry> {
    let mut list = List {
        entries: Vec::new(),
    };
    macro_rules! rows {
        ($(
            $(#[doc = $section_doc:expr])*
            $(#[serde $section_serde:tt])?
            $section:ident {
                $(
                    $(#[doc = $doc:expr])*
                    $(#[schemars $schema:tt])?
                    $(#[serde $serde:tt])?
                    $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                )*
                $(..$rest:ident: $rest_type:ident)?
            }
        )*) => {
            $($(database.$field.add_to(&mut list, &[$key]);)*)*
        };
    }
    keys! { rows }
    list.entries.sort_by(|a, b| a.key.cmp(&b.key));
    list.entries
}

struct List {
    entries: Vec<Entry>,
}

impl List {
    /// Adds a value; `below` is the pointer from the place of its origin to its own.
    fn add(&mut self, key: &[&str], value: Value, origin: Origin, below: &str) {
        self.entries.push(Entry {
            key: key.iter().map(ToString::to_string).collect(),
            value,
            origin,
            below: below.to_owned(),
        });
    }
}

/// What stands under a key once it is decided.
trait Decided {
    fn add_to(&self, list: &mut List, key: &[&str]);
}

impl<T: Serialize> Decided for Resolved<T> {
    fn add_to(&self, list: &mut List, key: &[&str]) {
        list.add(key, json!(self.value), self.origin, "");
    }
}

/// The identity, which always stands in the config.
impl Decided for String {
    fn add_to(&self, list: &mut List, key: &[&str]) {
        list.add(key, json!(self), Origin::Config("shortname"), "");
    }
}

impl Decided for BTreeMap<String, Resolved<String>> {
    fn add_to(&self, list: &mut List, key: &[&str]) {
        for (name, given) in self {
            let below = format!("/{}", pointer::escape(name));
            let key = [key, &[name.as_str()]].concat();
            list.add(&key, json!(given.value), given.origin, &below);
        }
    }
}

impl Decided for Proxy {
    fn add_to(&self, list: &mut List, key: &[&str]) {
        macro_rules! rows {
            ($(
                $(#[doc = $section_doc:expr])*
                $(#[serde $section_serde:tt])?
                $section:ident {
                    $(
                        $(#[doc = $doc:expr])*
                        $(#[schemars $schema:tt])?
                        $(#[serde $serde:tt])?
                        $field:ident $key:literal: $type:ty, $kind:ident $arguments:tt;
                    )*
                    $(..$rest:ident: $rest_type:ident)?
                }
            )*) => {
                $($(self.$field.add_to(list, &[key, &[$key]].concat());)*)*
            };
        }
        proxy_keys! { rows }
    }
}

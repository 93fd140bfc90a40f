//! The JSON Schemas, made from the types that read the files, and the check of a file against them.

use std::{borrow::Cow, sync::LazyLock};

use jsonschema::{PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    config::{
        Config, engine, format,
        workspace::Workspace,
        written::{self, shorten},
    },
    diagnostic::{
        Checked, Diagnostics, Fix, Problem,
        rule::{self, Rule},
    },
    text::{
        pointer::{Pointer, escape, tokens},
        suggest,
        unicode::first_non_ascii,
    },
    yaml::{self, Document},
};

/// Problems that are looked for in one file; whoever has so many does not read the rest.
pub const MOST: usize = 100;

/// A schema and its compiled validator.
pub struct Schema {
    /// The schema itself.
    pub document: Value,
    validator: Validator,
}

/// The schema of a config.
pub static CONFIG: LazyLock<Schema> = LazyLock::new(|| {
    Schema::of::<Config>(
        "https://storage-valet.example/schemas/rds-config.json",
        "Storage Valet RDS config",
    )
});

/// The schema of `valet.yaml`.
pub static WORKSPACE: LazyLock<Schema> = LazyLock::new(|| {
    Schema::of::<Workspace>(
        "https://storage-valet.example/schemas/rds-workspace.json",
        "Storage Valet RDS workspace",
    )
});

impl Schema {
    #[expect(
        clippy::expect_used,
        reason = "both schemas are part of the program; every test run compiles them"
    )]
    fn of<T: JsonSchema>(id: &str, title: &str) -> Self {
        let settings =
            SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let mut document = settings
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value();
        if let Value::Object(root) = &mut document {
            root.insert("$id".to_owned(), id.into());
            root.insert("title".to_owned(), title.into());
        }
        tidy(&mut document);
        let validator = jsonschema::options()
            .with_pattern_options(PatternOptions::regex())
            .build(&document)
            .expect("the schema is a schema");
        Self {
            document,
            validator,
        }
    }

    /// The schema as it is published.
    #[must_use]
    pub fn text(&self) -> String {
        let mut document = self.document.clone();
        format::publish(&mut document);
        engine::publish(&mut document);
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Checks shape and ranges.
    ///
    /// # Errors
    /// With one problem for each value that breaks the schema.
    pub fn check(&self, source: &Document) -> Checked<()> {
        if self.validator.is_valid(&source.value) {
            let mut problems = Vec::new();
            written::fractions(
                source,
                Pointer::Document,
                &self.document,
                &source.value,
                &mut problems,
            );
            problems.extend(format::check(&self.document, source));
            problems.truncate(MOST);
            return Diagnostics::from(problems).into_result(());
        }
        let problems = self
            .validator
            .iter_errors(&source.value)
            .flat_map(|error| self.problems(source, &error))
            .take(MOST)
            .collect();
        Err(problems)
    }

    /// Takes the keys out of a value that the schema does not know, and names them.
    pub fn prune(&self, value: &mut Value) -> Vec<String> {
        let mut unknown = Vec::new();
        prune(&self.document, value, "", &mut unknown);
        unknown
    }

    /// One problem for each error, but for unknown keys, which the validator reports together.
    fn problems(&self, source: &Document, error: &ValidationError) -> Vec<Problem> {
        let at = error.instance_path().to_string().replace('#', "~2");
        let path = error.schema_path().to_string();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let key = last_name(&at);
        let broken = Broken {
            source,
            key: &key,
            node: self.document.pointer(parent).unwrap_or(&Value::Null),
            value: error.instance(),
            at: &at,
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = properties(broken.node);
                let problem = |key: &String| unknown_key(source, &at, key, &known);
                unexpected.iter().take(MOST).map(problem).collect()
            }
            ValidationErrorKind::Required { property } => {
                vec![broken.missing(property.as_str().unwrap_or(""))]
            }
            ValidationErrorKind::PropertyNames { error } => {
                vec![bad_name(
                    source,
                    &at,
                    error.instance().as_str().unwrap_or(""),
                )]
            }
            _ => vec![broken.value(error)],
        }
    }
}

fn prune(node: &Value, value: &mut Value, prefix: &str, unknown: &mut Vec<String>) {
    let known = node.get("properties").and_then(Value::as_object);
    let (Some(known), Value::Object(map)) = (known, value) else {
        return;
    };
    map.retain(|key, inner| {
        let Some(node) = known.get(key) else {
            unknown.push(format!("{prefix}{key}"));
            return false;
        };
        prune(node, inner, &format!("{prefix}{key}."), unknown);
        true
    });
}

/// A value that breaks the schema.
struct Broken<'a> {
    source: &'a Document,
    at: &'a str,
    /// Its key; an entry of a list goes by the name of the list.
    key: &'a str,
    /// The part of the schema that it breaks.
    node: &'a Value,
    value: &'a Value,
}

impl Broken<'_> {
    fn problem(&self, rule: &'static Rule, message: String) -> Problem {
        self.source.problem(rule, self.at, message)
    }

    fn missing(&self, name: &str) -> Problem {
        let pointer = format!("{}#", self.at);
        let message = format!("`{name}` is missing");
        let mut problem = self.source.problem(&rule::MISSING_KEY, &pointer, message);
        problem.help = self
            .node
            .pointer(&format!("/properties/{name}/examples/0"))
            .map(|example| format!("for example `{name}: {example}`"));
        problem
    }

    fn value(&self, error: &ValidationError) -> Problem {
        use ValidationErrorKind as Kind;
        let (key, value) = (self.key, self.value);
        if value.is_null() && !self.at.is_empty() {
            let pointer = format!("{}#", self.at);
            let message = format!("`{key}` has no value");
            let problem = self.source.problem(&rule::WRONG_TYPE, &pointer, message);
            return problem.help("give it a value, or remove the key");
        }
        let written = shorten(value, self.source.written(self.at));
        // A number too big for 64 bits has lost its digits.
        let number = if value.is_f64() {
            written.clone()
        } else {
            value.to_string()
        };
        let out_of_range = |message: String| self.problem(&rule::OUT_OF_RANGE, message);
        match error.kind() {
            Kind::Type { .. } if self.at.is_empty() && written == "``" => {
                self.problem(&rule::WRONG_TYPE, "the file is empty".to_owned())
            }
            Kind::Type { .. } => {
                let message = format!("{written} is not {}", types(self.node));
                let problem = self
                    .problem(&rule::WRONG_TYPE, message)
                    .help(self.wrong_type(&written));
                if self.wants_quotes() {
                    let text = Value::from(written.trim_matches('`'));
                    return problem.fix(self.at, |path| Fix::Set(path, text));
                }
                problem
            }
            Kind::Enum { .. } | Kind::OneOfNotValid { .. } => self.one_of(&written),
            Kind::Minimum { limit } => {
                out_of_range(format!("{number} is less than {limit}")).help(range(self.node))
            }
            Kind::Maximum { limit } => {
                out_of_range(format!("{number} is more than {limit}")).help(range(self.node))
            }
            Kind::MaxLength { limit } => out_of_range(format!("longer than {limit} characters")),
            Kind::MinLength { .. } => out_of_range("empty".to_owned()),
            Kind::MinItems { limit } | Kind::MinProperties { limit } => {
                out_of_range(format!("fewer than {limit} entries"))
            }
            Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
                out_of_range(format!("more than {limit} entries"))
            }
            Kind::UniqueItems => {
                self.problem(&rule::UNKNOWN_VALUE, "an entry is written twice".to_owned())
            }
            Kind::Pattern { .. } => {
                let message = format!("{written} does not have the form of `{key}`");
                let mut problem = self.problem(&rule::BAD_FORMAT, message);
                let first_non_ascii = self.value.as_str().and_then(first_non_ascii);
                problem.help = first_non_ascii.or_else(|| self.like());
                problem
            }
            _ => self.problem(&rule::BAD_FORMAT, error.to_string()),
        }
    }

    fn like(&self) -> Option<String> {
        let example = self.node.get("examples")?.get(0)?;
        Some(format!("write it like `{}: {example}`", self.key))
    }

    /// Whether the value would be right as text.
    fn wants_quotes(&self) -> bool {
        let wants_text = self.node.get("type").is_some_and(|kind| kind == "string");
        wants_text && (self.value.is_number() || self.value.is_boolean())
    }

    fn wrong_type(&self, written: &str) -> String {
        if self.wants_quotes() {
            return format!("put it in quotes: `\"{}\"`", written.trim_matches('`'));
        }
        // A mapping whose first key is not written as one is text to YAML.
        let line = self.value.as_str().and_then(|text| text.lines().next());
        if let Some(intended) = line.and_then(yaml::intended)
            && self.node.get("type").is_some_and(|kind| kind == "object")
        {
            return format!("write `{intended}`");
        }
        self.like()
            .unwrap_or_else(|| format!("write {}", types(self.node)))
    }

    fn one_of(&self, written: &str) -> Problem {
        let words = words(self.node);
        let typed = written.trim_matches('`');
        let help = suggest::question_and_list(typed, &words, "the values are");
        let message = format!("{written} is not a value of `{}`", self.key);
        let problem = self.problem(&rule::UNKNOWN_VALUE, message).help(help);
        match suggest::same(typed, &words) {
            Some(word) => problem.fix(self.at, |path| Fix::Set(path, word.into())),
            None => problem,
        }
    }
}

fn last_name(pointer: &str) -> Cow<'_, str> {
    let is_name = |token: &Cow<str>| token.parse::<usize>().is_err();
    let names = tokens(pointer).filter(is_name);
    names.last().unwrap_or_default()
}

fn bad_name(source: &Document, at: &str, name: &str) -> Problem {
    let pointer = format!("{at}/{}#", escape(name));
    source
        .problem(
            &rule::BAD_FORMAT,
            &pointer,
            format!("`{name}` is not a valid name"),
        )
        .help(first_non_ascii(name).unwrap_or_else(|| {
            "use letters, digits and single hyphens, and start with a letter".to_owned()
        }))
}

/// Flattened structs come out of schemars closed by `unevaluatedProperties`, which editors know less well, and
/// numbers with formats of Rust.
fn tidy(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if let Some(closed) = map.remove("unevaluatedProperties") {
                map.insert("additionalProperties".to_owned(), closed);
            }
            let is_object = map.get("type").is_some_and(|kind| kind == "object");
            if is_object && map.contains_key("properties") {
                map.entry("additionalProperties").or_insert(false.into());
            }
            if map.get("format").is_some_and(|format| format == "uint32") {
                map.remove("format");
            }
            drop_null(map);
            map.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// An optional key is left out, never written as `null`.
fn drop_null(map: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = map.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(options)) = map.get_mut("anyOf") {
        options.retain(|option| option.get("type").is_none_or(|kind| kind != "null"));
        if let [only] = options.as_slice() {
            let Value::Object(only) = only.clone() else {
                return;
            };
            map.remove("anyOf");
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
    if map.get("default").is_some_and(Value::is_null) {
        map.remove("default");
    }
}

fn unknown_key(source: &Document, at: &str, key: &str, known: &[String]) -> Problem {
    let pointer = format!("{at}/{}", escape(key));
    let near = suggest::nearest(key, known);
    let mut help = suggest::question_or_list(key, known, "the keys here are");
    if let Some(letter) = first_non_ascii(key).filter(|_| near.is_some()) {
        help.push(' ');
        help.push_str(&letter);
    }
    let problem = source
        .problem(
            &rule::UNKNOWN_KEY,
            &format!("{pointer}#"),
            format!("there is no key `{key}`"),
        )
        .help(help);
    let is_free = |name: &&str| source.value.pointer(&format!("{at}/{name}")).is_none();
    match suggest::same(key, known)
        .or(near.filter(|near| suggest::is_slip(key, near)))
        .filter(is_free)
    {
        Some(name) => problem.fix(&pointer, |path| Fix::Rename(path, name.to_owned())),
        None => problem,
    }
}

fn properties(node: &Value) -> Vec<String> {
    node.get("properties")
        .and_then(Value::as_object)
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default()
}

/// The words of a closed set, as schemars writes them: `enum`, or `oneOf` with a description each.
#[must_use]
pub fn words(node: &Value) -> Vec<String> {
    let list = node.get("enum").and_then(Value::as_array);
    let described = node.get("oneOf").and_then(Value::as_array);
    let described = described
        .into_iter()
        .flatten()
        .filter_map(|option| option.get("const"));
    list.into_iter()
        .flatten()
        .chain(described)
        .map(bare)
        .collect()
}

fn bare(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn types(node: &Value) -> String {
    let word = |kind: &Value| match kind.as_str() {
        Some("integer") => "a whole number",
        Some("number") => "a number",
        Some("string") => "text",
        Some("boolean") => "true or false",
        Some("array") => "a list",
        Some("object") => "a mapping of keys to values",
        _ => "a value of the right type",
    };
    match node.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(word).collect::<Vec<_>>().join(" or "),
        Some(kind) => word(kind).to_owned(),
        None => "a value of the right type".to_owned(),
    }
}

fn range(node: &Value) -> String {
    match (node.get("minimum"), node.get("maximum")) {
        (Some(low), Some(high)) => format!("use a value from {low} to {high}"),
        (Some(low), None) => format!("use {low} or more"),
        (_, Some(high)) => format!("use {high} or less"),
        _ => "use another value".to_owned(),
    }
}

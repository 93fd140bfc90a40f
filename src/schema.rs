//! The JSON Schemas, made from the types that read the files, and the check of a file against them.

use std::sync::LazyLock;

use jsonschema::{PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    config::Config,
    problem::{Checked, Problem},
    rule,
    source::Source,
    suggest,
    workspace::Workspace,
};

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
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let mut document = settings.into_generator().into_root_schema_for::<T>().to_value();
        if let Value::Object(root) = &mut document {
            root.insert("$id".to_owned(), id.into());
            root.insert("title".to_owned(), title.into());
        }
        tidy(&mut document);
        let validator = jsonschema::options()
            .with_pattern_options(PatternOptions::regex())
            .build(&document)
            .expect("the schema is a schema");
        Self { document, validator }
    }

    /// The schema as it is published.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.document).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Checks shape and ranges.
    ///
    /// # Errors
    /// With one problem for each value that breaks the schema.
    pub fn check(&self, source: &Source) -> Checked<()> {
        if self.validator.is_valid(&source.value) {
            return Ok(());
        }
        let problems = self
            .validator
            .iter_errors(&source.value)
            .flat_map(|error| self.problems(source, &error))
            .collect();
        Err(problems)
    }

    /// One problem for each error, but for unknown keys, which the validator reports together.
    fn problems(&self, source: &Source, error: &ValidationError) -> Vec<Problem> {
        let at = error.instance_path().to_string();
        let rule_path = error.schema_path().to_string();
        let (parent, _) = rule_path.rsplit_once('/').unwrap_or(("", ""));
        let node = self.document.pointer(parent).unwrap_or(&Value::Null);
        let key = at.rsplit('/').next().unwrap_or("");
        let written = shorten(&source.written(&at));
        let example = node.get("examples").and_then(|list| list.get(0));
        let like = example.map(|example| format!("write it like `{key}: {example}`"));
        let problem = |rule, message: String| source.problem(rule, &at, message);
        let problem = match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = properties(node);
                return unexpected
                    .iter()
                    .map(|key| unknown_key(source, &at, key, &known))
                    .collect();
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or("");
                let example = node
                    .pointer(&format!("/properties/{name}/examples/0"))
                    .map(|example| format!("for example `{name}: {example}`"));
                let mut problem = source.problem(&rule::MISSING_KEY, &format!("{at}#"), format!("`{name}` is missing"));
                problem.help = example;
                return vec![problem];
            }
            ValidationErrorKind::Type { .. } => {
                let expected = types(node);
                problem(&rule::WRONG_TYPE, format!("`{written}` is not {expected}"))
                    .help(wrong_type_help(error.instance(), &written, node, like))
            }
            ValidationErrorKind::Enum { .. } => {
                let words: Vec<String> = node
                    .get("enum")
                    .or_else(|| error.schema_path().to_string().is_empty().then_some(node))
                    .and_then(Value::as_array)
                    .map(|words| words.iter().map(bare).collect())
                    .unwrap_or_default();
                one_of(&problem(&rule::UNKNOWN_VALUE, format!("`{written}` is not a value of `{key}`")), &written, &words)
            }
            ValidationErrorKind::OneOfNotValid { .. } | ValidationErrorKind::AnyOf { .. } => {
                let words = alternatives(node);
                one_of(&problem(&rule::UNKNOWN_VALUE, format!("`{written}` is not a value of `{key}`")), &written, &words)
            }
            ValidationErrorKind::Minimum { limit } => {
                problem(&rule::OUT_OF_RANGE, format!("{written} is less than {limit}")).help(range(node))
            }
            ValidationErrorKind::Maximum { limit } => {
                problem(&rule::OUT_OF_RANGE, format!("{written} is more than {limit}")).help(range(node))
            }
            ValidationErrorKind::MaxLength { limit } => {
                problem(&rule::OUT_OF_RANGE, format!("longer than {limit} characters"))
            }
            ValidationErrorKind::MinLength { .. } => problem(&rule::OUT_OF_RANGE, "empty".to_owned()),
            ValidationErrorKind::MinItems { limit } => {
                problem(&rule::OUT_OF_RANGE, format!("fewer than {limit} entries"))
            }
            ValidationErrorKind::MinProperties { limit } => {
                problem(&rule::OUT_OF_RANGE, format!("fewer than {limit} entries"))
            }
            ValidationErrorKind::UniqueItems => problem(&rule::UNKNOWN_VALUE, "an entry is written twice".to_owned()),
            ValidationErrorKind::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or("").to_owned();
                let at = format!("{at}/{name}#");
                return vec![
                    source
                        .problem(&rule::BAD_FORMAT, &at, format!("`{name}` is not a valid name"))
                        .help("use letters, digits and single hyphens, and start with a letter"),
                ];
            }
            ValidationErrorKind::Pattern { .. } => {
                let mut problem = problem(&rule::BAD_FORMAT, format!("`{written}` does not have the form of `{key}`"));
                problem.help = like;
                problem
            }
            _ => problem(&rule::BAD_FORMAT, error.to_string()),
        };
        vec![problem]
    }
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
            let Value::Object(only) = only.clone() else { return };
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

fn unknown_key(source: &Source, at: &str, key: &str, known: &[String]) -> Problem {
    let pointer = format!("{at}/{}#", key.replace('~', "~0").replace('/', "~1"));
    let help = match suggest::nearest(key, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys here are {}", suggest::list(known)),
    };
    source
        .problem(&rule::UNKNOWN_KEY, &pointer, format!("there is no key `{key}`"))
        .help(help)
}

fn one_of(problem: &Problem, written: &str, words: &[String]) -> Problem {
    let help = match suggest::nearest(written, words) {
        Some(near) => format!("did you mean `{near}`? The values are {}", suggest::list(words)),
        None => format!("the values are {}", suggest::list(words)),
    };
    problem.clone().help(help)
}

fn properties(node: &Value) -> Vec<String> {
    node.get("properties")
        .and_then(Value::as_object)
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default()
}

fn alternatives(node: &Value) -> Vec<String> {
    ["oneOf", "anyOf"]
        .iter()
        .filter_map(|key| node.get(key)?.as_array())
        .flatten()
        .filter_map(|option| option.get("const"))
        .map(bare)
        .collect()
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn types(node: &Value) -> String {
    let word = |kind: &Value| match kind.as_str() {
        Some("integer") => "a whole number",
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

fn wrong_type_help(value: &Value, written: &str, node: &Value, like: Option<String>) -> String {
    let wants_text = node.get("type").is_some_and(|kind| kind == "string");
    if wants_text && (value.is_number() || value.is_boolean()) {
        return format!("put it in quotes: `\"{written}\"`");
    }
    if value.is_null() {
        return "give it a value, or remove the key".to_owned();
    }
    like.unwrap_or_else(|| format!("write {}", types(node)))
}

fn range(node: &Value) -> String {
    match (node.get("minimum"), node.get("maximum")) {
        (Some(low), Some(high)) => format!("use a value from {low} to {high}"),
        (Some(low), None) => format!("use {low} or more"),
        (_, Some(high)) => format!("use {high} or less"),
        _ => "use another value".to_owned(),
    }
}

fn shorten(written: &str) -> String {
    const LONGEST: usize = 60;
    let line = written.lines().next().unwrap_or("");
    let line = line.trim_matches(['"', '\'']);
    if line.chars().count() > LONGEST {
        let head: String = line.chars().take(LONGEST).collect();
        format!("{head}…")
    } else {
        line.to_owned()
    }
}

//! `provider-schema`: what the tests need to know of a provider's schema, small enough to keep.

use std::{collections::BTreeSet, path::Path};

use serde_json::{Map, Value};

use crate::{files, step::Done, tables};

const FOLDER: &str = "fixtures/provider-schema";
const KINDS: [(&str, &str); 2] = [
    ("data", "data_source_schemas"),
    ("resource", "resource_schemas"),
];

/// Reduces a file, named after provider and version, to the types that the modules use.
pub(crate) fn write(file: &str) -> Done {
    let file = Path::new(file);
    let whole: Value =
        serde_json::from_str(&files::read(file)?).map_err(|error| files::about(file, error))?;
    let used = used()?;
    let mut reduced = Map::new();
    for (kind, key) in KINDS {
        let mut types = Map::new();
        for (_, name) in used.iter().filter(|(used, _)| used == kind) {
            let schema = find(&whole, key, name)
                .ok_or_else(|| files::about(file, format!("no {kind} {name}")))?;
            types.insert(name.clone(), block(schema));
        }
        reduced.insert(kind.to_owned(), types.into());
    }
    let path = Path::new(FOLDER).join(files::name(file));
    files::write(&path, format!("{:#}\n", Value::from(reduced)))?;
    Ok(format!("{}: {} types", path.display(), used.len()))
}

/// Kind and type of every resource and data source of the provider in the modules.
fn used() -> Result<BTreeSet<(String, String)>, String> {
    let mut used = BTreeSet::new();
    for module in files::folders(Path::new("modules"))? {
        for path in files::list(&module)? {
            if path.extension().is_none_or(|extension| extension != "tf") {
                continue;
            }
            for block in tables::parse(&path)?.blocks() {
                let label = block.labels().first().map_or("", hcl::BlockLabel::as_str);
                if label.starts_with("aws_") {
                    used.insert((block.identifier().to_owned(), label.to_owned()));
                }
            }
        }
    }
    Ok(used)
}

fn find<'a>(whole: &'a Value, key: &str, name: &str) -> Option<&'a Value> {
    let mut providers = whole.get("provider_schemas")?.as_object()?.values();
    providers.find_map(|provider| provider.get(key)?.get(name)?.get("block"))
}

/// An attribute becomes a text, a nested block an object.
fn block(schema: &Value) -> Value {
    let members = |name: &str| {
        schema
            .get(name)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    let attributes =
        members("attributes").map(|(name, attribute)| (name.clone(), attribute_words(attribute)));
    let blocks = members("block_types").map(|(name, nested)| (name.clone(), nested_block(nested)));
    attributes.chain(blocks).collect::<Map<_, _>>().into()
}

fn attribute_words(attribute: &Value) -> Value {
    let is = |word: &&str| attribute.get(*word) == Some(&Value::Bool(true));
    let words: Vec<_> = ["required", "optional", "computed"]
        .into_iter()
        .filter(is)
        .collect();
    words.join(" ").into()
}

fn nested_block(nested: &Value) -> Value {
    let facts = ["nesting_mode", "min_items", "max_items"];
    let mut kept: Map<_, _> = facts
        .into_iter()
        .filter_map(|fact| Some((fact.to_owned(), nested.get(fact)?.clone())))
        .collect();
    kept.insert(
        "block".to_owned(),
        nested.get("block").map(block).unwrap_or_default(),
    );
    kept.into()
}

//! `provider-schema`: what the tests need to know of a provider's schema, small enough to keep.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use xshell::Shell;

use crate::{files, tables};

/// How a module and a schema call what there is of a provider.
const KINDS: [(&str, &str); 2] = [
    ("data", "data_source_schemas"),
    ("resource", "resource_schemas"),
];

/// Reduces a file, named after provider and version, to the types that the modules use.
pub(crate) fn write(sh: &Shell, file: &Path) -> Result<String> {
    let whole: Value = serde_json::from_str(&sh.read_file(file)?)?;
    let used = used(sh)?;
    let mut reduced = Map::new();
    for (kind, key) in KINDS {
        let mut types = Map::new();
        for (_, name) in used.iter().filter(|(used, _)| used == kind) {
            let schema = find(&whole, key, name).with_context(|| format!("no {kind} {name}"))?;
            types.insert(name.clone(), block(schema));
        }
        reduced.insert(kind.to_owned(), types.into());
    }
    let path = Path::new("fixtures/provider-schema").join(files::name(file));
    sh.write_file(&path, format!("{:#}\n", Value::from(reduced)))?;
    Ok(format!("{}: {} types", path.display(), used.len()))
}

/// Kind and type of every resource and data source of the provider in the modules.
fn used(sh: &Shell) -> Result<BTreeSet<(String, String)>> {
    let mut used = BTreeSet::new();
    for module in files::folders(sh, "modules")? {
        for path in sh.read_dir(module)? {
            if !files::has_extension(&path, "tf") {
                continue;
            }
            for block in tables::parse(sh, &path)?.blocks() {
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
    let members = |name: &str| schema[name].as_object().into_iter().flatten();
    let attributes = members("attributes").map(|(name, attribute)| {
        let mut words = vec!["required", "optional", "computed"];
        words.retain(|word| attribute[*word] == true);
        (name.clone(), words.join(" ").into())
    });
    let blocks = members("block_types").map(|(name, nested)| {
        let facts = ["nesting_mode", "min_items", "max_items"].into_iter();
        let mut kept: Map<_, _> = facts
            .filter_map(|fact| Some((fact.to_owned(), nested.get(fact)?.clone())))
            .collect();
        kept.insert("block".to_owned(), block(&nested["block"]));
        (name.clone(), kept.into())
    });
    attributes.chain(blocks).collect::<Map<_, _>>().into()
}

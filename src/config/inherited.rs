//! Keys at the top of `valet.yaml` that hold in every environment, merged into each: the environment's own win.

use serde_json::{Map, Value};

use crate::{
    config::schema::WORKSPACE,
    diagnostic::{Checked, Diagnostics, Problem, rule},
    text::pointer::escape,
    yaml::Document,
};

/// The keys that stand at the top of the file, in an environment, or in both.
pub const KEYS: [&str; 5] = ["clusters", "defaults", "modules", "policy", "tags"];

/// Those of them that are merged key by key; of `modules` one counts as a whole.
const MERGED: [&str; 4] = ["clusters", "defaults", "policy", "tags"];

/// What every cluster says, here or there.
const OF_A_CLUSTER: [&str; 2] = ["oidcIssuer", "principalArns"];

/// What every consumer side says, here or there.
const OF_A_CONSUMER: [&str; 6] = [
    "accountId",
    "allowFrom",
    "region",
    "state",
    "subnetIds",
    "vpcId",
];

/// The value of a `valet.yaml` that has passed the schema, with every environment complete.
///
/// # Errors
/// When an environment lacks what neither it nor the top of the file says.
pub fn merge(source: &Document) -> Checked<Value> {
    let mut merged = source.value.clone();
    let mut problems = Diagnostics::new();
    let environments = merged
        .get_mut("environments")
        .and_then(Value::as_object_mut);
    for (name, environment) in environments.into_iter().flatten() {
        let Value::Object(own) = environment else {
            continue;
        };
        for key in MERGED {
            let Some(above) = source.value.get(key) else {
                continue;
            };
            let mut above = above.clone();
            if key == "defaults" {
                yield_tags(&mut above, own);
            }
            match own.get_mut(key) {
                Some(value) => fill(value, &above),
                None => drop(own.insert(key.to_owned(), above)),
            }
        }
        problems.extend(lacking(source, name, own));
    }
    problems.into_result(merged)
}

/// Adds what a value lacks: maps merge by key, everything else stays as it is.
fn fill(value: &mut Value, above: &Value) {
    let (Value::Object(own), Value::Object(above)) = (value, above) else {
        return;
    };
    for (key, inherited) in above {
        match own.get_mut(key) {
            Some(value) => fill(value, inherited),
            None => drop(own.insert(key.clone(), inherited.clone())),
        }
    }
}

/// A tag of an environment wins over one in the `defaults` of all.
fn yield_tags(defaults: &mut Value, environment: &Map<String, Value>) {
    let own = environment.get("tags").and_then(Value::as_object);
    let tags = defaults.get_mut("tags").and_then(Value::as_object_mut);
    if let (Some(own), Some(tags)) = (own, tags) {
        tags.retain(|key, _| !own.contains_key(key));
    }
}

/// What an environment still lacks.
fn lacking(source: &Document, name: &str, environment: &Map<String, Value>) -> Vec<Problem> {
    let own = format!("/environments/{}", escape(name));
    let clusters = environment.get("clusters").and_then(Value::as_object);
    let Some(clusters) = clusters.filter(|clusters| !clusters.is_empty()) else {
        let problem = source.problem(
            &rule::MISSING_KEY,
            &format!("{own}#"),
            "`clusters` is missing",
        );
        return vec![problem.help(
            "name the EKS clusters of this environment, or those of every environment at the top of the file",
        )];
    };
    let mut problems = Vec::new();
    for (cluster, said) in clusters {
        let cluster = format!("clusters/{}", escape(cluster));
        problems.extend(missing(source, &own, &cluster, said, &OF_A_CLUSTER));
        if let Some(consumer) = said.get("consumer") {
            let path = format!("{cluster}/consumer");
            problems.extend(missing(source, &own, &path, consumer, &OF_A_CONSUMER));
        }
    }
    problems
}

/// The keys that something at a path lacks; told in the environment, or else at the top of the file.
fn missing(
    source: &Document,
    own: &str,
    path: &str,
    said: &Value,
    keys: &[&'static str],
) -> Vec<Problem> {
    let here = format!("{own}/{path}#");
    let is_here = !source.file.span(&here).range.is_empty();
    let place = if is_here { here } else { format!("/{path}#") };
    let lacking = keys.iter().filter(|key| said.get(**key).is_none());
    lacking
        .map(|key| {
            let problem = source.problem(&rule::MISSING_KEY, &place, format!("`{key}` is missing"));
            problem.help(example(key))
        })
        .collect()
}

fn example(key: &str) -> String {
    const CLUSTER: &str = "/properties/clusters/additionalProperties";
    let below = [String::new(), "/properties/consumer".to_owned()];
    let found = below.iter().find_map(|below| {
        let path = format!("{CLUSTER}{below}/properties/{key}/examples/0");
        WORKSPACE.document.pointer(&path)
    });
    match (key, found) {
        (_, Some(example)) => format!("for example `{key}: {example}`"),
        ("allowFrom", None) => "for example `allowFrom: {cidrs: [10.64.0.0/16]}`".to_owned(),
        ("state", None) => "write `bucket`, `keyPrefix` and `region`".to_owned(),
        (_, None) => String::new(),
    }
}

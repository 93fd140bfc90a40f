//! The root that holds an instance now: where it holds it, and what has to be written there so that it forgets the instance
//! and destroys nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Map, Value};

use super::{fields::Malformed, state};
use crate::terraform::print::escape;

/// A key of `for_each` or `count`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(String),
    Number(u64),
}

/// A part of an address: the call of a module, or a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    name: String,
    key: Option<Key>,
}

/// The address of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    modules: Vec<Step>,
    kind: String,
    resource: Step,
}

/// Which root holds an instance, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file that tells of the root.
    pub file: String,
    /// The address.
    pub address: Address,
}

/// The managed resources of a root, in the order of its state.
#[derive(Clone, Debug, Default)]
pub struct OldRoot {
    /// The file that tells of it.
    pub file: String,
    resources: Vec<Address>,
}

/// What an old root has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// The file that tells of the root.
    pub file: String,
    /// Addresses of what is taken over.
    pub instances: Vec<String>,
    /// What has to be taken out of the root's own text.
    pub takes_out: String,
    /// The blocks that stand in its place.
    pub blocks: String,
    /// What the root forgets besides: nobody owns it afterwards.
    pub left: Vec<String>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.key {
            None => Ok(()),
            Some(Key::Number(key)) => write!(f, "[{key}]"),
            Some(Key::Text(key)) => write!(f, "[\"{}\"]", escape(key)),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.modules {
            write!(f, "module.{step}.")?;
        }
        write!(f, "{}.{}", self.kind, self.resource)
    }
}

impl Address {
    /// Its type.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it is of a database: an instance, a cluster, or an instance of one.
    #[must_use]
    pub fn is_database(&self) -> bool {
        state::KINDS.contains(&self.kind.as_str())
    }

    /// Whether it is of a subnet group.
    #[must_use]
    pub fn is_subnet_group(&self) -> bool {
        self.kind == "aws_db_subnet_group"
    }
}

/// A name as Terraform takes it.
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    first.is_some_and(|letter| letter.is_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-')
}

fn named(text: &str) -> Option<String> {
    is_name(text).then(|| text.to_owned())
}

/// `module.a["x"].module.b`, as a state names a module.
fn modules(address: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = address;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        rest = rest.strip_prefix("module.")?;
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        let mut step = Step {
            name: named(name)?,
            key: None,
        };
        rest = after;
        if let Some(inner) = after.strip_prefix('[') {
            let mut values = serde_json::Deserializer::from_str(inner).into_iter::<Value>();
            step.key = Some(key(&values.next()?.ok()?)?);
            rest = inner.get(values.byte_offset()..)?.strip_prefix(']')?;
        }
        steps.push(step);
    }
    Some(steps)
}

fn key(value: &Value) -> Option<Key> {
    match value {
        Value::String(text) => Some(Key::Text(text.clone())),
        Value::Number(number) => number.as_u64().map(Key::Number),
        _ => None,
    }
}

/// A managed resource, and its values.
type Held<'a> = (Address, &'a Map<String, Value>);

/// Gathers the managed resources of a root, each with its values.
///
/// # Errors
/// When a module or a resource is not described as Terraform does.
pub(super) fn read<'a>(
    file: &str,
    module: &'a Map<String, Value>,
) -> Result<(OldRoot, Vec<Held<'a>>), Malformed> {
    let mut found = Vec::new();
    gather(module, &mut found)?;
    let root = OldRoot {
        file: file.to_owned(),
        resources: found.iter().map(|(address, _)| address.clone()).collect(),
    };
    Ok((root, found))
}

fn gather<'a>(module: &'a Map<String, Value>, found: &mut Vec<Held<'a>>) -> Result<(), Malformed> {
    let wrong = |key: &str| Malformed {
        key: key.to_owned(),
        what: "is not what `terraform show -json` prints",
    };
    let address = module.get("address").and_then(Value::as_str).unwrap_or("");
    let above = modules(address).ok_or_else(|| wrong("address"))?;
    let list = |key: &str| {
        module
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    for resource in list("resources") {
        let text = |key: &str| resource.get(key).and_then(Value::as_str);
        if text("mode") != Some("managed") {
            continue;
        }
        let parts = (
            text("type").and_then(named),
            text("name").and_then(named),
            resource.get("values").and_then(Value::as_object),
        );
        let (Some(kind), Some(name), Some(values)) = parts else {
            return Err(wrong("resources"));
        };
        let index = resource.get("index").filter(|index| !index.is_null());
        let key = index.map(|index| key(index).ok_or_else(|| wrong("index")));
        let resource = Step {
            name,
            key: key.transpose()?,
        };
        let address = Address {
            modules: above.clone(),
            kind,
            resource,
        };
        found.push((address, values));
    }
    for child in list("child_modules") {
        gather(
            child.as_object().ok_or_else(|| wrong("child_modules"))?,
            found,
        )?;
    }
    Ok(())
}

/// What is forgotten as one: everything at or below an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Module(Vec<Step>),
    Resource(Address),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(address) => address.fmt(f),
            Self::Module(steps) => {
                let steps: Vec<_> = steps.iter().map(|step| format!("module.{step}")).collect();
                f.write_str(&steps.join("."))
            }
        }
    }
}

/// Whether a step is another, where none stands for every key.
fn is_of(step: &Step, scope: &Step) -> bool {
    step.name == scope.name && (scope.key.is_none() || step.key == scope.key)
}

/// Whether a way through modules begins with another.
fn begins_with(modules: &[Step], scope: &[Step]) -> bool {
    let mut steps = modules.iter().zip(scope);
    scope.len() <= modules.len() && steps.all(|(step, scope)| is_of(step, scope))
}

impl Scope {
    fn holds(&self, address: &Address) -> bool {
        match self {
            Self::Module(steps) => begins_with(&address.modules, steps),
            Self::Resource(scope) => {
                scope.kind == address.kind
                    && is_of(&address.resource, &scope.resource)
                    && scope.modules.len() == address.modules.len()
                    && begins_with(&address.modules, &scope.modules)
            }
        }
    }

    /// The same for every key of its last step.
    fn of_every_key(&self) -> Option<Self> {
        let mut wider = self.clone();
        let last = match &mut wider {
            Self::Module(steps) => steps.last_mut()?,
            Self::Resource(address) => &mut address.resource,
        };
        last.key.take().map(|_| wider)
    }

    /// The last step, and those above it.
    fn last(&self) -> Option<(&Step, &[Step])> {
        match self {
            Self::Module(steps) => steps.split_last(),
            Self::Resource(address) => Some((&address.resource, &address.modules)),
        }
    }

    fn has_key(&self) -> bool {
        self.last()
            .is_some_and(|(step, above)| above.iter().chain([step]).any(|step| step.key.is_some()))
    }

    /// What has to be taken out of the root, in words.
    fn takes_out(&self) -> String {
        let Some((step, above)) = self.last() else {
            return String::new();
        };
        let block = match self {
            Self::Module(_) => format!("module \"{}\"", step.name),
            Self::Resource(address) => format!("resource \"{}\" \"{}\"", address.kind, step.name),
        };
        let inside: Vec<_> = above
            .iter()
            .map(|step| format!("module.{}", step.name))
            .collect();
        let inside = if inside.is_empty() {
            String::new()
        } else {
            format!(" inside {}", inside.join("."))
        };
        match &step.key {
            None => format!("the block `{block}`{inside}"),
            Some(Key::Text(key)) => {
                format!(
                    "the key \"{}\" from the `for_each` of `{block}`{inside}",
                    escape(key)
                )
            }
            Some(Key::Number(key)) => {
                format!("the number {key} from the `count` of `{block}`{inside}")
            }
        }
    }

    /// What has it forgotten. Terraform takes no key in `removed`, so that one with a key first moves to a name that nothing
    /// declares.
    fn blocks(&self, name: &str) -> String {
        let removed = |from: &str| {
            format!(
                "removed {{\n  from = {from}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"
            )
        };
        if !self.has_key() {
            return removed(&self.to_string());
        }
        let to = match self {
            Self::Module(_) => format!("module.{name}"),
            Self::Resource(address) => format!("{}.{name}", address.kind),
        };
        format!(
            "moved {{\n  from = {self}\n  to   = {to}\n}}\n\n{}",
            removed(&to)
        )
    }
}

impl OldRoot {
    /// What the root has to be told when these addresses are taken over; nothing, when it holds none of them.
    #[must_use]
    pub fn farewells(&self, adopted: &BTreeSet<Address>) -> Vec<Farewell> {
        let mut scopes: BTreeMap<Scope, Vec<&Address>> = BTreeMap::new();
        for address in adopted.iter().filter(|one| self.resources.contains(one)) {
            scopes
                .entry(self.scope(address, adopted))
                .or_default()
                .push(address);
        }
        let mut names = BTreeSet::new();
        let farewells = scopes.into_iter().map(|(scope, instances)| {
            let held = self.resources.iter().filter(|one| scope.holds(one));
            let left = held.filter(|one| !adopted.contains(one));
            Farewell {
                file: self.file.clone(),
                takes_out: scope.takes_out(),
                blocks: scope.blocks(&self.free_name(&scope, &mut names)),
                left: left.map(ToString::to_string).collect(),
                instances: instances.iter().map(ToString::to_string).collect(),
            }
        });
        farewells.collect()
    }

    /// The widest part of the root in which every instance is taken over: a module that holds one is forgotten as a whole.
    fn scope(&self, address: &Address, adopted: &BTreeSet<Address>) -> Scope {
        let is_taken = |scope: &Scope| {
            let mut held = self.resources.iter().filter(|one| scope.holds(one));
            held.all(|one| !one.is_database() || adopted.contains(one))
        };
        let mut modules = (1..=address.modules.len())
            .filter_map(|depth| address.modules.get(..depth))
            .map(|steps| Scope::Module(steps.to_vec()));
        let scope = modules
            .find(is_taken)
            .unwrap_or_else(|| Scope::Resource(address.clone()));
        match scope.of_every_key() {
            Some(wider) if is_taken(&wider) && self.each_key_is_taken(&wider, adopted) => wider,
            _ => scope,
        }
    }

    /// Whether there is something to take over at every key: a call for other things is not forgotten along.
    fn each_key_is_taken(&self, scope: &Scope, adopted: &BTreeSet<Address>) -> bool {
        let key = |address: &Address| match scope {
            Scope::Module(steps) => address
                .modules
                .get(steps.len() - 1)
                .and_then(|step| step.key.clone()),
            Scope::Resource(_) => address.resource.key.clone(),
        };
        let held = self.resources.iter().filter(|one| scope.holds(one));
        let (taken, other): (Vec<_>, Vec<_>) = held.partition(|one| adopted.contains(one));
        let taken: BTreeSet<_> = taken.into_iter().map(key).collect();
        other.into_iter().all(|one| taken.contains(&key(one)))
    }

    /// A name that nothing in the root has.
    fn free_name(&self, scope: &Scope, taken: &mut BTreeSet<String>) -> String {
        let last = scope.last().map(|(step, _)| step);
        let key = last.and_then(|step| match step.key.as_ref()? {
            Key::Text(text) => Some(text.clone()),
            Key::Number(number) => Some(number.to_string()),
        });
        let mut base = "forgotten".to_owned();
        for word in [last.map(|step| step.name.clone()), key].iter().flatten() {
            let is_odd = |letter: char| !letter.is_ascii_alphanumeric();
            base.push('_');
            base.push_str(&word.replace(is_odd, "_"));
        }
        let is_free = |name: &String| {
            !taken.contains(name)
                && !self.resources.iter().any(|one| {
                    one.resource.name == *name || one.modules.iter().any(|step| step.name == *name)
                })
        };
        let numbered = (2..).map(|number: u32| format!("{base}_{number}"));
        let free = [base.clone()].into_iter().chain(numbered).find(is_free);
        let free = free.unwrap_or(base);
        taken.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::read;

    /// What a root with these modules and keys is told when the instances of some of its modules are taken over.
    fn told(module: &serde_json::Value, is_adopted: fn(&str) -> bool) -> Vec<String> {
        let (root, found) = read("old.json", module.as_object().unwrap()).unwrap();
        let adopted: BTreeSet<_> = found
            .into_iter()
            .map(|(address, _)| address)
            .filter(|address| address.is_database() && is_adopted(&address.to_string()))
            .collect();
        let told = root.farewells(&adopted).into_iter();
        told.map(|one| format!("{}|{}|{}", one.takes_out, one.blocks, one.left.join(" ")))
            .collect()
    }

    fn resource(kind: &str, name: &str, index: &serde_json::Value) -> serde_json::Value {
        json!({"mode": "managed", "type": kind, "name": name, "index": index, "values": {}})
    }

    fn call(address: &str) -> serde_json::Value {
        json!({"address": address, "resources": [resource("aws_db_subnet_group", "this", &json!(0)),
            resource("aws_db_instance", "this", &json!(0))]})
    }

    #[test]
    fn a_module_is_forgotten_as_a_whole() {
        let root = json!({"resources": [resource("aws_vpc", "main", &json!(null))], "child_modules": [
            {"address": "module.db", "child_modules": [call("module.db.module.db_instance")]}]});
        assert_eq!(
            told(&root, |_| true),
            [
                "the block `module \"db\"`|removed {\n  from = module.db\n\n  lifecycle {\n    destroy = false\n  }\n}\n|\
                 module.db.module.db_instance.aws_db_subnet_group.this[0]"
            ]
        );
    }

    #[test]
    fn one_of_several_keys_moves_first() {
        let root =
            json!({"child_modules": [call("module.db[\"a.b\"]"), call("module.db[\"c ${d}\"]")]});
        assert_eq!(
            told(&root, |address| address.contains("a.b")),
            [
                "the key \"a.b\" from the `for_each` of `module \"db\"`|moved {\n  from = module.db[\"a.b\"]\n  to   = module.forgotten_db_a_b\n}\n\n\
                 removed {\n  from = module.forgotten_db_a_b\n\n  lifecycle {\n    destroy = false\n  }\n}\n|\
                 module.db[\"a.b\"].aws_db_subnet_group.this[0]"
            ]
        );
        let other = told(&root, |address| address.contains("c "));
        assert!(
            other[0].contains("from = module.db[\"c $${d}\"]\n"),
            "{other:?}"
        );
        let all = told(&root, |_| true);
        assert_eq!(all.len(), 1);
        assert!(
            all[0].contains("removed {\n  from = module.db\n"),
            "{all:?}"
        );
    }

    #[test]
    fn a_resource_beside_others_goes_alone() {
        let root = json!({"resources": [
            resource("aws_db_instance", "orders", &json!(null)),
            resource("aws_db_instance", "this", &json!(1)),
            resource("aws_db_instance", "this", &json!(2)),
            resource("aws_db_instance", "forgotten_this_1", &json!(null)),
        ]});
        assert_eq!(
            told(&root, |address| address.ends_with("orders")),
            [
                "the block `resource \"aws_db_instance\" \"orders\"`|removed {\n  from = aws_db_instance.orders\n\n  lifecycle {\n    destroy = false\n  }\n}\n|"
            ]
        );
        let one = told(&root, |address| address.ends_with("[1]"));
        assert!(
            one[0].contains(
                "from = aws_db_instance.this[1]\n  to   = aws_db_instance.forgotten_this_1_2\n"
            ),
            "{one:?}"
        );
    }

    #[test]
    fn what_terraform_does_not_write_is_no_address() {
        for address in [
            "db",
            "module.",
            "module.a[",
            "module.a[\"x\"",
            "module.a[x]",
            "module.a[-1]",
            "module.a}\nresource",
        ] {
            let root = json!({"child_modules": [call(address)]});
            assert!(
                read("old.json", root.as_object().unwrap()).is_err(),
                "{address}"
            );
        }
    }
}

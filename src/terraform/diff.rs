//! Two roots of one state, compared argument by argument as Terraform reads them; and the addresses of a root's arguments.

use std::collections::BTreeMap;

use crate::{
    aws::engine::Form,
    terraform::{
        read::{self, Block as Read, Root, Value},
        root_module::{Argument, Block, RootModule},
    },
    text::path::normal,
};

/// What differs between two roots, as Terraform reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Arguments that differ, in the order of the new root, then those that are only in the old one.
    pub arguments: Vec<ArgumentDiff>,
    /// Module calls that only one of the two has.
    pub calls: Vec<CallDiff>,
    /// Addresses of module calls that stand twice in the new root, which Terraform refuses.
    pub duplicates: Vec<String>,
}

/// One argument that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentDiff {
    /// Address in the root, such as `module.rds.instance_class`.
    pub address: String,
    /// What the grade table calls the block: the module that is called, or the kind of another block.
    pub block: String,
    /// Its name.
    pub argument: String,
    /// The value before, if any.
    pub old: Option<Value>,
    /// The value after, if any.
    pub new: Option<Value>,
}

/// A module call that comes or goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDiff {
    /// Address in the root, such as `module.rds`.
    pub address: String,
    /// The module that is called, in the words of the grade table.
    pub module: String,
    /// Whether it comes.
    pub is_new: bool,
}

/// A database that a root takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adopted<'a> {
    /// What it is made as.
    pub form: Form,
    /// Its identifier.
    pub identifier: &'a str,
}

/// What the grade table calls the import of a database of a form.
const fn adoption(form: Form) -> &'static str {
    match form {
        Form::Instance => "adoption",
        Form::Cluster => "cluster_adoption",
    }
}

/// What it calls the import of an instance of a cluster.
const OF_CLUSTER: &str = "cluster_instance_adoption";

/// The address of the database of a unit.
#[must_use]
pub const fn database_address(form: Form) -> &'static str {
    match form {
        Form::Instance => "module.rds.aws_db_instance.this",
        Form::Cluster => "module.aurora.aws_rds_cluster.this",
    }
}

/// What the addresses of the instances of a cluster begin with.
const INSTANCES_ADDRESS: &str = "module.aurora.aws_rds_cluster_instance.this[";

const FORMS: [Form; 2] = [Form::Instance, Form::Cluster];

/// The database that a root takes over.
#[must_use]
pub fn adopts(root: &Root) -> Option<Adopted<'_>> {
    root.of_kind("import").find_map(|import| {
        let kind = row(import);
        let form = FORMS.into_iter().find(|form| kind == adoption(*form))?;
        let identifier = import.argument("id")?.as_text()?;
        Some(Adopted { form, identifier })
    })
}

/// What the import of a database is called among the arguments of a root.
#[must_use]
pub fn import_of(form: Form) -> String {
    format!("import[{}].id", database_address(form))
}

/// Whether an argument is the import of a database.
#[must_use]
pub fn is_import_of_database(address: &str) -> bool {
    FORMS.into_iter().any(|form| address == import_of(form))
}

/// Every argument of a root with its address, and the name of its block.
#[must_use]
pub fn arguments(root: &RootModule) -> Vec<(String, &'static str, &Argument)> {
    let mut found = Vec::new();
    for file in &root.files {
        for block in file.blocks.iter() {
            collect(block, "", &mut found);
        }
    }
    found
}

fn collect<'a>(
    block: &'a Block,
    above: &str,
    found: &mut Vec<(String, &'static str, &'a Argument)>,
) {
    let (name, address) = (block.name(), block.address(above));
    for argument in &block.arguments {
        found.push((format!("{address}.{}", argument.name), name, argument));
    }
    for nested in &block.blocks {
        collect(nested, &address, found);
    }
}

/// What differs between two roots of one state. `old_folder` and `new_folder` are those of the roots, in one repository:
/// a source that leads to the same folder from another place is the same.
#[must_use]
pub fn compare(old: &Root, new: &Root, old_folder: &str, new_folder: &str) -> Difference {
    let mut difference = Difference::default();
    let moves = moves(old, new);
    let mut before = Arguments::default();
    for block in &old.blocks {
        let label = block.labels.first().filter(|_| block.kind == "module");
        match label.and_then(|label| moves.get(label)) {
            Some(to) => before.collect(
                &Read {
                    labels: vec![to.clone()],
                    ..block.clone()
                },
                "",
            ),
            None => before.collect(block, ""),
        }
    }
    let mut after = Arguments::default();
    new.blocks.iter().for_each(|block| after.collect(block, ""));
    difference.duplicates.append(&mut after.duplicates);
    for (calls, others, is_new) in [
        (&after.calls, &before.calls, true),
        (&before.calls, &after.calls, false),
    ] {
        for (address, module) in calls {
            if !others.contains_key(address) {
                difference.calls.push(CallDiff {
                    address: address.clone(),
                    module: module.clone(),
                    is_new,
                });
            }
        }
    }
    let lone = |found: &Found| {
        let call = found.call.as_ref();
        call.is_some_and(|call| difference.calls.iter().any(|one| one.address == *call))
    };
    let gone = before
        .order
        .iter()
        .filter(|address| !after.found.contains_key(*address));
    let mut arguments = Vec::new();
    for address in after.order.iter().chain(gone) {
        let (old, new) = (before.found.get(address), after.found.get(address));
        let Some(found) = new.or(old) else { continue };
        let (from, to) = (old.map(|one| &one.value), new.map(|one| &one.value));
        if from == to || lone(found) || is_one_folder(from, to, old_folder, new_folder) {
            continue;
        }
        // Another module behind the same label: nothing that is known about the arguments holds.
        let is_one_block = old.is_none_or(|old| old.block == found.block);
        arguments.push(ArgumentDiff {
            address: address.clone(),
            block: if is_one_block {
                found.block.clone()
            } else {
                String::new()
            },
            argument: found.argument.clone(),
            old: from.cloned(),
            new: to.cloned(),
        });
    }
    difference.arguments = arguments;
    difference
}

/// Module calls that the new root says have another name now: old label, new label.
fn moves(old: &Root, new: &Root) -> BTreeMap<String, String> {
    let label = |block: &Read, name: &str| match block.argument(name) {
        Some(Value::Reference(address)) => {
            let label = address.strip_prefix("module.")?;
            (!label.contains(['.', '['])).then(|| label.to_owned())
        }
        _ => None,
    };
    new.of_kind("moved")
        .filter_map(|block| label(block, "from").zip(label(block, "to")))
        .filter(|(from, to)| {
            let comes = old.module(to).is_none() && new.module(to).is_some();
            comes && old.module(from).is_some() && new.module(from).is_none()
        })
        .collect()
}

/// Whether two sources are one local folder, seen from two places.
fn is_one_folder(old: Option<&Value>, new: Option<&Value>, from: &str, to: &str) -> bool {
    let folder = |value: Option<&Value>, root: &str| {
        let source = value?.as_text().filter(|source| read::is_local(source))?;
        Some(normal(&format!("{root}/{source}")))
    };
    let old = folder(old, from);
    old.is_some() && old == folder(new, to)
}

/// Every argument of a root.
#[derive(Default)]
struct Arguments {
    order: Vec<String>,
    found: BTreeMap<String, Found>,
    /// Modules by the address of their calls.
    calls: BTreeMap<String, String>,
    duplicates: Vec<String>,
}

struct Found {
    block: String,
    argument: String,
    value: Value,
    /// Address of the module call that it belongs to.
    call: Option<String>,
}

impl Arguments {
    fn collect(&mut self, block: &Read, above: &str) {
        let mut address = std::iter::once(&block.kind)
            .chain(&block.labels)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(".");
        if !above.is_empty() {
            address = format!("{above}.{address}");
        }
        // Blocks without labels stand several times; an argument tells them apart.
        let telling = match block.kind.as_str() {
            "import" => block.argument("to"),
            "removed" | "moved" => block.argument("from"),
            "provider" => block.argument("alias"),
            _ => None,
        };
        if let Some(value) = telling {
            address = format!("{address}[{value}]");
        }
        let name = row(block);
        if block.kind == "module" && self.calls.insert(address.clone(), name.clone()).is_some() {
            self.duplicates.push(address.clone());
        }
        if block.arguments.is_empty() && block.blocks.is_empty() {
            self.add(&address, &name, "", &Value::Null);
        }
        for (argument, value) in &block.arguments {
            match value {
                Value::Null => {}
                Value::Map(entries) if block.kind == "required_providers" => {
                    let name = if argument == "aws" {
                        "required_providers"
                    } else {
                        ""
                    };
                    for (entry, value) in entries {
                        self.add(&format!("{address}.{argument}"), name, entry, value);
                    }
                }
                _ => self.add(&address, &name, argument, value),
            }
        }
        for nested in &block.blocks {
            self.collect(nested, &address);
        }
    }

    fn add(&mut self, above: &str, block: &str, argument: &str, value: &Value) {
        let mut address = format!("{above}.{argument}");
        let mut count = 1;
        while self.found.contains_key(&address) {
            count += 1;
            address = format!("{above}.{argument}#{count}");
        }
        let call = self.calls.keys().find(|call| above == *call);
        let found = Found {
            block: block.to_owned(),
            argument: argument.to_owned(),
            value: value.clone(),
            call: call.cloned(),
        };
        self.order.push(address.clone());
        self.found.insert(address, found);
    }
}

/// What the grade table calls a block; nothing for what it must not know by a name of ours.
fn row(block: &Read) -> String {
    let label = block.labels.first().map_or("", String::as_str);
    match (block.kind.as_str(), label) {
        ("module", _) => {
            let source = block
                .argument("source")
                .and_then(Value::as_text)
                .unwrap_or("");
            read::module_name(source).replace('-', "_")
        }
        // What already exists is only ever taken over below this module, and a database with its instances.
        ("import", _) => match block.argument("to") {
            Some(Value::Reference(to)) if to.starts_with("module.cluster_trust.") => {
                block.kind.clone()
            }
            Some(Value::Reference(to)) if to.starts_with(INSTANCES_ADDRESS) => {
                OF_CLUSTER.to_owned()
            }
            Some(Value::Reference(to)) => {
                let form = FORMS.into_iter().find(|form| to == database_address(*form));
                form.map_or_else(String::new, |form| adoption(form).to_owned())
            }
            _ => String::new(),
        },
        ("provider", "aws") if block.argument("alias").is_none() => block.kind.clone(),
        ("provider", _) => String::new(),
        ("backend", label) if label != "s3" => String::new(),
        (kind, _) => kind.to_owned(),
    }
}

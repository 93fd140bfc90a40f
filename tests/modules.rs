//! What the compiler emits and what the modules accept are the same thing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use hcl::{
    Block, Body, Expression,
    expr::{ObjectKey, Traversal, TraversalOperator},
};
use storage_valet_rds::terraform::{lower, print::print_root, root_module::RootModule};

use crate::support::workspace::{Workspace, cases};

/// Arguments of a call that are not variables of the module.
const META_ARGUMENTS: [&str; 5] = ["count", "for_each", "providers", "source", "version"];

/// A module as its callers see it.
struct Module {
    variables: BTreeMap<String, Variable>,
    outputs: BTreeSet<String>,
    resources: BTreeSet<(String, String)>,
}

struct Variable {
    kind: Expression,
    is_required: bool,
}

#[test]
fn every_call_fits_its_module() {
    let modules = modules();
    let mut folders = cases("fixtures/ok");
    folders.push("fixtures/city".into());
    let mut calls = 0;
    let mut called = BTreeSet::new();
    let mut read = BTreeSet::new();
    for folder in folders {
        let seen = calls;
        for root in Workspace::open(&folder).roots() {
            let span = format!("{}/{}", folder.display(), root.directory);
            let body = body(&root);
            let sources: BTreeMap<_, _> = named(&body, "module")
                .map(|call| (label(call), source(call)))
                .collect();
            for call in named(&body, "module") {
                let span = format!("{span}: module.{}", label(call));
                fits(call, &modules[&source(call)], &span);
                calls += 1;
            }
            for traversal in traversals(&body) {
                read.extend(exists(traversal, &sources, &modules, &span));
            }
            called.extend(sources.into_values());
        }
        assert!(calls > seen, "{} calls no module", folder.display());
    }
    let outputs = modules.iter().flat_map(|(name, module)| {
        let outputs = module.outputs.iter();
        outputs.map(|output| (name.clone(), output.clone()))
    });
    assert_eq!(
        read,
        outputs.collect(),
        "outputs that a root reads, outputs that modules have"
    );
    assert_eq!(
        called,
        modules.into_keys().collect(),
        "modules that are called, modules that exist"
    );
}

/// A validation reads the same in every module: the variable by its name, and what it must be.
#[test]
fn every_message_names_its_variable_and_says_what_it_must_be() {
    let mut seen = 0;
    for folder in cases("modules") {
        let path = folder.join("variables.tf");
        let body = hcl::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        for variable in named(&body, "variable") {
            let name = label(variable);
            for validation in named(variable.body(), "validation") {
                let Some(Expression::String(message)) = argument(validation, "error_message")
                else {
                    panic!("{}: {name} has no plain message", path.display());
                };
                let (subject, _) = message.split_once(" must ").unwrap_or_default();
                assert!(
                    subject.starts_with("The ") && subject.ends_with(&name),
                    "{}: \"{message}\" does not start with \"The {name} must\"",
                    path.display()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no validation was seen");
}

#[test]
fn every_check_that_a_module_skips_is_answered_in_the_docs() {
    let answered = fs::read_to_string("docs/security.md").unwrap();
    let answers = |check: &str| {
        let (family, number) = check.rsplit_once('_').unwrap();
        // Several of one family stand in a row.
        let mut rows = answered.lines().filter(|line| line.contains(family));
        rows.any(|row| {
            row.split([',', ' ', '|'])
                .any(|word| word == number || word == check)
        })
    };
    let mut seen = 0;
    for module in fs::read_dir("modules").unwrap() {
        for file in fs::read_dir(module.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "tf") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for skip in text.split("#checkov:skip=").skip(1) {
                let check = skip.split(':').next().unwrap();
                assert!(answers(check), "{}: {check}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}

/// Mocks plan neither what AWS does to a volume nor the order of a destroy, and show no order between modules.
#[test]
fn the_modules_wait_for_what_aws_does() {
    let block = |file: &str, labels: &[&str]| {
        let body = hcl::parse(&fs::read_to_string(file).unwrap()).unwrap();
        let found = body.into_blocks().find(|block| {
            let own = block.labels().iter().map(hcl::BlockLabel::as_str);
            own.eq(labels.iter().copied())
        });
        found.unwrap()
    };
    let group = block(
        "modules/rds/monitoring.tf",
        &["aws_cloudwatch_log_group", "this"],
    );
    let lifecycle = named(group.body(), "lifecycle").next().unwrap();
    assert_eq!(
        argument(lifecycle, "create_before_destroy"),
        Some(&Expression::Bool(true)),
        "a log's group must go after its export, or RDS makes it again without a retention"
    );
    let alarms = fs::read_to_string("modules/rds/alarms.tf").unwrap();
    assert!(
        alarms.contains("max(var.allocated_storage, aws_db_instance.this.allocated_storage)"),
        "the alarm on free storage must follow what the volume has grown to, and what it waits for"
    );
    let schedule = block("modules/target-sync/outputs.tf", &["schedule_arn"]);
    let waits_for = argument(&schedule, "depends_on").unwrap().to_string();
    assert_eq!(
        waits_for.split_whitespace().collect::<String>(),
        "[aws_cloudwatch_metric_alarm.this]",
        "a destroy that stops at the subnet group must not have taken the alarms"
    );
    let endpoint = block("modules/proxy/outputs.tf", &["endpoint"]);
    let waits_for = argument(&endpoint, "depends_on").unwrap().to_string();
    assert_eq!(
        waits_for.split_whitespace().collect::<String>(),
        "[aws_db_proxy_target.this]",
        "who waits for connections through the proxy must not begin before the database is behind it"
    );
}

fn modules() -> BTreeMap<String, Module> {
    cases("modules")
        .into_iter()
        .map(|folder| {
            (
                folder.file_name().unwrap().to_str().unwrap().to_owned(),
                module(&folder),
            )
        })
        .collect()
}

fn module(folder: &Path) -> Module {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            files.push(hcl::parse(&fs::read_to_string(path).unwrap()).unwrap());
        }
    }
    let body: Body = files.into_iter().flatten().collect();
    let resources =
        named(&body, "resource").map(|block| (label(block), block.labels()[1].as_str().to_owned()));
    Module {
        resources: resources.collect(),
        outputs: named(&body, "output").map(label).collect(),
        variables: named(&body, "variable")
            .map(|block| (label(block), variable(block)))
            .collect(),
    }
}

fn variable(block: &Block) -> Variable {
    Variable {
        kind: argument(block, "type").unwrap().clone(),
        is_required: argument(block, "default").is_none(),
    }
}

/// The blocks of all files of a root.
fn body(root: &RootModule) -> Body {
    let files = print_root(root);
    files
        .values()
        .flat_map(|text| hcl::parse(text).unwrap())
        .collect()
}

/// Name of the module in the address of a call.
fn source(call: &Block) -> String {
    let Some(Expression::String(address)) = argument(call, "source") else {
        panic!("{} has no source", label(call));
    };
    let path = address.split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

/// Every argument is a variable, every required variable is given, and literals have the variable's type.
fn fits(call: &Block, module: &Module, span: &str) {
    let mut missing: BTreeSet<_> = module
        .variables
        .iter()
        .filter(|(_, variable)| variable.is_required)
        .map(|(name, _)| name.as_str())
        .collect();
    for argument in call
        .body()
        .attributes()
        .filter(|argument| !META_ARGUMENTS.contains(&argument.key()))
    {
        let name = argument.key();
        missing.remove(name);
        let variable = module
            .variables
            .get(name)
            .unwrap_or_else(|| panic!("{span}: the module has no variable {name}"));
        assert!(
            is_of(argument.expr(), &variable.kind),
            "{span}: {name} = {} is not a {}",
            argument.expr(),
            variable.kind
        );
    }
    assert!(missing.is_empty(), "{span}: no {missing:?}");
}

/// Whether an expression can be of a type. References are not followed.
fn is_of(expression: &Expression, kind: &Expression) -> bool {
    match (expression, kind) {
        (Expression::Traversal(_), _) => true,
        (Expression::String(_), Expression::Variable(kind)) => {
            matches!(kind.as_str(), "string" | "any")
        }
        (Expression::Number(_), Expression::Variable(kind)) => {
            matches!(kind.as_str(), "number" | "any")
        }
        (Expression::Bool(_), Expression::Variable(kind)) => {
            matches!(kind.as_str(), "bool" | "any")
        }
        (Expression::Array(items), Expression::FuncCall(kind)) => {
            matches!(kind.name.name.as_str(), "list" | "set")
                && items.iter().all(|item| is_of(item, &kind.args[0]))
        }
        (Expression::Object(entries), Expression::FuncCall(kind)) => {
            match kind.name.name.as_str() {
                "map" => entries.values().all(|value| is_of(value, &kind.args[0])),
                "object" => is_object(
                    entries
                        .iter()
                        .map(|(name, value)| (key(name), value))
                        .collect(),
                    &kind.args[0],
                ),
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_object(given: BTreeMap<String, &Expression>, kind: &Expression) -> bool {
    let Expression::Object(attributes) = kind else {
        panic!("{kind} is not the inside of an object type");
    };
    let attributes: BTreeMap<_, _> = attributes
        .iter()
        .map(|(name, kind)| (key(name), kind))
        .collect();
    let optional = |kind: &Expression| match kind {
        Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
            Some(call.args[0].clone())
        }
        _ => None,
    };
    let has_required = attributes
        .iter()
        .all(|(name, kind)| given.contains_key(name) || optional(kind).is_some());
    let are_known = given.into_iter().all(|(name, value)| {
        let kind = attributes.get(&name);
        kind.is_some_and(|kind| is_of(value, &optional(kind).unwrap_or_else(|| (*kind).clone())))
    });
    has_required && are_known
}

/// What `module.<call>.<name>` stands for exists: an output, which is told with its module, or a resource for an import.
fn exists(
    traversal: &Traversal,
    sources: &BTreeMap<String, String>,
    modules: &BTreeMap<String, Module>,
    span: &str,
) -> Option<(String, String)> {
    assert_eq!(
        traversal.expr.to_string(),
        "module",
        "{span}: a reference to something else"
    );
    let names: Vec<_> = traversal
        .operators
        .iter()
        .filter_map(|operator| match operator {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let source = sources
        .get(names[0])
        .unwrap_or_else(|| panic!("{span}: there is no module.{}", names[0]));
    let module = &modules[source];
    let mut output = None;
    let exists = match *names.as_slice() {
        [_, name] => {
            output = Some((source.clone(), name.to_owned()));
            module.outputs.contains(name)
        }
        [_, kind, name] => module
            .resources
            .contains(&(kind.to_owned(), name.to_owned())),
        _ => false,
    };
    assert!(exists, "{span}: {source} has no {}", names[1..].join("."));
    output
}

fn traversals(body: &Body) -> Vec<&Traversal> {
    let mut found = Vec::new();
    for argument in body.attributes() {
        collect(argument.expr(), &mut found);
    }
    // A `removed` block names a call that is no longer there.
    let present = body
        .blocks()
        .filter(|block| block.identifier() != "removed");
    for block in present {
        found.extend(traversals(block.body()));
    }
    found
}

fn collect<'a>(expression: &'a Expression, found: &mut Vec<&'a Traversal>) {
    match expression {
        Expression::Traversal(traversal) => found.push(traversal),
        Expression::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Expression::Object(entries) => entries.values().for_each(|value| collect(value, found)),
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::String(_) => {}
        other => panic!("generated roots have no expressions like {other}"),
    }
}

fn named<'a>(body: &'a Body, kind: &'a str) -> impl Iterator<Item = &'a Block> {
    body.blocks()
        .filter(move |block| block.identifier() == kind)
}

fn label(block: &Block) -> String {
    block.labels()[0].as_str().to_owned()
}

fn argument<'a>(block: &'a Block, name: &str) -> Option<&'a Expression> {
    let mut arguments = block.body().attributes();
    arguments
        .find(|argument| argument.key() == name)
        .map(hcl::Attribute::expr)
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Expression(Expression::String(name)) => name.clone(),
        other => other.to_string(),
    }
}

#[test]
fn every_module_is_known_by_its_name() {
    let names: BTreeSet<String> = fs::read_dir("modules")
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, lower::MODULES.map(str::to_owned).into());
}

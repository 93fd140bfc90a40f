//! Which attributes of which resources follow from which arguments of a root, as the references in the texts of the root and
//! of its modules say.

use std::collections::{BTreeMap, BTreeSet};

use hcl::edit::{
    expr::{Expression, Traversal, TraversalOperator},
    structure::{Attribute, Block, Body, Structure},
    visit::{self, Visit},
};

/// Modules by the names that Terraform gives to their calls, `rds` or `rds.inner`, with the texts of their files; the root
/// has the empty name.
pub type Texts = BTreeMap<String, Vec<String>>;

/// Something that has a value: a variable, a local value, an output, or an attribute of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// The call of the module that it is in; empty for the root.
    module: String,
    /// `var.port`, `local.zip`, `output.endpoint`, `module.rds`, or a resource as `aws_lb.this`.
    name: String,
    /// Of a resource, the attribute; empty for what only AWS says, which any attribute may change.
    attribute: String,
}

/// All tags of a resource, those of the provider included, and its own.
const TAGS: &str = "tags_all";
const OWN_TAGS: &str = "tags";

impl Node {
    fn new(module: &str, name: impl Into<String>, attribute: impl Into<String>) -> Self {
        Self {
            module: module.to_owned(),
            name: name.into(),
            attribute: attribute.into(),
        }
    }

    /// An attribute of a resource, by its address in a plan and the path in it.
    #[must_use]
    pub fn of_plan(address: &str, path: &str) -> Self {
        let mut module = Vec::new();
        let mut name = Vec::new();
        let plain = without_keys(address);
        let mut parts = plain.split('.').peekable();
        while let Some(part) = parts.next() {
            match parts.peek() {
                Some(call) if part == "module" && name.is_empty() => {
                    module.push((*call).to_owned());
                    parts.next();
                }
                _ => name.push(part),
            }
        }
        let attribute = path.split('.').next().unwrap_or(path);
        Self::new(&module.join("."), name.join("."), attribute)
    }

    /// The module that it is in, by the names of the calls, and what it is called there.
    #[must_use]
    pub fn resource(&self) -> (String, String) {
        (self.module.clone(), self.name.clone())
    }

    /// What an argument of a root gives a value to, by its address there: `module.rds.port`. None for what leads to no
    /// resource, such as where the state is.
    fn of_argument(address: &str) -> Option<Self> {
        let parts: Vec<&str> = address.split('.').collect();
        match parts.as_slice() {
            ["module", call] => Some(Self::new(call, "", "")),
            ["module", call, "source" | "version" | "count" | "for_each"] => {
                Some(Self::new(call, "", ""))
            }
            ["module", call, argument, ..] => Some(Self::new(call, format!("var.{argument}"), "")),
            ["provider", ..] => Some(Self::new("", "provider", "")),
            _ => None,
        }
    }
}

/// `module.a["x"].b.c[0]` without the keys in brackets, which may hold anything.
fn without_keys(address: &str) -> String {
    let mut plain = String::new();
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for letter in address.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 || is_quoted => {}
            _ => plain.push(letter),
        }
    }
    plain
}

/// What follows from what, in a root and its modules.
#[derive(Debug, Default)]
pub struct Dataflow {
    /// From what is referred to, to what refers to it.
    follows: BTreeMap<Node, BTreeSet<Node>>,
    /// The attributes that the texts give to each resource, by module and name.
    resources: BTreeMap<(String, String), BTreeSet<String>>,
    /// Calls of modules whose texts cannot be read: anything may follow from anything there.
    unread: BTreeSet<String>,
}

impl Dataflow {
    /// Reads the texts.
    #[must_use]
    pub fn read(texts: &Texts) -> Self {
        let mut flow = Self::default();
        let mut bodies = Vec::new();
        for (module, files) in texts {
            for text in files {
                match text.parse::<Body>() {
                    Ok(body) => bodies.push((module, body)),
                    Err(_) => drop(flow.unread.insert(module.clone())),
                }
            }
        }
        for (module, body) in &bodies {
            for block in body.blocks() {
                if block.ident.as_str() == "resource" {
                    let key = ((*module).clone(), labels(block).join("."));
                    flow.resources.insert(key, attributes(block));
                }
            }
        }
        for (module, body) in &bodies {
            for block in body.blocks() {
                flow.add(module, block);
            }
        }
        flow
    }

    /// Whether an attribute in a plan follows from an argument of the root. `is_made_anew` tells of a resource, by its plain
    /// name in its module, whether everything that AWS says of it becomes another.
    #[must_use]
    pub fn leads(
        &self,
        argument: &str,
        to: &Node,
        is_made_anew: &impl Fn(&str, &str) -> bool,
    ) -> bool {
        let Some(from) = Node::of_argument(argument) else {
            return false;
        };
        self.reached(&from, is_made_anew).contains(&self.known(to))
    }

    /// The attribute as the texts know it: one that they do not give is what AWS says.
    fn known(&self, node: &Node) -> Node {
        let key = (node.module.clone(), node.name.clone());
        let is_given = self
            .resources
            .get(&key)
            .is_some_and(|given| given.contains(&node.attribute));
        if is_given || [TAGS, OWN_TAGS].contains(&node.attribute.as_str()) {
            node.clone()
        } else {
            Node::new(&node.module, &node.name, "")
        }
    }

    fn reached(&self, from: &Node, is_made_anew: &impl Fn(&str, &str) -> bool) -> BTreeSet<Node> {
        let mut reached = BTreeSet::new();
        let mut open = self.beginnings(from);
        while let Some(node) = open.pop() {
            if !reached.insert(node.clone()) {
                continue;
            }
            if let Some(following) = self.follows.get(&node) {
                open.extend(following.iter().cloned());
            }
            if self.unread.contains(&node.module) {
                open.extend(self.all_of(&node.module));
            }
            let key = (node.module.clone(), node.name.clone());
            if self.resources.contains_key(&key) && !node.attribute.is_empty() {
                let whole = Node::new(&node.module, &node.name, "");
                // What AWS says of a resource is no argument of others, unless it becomes another.
                if is_made_anew(&node.module, &node.name) {
                    open.push(whole);
                } else {
                    reached.insert(whole);
                }
            }
        }
        reached
    }

    /// What an argument gives a value to at once: a variable, all of a module, or all tags.
    fn beginnings(&self, from: &Node) -> Vec<Node> {
        if from.name == "provider" {
            // One that the provider gives no more looks like one of the resource's own until the apply.
            let both = |(module, name): &(String, String)| {
                [TAGS, OWN_TAGS].map(|attribute| Node::new(module, name, attribute))
            };
            return self.resources.keys().flat_map(both).collect();
        }
        if from.name.is_empty() {
            return self.all_of(&from.module);
        }
        vec![from.clone()]
    }

    /// Everything in a module.
    fn all_of(&self, module: &str) -> Vec<Node> {
        let mut all: Vec<Node> = self
            .follows
            .keys()
            .filter(|node| node.module == module)
            .cloned()
            .collect();
        for ((inside, name), attributes) in &self.resources {
            if inside == module {
                all.push(Node::new(module, name, ""));
                all.push(Node::new(module, name, TAGS));
                let given = attributes.iter();
                all.extend(given.map(|attribute| Node::new(module, name, attribute)));
            }
        }
        all
    }

    fn add(&mut self, module: &str, block: &Block) {
        let names = labels(block);
        match block.ident.as_str() {
            "locals" => {
                for attribute in block.body.attributes() {
                    let name = format!("local.{}", attribute.key.as_str());
                    self.note(module, &Node::new(module, name, ""), &attribute.value);
                }
            }
            "output" => {
                let name = names.first().map_or("", String::as_str);
                let node = Node::new(module, format!("output.{name}"), "");
                self.note_body(module, &node, &block.body);
            }
            "module" => {
                let call = names.first().map_or("", String::as_str);
                let inner = called(module, call);
                for attribute in block.body.attributes() {
                    let name = format!("var.{}", attribute.key.as_str());
                    self.note(module, &Node::new(&inner, name, ""), &attribute.value);
                }
            }
            "data" => {
                let node = Node::new(module, format!("data.{}", names.join(".")), "");
                self.note_body(module, &node, &block.body);
            }
            "resource" => self.add_resource(module, &names.join("."), block),
            _ => {}
        }
    }

    fn add_resource(&mut self, module: &str, name: &str, block: &Block) {
        let all: Vec<Node> = attributes(block)
            .iter()
            .map(|attribute| Node::new(module, name, attribute))
            .chain([Node::new(module, name, "")])
            .collect();
        for structure in &block.body {
            match structure {
                Structure::Attribute(one) if is_about_all(one.key.as_str()) => {
                    for node in &all {
                        self.note(module, node, &one.value);
                    }
                }
                Structure::Attribute(one) => {
                    let node = Node::new(module, name, one.key.as_str());
                    self.note(module, &node, &one.value);
                }
                Structure::Block(inner) if inner.ident.as_str() == "lifecycle" => {
                    if let Some(by) = inner.body.get_attribute("replace_triggered_by") {
                        self.trigger(module, &all, &by.value);
                    }
                }
                Structure::Block(inner) => {
                    let node = Node::new(module, name, block_name(inner));
                    self.note_body(module, &node, &inner.body);
                }
            }
        }
        // A tag of the resource itself is one of all its tags.
        self.follow(
            Node::new(module, name, OWN_TAGS),
            Node::new(module, name, TAGS),
        );
    }

    /// Notes that nodes follow from any change of the resources that an expression refers to.
    fn trigger(&mut self, module: &str, nodes: &[Node], by: &Expression) {
        let mut found = References::default();
        found.visit_expr(by);
        let referred = found
            .found
            .iter()
            .filter_map(|parts| self.referred(module, parts));
        for from in referred.collect::<Vec<_>>() {
            let key = (from.module.clone(), from.name.clone());
            let given = self.resources.get(&key).cloned().unwrap_or_default();
            let given = given.iter().filter(|_| from.attribute.is_empty());
            let given = given.map(|one| Node::new(&from.module, &from.name, one));
            for from in given.chain([from.clone()]).collect::<Vec<_>>() {
                for node in nodes {
                    self.follow(from.clone(), node.clone());
                }
            }
        }
    }

    fn follow(&mut self, from: Node, to: Node) {
        self.follows.entry(from).or_default().insert(to);
    }

    /// Notes that a node follows from whatever an expression refers to.
    fn note(&mut self, module: &str, node: &Node, expression: &Expression) {
        let mut found = References::default();
        found.visit_expr(expression);
        self.note_all(module, node, found);
    }

    fn note_body(&mut self, module: &str, node: &Node, body: &Body) {
        let mut found = References::default();
        found.visit_body(body);
        self.note_all(module, node, found);
    }

    fn note_all(&mut self, module: &str, node: &Node, found: References) {
        for parts in found.found {
            if let Some(from) = self.referred(module, &parts) {
                self.follow(from, node.clone());
            }
        }
    }

    /// What a reference refers to; none for what is no value of ours, such as `path.module` or the variable of a loop.
    fn referred(&self, module: &str, parts: &[String]) -> Option<Node> {
        let part = |at: usize| parts.get(at).map_or("", String::as_str);
        match part(0) {
            kind @ ("var" | "local") => Some(Node::new(module, format!("{kind}.{}", part(1)), "")),
            "module" => {
                let inner = called(module, part(1));
                Some(Node::new(&inner, format!("output.{}", part(2)), ""))
            }
            "data" => Some(Node::new(
                module,
                format!("data.{}.{}", part(1), part(2)),
                "",
            )),
            kind => {
                let name = format!("{kind}.{}", part(1));
                let given = self.resources.get(&(module.to_owned(), name.clone()))?;
                let attribute = if given.contains(part(2)) { part(2) } else { "" };
                Some(Node::new(module, name, attribute))
            }
        }
    }
}

/// Arguments of every resource that decide whether there is one, and how many.
fn is_about_all(argument: &str) -> bool {
    ["count", "for_each", "provider"].contains(&argument)
}

/// A module that is called in another one.
fn called(module: &str, call: &str) -> String {
    if module.is_empty() {
        call.to_owned()
    } else {
        format!("{module}.{call}")
    }
}

/// The labels of a block.
fn labels(block: &Block) -> Vec<String> {
    block
        .labels
        .iter()
        .map(|label| label.as_str().to_owned())
        .collect()
}

/// The name of a nested block, also of one that is made of a list.
fn block_name(block: &Block) -> &str {
    match block.labels.first() {
        Some(label) if block.ident.as_str() == "dynamic" => label.as_str(),
        _ => block.ident.as_str(),
    }
}

/// The attributes that a text gives to a resource, nested blocks among them.
fn attributes(block: &Block) -> BTreeSet<String> {
    let name = |structure: &Structure| match structure {
        Structure::Attribute(Attribute { key, .. }) => key.as_str().to_owned(),
        Structure::Block(block) => block_name(block).to_owned(),
    };
    let meta =
        |name: &String| is_about_all(name) || ["depends_on", "lifecycle"].contains(&name.as_str());
    block
        .body
        .iter()
        .map(name)
        .filter(|name| !meta(name))
        .collect()
}

/// The references in an expression: `aws_lb.this[0].arn` as its names, without keys.
#[derive(Default)]
struct References {
    found: BTreeSet<Vec<String>>,
}

impl Visit for References {
    fn visit_traversal(&mut self, node: &Traversal) {
        if let Expression::Variable(name) = &node.expr {
            let mut parts = vec![name.as_str().to_owned()];
            for operator in &node.operators {
                if let TraversalOperator::GetAttr(name) = operator.value() {
                    parts.push(name.as_str().to_owned());
                }
            }
            self.found.insert(parts);
        }
        visit::visit_traversal(self, node);
    }

    fn visit_attr(&mut self, node: &Attribute) {
        // What an output or a block depends on is an order, not a value.
        if node.key.as_str() != "depends_on" {
            visit::visit_attr(self, node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Dataflow, Node, Texts};

    const ROOT: &str = r#"
        module "rds" {
          source = "../rds"
          class  = "db.t4g.micro"
          port   = 5432
        }
        module "nlb" {
          source = "../nlb"
          port   = module.rds.port
          arn    = module.rds.arn
        }
    "#;
    const RDS: &str = r#"
        locals {
          tags = { for key, value in { class = var.class } : key => "${value}" }
        }
        resource "aws_db_instance" "this" {
          count          = 1
          instance_class = var.class
          port           = var.port
        }
        resource "aws_alarm" "this" {
          for_each  = local.tags
          threshold = length(aws_db_instance.this[0].arn)
          dynamic "block" {
            for_each = [var.port]
            content { x = block.value }
          }
        }
        output "port" { value = aws_db_instance.this[0].port }
        output "arn" { value = one(aws_db_instance.this[*].arn) }
    "#;
    const NLB: &str = r#"
        resource "aws_lb_listener" "this" {
          port = var.port
          load_balancer_arn = var.arn
          tags = { Name = "listener" }
        }
    "#;

    fn leads(argument: &str, address: &str, path: &str, made_anew: &str) -> bool {
        let texts: Texts = [("", ROOT), ("rds", RDS), ("nlb", NLB)]
            .map(|(module, text)| (module.to_owned(), vec![text.to_owned()]))
            .into();
        let is_made_anew = |module: &str, name: &str| format!("{module}.{name}") == made_anew;
        Dataflow::read(&texts).leads(argument, &Node::of_plan(address, path), &is_made_anew)
    }

    #[test]
    fn an_attribute_follows_from_the_arguments_that_its_references_lead_to() {
        const INSTANCE: &str = "module.rds.aws_db_instance.this[0]";
        const LISTENER: &str = "module.nlb.aws_lb_listener.this";
        const ALARM: &str = "module.rds.aws_alarm.this[\"a].b\"]";
        for (argument, address, path, expected) in [
            ("module.rds.class", INSTANCE, "instance_class", true),
            ("module.rds.class", INSTANCE, "port", false),
            ("module.rds.class", INSTANCE, "tags.stage", false),
            ("module.rds.class", INSTANCE, "arn", true),
            ("module.rds.port", INSTANCE, "port", true),
            ("module.rds.port", LISTENER, "port", true),
            ("module.rds.class", LISTENER, "port", false),
            ("module.rds.class", ALARM, "threshold", true),
            ("module.rds.port", ALARM, "block.0.x", true),
            ("module.rds.port", ALARM, "threshold", false),
            ("module.nlb.source", LISTENER, "port", true),
            ("module.nlb.source", INSTANCE, "port", false),
            ("module.nlb", LISTENER, "port", true),
            (
                "provider.aws.default_tags.tags",
                LISTENER,
                "tags_all.a",
                true,
            ),
            (
                "provider.aws.default_tags.tags",
                LISTENER,
                "tags.stage",
                true,
            ),
            ("provider.aws.default_tags.tags", LISTENER, "port", false),
            ("terraform.backend.s3.key", LISTENER, "port", false),
        ] {
            assert_eq!(
                leads(argument, address, path, ""),
                expected,
                "{argument} {address} {path}"
            );
        }
        // What AWS says of it reaches others only when it is made anew.
        for (made_anew, expected) in [("", false), ("rds.aws_db_instance.this", true)] {
            let leads = leads("module.rds.class", LISTENER, "load_balancer_arn", made_anew);
            assert_eq!(leads, expected, "{made_anew}");
        }
    }
}

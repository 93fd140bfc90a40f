//! Terraform files to a root module as data: what Terraform finds in the folder of a root, whoever has written it.
//!
//! hcl-rs does the reading. What only Terraform can evaluate stays text; what is not Terraform is a fault with words.

use std::{collections::BTreeMap, error, fmt};

use hcl::{
    Body, ObjectKey, Structure,
    expr::Expression,
    template::{Element, Template},
};
use serde_json::Value as Json;

use crate::{aws::engine::Form, model::identity::StateKey, terraform::tree::Tree};

/// Bytes of a file that is read; the largest of ours has a tenth.
pub const MAX_BYTES: usize = 1024 * 1024;

/// How deep brackets and operators may nest: the parser goes down once for each.
const MAX_DEPTH: usize = 48;

/// A root module as its files say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// Its blocks, in the order of the files.
    pub blocks: Vec<Block>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// A file, or a part of one, that Terraform would not read either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the file.
    pub file: String,
    /// What is wrong with it.
    pub error: ReadError,
}

/// Why a file, or a part of one, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is a symbolic link.
    Link,
    /// It is a repository.
    Repository,
    /// It has more than [`MAX_BYTES`].
    TooLarge,
    /// It is not text.
    NotText,
    /// Nothing is in it, or only zeros.
    Empty,
    /// Nobody has looked.
    Unread,
    /// Its brackets or operators nest too deep.
    TooDeep,
    /// It has a comment of several lines.
    LongComment,
    /// It has a heredoc.
    Heredoc,
    /// It is not HCL, in the words of the parser.
    Syntax(String),
    /// It has this argument outside of a block.
    LooseArgument(String),
    /// A block has this argument twice.
    Twice(String),
    /// The root does not say where its state is.
    NoState,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => f.write_str("it is a symbolic link"),
            Self::Repository => f.write_str("it is a repository"),
            Self::TooLarge => write!(f, "it has more than {MAX_BYTES} bytes"),
            Self::NotText => f.write_str("it is not text"),
            Self::Empty => f.write_str("it is empty"),
            Self::Unread => f.write_str("it has not been read"),
            Self::TooDeep => write!(f, "nested more than {MAX_DEPTH} deep"),
            Self::LongComment => f.write_str("a comment of several lines"),
            Self::Heredoc => f.write_str("a heredoc"),
            Self::Syntax(words) => f.write_str(words),
            Self::LooseArgument(name) => {
                write!(f, "Terraform takes no argument `{name}` outside of a block")
            }
            Self::Twice(name) => write!(f, "`{name}` is set twice in one block"),
            Self::NoState => f.write_str("it does not say where the state is"),
        }
    }
}

impl error::Error for ReadError {}

/// A block of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// `module`, `output`, …
    pub kind: String,
    /// The labels after the kind.
    pub labels: Vec<String>,
    /// Its arguments.
    pub arguments: BTreeMap<String, Value>,
    /// Its nested blocks, in order.
    pub blocks: Vec<Block>,
}

/// A value in HCL. The order of the keys of a map means nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `null`, which Terraform takes for an argument that is left out.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string in which nothing is left to evaluate.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map or an object.
    Map(BTreeMap<String, Value>),
    /// Anything that Terraform evaluates, as it is written.
    Reference(String),
}

/// A value on one line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) | Self::Reference(text) => f.write_str(text),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entry = |(key, value): (&String, &Self)| format!("{key} = {value}");
                let entries: Vec<_> = entries.iter().map(entry).collect();
                write!(f, "{{{}}}", entries.join(", "))
            }
        }
    }
}

impl Value {
    /// A value of a plan, when it is neither nothing nor made of parts.
    #[must_use]
    pub fn of_plan(value: &Json) -> Option<Self> {
        match value {
            Json::Bool(value) => Some(Self::Bool(*value)),
            Json::Number(number) => Some(Self::Number(number.to_string())),
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// The text, when it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is a whole one.
    #[must_use]
    pub fn as_number(&self) -> Option<u64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether Terraform can only know it by calling a function.
    #[must_use]
    pub fn calls_functions(&self) -> bool {
        match self {
            Self::Reference(text) => text.contains('('),
            Self::List(items) => items.iter().any(Self::calls_functions),
            Self::Map(entries) => entries.values().any(Self::calls_functions),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => false,
        }
    }
}

impl Block {
    /// An argument, unless it is left out.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments
            .get(name)
            .filter(|value| **value != Value::Null)
    }

    fn label(&self) -> &str {
        self.labels.first().map_or("", String::as_str)
    }

    fn calls_functions(&self) -> bool {
        let arguments = self.arguments.values().any(Value::calls_functions);
        arguments || self.blocks.iter().any(Self::calls_functions)
    }
}

impl Root {
    /// Reads the files that a root is printed to.
    #[must_use]
    pub fn of_tree(tree: &Tree) -> Self {
        let name = |path: &'_ String| path.rsplit('/').next().unwrap_or(path).to_owned();
        let files: Vec<_> = tree.iter().map(|(path, text)| (name(path), text)).collect();
        Self::read(
            files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        )
    }

    /// Reads the files of a root: names and texts.
    #[must_use]
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut root = Self::default();
        for (name, text) in files {
            match body(text) {
                Ok(body) => {
                    let blocks = body.into_iter().map(|structure| match structure {
                        Structure::Block(one) => block(one),
                        Structure::Attribute(one) => {
                            Err(ReadError::LooseArgument(one.key().to_owned()))
                        }
                    });
                    for found in blocks {
                        match found {
                            Ok(block) => root.blocks.push(block),
                            Err(error) => root.fault(name, error),
                        }
                    }
                }
                Err(error) => root.fault(name, error),
            }
        }
        root
    }

    /// Adds a file, or a part of one, that cannot be read.
    pub fn fault(&mut self, file: &str, error: ReadError) {
        self.faults.push(Fault {
            file: file.to_owned(),
            error,
        });
    }

    /// Where its state is; none unless one readable `backend "s3"` says both.
    #[must_use]
    pub fn state(&self) -> Option<StateKey> {
        let backends = self
            .of_kind("terraform")
            .flat_map(|one| &one.blocks)
            .filter(|one| ["backend", "cloud"].contains(&one.kind.as_str()));
        let backends: Vec<_> = backends.collect();
        let [backend] = backends.as_slice() else {
            return None;
        };
        let text = |name| backend.argument(name).and_then(Value::as_text);
        match (backend.label(), text("bucket"), text("key")) {
            ("s3", Some(bucket), Some(key)) => Some(StateKey {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }),
            _ => None,
        }
    }

    /// The call of a module, by its label.
    #[must_use]
    pub fn module(&self, label: &str) -> Option<&Block> {
        self.of_kind("module").find(|call| call.label() == label)
    }

    /// An argument of a module's call.
    #[must_use]
    pub fn argument(&self, label: &str, name: &str) -> Option<&Value> {
        self.module(label)?.argument(name)
    }

    /// The label of the module that makes the database; none when no call does.
    #[must_use]
    pub fn database_module(&self) -> Option<&'static str> {
        let forms = [Form::Instance, Form::Cluster].map(Form::module);
        forms.into_iter().find(|label| self.module(label).is_some())
    }

    /// An argument of the call of the module that makes the database.
    #[must_use]
    pub fn database_argument(&self, name: &str) -> Option<&Value> {
        self.argument(self.database_module()?, name)
    }

    /// The blocks of one kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Whether something in AWS belongs to it, as far as its files say.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let holds = ["module", "resource", "data", "removed"];
        let is_live = |block: &Block| holds.contains(&block.kind.as_str()) && !forgets(block);
        !self.faults.is_empty() || self.blocks.iter().any(is_live)
    }

    /// Whether anything in it could read a file that stands beside it.
    #[must_use]
    pub fn calls_functions(&self) -> bool {
        self.blocks.iter().any(Block::calls_functions)
    }
}

/// Whether a block only makes Terraform forget what it names.
fn forgets(block: &Block) -> bool {
    let keeps = |one: &Block| {
        one.kind == "lifecycle" && one.argument("destroy") == Some(&Value::Bool(false))
    };
    block.kind == "removed" && block.blocks.iter().any(keeps)
}

/// Folder and name of the module that a source names: the address without what selects a version, and its last part.
#[must_use]
pub fn module_name(source: &str) -> &str {
    let address = source.split('?').next().unwrap_or(source);
    let address = address.trim_end_matches('/');
    address.rsplit('/').next().unwrap_or(address)
}

/// Whether a source is a folder beside the root.
#[must_use]
pub fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

fn body(text: &str) -> Result<Body, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    check_depth(text)?;
    hcl::parse(text).map_err(|error| {
        let message = error.to_string();
        let lines = message.lines().filter(|line| !line.contains('|'));
        ReadError::Syntax(lines.collect::<Vec<_>>().join(" "))
    })
}

/// What encloses a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Brackets,
    Quotes,
}

/// The parser calls itself for each bracket and each operator, so a file must not nest without an end. Heredocs are
/// refused with it: what is quoted in them cannot be told without the whole grammar, and no root of ours has one.
fn check_depth(text: &str) -> Result<(), ReadError> {
    let mut open: Vec<Inside> = Vec::new();
    let mut operators = 0;
    let mut letters = text.bytes().peekable();
    let (mut before, mut run) = (0, 0);
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        if open.last() == Some(&Inside::Quotes) {
            match letter {
                b'\\' => drop(letters.next()),
                b'"' => drop(open.pop()),
                // A doubled one is the letter itself.
                b'{' if [b'$', b'%'].contains(&before) && run == 1 => open.push(Inside::Brackets),
                _ => {}
            }
        } else {
            match (letter, next) {
                (b'"', _) => open.push(Inside::Quotes),
                (b'(' | b'[' | b'{', _) => open.push(Inside::Brackets),
                (b')' | b']' | b'}', _) => drop(open.pop()),
                (b'#', _) | (b'/', Some(b'/')) => {
                    while letters.next_if(|one| *one != b'\n').is_some() {}
                }
                (b'/', Some(b'*')) => return Err(ReadError::LongComment),
                (b'<', Some(b'<')) => return Err(ReadError::Heredoc),
                (b'!' | b'-' | b'?', _) => operators += 1,
                _ => {}
            }
        }
        run = if letter == before { run + 1 } else { 1 };
        before = letter;
        if open.len().max(operators) > MAX_DEPTH {
            return Err(ReadError::TooDeep);
        }
    }
    Ok(())
}

fn block(read: hcl::Block) -> Result<Block, ReadError> {
    let labels = read.labels.into_iter().map(hcl::BlockLabel::into_inner);
    let mut block = Block {
        kind: read.identifier.into_inner(),
        labels: labels.collect(),
        arguments: BTreeMap::new(),
        blocks: Vec::new(),
    };
    for structure in read.body {
        match structure {
            Structure::Block(nested) => block.blocks.push(self::block(nested)?),
            Structure::Attribute(one) => {
                let name = one.key.into_inner();
                if block.arguments.contains_key(&name) {
                    return Err(ReadError::Twice(name));
                }
                block.arguments.insert(name, value(one.expr));
            }
        }
    }
    Ok(block)
}

fn value(expression: Expression) -> Value {
    match expression {
        Expression::Null => Value::Null,
        Expression::Bool(value) => Value::Bool(value),
        Expression::Number(number) => Value::Number(number.to_string()),
        Expression::String(text) => Value::Text(text),
        Expression::Array(items) => Value::List(items.into_iter().map(value).collect()),
        Expression::Parenthesis(inner) => value(*inner),
        Expression::Object(entries) => {
            let shown = Expression::Object(entries.clone());
            let mut map = BTreeMap::new();
            for (name, item) in entries {
                let Some(name) = key(name) else {
                    return reference(&shown);
                };
                if map.insert(name, value(item)).is_some() {
                    return reference(&shown);
                }
            }
            Value::Map(map)
        }
        Expression::TemplateExpr(template) => match Template::from_expr(&template) {
            Ok(read) => literal(&read).map_or_else(
                || reference(&Expression::TemplateExpr(template)),
                Value::Text,
            ),
            Err(_) => reference(&Expression::TemplateExpr(template)),
        },
        other => reference(&other),
    }
}

/// The key of an entry, when nothing is left to evaluate.
fn key(key: ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Identifier(name) => Some(name.into_inner()),
        ObjectKey::Expression(expression) => match value(expression) {
            Value::Text(text) | Value::Number(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The text of a template that has no holes.
fn literal(template: &Template) -> Option<String> {
    let parts = template.elements().iter().map(|element| match element {
        Element::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    parts.collect()
}

fn reference(expression: &Expression) -> Value {
    let printed = hcl::format::to_string(expression);
    Value::Reference(printed.unwrap_or_else(|_| format!("{expression:?}")))
}

#[cfg(test)]
mod tests {
    use super::{Root, Value, is_local, module_name};

    const ROOT: &str = r#"
        terraform {
          backend "s3" {
            bucket = "states"
            key    = "db/dev/orders/terraform.tfstate"
          }
        }
        module "rds" {
          source = "../../../modules/rds"
          name   = "$${a}"
          size   = 5
          tags   = { b = 1, "a" = null }
          port   = module.proxy.port
          file   = file("x")
          none   = null
        }
    "#;

    #[test]
    fn a_root_is_read_as_data() {
        let root = Root::read([("main.tf", ROOT)]);
        assert_eq!(root.faults, []);
        let state = root.state().unwrap().to_string();
        assert_eq!(state, "s3://states/db/dev/orders/terraform.tfstate");
        let shown = |name| root.argument("rds", name).map(ToString::to_string);
        assert_eq!(shown("name").unwrap(), "\"${a}\"");
        assert_eq!(shown("size").unwrap(), "5");
        assert_eq!(shown("tags").unwrap(), "{a = null, b = 1}");
        assert_eq!(shown("port").unwrap(), "module.proxy.port");
        assert_eq!(shown("none"), None);
        assert!(root.calls_functions() && root.is_live());
        assert_eq!(
            root.argument("rds", "size").and_then(Value::as_number),
            Some(5)
        );
    }

    #[test]
    fn what_is_not_terraform_is_a_fault() {
        let deep = |open: &str| format!("a {{ b = {} }}", open.repeat(100_000));
        for text in [
            "a {",
            "a = 1",
            "module \"a\" {\n a = 1\n a = 2\n}",
            &deep("["),
            &deep("!"),
            &deep("${"),
            &deep("1 ? "),
            &deep("-"),
            &deep("[\"]\", "),
            &deep("\"${"),
            "a {\n b = <<E\n\"\nE\n}",
            "/* \" */ a {}",
            &" ".repeat(2_000_000),
        ] {
            let root = Root::read([("main.tf", text)]);
            assert_eq!(root.faults.len(), 1, "{}", &text[..text.len().min(40)]);
            assert!(root.is_live(), "what cannot be read may hold anything");
        }
    }

    #[test]
    fn brackets_in_quotes_do_not_nest() {
        let many = "([{!?-$${%%{<< /* # $$${ %%%{".repeat(100);
        let text = format!("a \"b\" {{\n c = \"{many}\" # \" ((((\n d = \"${{e}}\"\n}}");
        assert_eq!(Root::read([("main.tf", text.as_str())]).faults, []);
    }

    #[test]
    fn two_backends_or_another_one_say_no_state() {
        for text in [
            "",
            "terraform {\n backend \"local\" {\n path = \"x\"\n }\n}",
            "terraform {\n backend \"s3\" {\n bucket = \"b\"\n key = var.key\n }\n}",
            "terraform {\n cloud {\n }\n backend \"s3\" {\n bucket = \"b\"\n key = \"k\"\n }\n}",
        ] {
            assert_eq!(Root::read([("terraform.tf", text)]).state(), None, "{text}");
        }
    }

    #[test]
    fn a_source_says_its_module() {
        for (source, name, local) in [
            ("../../modules/rds", "rds", true),
            (
                "git::https://example.com/x.git//modules/irsa-role?ref=v1/2",
                "irsa-role",
                false,
            ),
            ("rds", "rds", false),
        ] {
            assert_eq!((module_name(source), is_local(source)), (name, local));
        }
    }
}

//! Where each generated value comes from, in both directions.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};

use crate::{
    diagnostic::{File, Span},
    model::{Database, Environment, Origin},
    review::impact,
    terraform::{
        diff,
        emit::emit,
        print,
        root_module::{ArgumentSource, Block, Expression, RootModule},
    },
    yaml,
};

/// One argument of a root, and its one origin.
#[derive(Clone, Debug)]
pub struct Value {
    /// Address in the root, such as `module.rds.instance_class`; below it, for an entry of a map, its key.
    pub address: String,
    /// The value on one line.
    pub value: String,
    /// What kind of origin it has.
    pub origin: &'static str,
    /// The key that it comes from, if any.
    pub key: String,
    /// Where that key is written, if anywhere.
    pub span: Option<Span>,
    /// What it is in AWS, if anything.
    pub becomes: &'static str,
    /// The generated file.
    pub file: String,
    /// Its lines there, counted from 1.
    pub lines: RangeInclusive<usize>,
}

/// Whose root is explained.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// A unit.
    Unit(&'a Database),
    /// What the units of an environment share.
    Environment(&'a Environment),
}

/// Places that have been looked up: a file is parsed once for each of its keys, not once for each argument.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<(String, String), Option<Span>>);

impl Places {
    /// From a key to the end of its value; nothing, when it is not written.
    fn of(&mut self, file: &Arc<File>, pointer: &str) -> Option<Span> {
        let known = (file.path.clone(), pointer.to_owned());
        let found = self.0.entry(known).or_insert_with(|| {
            let value = yaml::span(file, pointer).range;
            let name = yaml::span(file, &format!("{pointer}#")).range;
            (!value.is_empty()).then(|| Span {
                range: name.start.min(value.start)..value.end,
                file: Arc::clone(file),
            })
        });
        found.clone()
    }
}

/// Every argument of a root, in the order of its files.
#[must_use]
pub fn values(root: &RootModule, owner: Owner, spans: &mut Places) -> Vec<Value> {
    let tree = emit(root);
    let mut reader = Reader {
        text: Vec::new(),
        at: 0,
        path: String::new(),
        owner,
        spans,
        values: Vec::new(),
    };
    for file in &root.files {
        let path = format!("{}/{}", root.directory, file.name);
        let text = tree.get(&path).map_or("", String::as_str);
        reader.text = text.lines().collect();
        (reader.at, reader.path) = (0, path);
        for block in file.blocks.iter() {
            reader.block(block, "", 0);
        }
    }
    reader.values
}

/// Walks through a generated file and the blocks that it was made of side by side.
struct Reader<'a> {
    text: Vec<&'a str>,
    at: usize,
    path: String,
    owner: Owner<'a>,
    spans: &'a mut Places,
    values: Vec<Value>,
}

/// An origin in words, the key, and where it is written.
type Provenance = (&'static str, String, Option<Span>);

impl Reader<'_> {
    fn block(&mut self, block: &Block, above: &str, depth: usize) {
        let address = diff::address(block, above);
        self.skip_to(depth, |line| {
            line.starts_with(block.kind) && line.ends_with('{')
        });
        self.at += 1;
        let inner = depth + 2;
        for argument in &block.arguments {
            let names = (diff::name(block), argument.name);
            self.skip_to(inner, |line| line.split(' ').next() == Some(argument.name));
            let lines = self.extent(inner);
            let told = match argument.source {
                ArgumentSource::Origin(origin) => self.origin(origin, ""),
                ArgumentSource::Wire => ("another module", String::new(), None),
                ArgumentSource::Fixed => ("fixed", String::new(), None),
            };
            let address = format!("{address}.{}", argument.name);
            self.add(&address, &argument.term, told, names, lines.clone());
            if let Expression::Map(entries) = &argument.term {
                self.entries(&address, names, entries, &lines);
            }
        }
        for nested in &block.blocks {
            self.block(nested, &address, inner);
        }
    }

    /// Entries of the maps that several files give together have origins of their own.
    fn entries(
        &mut self,
        address: &str,
        names: (&'static str, &'static str),
        entries: &[(String, Expression)],
        lines: &RangeInclusive<usize>,
    ) {
        let end = self.at;
        // Numbers of lines count from 1, so this is the line after the first.
        self.at = *lines.start();
        let inner = self.line().map_or(0, indent);
        for (key, term) in entries {
            let quoted = format!("\"{}\" ", print::escape(key));
            self.skip_to(inner, |line| line.starts_with(&quoted));
            let lines = self.extent(inner);
            let Some(origin) = self.entry_origin(names, key) else {
                continue;
            };
            let token = key.replace('~', "~0").replace('/', "~1");
            let told = self.origin(origin, &format!("/{token}"));
            self.add(&format!("{address}[{key:?}]"), term, told, names, lines);
        }
        self.at = end;
    }

    fn entry_origin(&self, names: (&str, &str), key: &str) -> Option<Origin> {
        let Owner::Unit(database) = self.owner else {
            return None;
        };
        let given = match names {
            ("default_tags", "tags") => database.tags.get(key),
            ("rds", "parameters") => database.parameters.get(key),
            _ => None,
        };
        given.map(|given| given.origin)
    }

    fn line(&self) -> Option<&str> {
        self.text.get(self.at).copied()
    }

    fn skip_to(&mut self, depth: usize, is_it: impl Fn(&str) -> bool) {
        while let Some(line) = self.line() {
            if indent(line) == depth && is_it(line.trim_start()) {
                return;
            }
            self.at += 1;
        }
    }

    /// The lines of the item that starts here; afterwards it lies behind.
    fn extent(&mut self, depth: usize) -> RangeInclusive<usize> {
        let start = self.at + 1;
        let opens = self.line().is_some_and(|line| line.ends_with(['{', '[']));
        self.at += 1;
        if opens {
            while self.line().is_some_and(|line| indent(line) > depth) {
                self.at += 1;
            }
            self.at += 1;
        }
        start..=self.at
    }

    fn add(
        &mut self,
        address: &str,
        term: &Expression,
        (origin, key, span): Provenance,
        (block, argument): (&'static str, &'static str),
        lines: RangeInclusive<usize>,
    ) {
        self.values.push(Value {
            address: address.to_owned(),
            value: diff::plain(term),
            origin,
            key,
            span,
            becomes: impact::becomes(block, argument),
            file: self.path.clone(),
            lines,
        });
    }

    /// `below` is a pointer inside the value.
    fn origin(&mut self, origin: Origin, below: &str) -> Provenance {
        let of_environment = |key: &str, environment: &Environment| {
            let pointer = format!("/environments/{}/{key}", environment.name);
            (Arc::clone(&environment.file), pointer)
        };
        let of_config =
            |key: &str, database: &Database| (Arc::clone(&database.file), format!("/{key}"));
        let environment = match self.owner {
            Owner::Unit(database) => &database.environment,
            Owner::Environment(environment) => environment,
        };
        let (word, key) = match origin {
            Origin::Config(key) => ("config", key.to_owned()),
            Origin::Derived(key) => ("derived from", key.to_owned()),
            Origin::Default(key) => ("environment default", format!("defaults/{key}")),
            Origin::Environment(key) => ("environment", key.to_owned()),
            Origin::BuiltIn => return ("built-in default", String::new(), None),
        };
        let (file, pointer) = match (origin, self.owner) {
            (Origin::Config(_) | Origin::Derived(_), Owner::Unit(database)) => {
                of_config(&key, database)
            }
            _ => of_environment(&key, environment),
        };
        let span = self.spans.of(&file, &format!("{pointer}{below}"));
        (word, format!("{key}{below}").replace('/', "."), span)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

impl Value {
    /// Whether a line of a generated file belongs to it.
    #[must_use]
    pub fn stands_at(&self, file: &str, line: usize) -> bool {
        self.file == file && self.lines.contains(&line)
    }

    /// Whether it comes from a line of a config or of `valet.yaml`.
    #[must_use]
    pub fn comes_from(&self, file: &str, line: usize) -> bool {
        self.span.as_ref().is_some_and(|span| {
            let (start, _) = span.file.position(span.range.start);
            let (end, _) = span.file.position(span.range.end);
            span.file.path == file && (start..=end).contains(&line)
        })
    }

    /// Where it comes from, in words: file and line, or what else decides it.
    #[must_use]
    pub fn from(&self) -> String {
        match &self.span {
            Some(span) => {
                let (line, _) = span.file.position(span.range.start);
                format!("{} `{}` ({}:{line})", self.origin, self.key, span.file.path)
            }
            None if self.key.is_empty() => self.origin.to_owned(),
            None => format!("{} `{}`", self.origin, self.key),
        }
    }
}

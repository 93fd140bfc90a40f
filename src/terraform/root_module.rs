//! A Terraform root module as data: files of blocks of arguments, and where each argument comes from.

use std::borrow::Cow;

use crate::model::{Origin, Resolved};

/// A Terraform root module: one directory, one state.
#[derive(Debug)]
pub struct RootModule {
    /// Folder, relative to the workspace.
    pub directory: String,
    /// The file it is generated from, relative to the workspace.
    pub written_in: String,
    /// Its files.
    pub files: Vec<RootFile>,
}

/// A file of a root.
#[derive(Debug)]
pub struct RootFile {
    /// Its name.
    pub name: &'static str,
    /// Its blocks, in order; those that are the same in every root are shared.
    pub blocks: Cow<'static, [Block]>,
}

/// An HCL block.
#[derive(Clone, Debug)]
pub struct Block {
    /// `module`, `output`, …
    pub kind: &'static str,
    /// The labels after the kind.
    pub labels: Vec<&'static str>,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// Its nested blocks, in order.
    pub blocks: Vec<Block>,
}

/// One argument and the one place that its value comes from.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub term: Expression,
    /// Where the value comes from.
    pub source: ArgumentSource,
}

/// Where the value of an argument comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentSource {
    /// A value of the instance or its environment.
    Origin(Origin),
    /// The output of another module of the root.
    Wire,
    /// The same in every root.
    Fixed,
}

/// A value in HCL. Text is data: only `Output` and `Address` ever become references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A string, escaped when it is written.
    Text(String),
    /// A whole number.
    Number(u32),
    /// A boolean.
    Bool(bool),
    /// A list.
    List(Vec<Expression>),
    /// A map; its keys are data and are quoted.
    Map(Vec<(String, Expression)>),
    /// An object; its keys are attribute names.
    Object(Vec<(&'static str, Expression)>),
    /// `module.<module>`.
    Module(&'static str),
    /// `module.<module>.<output>`.
    Output(&'static str, &'static str),
    /// `module.<module>.<resource type>.<resource>["<key>"]`.
    Address(&'static str, &'static str, &'static str, String),
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Expression {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Expression {
    fn from(value: u32) -> Self {
        Self::Number(value)
    }
}

pub(crate) fn texts<'a>(
    list: impl IntoIterator<Item = &'a (impl AsRef<str> + 'a + ?Sized)>,
) -> Expression {
    Expression::List(list.into_iter().map(|text| text.as_ref().into()).collect())
}

impl Block {
    pub(crate) fn new(kind: &'static str, labels: &[&'static str]) -> Self {
        const USUAL: usize = 8;
        Self {
            kind,
            labels: labels.to_vec(),
            arguments: Vec::with_capacity(USUAL),
            blocks: Vec::new(),
        }
    }

    pub(crate) fn push(
        mut self,
        name: &'static str,
        term: impl Into<Expression>,
        source: ArgumentSource,
    ) -> Self {
        self.arguments.push(Argument {
            name,
            term: term.into(),
            source,
        });
        self
    }

    pub(crate) fn fixed(self, name: &'static str, term: impl Into<Expression>) -> Self {
        self.push(name, term, ArgumentSource::Fixed)
    }

    pub(crate) fn from(
        self,
        name: &'static str,
        term: impl Into<Expression>,
        origin: Origin,
    ) -> Self {
        self.push(name, term, ArgumentSource::Origin(origin))
    }

    pub(crate) fn environment(
        self,
        name: &'static str,
        term: impl Into<Expression>,
        key: &'static str,
    ) -> Self {
        self.from(name, term, Origin::Environment(key))
    }

    pub(crate) fn named(self, name: &'static str, term: &str) -> Self {
        self.from(name, term, Origin::Derived("shortname"))
    }

    pub(crate) fn resolved<T>(self, name: &'static str, given: &Resolved<T>) -> Self
    where
        for<'a> Expression: From<&'a T>,
    {
        self.from(name, &given.value, given.origin)
    }

    pub(crate) fn copied<T: Copy + Into<Expression>>(
        self,
        name: &'static str,
        given: &Resolved<T>,
    ) -> Self {
        self.from(name, given.value, given.origin)
    }

    pub(crate) fn optional<T: Clone + Into<Expression>>(
        self,
        name: &'static str,
        given: &Resolved<Option<T>>,
    ) -> Self {
        match &given.value {
            Some(value) => self.from(name, value.clone(), given.origin),
            None => self,
        }
    }

    pub(crate) fn wire(
        self,
        name: &'static str,
        module: &'static str,
        output: &'static str,
    ) -> Self {
        self.push(
            name,
            Expression::Output(module, output),
            ArgumentSource::Wire,
        )
    }

    pub(crate) fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }

    pub(crate) fn block(mut self, block: Self) -> Self {
        self.blocks.push(block);
        self
    }
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

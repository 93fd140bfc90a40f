//! A Terraform root module as data: files of blocks of arguments, and where each argument comes from.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::{
    aws::{
        acus::Acus, engine_version::EngineVersion, instance_class::InstanceClass, window::Window,
    },
    model::{Origin, Resolved},
};

/// A Terraform root module: one directory, one state.
#[derive(Debug)]
pub struct RootModule {
    /// Folder, relative to the workspace.
    pub directory: String,
    /// The file it is generated from, relative to the workspace.
    pub written_in: String,
    /// Its files.
    pub files: Vec<RootFile>,
    /// Text of its lock file, when the workspace has one.
    pub lock: Option<Arc<str>>,
}

/// A file of a root.
#[derive(Debug)]
pub struct RootFile {
    /// Its name.
    pub name: &'static str,
    /// What its first lines tell a reader, each on a line of its own.
    pub notes: Vec<String>,
    /// Its blocks, in order; those that are the same in every root are shared.
    pub blocks: Cow<'static, [Block]>,
}

/// An HCL block.
#[derive(Clone, Debug)]
pub struct Block {
    /// What kind of block it is.
    pub kind: BlockKind,
    /// The labels after the kind.
    pub labels: Vec<&'static str>,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// Its nested blocks, in order.
    pub blocks: Vec<Block>,
}

/// The kinds of blocks that roots are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// `assume_role` of a provider.
    AssumeRole,
    /// `backend` of `terraform`.
    Backend,
    /// `default_tags` of a provider.
    DefaultTags,
    /// `import`.
    Import,
    /// `lifecycle` of `removed`.
    Lifecycle,
    /// `module`.
    Module,
    /// `output`.
    Output,
    /// `provider`.
    Provider,
    /// `removed`.
    Removed,
    /// `required_providers` of `terraform`.
    RequiredProviders,
    /// `terraform`.
    Terraform,
}

impl BlockKind {
    /// Those that stand in a file by themselves.
    pub const TOP: [Self; 6] = [
        Self::Import,
        Self::Module,
        Self::Output,
        Self::Provider,
        Self::Removed,
        Self::Terraform,
    ];

    /// The kind as HCL writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumeRole => "assume_role",
            Self::Backend => "backend",
            Self::DefaultTags => "default_tags",
            Self::Import => "import",
            Self::Lifecycle => "lifecycle",
            Self::Module => "module",
            Self::Output => "output",
            Self::Provider => "provider",
            Self::Removed => "removed",
            Self::RequiredProviders => "required_providers",
            Self::Terraform => "terraform",
        }
    }
}

/// One argument and the one place that its value comes from.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: Expression,
    /// Where the value comes from.
    pub source: ArgumentSource,
}

/// Where the value of an argument comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentSource {
    /// A value of the database or its environment.
    Origin(Origin),
    /// The output of another module of the root.
    Wire,
    /// The outputs of other roots, as they are committed.
    Outputs,
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
    /// Capacity.
    Acus(Acus),
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
    /// `module.<module>.<resource type>.<resource>`, with `["<key>"]` when it has one.
    Address(&'static str, &'static str, &'static str, Option<String>),
}

impl RootModule {
    /// Path of one of its files, relative to the workspace.
    #[must_use]
    pub fn path(&self, file: &RootFile) -> String {
        format!("{}/{}", self.directory, file.name)
    }
}

/// The value on one line, for people.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Acus(acus) => write!(f, "{acus}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entry = |(key, value): &(String, Self)| format!("{key} = {value}");
                let entries: Vec<_> = entries.iter().map(entry).collect();
                write!(f, "{{{}}}", entries.join(", "))
            }
            Self::Object(attributes) => {
                let attribute = |(name, value): &(&str, Self)| format!("{name} = {value}");
                let attributes: Vec<_> = attributes.iter().map(attribute).collect();
                write!(f, "{{{}}}", attributes.join(", "))
            }
            Self::Module(module) => write!(f, "module.{module}"),
            Self::Output(module, output) => write!(f, "module.{module}.{output}"),
            Self::Address(module, kind, resource, key) => {
                write!(f, "module.{module}.{kind}.{resource}")?;
                key.iter().try_for_each(|key| write!(f, "[{key:?}]"))
            }
        }
    }
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

/// Values that are text in YAML are the same text in HCL.
macro_rules! as_text {
    ($($type:ty),+) => {
        $(impl From<&$type> for Expression {
            fn from(value: &$type) -> Self {
                Self::Text(value.to_string())
            }
        })+
    };
}

as_text!(EngineVersion, InstanceClass, Window);

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Acus> for Expression {
    fn from(value: Acus) -> Self {
        Self::Acus(value)
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
    /// What the table of impacts calls it: a module's label, else its kind.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.kind, self.labels.first()) {
            (BlockKind::Module, Some(label)) => label,
            _ => self.kind.as_str(),
        }
    }

    /// Its address inside another block, such as `terraform.backend.s3`.
    #[must_use]
    pub fn address(&self, above: &str) -> String {
        let mut address = above.to_owned();
        for part in std::iter::once(self.kind.as_str()).chain(self.labels.iter().copied()) {
            if !address.is_empty() {
                address.push('.');
            }
            address.push_str(part);
        }
        // Blocks without labels stand several times; their first argument tells them apart.
        if let (BlockKind::Import | BlockKind::Removed, Some(first)) =
            (self.kind, self.arguments.first())
        {
            address = format!("{address}[{}]", first.value);
        }
        address
    }

    pub(crate) fn new(kind: BlockKind, labels: &[&'static str]) -> Self {
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
        value: impl Into<Expression>,
        source: ArgumentSource,
    ) -> Self {
        self.arguments.push(Argument {
            name,
            value: value.into(),
            source,
        });
        self
    }

    pub(crate) fn fixed(self, name: &'static str, value: impl Into<Expression>) -> Self {
        self.push(name, value, ArgumentSource::Fixed)
    }

    pub(crate) fn from(
        self,
        name: &'static str,
        value: impl Into<Expression>,
        origin: Origin,
    ) -> Self {
        self.push(name, value, ArgumentSource::Origin(origin))
    }

    pub(crate) fn environment(
        self,
        name: &'static str,
        value: impl Into<Expression>,
        key: &'static str,
    ) -> Self {
        self.from(name, value, Origin::Environment(key))
    }

    /// A key of the environment that need not be written.
    pub(crate) fn stated(
        self,
        name: &'static str,
        value: Option<&String>,
        key: &'static str,
    ) -> Self {
        match value {
            Some(value) => self.environment(name, value, key),
            None => self,
        }
    }

    pub(crate) fn named(self, name: &'static str, value: &str) -> Self {
        self.from(name, value, Origin::Derived("shortname"))
    }

    pub(crate) fn resolved<T>(self, name: &'static str, resolved: &Resolved<T>) -> Self
    where
        for<'a> Expression: From<&'a T>,
    {
        self.from(name, &resolved.value, resolved.origin)
    }

    pub(crate) fn copied<T: Copy + Into<Expression>>(
        self,
        name: &'static str,
        resolved: &Resolved<T>,
    ) -> Self {
        self.from(name, resolved.value, resolved.origin)
    }

    pub(crate) fn optional<T: Clone + Into<Expression>>(
        self,
        name: &'static str,
        resolved: &Resolved<Option<T>>,
    ) -> Self {
        match &resolved.value {
            Some(value) => self.from(name, value.clone(), resolved.origin),
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

//! One finding: which rule, where, what to do about it.

mod list;
pub mod report;
pub mod rule;
pub mod spans;

use std::{borrow::Cow, error::Error, fmt, ops::Range, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use serde_json::Value;

use crate::{
    diagnostic::{
        rule::{Rule, Severity},
        spans::Spans,
    },
    text::{
        pointer,
        unicode::{BYTE_ORDER_MARK, spelt_out, without_hidden},
    },
};

pub use list::Diagnostics;

/// A value, or everything wrong with the input that should have made it.
pub type Checked<T> = Result<T, Diagnostics>;

/// An input file: its path inside the workspace, with `/` between folders, and its text.
#[derive(Debug)]
pub struct File {
    /// Path relative to the workspace.
    pub path: String,
    /// Everything in it.
    pub text: String,
    /// Where its values stand; nothing, when it is not a document.
    spans: Spans,
}

impl File {
    /// A file without values.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::with_spans(path, text, Spans::default())
    }

    /// A file that has been read.
    #[must_use]
    pub fn with_spans(path: impl Into<String>, text: impl Into<String>, spans: Spans) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            spans,
        }
    }

    /// The characters behind a JSON pointer; with `#` at its end, of the key instead of its value. What is not there
    /// has the first place of the file.
    #[must_use]
    pub fn span(self: &Arc<Self>, pointer: &str) -> Span {
        let (path, of_key) = match pointer.strip_suffix('#') {
            Some(path) => (path, true),
            None => (pointer, false),
        };
        let range = self.spans.find(&self.text, path, of_key).unwrap_or(0..0);
        // Text over several lines ends before the line that follows it.
        let written = self.text.get(range.clone()).unwrap_or("").trim_end();
        Span {
            file: Arc::clone(self),
            range: range.start..range.start + written.len(),
        }
    }

    /// Line and column, both counted from 1 and in characters, of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(start..).unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// Characters of an input file.
#[derive(Clone, Debug)]
pub struct Span {
    /// The file.
    pub file: Arc<File>,
    /// Byte offsets into its text.
    pub range: Range<usize>,
}

/// A change of a file that certainly mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Gives a key another value.
    Set(Vec<String>, Value),
    /// Calls a key by its right name.
    Rename(Vec<String>, String),
}

/// One thing wrong, at one place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which rule was broken.
    pub rule: &'static Rule,
    /// What is wrong, in the user's words, with the value as written.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to type instead.
    pub help: Option<String>,
    /// Another place that is part of the story, and what it has to do with it.
    pub also: Option<(Span, String)>,
    /// What certainly mends it.
    pub fix: Option<Fix>,
}

impl Problem {
    /// A problem without help.
    #[must_use]
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: spelt_out(&message.into()),
            span,
            help: None,
            also: None,
            fix: None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(spelt_out(&help.into()));
        self
    }

    /// Says how to mend it without a doubt. `pointer` is a JSON pointer; entries of lists cannot be mended.
    #[must_use]
    pub fn fix(mut self, pointer: &str, fix: impl FnOnce(Vec<String>) -> Fix) -> Self {
        let path: Vec<_> = pointer::tokens(pointer).map(Cow::into_owned).collect();
        let in_a_list = path.iter().any(|token| token.parse::<usize>().is_ok());
        if !in_a_list {
            self.fix = Some(fix(path));
        }
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also = Some((span, spelt_out(&label.into())));
        self
    }

    /// Whether this alone rejects the input.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.rule.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {}

/// A problem as miette draws it. `base` goes before the file's path, so that a terminal can open it.
#[derive(Debug)]
pub struct Report {
    code: &'static str,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    source: NamedSource<String>,
    label: LabeledSpan,
    related: Option<Box<Report>>,
}

impl Report {
    /// Prepares a problem for drawing.
    #[must_use]
    pub fn new(problem: &Problem, base: &str) -> Self {
        let severity = match problem.rule.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        };
        let mut report = Self::at(&problem.span, base, severity, &problem.message);
        report.code = problem.rule.code;
        report.help.clone_from(&problem.help);
        report.related = problem
            .also
            .as_ref()
            .map(|(span, label)| Box::new(Self::at(span, base, miette::Severity::Advice, label)));
        report
    }

    fn at(span: &Span, base: &str, severity: miette::Severity, message: &str) -> Self {
        let name = spelt_out(&format!("{base}{}", span.file.path));
        // What cannot be seen is drawn as something else, which may have another length.
        let shown = |text: &str| without_hidden(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        let text = span.file.text.as_str();
        let [start, end] = [span.range.start, span.range.end]
            .map(|at| shown(text.get(..at).unwrap_or(text)).len());
        Self {
            code: "",
            severity,
            message: message.to_owned(),
            help: None,
            source: NamedSource::new(name, shown(text)),
            label: LabeledSpan::underline(start..end),
            related: None,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Report {}

impl Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(self.code) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.related.as_ref().map(|report| {
            Box::new(std::iter::once(report.as_ref() as &dyn Diagnostic))
                as Box<dyn Iterator<Item = &dyn Diagnostic>>
        })
    }
}

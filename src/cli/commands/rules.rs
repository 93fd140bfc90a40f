//! `valet-rds rules`: the table of rules, or all about one.

use clap::ValueEnum;

use crate::{
    cli::{
        complete,
        json::{self, rules::Rules},
        stop::Stop,
        terminal::print,
    },
    diagnostic::rule::{self, Rule},
    text::{screen::Screen, suggest},
};

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule to explain [default: list all]
    #[arg(value_name = "CODE", add = complete::rules())]
    code: Option<String>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When there is no such rule.
pub fn run(arguments: &Arguments) -> Result<(), Stop> {
    let one = match &arguments.code {
        Some(code) => Some(find(code)?),
        None => None,
    };
    match (arguments.format, one) {
        (Format::Json, Some(rule)) => json::print(&Rules::new(&[rule])),
        (Format::Json, None) => json::print(&Rules::new(&rule::ALL)),
        (Format::Human, Some(rule)) => print(&explain(rule)),
        (Format::Human, None) => print(&list()),
    }
}

fn find(code: &str) -> Result<&'static Rule, Stop> {
    rule::find(code).ok_or_else(|| {
        let codes: Vec<_> = rule::ALL.iter().map(|rule| rule.code).collect();
        let hint = suggest::hint("", code, &codes);
        Stop::Usage(format!("there is no rule `{code}`{hint}"))
    })
}

fn list() -> Screen {
    let codes = rule::ALL.iter().map(|rule| rule.code.len());
    let width = codes.max().unwrap_or(0);
    let line = |rule: &&Rule| {
        let severity = rule.severity.as_str();
        Screen::of_line(format_args!(
            "{:width$}  {severity:7}  {}",
            rule.code, rule.meaning
        ))
    };
    rule::ALL.iter().map(line).collect()
}

fn explain(rule: &Rule) -> Screen {
    Screen::lines(&format!(
        "{} ({})\n\n{}\n{}\n\nFor example:\n  {}\n",
        rule.code,
        rule.severity.as_str(),
        rule.meaning,
        rule.explanation,
        rule.example
    ))
}

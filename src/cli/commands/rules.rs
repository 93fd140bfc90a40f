//! `valet-rds rules`: the table of rules, or all about one.

use std::fmt::Write;

use crate::{
    cli::{complete, stop::Stop, terminal::print},
    diagnostic::rule,
    text::suggest,
};

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The rule to explain [default: list all]
    #[arg(value_name = "CODE", add = complete::rules())]
    code: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such rule.
pub fn run(arguments: &Arguments) -> Result<(), Stop> {
    let Some(code) = &arguments.code else {
        let width = rule::ALL
            .iter()
            .map(|rule| rule.code.len())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for rule in rule::ALL {
            let _ = writeln!(
                text,
                "{:width$}  {:7}  {}",
                rule.code,
                rule.severity.as_str(),
                rule.meaning
            );
        }
        return print(text);
    };
    let Some(rule) = rule::find(code) else {
        let codes: Vec<_> = rule::ALL.iter().map(|rule| rule.code).collect();
        let hint = suggest::nearest(code, &codes)
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Err(Stop::Usage(format!("there is no rule `{code}`{hint}")));
    };
    print(format!(
        "{} ({})\n\n{}\n{}\n\nFor example:\n  {}\n",
        rule.code,
        rule.severity.as_str(),
        rule.meaning,
        rule.explanation,
        rule.example
    ))
}

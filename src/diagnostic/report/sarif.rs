//! Problems as SARIF 2.1.0, in the shape that code scanning of GitHub reads.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::diagnostic::{
    Problem, Span,
    rule::{self, Rule},
};

/// One run with every rule and a result for each problem.
#[must_use]
pub fn sarif(problems: &[Problem], base: &str) -> String {
    let results: Vec<Value> = problems
        .iter()
        .map(|problem| result(problem, base))
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "valet-rds",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rule::ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": format!("{}\n\nFor example: {}", rule.explanation, rule.example)},
        "defaultConfiguration": {"level": rule.severity.as_str()},
    })
}

fn result(problem: &Problem, base: &str) -> Value {
    let help = problem
        .help
        .as_ref()
        .map_or(String::new(), |help| format!("\nhelp: {help}"));
    let mut result = json!({
        "ruleId": problem.rule.code,
        "ruleIndex": rule::ALL.iter().position(|rule| rule.code == problem.rule.code),
        "level": problem.rule.severity.as_str(),
        "message": {"text": format!("{}{help}", problem.message)},
        "locations": [location(&problem.span, base)],
    });
    if let (Some((span, label)), Value::Object(result)) = (&problem.also, &mut result) {
        let mut related = location(span, base);
        if let Value::Object(related) = &mut related {
            related.insert("id".to_owned(), 1.into());
            related.insert("message".to_owned(), json!({"text": label}));
        }
        result.insert("relatedLocations".to_owned(), json!([related]));
    }
    result
}

fn location(span: &Span, base: &str) -> Value {
    let (start_line, start_column) = span.file.position(span.range.start);
    let (end_line, end_column) = span.file.position(span.range.end);
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&format!("{base}{}", span.file.path))},
        "region": {
            "startLine": start_line,
            "startColumn": start_column,
            "endLine": end_line,
            "endColumn": end_column,
        },
    }})
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    path.bytes().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

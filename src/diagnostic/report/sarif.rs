//! Problems as SARIF 2.1.0, in the shape that code scanning of GitHub reads.

use std::fmt::Write;

use serde::Serialize;

use crate::{
    diagnostic::{
        Problem, Span,
        rule::{self, Rule},
    },
    text::path::below,
};

/// A log: one run with every rule, and a result for each problem.
#[derive(Debug, Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<RunResult>,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Message<&'static str>,
    full_description: Message<&'static str>,
    help: Message<String>,
    default_configuration: Configuration,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct Message<T> {
    text: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunResult {
    rule_id: &'static str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Message<String>,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    related_locations: Option<[Place; 1]>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// The log of these problems. `prefix` is the path of the workspace in the repository.
#[must_use]
pub fn sarif(problems: &[Problem], prefix: &str) -> Log {
    let driver = Driver {
        name: "valet-rds",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: rule::ALL.iter().map(|rule| Descriptor::new(rule)).collect(),
    };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results: problems
                .iter()
                .map(|problem| RunResult::new(problem, prefix))
                .collect(),
        }],
    }
}

impl Descriptor {
    fn new(rule: &Rule) -> Self {
        let help = format!("{}\n\nFor example: {}", rule.explanation, rule.example);
        Self {
            id: rule.code,
            short_description: Message { text: rule.meaning },
            full_description: Message {
                text: rule.explanation,
            },
            help: Message { text: help },
            default_configuration: Configuration {
                level: rule.severity.as_str(),
            },
        }
    }
}

impl RunResult {
    fn new(problem: &Problem, prefix: &str) -> Self {
        let help = problem.help.as_ref();
        let help = help.map_or(String::new(), |help| format!("\nhelp: {help}"));
        let code = problem.rule.code;
        let related = problem.also.as_ref().map(|(span, label)| {
            [Place {
                id: Some(1),
                message: Some(Message { text: plain(label) }),
                ..Place::new(span, prefix)
            }]
        });
        Self {
            rule_id: code,
            rule_index: rule::ALL.iter().position(|rule| rule.code == code),
            level: problem.rule.severity.as_str(),
            message: Message {
                text: plain(&format!("{}{help}", problem.message)),
            },
            locations: [Place::new(&problem.span, prefix)],
            related_locations: related,
        }
    }
}

impl Place {
    fn new(span: &Span, prefix: &str) -> Self {
        let (start_line, start_column) = span.file.position(span.range.start);
        let (end_line, end_column) = span.file.position(span.range.end);
        Self {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(&below(prefix, &span.file.path)),
                },
                region: Region {
                    start_line,
                    start_column,
                    end_line,
                    end_column,
                },
            },
            id: None,
            message: None,
        }
    }
}

/// Text of a message, in which `[words](target)` would be a link.
fn plain(text: &str) -> String {
    text.replace("](", "] (")
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

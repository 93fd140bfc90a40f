//! A graph in the language of Graphviz.

use std::fmt::Write;

use super::Graph;
use crate::text::unicode::spelt_out;

/// The graph in DOT.
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=LR\n  node [shape=box, style=rounded, fontname=\"Helvetica\"]\n  edge [fontname=\"Helvetica\"]\n",
        quoted(&graph.title)
    );
    for group in graph.groups() {
        let _ = writeln!(
            text,
            "  subgraph cluster_{} {{\n    label={}",
            group.id,
            quoted(&group.title)
        );
        for node in &group.nodes {
            let lines: Vec<_> = std::iter::once(node.kind.as_str())
                .chain(node.lines.iter().map(String::as_str))
                .collect();
            let _ = writeln!(
                text,
                "    {} [label={}]",
                node.id,
                quoted(&lines.join("\n"))
            );
        }
        text.push_str("  }\n");
    }
    for edge in &graph.edges {
        let style = if edge.data { "" } else { ", style=dashed" };
        let _ = writeln!(
            text,
            "  {} -> {} [label={}{style}]",
            edge.from,
            edge.to,
            quoted(&edge.label)
        );
    }
    text.push_str("}\n");
    text
}

/// Text as a label. Graphviz reads entities in it.
fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(escaped).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for letter in spelt_out(line).chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            '#' | '&' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

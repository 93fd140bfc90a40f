//! A graph as a Mermaid flowchart, which GitHub draws in Markdown.

use std::fmt::Write;

use super::Graph;
use crate::text::unicode::spelt_out;

/// The graph in Mermaid.
#[must_use]
pub fn mermaid(graph: &Graph) -> String {
    let mut text = format!("---\ntitle: {}\n---\nflowchart LR\n", escaped(&graph.title));
    for group in graph.groups() {
        let _ = writeln!(text, "  subgraph {}[{}]", group.id, quoted(&group.title));
        for node in &group.nodes {
            let kind = format!("<b>{}</b>", escaped(&node.kind));
            let lines: Vec<_> = std::iter::once(kind)
                .chain(node.lines.iter().map(|line| escaped(line)))
                .collect();
            let _ = writeln!(text, "    {}[\"{}\"]", node.id, lines.join("<br/>"));
        }
        text.push_str("  end\n");
    }
    for edge in &graph.edges {
        let arrow = if edge.data { "-->" } else { "-.->" };
        let _ = writeln!(
            text,
            "  {} {arrow}|{}| {}",
            edge.from,
            quoted(&edge.label),
            edge.to
        );
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Mermaid writes entities with `#` instead of `&`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in spelt_out(text).chars() {
        match letter {
            '"' | '#' | '&' | '<' | '>' | '\\' | '`' => {
                let _ = write!(escaped, "#{};", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

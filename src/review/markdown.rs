//! A review as the comment of a pull request: the summary first, details folded, never longer than a comment may be.

use std::fmt::Write;

use super::{
    Deny, Kind, Line, Review,
    group::{Group, groups, summary},
};
use crate::{
    diagnostic::{
        Problem,
        report::{self, plural},
    },
    text::{date::Date, path::below},
};

/// Bytes that a comment never reaches; GitHub takes 65,536 characters.
pub const LIMIT: usize = 65_000;

/// Kept free for the sentence about what did not fit.
const TAIL: usize = 400;
const MOST_ROWS: usize = 40;
const MOST_NAMES: usize = 12;
const MOST_VALUE: usize = 120;

/// The review as a comment. The same review gives the same bytes. `prefix` is the path of the workspace in the repository.
#[must_use]
pub fn markdown(review: &Review, deny: Deny, today: Date, prefix: &str) -> String {
    let groups = groups(review);
    // The first line lets a later run find the comment that it replaces.
    let mut page = Page::new("<!-- valet-rds diff -->\n");
    page.add(&format!("### Databases: {}\n\n", summary(review)));
    for problems in [&review.stale, &review.problems] {
        for (problem, others) in report::groups(problems) {
            page.add(&bullet(problem, &others, prefix));
        }
    }
    for unit in &review.units {
        if let Some(word) = unit.denied(deny, today) {
            page.add(&format!(
                "- **denied** {}: {word} is not in its `allow`\n",
                code(&unit.id.to_string())
            ));
        }
    }
    if !groups.is_empty() {
        page.add("\n| effect | units | keys |\n|---|---|---|\n");
    }
    for group in groups.iter().take(MOST_ROWS) {
        page.add(&row(group));
    }
    page.left_out += groups.len().saturating_sub(MOST_ROWS);
    page.add("\n");
    for group in groups.iter().take(MOST_ROWS) {
        let (facts, hcl) = (facts(group), hcl(group));
        let title = format!(
            "<details><summary>{}: {}</summary>\n\n",
            html(&group.names(3, "")),
            html(&group.effect())
        );
        let end = "</details>\n\n";
        if !page.fits(&format!("{title}{facts}{hcl}{end}")) {
            page.cut += 1;
            page.add(&format!(
                "{title}{facts}The changed lines are left out here.\n\n{end}"
            ));
        } else if !(facts.is_empty() && hcl.is_empty()) {
            page.add(&format!("{title}{facts}{hcl}{end}"));
        }
    }
    page.close()
}

/// A text that does not grow beyond its limit; whole pieces are left out instead.
struct Page {
    text: String,
    left_out: usize,
    cut: usize,
}

impl Page {
    fn new(start: &str) -> Self {
        Self {
            text: start.to_owned(),
            left_out: 0,
            cut: 0,
        }
    }

    fn fits(&self, piece: &str) -> bool {
        self.text.len() + piece.len() + TAIL < LIMIT
    }

    fn add(&mut self, piece: &str) {
        if self.fits(piece) {
            self.text.push_str(piece);
        } else {
            self.left_out += 1;
        }
    }

    fn close(mut self) -> String {
        if self.left_out + self.cut > 0 {
            // Writing to a string cannot fail.
            let _ = writeln!(
                self.text,
                "Cut to fit into a comment: {} shortened, {} left out. `valet-rds diff` shows everything.",
                plural(self.cut, "part"),
                plural(self.left_out, "part")
            );
        }
        self.text
    }
}

fn bullet(problem: &Problem, others: &[&Problem], prefix: &str) -> String {
    let span = &problem.span;
    let (line, _) = span.file.position(span.range.start);
    let help = problem
        .help
        .as_deref()
        .map_or(String::new(), |help| format!("; {}", escape(help)));
    let more = match others.len() {
        0 => String::new(),
        count => format!(" and {}", plural(count, "more place")),
    };
    format!(
        "- **{}** {}: {}{help} ({}{more})\n",
        problem.rule.severity.as_str(),
        code(problem.rule.code),
        escape(&problem.message),
        code(&format!("{}:{line}", below(prefix, &span.file.path))),
    )
}

fn row(group: &Group) -> String {
    let keys = group.keys();
    let shown: Vec<_> = keys
        .iter()
        .take(MOST_NAMES)
        .map(|key| cell(&code(key)))
        .collect();
    let more = keys.len() - shown.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    format!(
        "| **{}** | {} | {}{more} |\n",
        cell(&escape(&group.effect())),
        cell(&group.names(3, "`")),
        shown.join(", ")
    )
}

fn facts(group: &Group) -> String {
    let mut text = String::new();
    if group.units.len() > 3 {
        let _ = writeln!(text, "{}\n", group.names(MOST_NAMES, "`"));
    }
    for line in group.lines() {
        text.push_str(&fact(line));
    }
    let notes = group
        .units
        .first()
        .map(|unit| unit.upgrade.as_slice())
        .unwrap_or_default();
    for note in notes {
        let _ = writeln!(text, "- {note}");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn fact(line: &Line) -> String {
    let mut text = format!("- **{}**", line.grade.as_str());
    if !line.key.is_empty() {
        let _ = write!(text, " {}", code(&line.key));
    }
    if line.is_of_environment {
        text.push_str(" in `valet.yaml`");
    }
    if !(line.old.is_empty() && line.new.is_empty()) {
        let _ = write!(text, ": {} → {}", value(&line.old), value(&line.new));
    }
    let _ = write!(text, "<br>{}", code(&line.address));
    if !line.becomes.is_empty() {
        let _ = write!(text, " becomes {}", code(&line.becomes));
    }
    let _ = write!(text, "<br>{}", escape(&line.why));
    let when = line.when();
    if !when.is_empty() {
        let _ = write!(text, "<br>when: {}", escape(&when));
    }
    if !line.connection.is_empty() {
        let _ = write!(
            text,
            "<br>**connection change**: {}",
            line.connection.join(", ")
        );
    }
    if !line.instead.is_empty() {
        let _ = write!(text, "<br>instead: {}", escape(&line.instead));
    }
    text.push('\n');
    text
}

fn hcl(group: &Group) -> String {
    let Some(first) = group.units.first() else {
        return String::new();
    };
    if matches!(first.kind, Kind::Created | Kind::Gone) || group.files.is_empty() {
        return String::new();
    }
    let diff: String = if group.units.len() == 1 {
        first.hcl.iter().map(ToString::to_string).collect()
    } else {
        let file =
            |(name, lines): &(String, Vec<String>)| format!("# {name}\n{}\n", lines.join("\n"));
        group.files.iter().map(file).collect()
    };
    let fence = "`".repeat(longest_run(&diff).max(2) + 1);
    format!("{}\n\n{fence}diff\n{diff}{fence}\n\n", group.size())
}

fn value(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if text.chars().count() <= MOST_VALUE {
        return code(text);
    }
    let start: String = text.chars().take(MOST_VALUE).collect();
    format!("{}…", code(&start))
}

/// Text that Markdown leaves alone, whatever is in it.
fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Our own sentences keep their code spans; what could start markup elsewhere is escaped.
fn escape(text: &str) -> String {
    html(text).replace('*', "\\*").replace('@', "@\u{200b}")
}

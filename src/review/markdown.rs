//! A review as the comment of a pull request: the summary first, details folded, never longer than a comment may be.

use super::{
    Deny, Kind, Line, Review,
    group::{Group, groups, more, summary},
};
use crate::{
    diagnostic::{
        Problem,
        report::{self, plural},
    },
    text::{date::Date, markdown::Markdown, path::below},
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
pub fn markdown(review: &Review, deny: Deny, today: Date, prefix: &str) -> Markdown {
    let groups = groups(review);
    // The first line lets a later run find the comment that it replaces.
    let mut page = Page::new(Markdown::new().own("<!-- valet-rds diff -->\n"));
    page.add(
        &Markdown::new()
            .own("### Databases: ")
            .prose(&summary(review))
            .own("\n\n"),
    );
    for problems in [&review.stale, &review.problems] {
        for (problem, others) in report::groups(problems) {
            page.add(&bullet(problem, &others, prefix));
        }
    }
    for unit in &review.units {
        if let Some(word) = unit.denied(deny, today) {
            let denied = Markdown::new()
                .own("- **denied** ")
                .code(&unit.id.to_string());
            page.add(
                &denied
                    .own(": ")
                    .prose(&word)
                    .own(" is not in its `allow`\n"),
            );
        }
    }
    if !groups.is_empty() {
        page.add(&Markdown::new().own("\n| effect | units | keys |\n|---|---|---|\n"));
    }
    for group in groups.iter().take(MOST_ROWS) {
        page.add(&row(group));
    }
    page.left_out += groups.len().saturating_sub(MOST_ROWS);
    page.add(&Markdown::new().own("\n"));
    for group in groups.iter().take(MOST_ROWS) {
        let (facts, hcl) = (facts(group), hcl(group));
        let start = title(group).and(&facts);
        let end = "</details>\n\n";
        let whole = start.clone().and(&hcl).own(end);
        if !page.fits(&whole) {
            page.cut += 1;
            let cut = "The changed lines are left out here.\n\n";
            page.add(&start.own(cut).own(end));
        } else if !(facts.is_empty() && hcl.is_empty()) {
            page.add(&whole);
        }
    }
    page.close()
}

/// A text that does not grow beyond its limit; whole pieces are left out instead.
struct Page {
    text: Markdown,
    left_out: usize,
    cut: usize,
}

impl Page {
    const fn new(start: Markdown) -> Self {
        Self {
            text: start,
            left_out: 0,
            cut: 0,
        }
    }

    fn fits(&self, piece: &Markdown) -> bool {
        self.text.len() + piece.len() + TAIL < LIMIT
    }

    fn add(&mut self, piece: &Markdown) {
        if self.fits(piece) {
            self.text.push(piece);
        } else {
            self.left_out += 1;
        }
    }

    fn close(self) -> Markdown {
        if self.left_out + self.cut == 0 {
            return self.text;
        }
        let (cut, left_out) = (plural(self.cut, "part"), plural(self.left_out, "part"));
        self.text
            .prose(&format!(
                "Cut to fit into a comment: {cut} shortened, {left_out} left out. `valet-rds diff` shows everything."
            ))
            .own("\n")
    }
}

fn bullet(problem: &Problem, others: &[&Problem], prefix: &str) -> Markdown {
    let span = &problem.span;
    let (line, _) = span.file.position(span.range.start);
    let mut text = Markdown::new()
        .own("- **")
        .own(problem.rule.severity.as_str())
        .own("** ")
        .code(problem.rule.code)
        .own(": ")
        .prose(&problem.message);
    if let Some(help) = &problem.help {
        text = text.own("; ").prose(help);
    }
    text = text
        .own(" (")
        .code(&format!("{}:{line}", below(prefix, &span.file.path)));
    if !others.is_empty() {
        text = text.prose(&format!(" and {}", plural(others.len(), "more place")));
    }
    text.own(")\n")
}

fn row(group: &Group) -> Markdown {
    let keys = group.keys();
    let shown = keys.iter().take(MOST_NAMES);
    let more = more(keys.len() - shown.len());
    names(
        Markdown::new()
            .own("| **")
            .prose(&group.effect())
            .own("** | "),
        group,
        3,
    )
    .own(" | ")
    .list(shown, ", ", |text, key| text.code(key))
    .prose(&more)
    .own(" |\n")
}

fn names(text: Markdown, group: &Group, most: usize) -> Markdown {
    let (names, more) = group.names(most);
    text.list(&names, ", ", |text, name| text.code(name))
        .prose(&more)
}

/// The start of what is folded: HTML, in which Markdown is not read.
fn title(group: &Group) -> Markdown {
    let (names, more) = group.names(3);
    Markdown::new()
        .own("<details><summary>")
        .list(&names, ", ", |text, name| text.html_prose(name))
        .html_prose(&more)
        .own(": ")
        .html_prose(&group.effect())
        .own("</summary>\n\n")
}

fn facts(group: &Group) -> Markdown {
    let mut text = Markdown::new();
    if group.units.len() > 3 {
        text = names(text, group, MOST_NAMES).own("\n\n");
    }
    for line in group.lines() {
        text = fact(text, line);
    }
    let notes = group.units.first().map(|unit| unit.upgrade.as_slice());
    for note in notes.unwrap_or_default() {
        text = text.own("- ").prose(note).own("\n");
    }
    if text.is_empty() {
        text
    } else {
        text.own("\n")
    }
}

fn fact(text: Markdown, line: &Line) -> Markdown {
    let mut text = text.own("- **").own(line.grade.as_str()).own("**");
    if !line.key.is_empty() {
        text = text.own(" ").code(&line.key);
    }
    if line.is_of_environment {
        text = text.own(" in `valet.yaml`");
    }
    if !(line.old.is_empty() && line.new.is_empty()) {
        text = value(text.own(": "), &line.old);
        text = value(text.own(" → "), &line.new);
    }
    text = text.own("<br>").code(&line.address);
    if !line.becomes.is_empty() {
        text = text.own(" becomes ").code(&line.becomes);
    }
    text = text.own("<br>").prose(&line.why);
    let when = line.when();
    if !when.is_empty() {
        text = text.own("<br>when: ").prose(&when);
    }
    if !line.connection.is_empty() {
        text =
            text.own("<br>**connection change**: ")
                .list(&line.connection, ", ", |text, what| text.own(what));
    }
    if !line.instead.is_empty() {
        text = text.own("<br>instead: ").prose(&line.instead);
    }
    text.own("\n")
}

fn hcl(group: &Group) -> Markdown {
    let Some(first) = group.units.first() else {
        return Markdown::new();
    };
    if matches!(first.kind, Kind::Created | Kind::Gone) || group.files.is_empty() {
        return Markdown::new();
    }
    let diff: String = if group.units.len() == 1 {
        first.hcl.iter().map(ToString::to_string).collect()
    } else {
        let file =
            |(name, lines): &(String, Vec<String>)| format!("# {name}\n{}\n", lines.join("\n"));
        group.files.iter().map(file).collect()
    };
    Markdown::new()
        .prose(&group.size())
        .own("\n\n")
        .fence("diff", &diff)
        .own("\n")
}

fn value(text: Markdown, value: &str) -> Markdown {
    if value.is_empty() {
        return text.own("nothing");
    }
    match value.char_indices().nth(MOST_VALUE) {
        None => text.code(value),
        Some((end, _)) => text.code(value.get(..end).unwrap_or(value)).own("…"),
    }
}

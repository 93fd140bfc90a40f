//! Problems as workflow commands of GitHub Actions: annotations on the lines of a pull request.

use std::fmt::Write;

use crate::{diagnostic::Problem, text::path::below};

/// One annotation a line. `prefix` is the path of the workspace in the repository.
#[must_use]
pub fn github(problems: &[Problem], prefix: &str) -> String {
    let mut text = String::new();
    for problem in problems {
        let span = &problem.span;
        let (line, column) = span.file.position(span.range.start);
        let (end_line, end_column) = span.file.position(span.range.end);
        let file = property(&below(prefix, &span.file.path));
        let help = problem
            .help
            .as_ref()
            .map_or(String::new(), |help| format!("\nhelp: {help}"));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "::{severity} title={code},file={file},line={line},endLine={end_line},col={column},endColumn={end_column}::{message}",
            severity = problem.rule.severity.as_str(),
            code = property(problem.rule.code),
            message = data(&format!("{}{help}", problem.message)),
        );
    }
    text
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, which must hold no separator either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

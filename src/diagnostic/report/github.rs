//! Problems as workflow commands of GitHub Actions: annotations on the lines of a pull request.

use crate::{
    diagnostic::Problem,
    text::{path::below, screen::Screen},
};

/// One annotation a line. `prefix` is the path of the workspace in the repository.
#[must_use]
pub fn github(problems: &[Problem], prefix: &str) -> Screen {
    problems
        .iter()
        .map(|problem| annotation(problem, prefix))
        .collect()
}

fn annotation(problem: &Problem, prefix: &str) -> Screen {
    let span = &problem.span;
    let (line, column) = span.file.position(span.range.start);
    let (end_line, end_column) = span.file.position(span.range.end);
    let help = problem
        .help
        .as_ref()
        .map_or(String::new(), |help| format!("\nhelp: {help}"));
    Screen::workflow_command(
        problem.rule.severity.as_str(),
        &[
            ("title", problem.rule.code),
            ("file", &below(prefix, &span.file.path)),
            ("line", &line.to_string()),
            ("endLine", &end_line.to_string()),
            ("col", &column.to_string()),
            ("endColumn", &end_column.to_string()),
        ],
        &format!("{}{help}", problem.message),
    )
}

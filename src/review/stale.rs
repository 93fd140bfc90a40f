//! Roots that are not what their configs give: what is reviewed is not what the configs say.

use std::sync::Arc;

use crate::{
    compile::snapshot::{Content, Files},
    diagnostic::{File, Problem, Span, report::plural, rule},
    review::beside::{self, Kind},
    terraform::{lock, tree::Tree},
};

/// Whether the generated files of a root are those that its config gives. Line ends are git's business.
#[must_use]
pub fn is_current(files: Option<&Files>, tree: &Tree) -> bool {
    let has_lock = tree.keys().any(|path| path.ends_with(lock::FILE));
    let standing = files.map(|files| {
        let ours = files.iter().filter(|(name, _)| match beside::kind(name) {
            Kind::Generated => true,
            Kind::Lock => has_lock,
            _ => false,
        });
        ours.map(|(name, content)| match content {
            Content::Text(text) => (name.as_str(), text.replace("\r\n", "\n")),
            Content::Unreadable(_) | Content::Unread => (name.as_str(), String::new()),
        })
        .collect::<Vec<_>>()
    });
    let expected: Vec<(&str, String)> = tree
        .iter()
        .map(|(path, text)| (path.rsplit('/').next().unwrap_or(path), text.clone()))
        .collect();
    standing.unwrap_or_default() == expected
}

/// The one problem of all the roots in these folders; none without any.
#[must_use]
pub fn problem(directories: &[String]) -> Option<Problem> {
    let about = "not what the configs give, so this is not what they say";
    found(directories, about)
}

/// The one problem of roots that should not be there any more; none without any.
#[must_use]
pub fn leaving(directories: &[String]) -> Option<Problem> {
    found(directories, "no longer what any config gives")
}

fn found(directories: &[String], about: &str) -> Option<Problem> {
    const MOST: usize = 8;
    let first = directories.first()?;
    let shown: Vec<&str> = directories.iter().take(MOST).map(String::as_str).collect();
    let more = directories.len() - shown.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let verb = if directories.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} {verb} {about}: {}{more}",
        plural(directories.len(), "root"),
        shown.join(", ")
    );
    let span = Span {
        range: 0..0,
        file: Arc::new(File::new(format!("{first}/main.tf"), "")),
    };
    Some(
        Problem::new(&rule::STALE_ROOT, span, message)
            .help("run `valet-rds generate` and commit the result"),
    )
}

//! The pages of several jobs as one comment.

use crate::{diagnostic::report, review::LIMIT};

/// Kept free for the sentence about what did not fit.
const TAIL: usize = 200;

/// One comment of these pages, never longer than a comment may be. The first line lets a later run find the comment that
/// it replaces; `prefix` is the path of the workspace in the repository.
#[must_use]
pub fn comment(prefix: &str, pages: &[String]) -> String {
    let mut text = format!("<!-- valet-rds review {prefix} -->\n");
    let mut left_out = 0;
    for page in pages {
        // Each page has such a line of its own.
        let page = match page.split_once('\n') {
            Some((first, rest)) if first.starts_with("<!-- ") => rest,
            _ => page,
        };
        if text.len() + page.len() + TAIL > LIMIT {
            left_out += 1;
        } else if !page.trim().is_empty() {
            text.push('\n');
            text.push_str(page.trim_end());
            text.push('\n');
        }
    }
    if left_out > 0 {
        let pages = report::plural(left_out, "page");
        text.extend(["\n", &pages, " more do not fit here: see the jobs.\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, comment};

    #[test]
    fn pages_are_joined_as_far_as_they_fit() {
        let page = |text: &str| format!("<!-- valet-rds plan -->\n{text}\n");
        assert_eq!(
            comment("db/", &[page("a"), page(""), page("b")]),
            "<!-- valet-rds review db/ -->\n\na\n\nb\n"
        );
        let long = page(&"é".repeat(LIMIT / 2 - 1000));
        let joined = comment("", &[page("a"), long.clone(), long.clone(), page("z")]);
        assert!(joined.len() < LIMIT, "{}", joined.len());
        assert!(joined.contains("z\n\n1 page more do not fit here: see the jobs.\n"));
    }
}

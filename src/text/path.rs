//! Paths as text, with `/` between folders.

/// A path without `.` and, where possible, without `..`.
#[must_use]
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path in a folder as it is called outside of it; `prefix` is empty, or the folder's path with `/` at its end.
#[must_use]
pub fn below(prefix: &str, path: &str) -> String {
    normal(&format!("{prefix}{path}"))
}

#[cfg(test)]
mod tests {
    use super::{below, normal};

    #[test]
    fn a_path_has_no_step_that_the_next_one_takes_back() {
        for (path, expected) in [
            ("a/./b//c", "a/b/c"),
            ("a/../b", "b"),
            ("../../a", "../../a"),
            ("a/../../b", "../b"),
        ] {
            assert_eq!(normal(path), expected);
        }
        assert_eq!(below("", "a"), "a");
        assert_eq!(below("new/db/", "../../old/db/a"), "old/db/a");
    }
}

//! Paths as text, with `/` between folders.

use std::fmt::Write;

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

/// A path as a part of an address.
#[must_use]
pub fn in_address(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{below, in_address, normal};

    #[test]
    fn a_path_in_an_address_is_a_path_and_nothing_else() {
        assert_eq!(in_address("a-b/c_d.yaml"), "a-b/c_d.yaml");
        assert_eq!(in_address("a b?#%/é\""), "a%20b%3F%23%25/%C3%A9%22");
    }

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

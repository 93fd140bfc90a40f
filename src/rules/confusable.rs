//! The rules against names that deceive people or machines.

use super::Found;
use crate::{
    diagnostic::{Problem, Span, rule},
    text::{pointer, unicode::first_confusable},
};

impl Found<'_> {
    pub(super) fn confusables(&mut self) {
        let database = self.database;
        let namespace = &database.namespace;
        if is_device(&namespace.value) {
            let span = database.span(namespace.origin);
            self.problems.push(device(&namespace.value, span));
        }
        for (key, given) in &database.tags {
            let token = pointer::escape(key);
            for (text, part) in [(key, "#"), (&given.value, "")] {
                let Some(letter) = first_confusable(text) else {
                    continue;
                };
                let span = database.span_below(given.origin, &format!("/{token}{part}"));
                let message = format!("`{text}` is written in two scripts");
                self.problems
                    .push(Problem::new(&rule::LOOK_ALIKE, span, message).help(letter));
            }
        }
    }
}

/// Whether Windows keeps a name for a device, whatever its extension.
pub(super) fn is_device(name: &str) -> bool {
    let is_numbered = |port| {
        name.strip_prefix(port).is_some_and(|number| {
            number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    ["aux", "con", "nul", "prn"].contains(&name) || is_numbered("com") || is_numbered("lpt")
}

pub(super) fn device(name: &str, span: Span) -> Problem {
    let message = format!("`{name}` is a device on Windows, and cannot be a file there");
    Problem::new(&rule::WINDOWS_NAME, span, message).help("choose another name")
}

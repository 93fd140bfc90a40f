//! The rules against names that deceive people or machines.

use super::Found;
use crate::{
    lookalike::impostor,
    problem::{Place, Problem},
    rule,
};

impl Found<'_> {
    pub(super) fn deceit(&mut self) {
        let instance = self.instance;
        let namespace = &instance.namespace;
        if is_device(&namespace.value) {
            let place = instance.place(namespace.origin);
            self.problems.push(device(&namespace.value, place));
        }
        for (key, given) in &instance.tags {
            let token = key.replace('~', "~0").replace('/', "~1");
            for (text, part) in [(key, "#"), (&given.value, "")] {
                let Some(impostor) = impostor(text) else {
                    continue;
                };
                let place = instance.place_below(given.origin, &format!("/{token}{part}"));
                let message = format!("`{text}` is written in two scripts");
                self.problems
                    .push(Problem::new(&rule::LOOK_ALIKE, place, message).help(impostor));
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

pub(super) fn device(name: &str, place: Place) -> Problem {
    let message = format!("`{name}` is a device on Windows, and cannot be a file there");
    Problem::new(&rule::WINDOWS_NAME, place, message).help("choose another name")
}

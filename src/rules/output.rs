//! The rules about the folder of the generated roots.

use super::confusable::{device, is_device};
use crate::{
    config::is_within,
    diagnostic::{Problem, rule},
    model::Environment,
};

/// Everything wrong with the output folder, as an environment uses it. The folder is that of the whole workspace.
pub(super) fn check(environment: &Environment) -> Option<Problem> {
    let (output, configs) = (&environment.output, &environment.spec.configs);
    let written = environment.file.span("/output");
    let mut parts = output.split('/');
    if let Some(name) = parts.clone().find(|part| is_device(&stem(part))) {
        return Some(device(name, written));
    }
    if parts.any(|part| part.eq_ignore_ascii_case(".git")) {
        let message = format!("`{output}` is git's own folder");
        return Some(
            Problem::new(&rule::BAD_OUTPUT, written, message)
                .help("choose a folder beside the configs, such as `output: generated`"),
        );
    }
    // Windows and macOS do not tell the case of letters apart.
    let (roots, folder) = (output.to_lowercase(), configs.to_lowercase());
    let is_below =
        |one: &str, other: &str| is_within(&one.replace('/', "."), &other.replace('/', "."));
    if !is_below(&folder, &roots) && !is_below(&roots, &folder) {
        return None;
    }
    let span = if written.range.is_empty() {
        environment.span("configs")
    } else {
        written
    };
    let message = format!(
        "generated roots in `{output}` and the configs in `{configs}` get in each other's way"
    );
    Some(Problem::new(&rule::BAD_OUTPUT, span, message).help("give each a folder of its own"))
}

/// The part of a name that Windows looks at.
fn stem(name: &str) -> String {
    name.split('.').next().unwrap_or(name).to_lowercase()
}

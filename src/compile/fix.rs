//! Mends what can be mended without a doubt, keeping comments and layout.

use crate::{
    compile::WORKSPACE_FILE,
    diagnostic::{Fix, Problem},
    text::unicode::BYTE_ORDER_MARK,
    yaml::edit,
};

/// Where the schema of the configs lies in a workspace.
pub const CONFIG_SCHEMA: &str = "schemas/config.schema.json";

/// Where the schema of `valet.yaml` lies in a workspace.
pub const WORKSPACE_SCHEMA: &str = "schemas/workspace.schema.json";

/// The first line that gives editors the schema of a file; `path` is inside the workspace.
#[must_use]
pub fn modeline(path: &str) -> String {
    let schema = if path == WORKSPACE_FILE {
        WORKSPACE_SCHEMA
    } else {
        CONFIG_SCHEMA
    };
    let up = "../".repeat(path.matches('/').count());
    format!("# yaml-language-server: $schema={up}{schema}\n")
}

/// The text of a file with its fixable problems mended, and how many there were. None, when nothing can be mended.
#[must_use]
pub fn mend(path: &str, text: &str, problems: &[Problem]) -> Option<(String, usize)> {
    let mut mended = text.to_owned();
    let mut count = 0;
    let here = problems
        .iter()
        .filter(|problem| problem.span.file.path == path);
    for fix in here.filter_map(|problem| problem.fix.as_ref()) {
        let edited = match fix {
            Fix::Set(path, value) => edit::set(&mended, &keys(path), value),
            Fix::Rename(path, to) => edit::rename(&mended, &keys(path), to),
        };
        // What cannot be edited in place stays a problem and is shown again.
        if let Ok(edited) = edited {
            mended = edited;
            count += 1;
        }
    }
    if count == 0 {
        return None;
    }
    if !mended.contains("yaml-language-server:") {
        let text = mended.trim_start_matches(BYTE_ORDER_MARK);
        mended.insert_str(mended.len() - text.len(), &modeline(path));
    }
    Some((mended, count))
}

fn keys(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

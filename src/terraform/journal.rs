//! What `terraform apply -json` tells while it applies, one JSON document a line. A run that was killed may have cut the
//! last line.

use std::collections::BTreeSet;

use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    hook: Option<Hook>,
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Hook {
    resource: Option<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    /// The resource that it is about.
    address: Option<String>,
}

fn lines(journal: &str) -> impl Iterator<Item = Line> {
    journal
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

/// The addresses of the resources that were done with.
#[must_use]
pub fn completed(journal: &str) -> BTreeSet<String> {
    let done = lines(journal).filter(|line| line.kind.as_deref() == Some("apply_complete"));
    done.filter_map(|line| Some(line.hook?.resource?.addr))
        .collect()
}

/// The addresses of the resources that Terraform was told to stop at: it takes them for broken, though AWS goes on with
/// them.
#[must_use]
pub fn cut_short(journal: &str) -> BTreeSet<String> {
    let told = lines(journal).filter_map(|line| line.diagnostic);
    let is_cut = |one: &Diagnostic| {
        let told = [&one.summary, &one.detail];
        told.iter().any(|words| words.contains("context canceled"))
    };
    told.filter(is_cut).filter_map(|one| one.address).collect()
}

/// The errors, each with all that Terraform says of it.
#[must_use]
pub fn errors(journal: &str) -> Vec<String> {
    let told = lines(journal).filter_map(|line| line.diagnostic);
    told.filter(|one| one.severity == "error")
        .map(|one| format!("Error: {}\n{}", one.summary, one.detail))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{completed, cut_short, errors};

    const JOURNAL: &str = r#"{"@level":"info","type":"version","terraform":"1.11.4"}
{"type":"apply_start","hook":{"resource":{"addr":"module.rds.a.b"},"action":"create"}}
{"type":"apply_complete","hook":{"resource":{"addr":"module.rds.a.b"},"action":"create","id_key":"id","id_value":"x"}}
{"type":"apply_start","hook":{"resource":{"addr":"module.nlb.a.b"},"action":"create"}}
{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"w","detail":"d"}}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"no","detail":"because"}}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"waiting: context canceled","detail":"","address":"module.nlb.a.b"}}
{"type":"apply_comp"#;

    #[test]
    fn a_journal_tells_what_is_done_and_what_went_wrong() {
        let done: Vec<_> = completed(JOURNAL).into_iter().collect();
        assert_eq!(done, ["module.rds.a.b"]);
        let cut: Vec<_> = cut_short(JOURNAL).into_iter().collect();
        assert_eq!(cut, ["module.nlb.a.b"]);
        assert_eq!(errors(JOURNAL)[0], "Error: no\nbecause");
    }
}

//! What `terraform apply -json` tells while it applies, one JSON document a line. A run that was killed may have cut the
//! last line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What applies that were cut short have come to, as far as they have told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Addresses of what they have done with.
    pub completed: BTreeSet<String>,
    /// Addresses of what they were told to stop at: Terraform takes it for broken, though AWS goes on with it.
    pub cut_short: BTreeSet<String>,
    /// Addresses of what they were at when they ended.
    pub open: BTreeSet<String>,
    /// Addresses of what they have begun to destroy.
    pub destroyed: BTreeSet<String>,
    /// What they have made or begun to make, and not destroyed since, by address.
    pub made: BTreeMap<String, Made>,
}

/// Something that was made, or was being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its type.
    pub kind: String,
    /// Its id; none, when Terraform has not told that it is done.
    pub id: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "@message", default)]
    message: String,
    hook: Option<Hook>,
    diagnostic: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Hook {
    resource: Option<Resource>,
    #[serde(default)]
    action: String,
    id_value: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
    #[serde(default)]
    resource_type: String,
}

/// Something that Terraform has to say, such as an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Diagnostic {
    severity: String,
    /// The first line of it.
    pub summary: String,
    /// All of it.
    #[serde(default)]
    pub detail: String,
    /// The resource that it is about.
    pub address: Option<String>,
}

impl Diagnostic {
    /// All of it, as Terraform prints it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("Error: {}\n{}", self.summary, self.detail)
    }

    fn is_cut(&self) -> bool {
        let told = [&self.summary, &self.detail];
        told.iter().any(|words| words.contains("context canceled"))
    }
}

/// What Terraform prints when it is told to stop. From then on what fails may have been begun all the same.
const INTERRUPTED: &str = "Interrupt received";

impl Journal {
    /// Reads the journals of several runs, one after the other.
    #[must_use]
    pub fn read(journals: &str) -> Self {
        let mut journal = Self::default();
        let mut is_interrupted = false;
        for line in lines(journals) {
            is_interrupted |= line.message.contains(INTERRUPTED);
            match (line.kind.as_deref(), line.hook, line.diagnostic) {
                (Some("version"), ..) => is_interrupted = false,
                (Some("apply_start"), Some(hook), _) => journal.start(hook),
                (Some("apply_complete"), Some(hook), _) => journal.complete(hook),
                (Some("apply_errored"), Some(hook), _) if !is_interrupted => journal.fail(hook),
                (
                    _,
                    _,
                    Some(Diagnostic {
                        address: Some(address),
                        summary,
                        detail,
                        severity,
                    }),
                ) => {
                    let told = Diagnostic {
                        severity,
                        summary,
                        detail,
                        address: None,
                    };
                    if told.is_cut() {
                        journal.cut_short.insert(address);
                    }
                }
                _ => {}
            }
        }
        journal
    }

    fn start(&mut self, hook: Hook) {
        let Some(resource) = hook.resource else {
            return;
        };
        match hook.action.as_str() {
            "create" => {
                let made = Made {
                    kind: resource.resource_type,
                    id: None,
                };
                // What an earlier run has made is known better.
                self.made.entry(resource.addr.clone()).or_insert(made);
            }
            "delete" => {
                let is_it = |made: &mut Made| made.id.is_none() || made.id == hook.id_value;
                if self.made.get_mut(&resource.addr).is_some_and(is_it) {
                    self.made.remove(&resource.addr);
                }
                self.destroyed.insert(resource.addr.clone());
            }
            "update" => {}
            _ => return,
        }
        self.open.insert(resource.addr);
    }

    fn complete(&mut self, hook: Hook) {
        let Some(resource) = hook.resource else {
            return;
        };
        self.open.remove(&resource.addr);
        if hook.action == "create" {
            let made = Made {
                kind: resource.resource_type,
                id: hook.id_value,
            };
            self.made.insert(resource.addr.clone(), made);
        }
        self.completed.insert(resource.addr);
    }

    /// What AWS refuses to make, it has not made.
    fn fail(&mut self, hook: Hook) {
        let Some(resource) = hook.resource else {
            return;
        };
        self.open.remove(&resource.addr);
        if self
            .made
            .get(&resource.addr)
            .is_some_and(|made| made.id.is_none())
        {
            self.made.remove(&resource.addr);
        }
    }

    /// Whether something was being made and has not been changed since, so that it may be half of what it was to be.
    #[must_use]
    pub fn is_half_made(&self, address: &str) -> bool {
        let made = self.made.get(address);
        made.is_some_and(|made| made.id.is_none()) && !self.completed.contains(address)
    }

    /// Whether nothing was done, as far as anybody knows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn lines(journal: &str) -> impl Iterator<Item = Line> {
    journal
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

/// The errors that Terraform has told of.
#[must_use]
pub fn errors(journal: &str) -> Vec<Diagnostic> {
    let told = lines(journal).filter_map(|line| line.diagnostic);
    told.filter(|one| one.severity == "error").collect()
}

#[cfg(test)]
mod tests {
    use super::{Journal, errors};

    const JOURNAL: &str = r#"{"@level":"info","type":"version","terraform":"1.11.4"}
{"type":"apply_start","hook":{"resource":{"addr":"module.rds.a.b","resource_type":"a"},"action":"create"}}
{"type":"apply_complete","hook":{"resource":{"addr":"module.rds.a.b","resource_type":"a"},"action":"create","id_key":"id","id_value":"x"}}
{"type":"apply_start","hook":{"resource":{"addr":"module.nlb.a.b","resource_type":"a"},"action":"create"}}
{"type":"apply_start","hook":{"resource":{"addr":"data.a.b","resource_type":"a"},"action":"read"}}
{"type":"apply_start","hook":{"resource":{"addr":"up.a","resource_type":"up"},"action":"update","id_key":"id","id_value":"u"}}
{"type":"apply_start","hook":{"resource":{"addr":"down.a","resource_type":"down"},"action":"delete","id_key":"id","id_value":"d"}}
{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"w","detail":"d"}}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"no","detail":"because"}}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"waiting: context canceled","detail":"","address":"module.nlb.a.b"}}
{"type":"apply_comp"#;

    fn names<'a>(addresses: impl IntoIterator<Item = &'a String>) -> String {
        let all: Vec<&str> = addresses.into_iter().map(String::as_str).collect();
        all.join(" ")
    }

    /// By address with the id, or with a question mark.
    fn made(journal: &Journal) -> String {
        let one = |(address, made): (&String, &super::Made)| {
            format!("{address}={}", made.id.as_deref().unwrap_or("?"))
        };
        journal.made.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn line(kind: &str, action: &str, id: &str) -> String {
        format!(
            "{{\"type\":\"{kind}\",\"hook\":{{\"resource\":{{\"addr\":\"a.b\",\"resource_type\":\"a\"}},\"action\":\"{action}\",\"id_value\":\"{id}\"}}}}\n"
        )
    }

    #[test]
    fn a_journal_tells_what_is_done_what_was_at_work_and_what_went_wrong() {
        let journal = Journal::read(JOURNAL);
        assert_eq!(names(&journal.completed), "module.rds.a.b");
        assert_eq!(names(&journal.cut_short), "module.nlb.a.b");
        assert_eq!(names(&journal.open), "down.a module.nlb.a.b up.a");
        assert_eq!(names(&journal.destroyed), "down.a");
        assert_eq!(made(&journal), "module.nlb.a.b=? module.rds.a.b=x");
        assert_eq!(errors(JOURNAL)[0].text(), "Error: no\nbecause");
        assert!(Journal::read("").is_empty());
    }

    #[test]
    fn what_was_made_is_what_is_there_after_all_runs() {
        let begun = line("apply_start", "create", "");
        let done = |id| begun.clone() + &line("apply_complete", "create", id);
        let failed = begun.clone() + &line("apply_errored", "create", "");
        let gone = |id| line("apply_start", "delete", id) + &line("apply_complete", "delete", id);
        let next = "{\"type\":\"version\"}\n";
        let told = "{\"type\":\"log\",\"@message\":\"\\nInterrupt received.\\n\"}\n";
        for (text, expected) in [
            (begun.clone(), "a.b=?"),
            (done("1"), "a.b=1"),
            // AWS has refused it.
            (failed.clone(), ""),
            // It was told to stop, and AWS has perhaps not.
            (told.to_owned() + &failed, "a.b=?"),
            (told.to_owned() + next + &failed, ""),
            // What is known of it stays.
            (done("1") + next + &failed, "a.b=1"),
            (done("1") + next + &begun, "a.b=1"),
            // Replaced, in both orders.
            (gone("1") + &done("2"), "a.b=2"),
            (gone("1") + &begun, "a.b=?"),
            (done("2") + &gone("1"), "a.b=2"),
            (done("1") + &gone("1"), ""),
            // Cut in the middle of a line, whose rest is lost.
            (done("1") + "{\"type\":\"apply_sta" + next + &gone("1"), ""),
        ] {
            assert_eq!(made(&Journal::read(&text)), expected, "{text}");
        }
    }
}

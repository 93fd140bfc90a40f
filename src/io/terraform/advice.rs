//! What to do about a run of Terraform that has failed, as far as its words tell.

/// What to do, by words that are in what Terraform says.
const ADVICE: [(&str, &str); 9] = [
    (
        "Inconsistent dependency lock file",
        "the lock file does not fit: run `valet-rds lock`, then `valet-rds generate`, and commit both",
    ),
    (
        "Provider dependency changes detected",
        "the lock file does not fit: run `valet-rds lock`, then `valet-rds generate`, and commit both",
    ),
    (
        "doesn't match any of the checksums",
        "the provider is not the one that was reviewed: run `valet-rds lock` and look at what changes",
    ),
    (
        "Failed to query available provider packages",
        "the provider cannot be had from here: name a mirror in a CLI configuration, in TF_CLI_CONFIG_FILE",
    ),
    (
        "No valid credential sources found",
        "there are no AWS credentials: give the job a role",
    ),
    (
        "ExpiredToken",
        "the AWS credentials have expired: get new ones, and run this again",
    ),
    (
        "Cannot assume IAM Role",
        "the role of the environment cannot be assumed with these credentials: look at its trust policy",
    ),
    (
        "Module not installed",
        "the modules have changed since `init`: run this again",
    ),
    (
        "Failed to save state",
        "the state is in `errored.tfstate` in the root: push it with `terraform state push errored.tfstate` before anything else",
    ),
];

/// What to do about a failed run, by what it has printed; none, when its words are not known.
#[must_use]
pub fn advice(log: &str) -> Option<String> {
    if let Some(lock) = Lock::find(log) {
        return Some(lock.to_string());
    }
    let known = ADVICE.iter().find(|(words, _)| log.contains(words));
    known.map(|(_, advice)| (*advice).to_owned())
}

/// A line of Terraform's without the frame around its messages.
#[must_use]
pub fn unframed(line: &str) -> &str {
    line.trim_matches(|letter: char| "│╷╵".contains(letter) || letter.is_whitespace())
}

/// The first error of a log on one line: what a reader needs when they see nothing else.
#[must_use]
pub fn last_words(log: &str) -> String {
    let mut lines = log.lines().map(unframed).filter(|line| !line.is_empty());
    let first = lines.clone().find(|line| line.starts_with("Error:"));
    let words = first.or_else(|| lines.next_back());
    words.unwrap_or("no reason given").to_owned()
}

/// A lock on a state, as Terraform shows it.
struct Lock {
    id: String,
    who: String,
    created: String,
}

impl Lock {
    fn find(log: &str) -> Option<Self> {
        let (_, info) = log.split_once("Lock Info:")?;
        let field = |name: &str| {
            let mut lines = info.lines().map(unframed);
            let value = lines.find_map(|line| line.strip_prefix(name));
            value.unwrap_or_default().trim().to_owned()
        };
        Some(Self {
            id: field("ID:"),
            who: field("Who:"),
            created: field("Created:"),
        })
    }
}

impl std::fmt::Display for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the state is locked by {} since {}: wait for that run, or, when it is dead, run `terraform force-unlock {}` in the root",
            self.who, self.created, self.id
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{advice, last_words};

    const LOCKED: &str = "╷\n│ Error: Error acquiring the state lock\n│ \n│ Lock Info:\n│   ID:        0a1b\n│   Path:      bucket/key\n│   Operation: OperationTypeApply\n│   Who:       runner@host\n│   Version:   1.11.4\n│   Created:   2026-11-01 10:00:00.5 +0000 UTC\n│   Info:      \n╵\n";

    #[test]
    fn a_lock_is_told_with_its_owner_and_its_age() {
        let told = advice(LOCKED).unwrap();
        for part in [
            "runner@host",
            "2026-11-01 10:00:00.5 +0000 UTC",
            "force-unlock 0a1b",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }

    #[test]
    fn the_first_error_is_what_a_log_says() {
        assert_eq!(last_words(LOCKED), "Error: Error acquiring the state lock");
        assert_eq!(last_words("a\nb\n\n"), "b");
        assert_eq!(last_words(""), "no reason given");
        assert_eq!(advice("all is well"), None);
        let unlocked = "Error: Provider dependency changes detected\n";
        assert!(advice(unlocked).unwrap().contains("valet-rds lock"));
    }
}

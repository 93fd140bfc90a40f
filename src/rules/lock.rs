//! The lock file of a workspace: that there is one, and that it holds the provider.

use std::sync::Arc;

use crate::{
    diagnostic::{File, Problem, Span, rule},
    model::Environment,
    terraform::{
        lock::{self, Locked},
        lower::{PROVIDER, PROVIDER_VERSIONS},
    },
};

/// What is wrong with a lock file.
#[must_use]
pub fn lock(bytes: &[u8]) -> Vec<Problem> {
    let text = String::from_utf8_lossy(bytes);
    let file = Arc::new(File::new(lock::FILE, text.as_ref()));
    let problem = |range, message: String, help: &str| {
        let span = Span {
            file: Arc::clone(&file),
            range,
        };
        Problem::new(&rule::BAD_LOCK, span, message).help(help)
    };
    let first_line = 0..text.find('\n').unwrap_or(text.len());
    let Some(providers) = lock::read(&text).filter(|_| lock::is_written_by_terraform(bytes)) else {
        let message = "this is not a lock file as Terraform writes them".to_owned();
        return vec![problem(
            first_line,
            message,
            "write it with `valet-rds lock`",
        )];
    };
    let at = |source: &str| {
        let named = format!("\"{source}\"");
        text.find(&named).map_or(0..0, |at| at..at + named.len())
    };
    let is_aws = |one: &&Locked| one.source.ends_with(&format!("/{PROVIDER}"));
    let mut problems: Vec<Problem> = providers
        .iter()
        .filter(|one| !one.is_held())
        .map(|one| {
            let message = format!(
                "no `h1:` checksum holds {} {}: Terraform would take whatever it is given",
                one.source, one.version
            );
            problem(at(&one.source), message, "run `valet-rds lock`")
        })
        .collect();
    match providers.iter().find(is_aws) {
        None => {
            let message = format!("the provider {PROVIDER} is not locked");
            problems.push(problem(first_line, message, "run `valet-rds lock`"));
        }
        Some(one) if !is_in_range(&one.version) => {
            let message = format!(
                "{PROVIDER} {} is locked, and the roots want {PROVIDER_VERSIONS}",
                one.version
            );
            let help = "run `valet-rds lock --upgrade`";
            problems.push(problem(at(&one.source), message, help));
        }
        Some(_) => {}
    }
    problems
}

/// Whether a version is among [`PROVIDER_VERSIONS`].
fn is_in_range(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(5)), Some(Ok(minor))) => minor >= 100,
        (Some(Ok(major)), Some(Ok(_))) => major == 6,
        _ => false,
    }
}

/// That a workspace has no lock file.
#[must_use]
pub fn missing_lock(environments: &[Arc<Environment>]) -> Option<Problem> {
    let one = environments.first().filter(|one| one.lock.is_none())?;
    let message = format!(
        "there is no {} beside this file: each run takes the newest provider, whatever it is",
        lock::FILE
    );
    let help = "run `valet-rds lock`, then `valet-rds generate`, and commit both";
    Some(Problem::new(&rule::NO_LOCK, one.file.span("/modules"), message).help(help))
}

#[cfg(test)]
mod tests {
    use super::is_in_range;

    #[test]
    fn the_range_is_the_one_that_roots_state() {
        assert_eq!(super::PROVIDER_VERSIONS, ">= 5.100, < 7");
        for (version, expected) in [
            ("5.99.1", false),
            ("5.100.0", true),
            ("6.62.0", true),
            ("6.0.0-beta1", true),
            ("7.0.0", false),
            ("4.200.0", false),
            ("x", false),
        ] {
            assert_eq!(is_in_range(version), expected, "{version}");
        }
    }
}

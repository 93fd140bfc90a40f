//! What was checked: one line for each check, in the order in which they were made.

use std::fmt;

/// Checks by name, each with the problems that it found.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(crate) fn add(&mut self, name: impl Into<String>, problems: Vec<String>) {
        self.rows.push((name.into(), problems));
    }

    pub(crate) fn is_good(&self) -> bool {
        self.failed() == 0
    }

    /// How many checks there were, and how many failed.
    pub(crate) fn count(&self) -> String {
        format!("{} checks, {} failed", self.rows.len(), self.failed())
    }

    fn failed(&self) -> usize {
        let failed = self
            .rows
            .iter()
            .filter(|(_, problems)| !problems.is_empty());
        failed.count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, problems) in &self.rows {
            let verdict = if problems.is_empty() { "ok" } else { "FAILED" };
            writeln!(f, "{name:<68} | {verdict}")?;
            for problem in problems {
                writeln!(f, "    {problem}")?;
            }
        }
        Ok(())
    }
}

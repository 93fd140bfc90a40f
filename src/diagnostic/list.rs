//! What was found, gathered.

use std::ops::Deref;

use super::{Problem, Span, rule::Severity};

/// Problems in the order in which they are shown, by file, place and rule, each of them once: several configs may share
/// one through their environment.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Problem>);

impl Diagnostics {
    /// Nothing, so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        let place = order(&problem);
        if let Err(at) = self.0.binary_search_by(|known| order(known).cmp(&place)) {
            self.0.insert(at, problem);
        }
    }

    /// Whether anything rejects the input.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Problem::is_error)
    }

    /// The value, unless an error rejects it.
    ///
    /// # Errors
    /// With everything that was found, when that includes an error.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.has_errors() {
            Err(self)
        } else {
            Ok(value)
        }
    }

    /// Leaves out what comes after so many; what rejects the input is not left out before what does not.
    pub fn truncate(&mut self, most: usize) {
        if self.0.len() > most {
            self.0
                .sort_by_key(|problem| problem.rule.severity != Severity::Error);
            self.0.truncate(most);
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        self.0.sort_by(|a, b| order(a).cmp(&order(b)));
        self.0.dedup_by(|a, b| order(a) == order(b));
    }
}

/// Problems that have this in common are one.
fn order(problem: &Problem) -> (&str, usize, usize, &str, &str) {
    let Span { file, range } = &problem.span;
    (
        &file.path,
        range.start,
        range.end,
        problem.rule.code,
        &problem.message,
    )
}

impl Deref for Diagnostics {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.0
    }
}

impl Extend<Problem> for Diagnostics {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        let known = self.0.len();
        self.0.extend(problems);
        if self.0.len() > known {
            self.tidy();
        }
    }
}

impl FromIterator<Problem> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Problem>>(problems: T) -> Self {
        let mut all = Self::new();
        all.extend(problems);
        all
    }
}

impl From<Vec<Problem>> for Diagnostics {
    fn from(problems: Vec<Problem>) -> Self {
        let mut all = Self(problems);
        all.tidy();
        all
    }
}

impl From<Problem> for Diagnostics {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Diagnostics;
    use crate::diagnostic::{
        File, Problem, Span,
        rule::{self, Rule},
    };

    fn problem(rule: &'static Rule, path: &str, start: usize) -> Problem {
        let file = Arc::new(File::new(path, "text"));
        let span = Span {
            file,
            range: start..4,
        };
        Problem::new(rule, span, "wrong")
    }

    fn places(problems: &Diagnostics) -> Vec<String> {
        let place = |one: &Problem| {
            let Span { file, range } = &one.span;
            format!("{}:{} {}", file.path, range.start, one.rule.code)
        };
        problems.iter().map(place).collect()
    }

    #[test]
    fn problems_are_in_order_and_each_is_there_once() {
        let (anchor, alias) = (&rule::ANCHOR, &rule::ALIAS);
        let mut pushed = Diagnostics::new();
        for (rule, path, start) in [
            (anchor, "b", 0),
            (anchor, "a", 2),
            (alias, "a", 2),
            (anchor, "a", 2),
            (alias, "a", 1),
        ] {
            pushed.push(problem(rule, path, start));
        }
        let expected = ["a:1 alias", "a:2 alias", "a:2 anchor", "b:0 anchor"];
        assert_eq!(places(&pushed), expected);
        let mut extended = Diagnostics::from(problem(anchor, "b", 0));
        extended.extend(pushed.clone().into_iter().rev());
        assert_eq!(places(&extended), expected);
    }

    #[test]
    fn warnings_reject_nothing_and_are_left_out_first() {
        let warning = problem(&rule::UNENCRYPTED, "a", 0);
        let error = problem(&rule::ANCHOR, "b", 0);
        let mut problems = Diagnostics::from(warning);
        assert_eq!(problems.clone().into_result(1).ok(), Some(1));
        problems.push(error);
        assert!(problems.clone().into_result(1).is_err());
        problems.truncate(1);
        assert_eq!(places(&problems), ["b:0 anchor"]);
    }
}

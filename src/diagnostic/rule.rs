//! The rules: every way an input can be rejected or warned about.

mod table;

pub use table::*;

/// How bad it is to break a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Shown and counted; fails only on demand.
    Warning,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Stable name that users search for and waive.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub meaning: &'static str,
    /// Why it matters and what to do.
    pub explanation: &'static str,
    /// An input that breaks it.
    pub example: &'static str,
}

impl Rule {
    /// Whether a config may set it aside: guardrails and warnings, but not what is said of waivers themselves.
    #[must_use]
    pub fn is_waivable(&self) -> bool {
        let is_guardrail = self.code.starts_with("policy-");
        let is_warning = self.severity == Severity::Warning;
        is_guardrail || (is_warning && !self.code.starts_with("waiver-"))
    }
}

/// What is said of a whole environment, which that environment may set aside.
pub static OF_ENVIRONMENTS: [&Rule; 2] = [&MASTER_IN_PODS, &PLAN_ROLE];

/// The rule of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

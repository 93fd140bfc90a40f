//! Why a command ends without success.

use crate::{
    config::assignment::AssignmentError,
    diagnostic::{Diagnostics, report::Count},
    io::{
        self,
        git::Refusal,
        snapshot::Unreadable,
        terraform::{BadFolder, Unusable},
    },
};

/// Why a command ends without success.
#[derive(Debug)]
pub enum Stop {
    /// What was typed does not fit the command or the workspace: exit code 2.
    Usage(String),
    /// A file, standard input or output, git or another program refuses: exit code 2.
    Machine(String),
    /// The input is wrong: exit code 1.
    Problems {
        /// What is wrong.
        problems: Diagnostics,
        /// What goes before the paths.
        base: String,
    },
    /// The command has already said why: exit code 1.
    Rejected,
}

impl Stop {
    /// Why, in words; of problems how many.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Usage(words) | Self::Machine(words) => words.clone(),
            Self::Problems { problems, .. } => Count::of(problems).words(),
            Self::Rejected => "refused".to_owned(),
        }
    }

    /// A side of a comparison that cannot be read; `base` is what goes before the paths in it.
    #[must_use]
    pub fn unreadable(error: Unreadable, base: &str) -> Self {
        match error {
            Unreadable::Problems(problems) => Self::Problems {
                problems,
                base: base.to_owned(),
            },
            machine => Self::Machine(machine.to_string()),
        }
    }
}

impl From<AssignmentError> for Stop {
    fn from(error: AssignmentError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Machine(refusal.to_string())
    }
}

impl From<io::Failure> for Stop {
    fn from(failure: io::Failure) -> Self {
        Self::Machine(failure.to_string())
    }
}

impl From<Unusable> for Stop {
    fn from(unusable: Unusable) -> Self {
        Self::Machine(unusable.to_string())
    }
}

impl From<BadFolder> for Stop {
    fn from(bad: BadFolder) -> Self {
        Self::Machine(bad.to_string())
    }
}

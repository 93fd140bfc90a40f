//! All printing: standard output for what was asked for, standard error for everything about it.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use clap::ValueEnum;

use super::stop::Stop;
use crate::diagnostic::{Problem, report};

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether a stream gets colour.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line is where the environment is known"
    )]
    pub fn applies_to(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                stream.is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

/// Whether anybody reads standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody may read it.
    There,
    /// Nobody: the other end of the pipe is closed.
    Gone,
}

/// Prints to standard output. What nobody reads any more is no failure, and changes nothing of what a command finds.
///
/// # Errors
/// When it takes no more, though somebody reads it: a full disk.
pub fn print(text: impl fmt::Display) -> Result<(), Stop> {
    print_to_reader(text).map(drop)
}

/// Prints to standard output, and tells whether it makes sense to print more.
///
/// # Errors
/// As [`print`].
pub fn print_to_reader(text: impl fmt::Display) -> Result<Reader, Stop> {
    let mut stdout = io::stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Stop::Machine(format!("<stdout>: {error}"))),
    }
}

/// Prints a remark, on a line of its own, to standard error.
pub fn note(text: impl fmt::Display) {
    say(format_args!("{text}\n"));
}

/// Prints to standard error as it is. Where nobody listens, there is nobody to tell.
pub fn say(text: impl fmt::Display) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

/// Draws problems on standard error.
pub fn show_problems(problems: &[Problem], base: &str, color: Color) {
    let color = color.applies_to(&io::stderr());
    say(report::draw(problems, base, color, width()));
}

/// Columns that problems are drawn in.
#[must_use]
pub fn width() -> usize {
    const COMFORTABLE: usize = 100;
    COMFORTABLE
}

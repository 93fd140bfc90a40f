//! All printing: standard output for what was asked for, standard error for everything about it. A plain string cannot
//! be printed, only a [`Screen`].

use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use clap::ValueEnum;

use super::stop::Stop;
use crate::{
    diagnostic::{Problem, report},
    text::screen::Screen,
};

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
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line is where the environment is known"
    )]
    fn applies_to(self, stream: &impl IsTerminal) -> bool {
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
pub fn print(text: &Screen) -> Result<(), Stop> {
    print_to_reader(text).map(drop)
}

/// Prints to standard output, and tells whether it makes sense to print more.
///
/// # Errors
/// As [`print`].
pub fn print_to_reader(text: &Screen) -> Result<Reader, Stop> {
    write_out(text.as_str())
}

/// Wipes standard output when it is a terminal, which shows one view at a time.
///
/// # Errors
/// As [`print`].
pub fn clear() -> Result<Reader, Stop> {
    const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";
    if stdout().is_terminal() {
        write_out(CLEAR)
    } else {
        Ok(Reader::There)
    }
}

fn write_out(text: &str) -> Result<Reader, Stop> {
    let mut stdout = stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(Stop::Machine(format!("<stdout>: {error}"))),
    }
}

/// Prints a remark, on a line of its own, to standard error.
pub fn note(text: impl fmt::Display) {
    say(&Screen::of_line(text));
}

/// Prints to standard error. Where nobody listens, there is nobody to tell.
pub fn say(text: &Screen) {
    let mut stderr = stderr().lock();
    let _ = stderr
        .write_all(text.as_str().as_bytes())
        .and_then(|()| stderr.flush());
}

/// Draws problems on standard error.
pub fn show_problems(problems: &[Problem], base: &str, color: Color) {
    let color = color.applies_to(&stderr());
    say(&report::draw(problems, base, color, width()));
}

/// Prints help, or what is wrong with the arguments, which it quotes.
#[expect(
    clippy::disallowed_methods,
    reason = "only what is harmless as it is gets printed in colour"
)]
pub fn show_usage(error: &clap::Error) {
    let plain = error.render().to_string();
    if Screen::takes(&plain) {
        // Help that nobody reads is no failure; that an argument is wrong, the exit code says.
        let _ = error.print();
    } else {
        say(&Screen::lines(&plain));
    }
}

/// Whether what is printed to standard output gets colour.
#[must_use]
pub fn is_colored(color: Color) -> bool {
    color.applies_to(&stdout())
}

/// Whether somebody is there to answer questions.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "the one place that prints")]
fn stdout() -> io::Stdout {
    io::stdout()
}

#[expect(clippy::disallowed_methods, reason = "the one place that prints")]
fn stderr() -> io::Stderr {
    io::stderr()
}

/// Columns that problems are drawn in.
#[must_use]
pub fn width() -> usize {
    const COMFORTABLE: usize = 100;
    COMFORTABLE
}

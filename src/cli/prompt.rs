//! Questions to a person at a terminal.

use std::fmt::Display;

use super::{
    stop::Stop,
    terminal::{note, say},
};
use crate::text::screen::Screen;

/// Asks until an answer passes. An empty one stands for the default, if there is one.
///
/// # Errors
/// When the input ends, or cannot be read.
pub fn ask<E: Display>(
    question: &str,
    default: Option<&str>,
    mut check: impl FnMut(&str) -> Result<(), E>,
) -> Result<String, Stop> {
    loop {
        let shown = default.map_or(String::new(), |default| format!(" [{default}]"));
        say(&Screen::prompt(format_args!("{question}{shown}: ")));
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        if read.map_err(|error| Stop::Machine(format!("<stdin>: {error}")))? == 0 {
            note("");
            return Err(Stop::Usage("nothing was written".to_owned()));
        }
        let answer = match (line.trim(), default) {
            ("", Some(default)) => default,
            (answer, _) => answer,
        };
        match check(answer) {
            Ok(()) => return Ok(answer.to_owned()),
            Err(reason) => note(format_args!("  {reason}")),
        }
    }
}

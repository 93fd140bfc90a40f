//! `preview --watch`: compile again whenever a file is saved, and keep the last good output in sight.

use std::{thread, time::Duration};

use super::{Arguments, Compiled, compile};
use crate::{
    cli::{
        context::Context,
        stop::Stop,
        terminal::{Reader, clear, is_colored, print_to_reader, width},
    },
    diagnostic::{
        Diagnostics,
        report::{self, Count},
    },
    text::screen::Screen,
};

/// How often the files are read. They are two and small: no need for the system's notifications.
const PERIOD: Duration = Duration::from_millis(200);

/// Runs until the process is stopped, or nobody looks any more.
pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    if arguments.what == "-" {
        return Err(Stop::Usage("standard input cannot be watched".to_owned()));
    }
    let mut good = None;
    let mut last = None;
    loop {
        let view = view(compile(&arguments.what, context), context, &mut good);
        if last.as_ref() != Some(&view) {
            if show(&view)? == Reader::Gone {
                return Ok(());
            }
            last = Some(view);
        }
        thread::sleep(PERIOD);
    }
}

/// What is to be seen: problems, then the last output that was good.
fn view(compiled: Result<Compiled, Stop>, context: &Context, good: &mut Option<Screen>) -> Screen {
    let color = is_colored(context.color);
    let (problems, base, hcl) = match compiled {
        Ok(compiled) => (compiled.problems, compiled.base, compiled.hcl),
        Err(Stop::Problems { problems, base }) => (problems, base, None),
        // A file can be away for a moment while an editor saves it.
        Err(Stop::Usage(message) | Stop::Machine(message)) => {
            return with_last(
                Screen::of_line(format_args!("error: {message}")),
                good.as_ref(),
            );
        }
        Err(Stop::Rejected) => (Diagnostics::new(), String::new(), None),
    };
    let mut text = report::draw(&problems, &base, color, width());
    if let Some(hcl) = hcl {
        text.push(&hcl);
        *good = Some(hcl);
        return text;
    }
    text.line(Count::of(&problems).words());
    with_last(text, good.as_ref())
}

fn with_last(mut text: Screen, good: Option<&Screen>) -> Screen {
    if let Some(good) = good {
        text.line("");
        text.line("The last version that compiled:");
        text.line("");
        text.push(good);
    }
    text
}

/// A terminal shows one view at a time; anything else gets them one after the other.
fn show(view: &Screen) -> Result<Reader, Stop> {
    match clear()? {
        Reader::There => print_to_reader(view),
        Reader::Gone => Ok(Reader::Gone),
    }
}

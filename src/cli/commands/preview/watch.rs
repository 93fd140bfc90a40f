//! `preview --watch`: compile again whenever a file is saved, and keep the last good output in sight.

use std::{fmt::Write, io::IsTerminal, thread, time::Duration};

use super::{Arguments, Compiled, compile};
use crate::{
    cli::{
        context::Context,
        stop::Stop,
        terminal::{Reader, print_to_reader, width},
    },
    diagnostic::{
        Diagnostics,
        report::{self, Count},
    },
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
fn view(compiled: Result<Compiled, Stop>, context: &Context, good: &mut Option<String>) -> String {
    let color = context.color.applies_to(&std::io::stdout());
    let (problems, base, hcl) = match compiled {
        Ok(compiled) => (compiled.problems, compiled.base, compiled.hcl),
        Err(Stop::Problems { problems, base }) => (problems, base, None),
        // A file can be away for a moment while an editor saves it.
        Err(Stop::Usage(message) | Stop::Machine(message)) => {
            return with_last(format!("error: {message}\n"), good.as_ref());
        }
        Err(Stop::Rejected) => (Diagnostics::new(), String::new(), None),
    };
    let mut text = report::draw(&problems, &base, color, width());
    if let Some(hcl) = hcl {
        text.push_str(&hcl);
        *good = Some(hcl);
        return text;
    }
    let _ = writeln!(text, "{}", Count::of(&problems).words());
    with_last(text, good.as_ref())
}

fn with_last(mut text: String, good: Option<&String>) -> String {
    if let Some(good) = good {
        let _ = write!(text, "\nThe last version that compiled:\n\n{good}");
    }
    text
}

/// A terminal shows one view at a time; anything else gets them one after the other.
fn show(view: &str) -> Result<Reader, Stop> {
    const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";
    let clear = if std::io::stdout().is_terminal() {
        CLEAR
    } else {
        ""
    };
    print_to_reader(format!("{clear}{view}"))
}

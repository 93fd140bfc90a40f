//! From the words that the process was started with to a command.

use std::{ffi::OsString, path::Path, process::ExitCode};

use clap::{CommandFactory, FromArgMatches};
use clap_complete::CompleteEnv;

use super::{Arguments, complete, legacy, run};

/// The name under which the program stands in for the plugin of `agoractl`.
const PLUGIN: &str = "agoractl-rds";

/// Runs what the process was started with.
#[must_use]
pub fn start() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let file = typed.first().and_then(|name| Path::new(name).file_stem());
    let program = if file.is_some_and(|name| name == PLUGIN) {
        PLUGIN
    } else {
        "valet-rds"
    };
    if answered(program) {
        return ExitCode::SUCCESS;
    }
    let mut command = command(program);
    let typed = match legacy::rewrite(&command, typed) {
        Ok(typed) => typed,
        Err(message) => command
            .error(clap::error::ErrorKind::InvalidValue, message)
            .exit(),
    };
    let parsed = command
        .try_get_matches_from_mut(typed)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(mut arguments) => {
            arguments.global.program = shown(program);
            run(&arguments)
        }
        Err(error) => error.exit(),
    }
}

/// The whole command line of the program under one of its names.
#[must_use]
pub fn command(program: &'static str) -> clap::Command {
    legacy::shown(Arguments::command().name(program).bin_name(shown(program)))
}

/// How a program's name is typed: `agoractl` finds its plugins by file name.
fn shown(program: &'static str) -> &'static str {
    if program == PLUGIN {
        "agoractl rds"
    } else {
        program
    }
}

/// Whether the process was started by a shell that wanted completions, and now has them.
fn answered(program: &'static str) -> bool {
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(|| command(program))
        .var(complete::VARIABLE)
        .try_complete(std::env::args_os(), here.as_deref())
        .unwrap_or_else(|error| error.exit())
}

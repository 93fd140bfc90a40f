//! Two-letter short options, which `agoractl rds` has and clap has not: put into their long forms before clap reads
//! them, and shown in the help.

use std::{
    error,
    ffi::{OsStr, OsString},
    fmt,
};

use clap::{Arg, Command};

/// Command, option as it is typed, and the name of its long form. The value is the next argument, or follows `=`.
pub const SHORTS: &[(&str, &str, &str)] = &[
    ("create", "-br", "backup-retention-period"),
    ("create", "-bw", "backup-window"),
    ("create", "-en", "encrypted"),
    ("create", "-mw", "maintenance-window"),
    ("create", "-sn", "shortname"),
    ("handoff", "-pr", "privatelink-repository"),
    ("handoff", "-ri", "external-secret-refresh-interval"),
    ("k8s", "-ri", "external-secret-refresh-interval"),
    ("privatelink", "-pr", "privatelink-repository"),
];

/// A value that is glued to a two-letter option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GluedValue {
    short: &'static str,
    long: &'static str,
    value: String,
}

impl fmt::Display for GluedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { short, long, value } = self;
        write!(
            f,
            "`{short}{value}`: write `{short} {value}`, or `--{long}={value}`"
        )
    }
}

impl error::Error for GluedValue {}

/// Puts the two-letter options of the command that is typed into their long forms.
///
/// Only the option alone, or with `=`, is one: `-snorders` could as well be `-s norders`.
///
/// # Errors
/// When a value is glued to a two-letter option.
pub fn rewrite(root: &Command, typed: Vec<OsString>) -> Result<Vec<OsString>, GluedValue> {
    let Some(at) = position(root, &typed) else {
        return Ok(typed);
    };
    let name = typed.get(at).cloned().unwrap_or_default();
    let mut options = true;
    let mut rewritten = Vec::with_capacity(typed.len());
    for (index, argument) in typed.into_iter().enumerate() {
        options &= argument != "--";
        let text = argument.to_str().filter(|_| options && index > at);
        match text.map(|text| long(&name, text)).transpose()?.flatten() {
            Some(long) => rewritten.push(long.into()),
            None => rewritten.push(argument),
        }
    }
    Ok(rewritten)
}

fn long(command: &OsStr, text: &str) -> Result<Option<String>, GluedValue> {
    let rows = SHORTS.iter().filter(|(owner, ..)| command == *owner);
    for (_, short, long) in rows {
        match text.strip_prefix(short) {
            Some("") => return Ok(Some(format!("--{long}"))),
            Some(rest) => {
                let Some(value) = rest.strip_prefix('=') else {
                    return Err(GluedValue {
                        short,
                        long,
                        value: rest.to_owned(),
                    });
                };
                return Ok(Some(format!("--{long}={value}")));
            }
            None => {}
        }
    }
    Ok(None)
}

/// Where the name of the command stands: the first argument that is no option and no option's value.
fn position(root: &Command, typed: &[OsString]) -> Option<usize> {
    let mut skip = false;
    for (index, argument) in typed.iter().enumerate().skip(1) {
        let text = argument.to_str().unwrap_or("");
        if skip {
            skip = false;
        } else if text == "--" {
            return None;
        } else if let Some(long) = text.strip_prefix("--") {
            let takes = |arg: &Arg| arg.get_long() == Some(long) && arg.get_action().takes_values();
            skip = root.get_arguments().any(takes);
        } else if !text.starts_with('-') {
            return Some(index);
        }
    }
    None
}

/// Adds the two-letter forms to the help of their options.
#[must_use]
pub fn shown(mut root: Command) -> Command {
    for (owner, short, long) in SHORTS {
        root = root.mut_subcommand(owner, |command| {
            command.mut_args(|arg| {
                if arg.get_long() != Some(long) {
                    return arg;
                }
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                arg.help(format!("{help} [also: {short}]"))
            })
        });
    }
    root
}

#[cfg(test)]
mod tests {
    use super::{GluedValue, SHORTS, rewrite};
    use crate::cli::command;

    fn rewritten(line: &str) -> Result<String, GluedValue> {
        let typed = line.split(' ').map(Into::into).collect();
        let words = rewrite(&command("valet-rds"), typed)?;
        let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
        Ok(words.join(" "))
    }

    #[test]
    fn two_letters_become_the_long_form_for_their_command_alone() {
        for (typed, expected) in [
            (
                "x create -sn a -bw b",
                "x create --shortname a --backup-window b",
            ),
            (
                "x --namespace create create -sn=a",
                "x --namespace create create --shortname=a",
            ),
            (
                "x --workspace=create create -sn a",
                "x --workspace=create create --shortname a",
            ),
            ("x create -s 5 -u -sn", "x create -s 5 -u --shortname"),
            ("x create -- -sn", "x create -- -sn"),
            ("x check -sn", "x check -sn"),
            ("x -sn create", "x -sn create"),
            ("x -- create -sn", "x -- create -sn"),
            ("x", "x"),
        ] {
            assert_eq!(rewritten(typed).unwrap(), expected);
        }
    }

    #[test]
    fn a_value_glued_to_two_letters_is_refused() {
        assert_eq!(
            rewritten("x create -snorders").unwrap_err().to_string(),
            "`-snorders`: write `-sn orders`, or `--shortname=orders`"
        );
    }

    #[test]
    fn every_row_names_an_option_that_is_there() {
        let root = command("valet-rds");
        for (owner, _, long) in SHORTS {
            let owner = root.find_subcommand(owner).unwrap();
            assert!(
                owner
                    .get_arguments()
                    .any(|arg| arg.get_long() == Some(long)),
                "{long}"
            );
        }
    }
}

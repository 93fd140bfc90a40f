//! `valet-rds completions`: the script with which a shell completes our commands.

use clap::ValueEnum;

use crate::{
    cli::{complete, context::Context, stop::Stop, terminal::print},
    text::screen::Screen,
};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Put the script where the shell finds it:
  bash  source <(valet-rds completions bash)           in ~/.bashrc
  zsh   source <(valet-rds completions zsh)            in ~/.zshrc, after compinit
  fish  valet-rds completions fish | source            in ~/.config/fish/config.fish")]
pub struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
}

/// Runs the command.
///
/// # Errors
/// Never.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let shell = match arguments.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
    };
    let program = context.program.replace(' ', "-");
    print(&Screen::lines(&complete::script(shell, &program)))
}

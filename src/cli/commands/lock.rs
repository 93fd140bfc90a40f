//! `valet-rds lock`: the versions and checksums of the providers, for every machine that runs Terraform.

use std::path::PathBuf;

use crate::{
    cli::{
        context::Context,
        session::{self, Session},
        stop::Stop,
        terminal::{note, print},
    },
    io::{
        self, Checksums, Wanted,
        terraform::{Stopping, Terraform},
    },
    rules,
    terraform::{lock, lower, print::print_file},
    text::{screen::Screen, suggest, unicode::spelt_out},
};

/// Arguments of `lock`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A machine that runs Terraform, by its system and processor; may stand several times
    #[arg(long = "platform", value_name = "OS_ARCH", default_values = PLATFORMS, value_parser = platform)]
    platforms: Vec<String>,
    /// Take the newest version that the roots want, instead of the one that is locked
    #[arg(long)]
    upgrade: bool,
    /// Take packages from here instead of the provider's registry: a folder, or the https:// address of a mirror. The
    /// installation that Terraform's own configuration names does not count for lock files
    #[arg(long, value_name = "DIR|URL")]
    mirror: Option<String>,
    /// The Terraform to run [default: the one on the path]
    #[arg(long, value_name = "PATH")]
    terraform: Option<PathBuf>,
}

const PLATFORMS: [&str; 3] = ["darwin_arm64", "linux_amd64", "linux_arm64"];

fn platform(word: &str) -> Result<String, String> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match word.split_once('_') {
        Some((system, machine)) if is_part(system) && is_part(machine) => Ok(word.to_owned()),
        _ => Err("a platform is written like linux_amd64".to_owned()),
    }
}

/// Has the lock file of a workspace that is new written, for every platform.
///
/// # Errors
/// As [`run`].
pub fn begin(context: &Context) -> Result<(), Stop> {
    let arguments = Arguments {
        platforms: PLATFORMS.map(str::to_owned).into(),
        upgrade: false,
        mirror: None,
        terraform: None,
    };
    run(&arguments, context)
}

/// Runs the command.
///
/// # Errors
/// When Terraform is not there, or does not have what a platform needs.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let workspace = context.workspace(&[])?;
    let _lock = Session::lock(&workspace)?;
    // Not the session: a lock file that is wrong must not keep it from being written again.
    let before = io::find_in(&workspace, lock::FILE)?;
    let before = before.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let wanted = Wanted {
        providers: &print_file("valet.yaml", &[lower::required()]),
        locked: before.as_deref().filter(|_| !arguments.upgrade),
        mirror: arguments.mirror.as_deref(),
        platforms: &arguments.platforms,
    };
    let terraform = Terraform::find(arguments.terraform.as_deref())?;
    let stopping = Stopping::listen()?;
    let Checksums {
        lock: written,
        refused,
    } = io::checksums(&workspace, &terraform, wanted, &stopping)?;
    let path = format!("{}{}", session::base(&workspace), lock::FILE);
    if let Some(bytes) = written {
        let problems = rules::lock(&bytes);
        if let Some(problem) = problems.first() {
            let message = format!(
                "Terraform wrote a lock file that cannot be used: {}",
                problem.message
            );
            return Err(Stop::Machine(message));
        }
        let text = String::from_utf8_lossy(&bytes);
        if before.as_deref() == Some(&*text) {
            note(format!("{path} is up to date"));
        } else {
            io::write_config(&workspace, lock::FILE, &text)?;
            print(&Screen::of_line(format_args!("wrote {path}")))?;
            note("run `valet-rds generate`, which copies it into every root, and commit both");
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    for (platform, reason) in &refused {
        note(format!("{platform}: {}", spelt_out(reason)));
    }
    let platforms: Vec<_> = refused.iter().map(|(platform, _)| platform).collect();
    let without = suggest::list(&platforms);
    Err(Stop::Machine(format!(
        "there are no checksums for {without}: Terraform has no packages for it; run it where the registry can be reached, or name a mirror with --mirror, or the platforms that you need with --platform"
    )))
}

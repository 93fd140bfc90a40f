//! `valet-rds init`: a workspace that compiles at once.

use std::path::{Path, PathBuf};

use crate::{
    cli::{
        commands::{ci, lock},
        context::Context,
        stop::Stop,
        terminal::{note, print},
    },
    compile::{
        WORKSPACE_FILE,
        fix::{CONFIG_SCHEMA, WORKSPACE_SCHEMA},
    },
    io,
    text::{screen::Screen, version_requirement::OWN},
};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the new workspace
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Write the pipeline for this system, too
    #[arg(long, value_name = "SYSTEM")]
    ci: Option<ci::System>,
    /// Have Terraform write the lock file, too, if it can
    #[arg(long)]
    lock: bool,
}

/// What git is told about a new workspace, unless it has been told something already; with why.
const FOR_GIT: [(&str, &str, &str); 2] = [
    (
        ".gitattributes",
        include_str!("init/gitattributes"),
        "git gives generated files the same line ends everywhere",
    ),
    (
        ".gitignore",
        include_str!("init/gitignore"),
        "git leaves alone what Terraform and `valet-rds plan` keep",
    ),
];

/// What a new workspace holds.
const FILES: [(&str, &str); 4] = [
    (WORKSPACE_FILE, include_str!("init/valet.yaml")),
    ("configs/dev/orders.yaml", include_str!("init/orders.yaml")),
    (CONFIG_SCHEMA, ""),
    (WORKSPACE_SCHEMA, ""),
];

/// For how many days nobody is warned that pods log in as the master.
const WAIVED: i32 = 90;

/// Runs the command.
///
/// # Errors
/// When one of the files exists, or the disk refuses.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let folder = &arguments.folder;
    if arguments.ci.is_some() && !is_in_a_repository(folder) {
        return Err(Stop::Usage(format!(
            "{} is in no git repository, whose pipeline could be written: run `git init` first",
            folder.display()
        )));
    }
    for (path, _) in FILES {
        if io::is_there(&folder.join(path)) {
            let path = folder.join(path);
            return Err(Stop::Usage(format!(
                "{} exists; nothing is overwritten",
                path.display()
            )));
        }
    }
    let expires = context.today.days_after(WAIVED).to_string();
    for (path, text) in FILES {
        let text = match path {
            CONFIG_SCHEMA => crate::config::schema::CONFIG.text(),
            WORKSPACE_SCHEMA => crate::config::schema::WORKSPACE.text(),
            _ => text.replace("VERSION", OWN).replace("EXPIRES", &expires),
        };
        io::write_new(&folder.join(path), &text)?;
        let path = folder.join(path);
        print(&Screen::of_line(format_args!("created {}", path.display())))?;
    }
    for (path, text, why) in FOR_GIT {
        let path = folder.join(path);
        if io::is_there(&path) {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let lines: Vec<_> = lines.map(|line| format!("`{line}`")).collect();
            note(format!(
                "{} exists; add {}, so that {why}",
                path.display(),
                lines.join(" and ")
            ));
        } else {
            io::write_new(&path, text)?;
            print(&Screen::of_line(format_args!("created {}", path.display())))?;
        }
    }
    let context = Context {
        workspace: Some(folder.clone()),
        ..context.clone()
    };
    if arguments.lock
        && let Err(stop) = lock::begin(&context)
    {
        note(format!(
            "no lock file yet: {}; `valet-rds lock` writes it",
            stop.words()
        ));
    }
    if let Some(system) = arguments.ci {
        ci::begin(&context.open()?, system)?;
    }
    note(
        "next: fill in valet.yaml, then run `valet-rds check`, `valet-rds lock` and `valet-rds generate`",
    );
    if let Some(system) = arguments.ci {
        note(format!(
            "run `valet-rds ci {}` again after each edit of valet.yaml that the pipeline knows of",
            system.as_str()
        ));
    }
    Ok(())
}

/// Whether a folder, which need not be there, is in a repository.
fn is_in_a_repository(folder: &Path) -> bool {
    let there = folder.ancestors().find(|above| io::is_there(above));
    let there = there.filter(|above| !above.as_os_str().is_empty());
    io::git::place(there.unwrap_or(Path::new("."))).is_some()
}

//! `man`: the manual page, made of what `--help` is made of.

use std::path::Path;

use clap_mangen::Man;

use crate::{files, step::Done};

const PAGE: &str = "docs/valet-rds.1";

/// Writes the page.
pub(crate) fn write() -> Done {
    files::write(Path::new(PAGE), page()?)?;
    Ok(format!("wrote {PAGE}"))
}

/// Compares the page with what it should be.
pub(crate) fn check() -> Done {
    if files::read(Path::new(PAGE))? == page()? {
        Ok(String::new())
    } else {
        Err(format!("{PAGE} is not up to date: run `cargo xtask man`"))
    }
}

fn page() -> Result<String, String> {
    let mut root = storage_valet_rds::cli::command("valet-rds").disable_help_subcommand(true);
    root.build();
    let man = Man::new(root.clone()).title("VALET-RDS");
    let mut page = Vec::new();
    let head = [
        Man::render_title,
        Man::render_name_section,
        Man::render_synopsis_section,
    ];
    let body = [Man::render_description_section, Man::render_options_section];
    for section in head.iter().chain(&body) {
        section(&man, &mut page).map_err(|error| error.to_string())?;
    }
    let mut page = String::from_utf8(page).map_err(|error| error.to_string())?;
    for command in root.get_subcommands() {
        page.push_str(&section(command)?);
    }
    // Every section brings the same two lines about apostrophes; the first are enough.
    let preamble: Vec<_> = page.lines().take(2).collect();
    let body = page.lines().skip(2).filter(|line| !preamble.contains(line));
    let lines: Vec<_> = preamble
        .iter()
        .copied()
        .chain(body)
        .map(str::trim_end)
        .collect();
    Ok(lines.join("\n") + "\n")
}

/// Writes one part of a page.
type Part = fn(&Man, &mut dyn std::io::Write) -> std::io::Result<()>;

/// A command as a section of the page: its own sections are one level down, the options of every command are left out.
fn section(command: &clap::Command) -> Result<String, String> {
    let global = |arg: &clap::Arg| arg.is_global_set() || arg.get_id() == "help";
    let own = command.clone().mut_args(|arg| {
        let hidden = global(&arg);
        arg.hide(hidden)
    });
    let man = Man::new(own);
    let mut text = Vec::new();
    let parts: [Part; 3] = [
        Man::render_synopsis_section,
        Man::render_description_section,
        Man::render_options_section,
    ];
    let notes = command
        .get_after_help()
        .map(|_| Man::render_extra_section as _);
    for part in parts.into_iter().chain(notes) {
        part(&man, &mut text).map_err(|error| error.to_string())?;
    }
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    let text = text.replace(".SH EXTRA\n", ".SH NOTES\n");
    let name = command.get_name().to_uppercase();
    Ok(format!(
        ".SH {name}\n{}",
        text.replace("\n.SH ", "\n.SS ").replacen(".SH ", ".SS ", 1)
    ))
}

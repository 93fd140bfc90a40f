//! `man`: the manual page, made of what `--help` is made of.

use std::io;

use anyhow::Result;
use clap_mangen::Man;

use crate::derived::Derived;

/// Writes one part of a page.
type Part = fn(&Man, &mut dyn io::Write) -> io::Result<()>;

/// The page of the command, and below it what is particular to each of its commands.
pub(crate) fn make() -> Result<Vec<Derived>> {
    let mut root = storage_valet_rds::cli::command("valet-rds").disable_help_subcommand(true);
    root.build();
    let parts = [
        Man::render_title,
        Man::render_name_section,
        Man::render_synopsis_section,
        Man::render_description_section,
        Man::render_options_section,
    ];
    let mut page = render(&Man::new(root.clone()).title("VALET-RDS"), &parts)?;
    for command in root.get_subcommands() {
        page += &section(command)?;
    }
    // Every part brings the same two lines about apostrophes; the first are enough.
    let (preamble, body): (Vec<_>, Vec<_>) = page.lines().enumerate().partition(|(at, _)| *at < 2);
    let is_new = |line: &&str| preamble.iter().all(|(_, known)| known != line);
    let body = body.iter().map(|(_, line)| *line).filter(is_new);
    let lines: Vec<_> = preamble
        .iter()
        .map(|(_, line)| *line)
        .chain(body)
        .map(str::trim_end)
        .collect();
    Ok(vec![(
        "docs/valet-rds.1".into(),
        (lines.join("\n") + "\n").into_bytes(),
    )])
}

/// A command as a section of the page: its own sections are one level down, the options of every command are left out.
fn section(command: &clap::Command) -> Result<String> {
    let own = command.clone().mut_args(|arg| {
        let is_known = arg.is_global_set() || arg.get_id() == "help";
        arg.hide(is_known)
    });
    let mut parts: Vec<Part> = vec![
        Man::render_synopsis_section,
        Man::render_description_section,
        Man::render_options_section,
    ];
    if command.get_after_help().is_some() {
        parts.push(Man::render_extra_section);
    }
    let text = render(&Man::new(own), &parts)?.replace(".SH EXTRA\n", ".SH NOTES\n");
    let name = command.get_name().to_uppercase();
    Ok(format!(".SH {name}\n{}", text.replace(".SH ", ".SS ")))
}

fn render(man: &Man, parts: &[Part]) -> Result<String> {
    let mut text = Vec::new();
    for part in parts {
        part(man, &mut text)?;
    }
    Ok(String::from_utf8(text)?)
}

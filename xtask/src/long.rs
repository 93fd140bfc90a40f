//! What takes too long, or needs Terraform, for `cargo test`.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{files, python, shell, terraform};

/// Kills two hundred runs of five hundred units.
pub(crate) fn kill(sh: &Shell) -> Result<String> {
    ignored(
        sh,
        "quick",
        "killed::two_hundred_killed_runs_of_five_hundred_units",
    )?;
    Ok(sh.read_file("target/tmp/killed.txt")?)
}

/// Asks about a million texts for each place that text is shown or written at.
pub(crate) fn places(sh: &Shell) -> Result<String> {
    ignored(
        sh,
        "quick",
        "places::a_million_texts_stay_text_at_every_place",
    )?;
    Ok(sh.read_file("target/tmp/places.txt")?)
}

/// Asks about a thousand edits of a workspace, and about a thousand of the keys whose plans are recorded; thirty are
/// planned by Terraform.
pub(crate) fn edits(sh: &Shell) -> Result<String> {
    terraform::find(sh)?;
    ignored(
        sh,
        "test",
        "edits::what_terraform_reads_anew_is_named_in_a_thousand_edits",
    )?;
    ignored(sh, "test", "grades::false_alarms_among_a_thousand_edits")?;
    ignored(sh, "test", "edits::thirty_edits_are_planned_by_terraform")?;
    let told = ["edits", "alarms", "edits-planned"]
        .map(|name| sh.read_file(format!("target/tmp/{name}.txt")));
    Ok(told.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

/// Has Terraform format the roots of configs that nobody thought of.
pub(crate) fn properties(sh: &Shell) -> Result<String> {
    const FOLDER: &str = "target/tmp/properties";
    terraform::find(sh)?;
    ignored(sh, "test", "properties::write_roots_for_terraform")?;
    shell::output(cmd!(sh, "terraform fmt -check -diff -recursive {FOLDER}"))?;
    let roots = files::folders(sh, format!("{FOLDER}/generated/dev"))?.len();
    Ok(format!("{roots} roots"))
}

/// Records what the real provider plans for each change of a key.
pub(crate) fn grades(sh: &Shell) -> Result<String> {
    terraform::find(sh)?;
    let (python, valet_rds) = (
        python::environment(sh, python::EMULATOR)?,
        shell::valet_rds(sh)?,
    );
    cmd!(sh, "{python} xtask/grades.py {valet_rds}")
        .quiet()
        .run()?;
    Ok("recorded: read `git diff fixtures`".to_owned())
}

fn ignored(sh: &Shell, profile: &str, test: &str) -> Result<String> {
    shell::output(cmd!(
        sh,
        "cargo test --quiet --profile {profile} --workspace --test main -- --ignored --exact {test}"
    ))
}

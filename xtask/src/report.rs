//! `report`: the page of a fleet in a real browser. Pictures of it are left for people to look at.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::{files, node, roots, shell};

const SOURCES: &str = "xtask/report";
const FOLDER: &str = "target/report";

/// What Debian, Ubuntu and others call a Chromium.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// What ends a script and loads a picture, where it is taken for markup.
const HOSTILE: &str = "</script><img src=x onerror=globalThis.hit=1><!--<script>";

pub(crate) fn run(sh: &Shell) -> Result<String> {
    let (browser, version) = shell::find(sh, &BROWSERS, "--version")?;
    node::install(sh, SOURCES, FOLDER)?;
    let pages = Path::new(FOLDER).join("pages");
    files::clear(sh, &pages.display().to_string())?;
    let city = page(sh, &pages, "city", Path::new("fixtures/city"))?;
    let hostile = hostile(sh, &pages)?;
    let browser = shell::read(cmd!(sh, "which {browser}"))?;
    let (browser, pictures) = (browser.trim(), pages.join("pictures"));
    // A page of any size, made by hand, is looked at, too.
    let large = pages.with_file_name("large.html");
    let large = sh.path_exists(&large).then_some(large);
    let said = shell::read(cmd!(
        sh,
        "node {FOLDER}/page.mjs {browser} {pictures} {city} {hostile} {large...}"
    ))?;
    Ok(format!("{}, {version}", said.trim_end()))
}

/// The page of a workspace.
fn page(sh: &Shell, pages: &Path, name: &str, workspace: &Path) -> Result<PathBuf> {
    let valet_rds = shell::valet_rds(sh)?;
    let command = cmd!(
        sh,
        "{valet_rds} --workspace {workspace} --today 2026-11-01 report"
    );
    // One with errors says so in its page.
    let printed = command.quiet().ignore_status().ignore_stderr().read()?;
    let path = sh.current_dir().join(pages).join(format!("{name}.html"));
    sh.write_file(&path, printed)?;
    Ok(path)
}

/// The page of a workspace that has hostile text wherever people write some.
fn hostile(sh: &Shell, pages: &Path) -> Result<PathBuf> {
    let workspace = pages.join("hostile");
    roots::assemble(sh, Path::new("fixtures/city"), &workspace)?;
    let config = workspace.join("configs/dev3/pinned.yaml");
    let text = sh.read_file(&config)?;
    let said = format!("'{HOSTILE}'");
    let more = format!(
        "tags: {{team: {said}, {said}: x}}\nproxy: {{initQuery: {said}}}\nparameters: {{search_path: {said}}}\nwaivers: [{{rule: version-ending, reason: {said}, expires: 2026-12-01}}]\n"
    );
    sh.write_file(&config, text + &more)?;
    let page = page(sh, pages, "hostile", &workspace)?;
    let printed = sh.read_file(&page)?;
    let is_there = printed.contains("\\u003c/script\\u003e");
    ensure!(is_there, "the hostile text is not in the page");
    let ends = printed.matches("</script>").count();
    ensure!(ends == 2, "the page has {ends} ends of scripts");
    let page = page.canonicalize().context("the page is there")?;
    Ok(page)
}

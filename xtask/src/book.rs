//! `book`: the pages of `docs/` as a book. What they say is held by `tests/book.rs`; this is whether mdBook draws them.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{files, python, shell};

/// Where the book is drawn.
const FOLDER: &str = "target/book";

pub(crate) fn draw(sh: &Shell) -> Result<String> {
    let mdbook = python::environment(sh, python::PRINTER)?.with_file_name("mdbook");
    files::clear(sh, FOLDER)?;
    let folder = sh.current_dir().join(FOLDER);
    let printed = shell::output(cmd!(sh, "{mdbook} build docs --dest-dir {folder}"))?;
    ensure!(!printed.contains("WARN"), "{printed}");
    Ok(format!("open {FOLDER}/index.html"))
}

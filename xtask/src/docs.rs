//! `docs`: rewrites the pages made from code, and what the modules' READMEs quote between markers.

use std::path::{Path, PathBuf};

use crate::{files, pages, step::Done, tables};

const README: &str = "README.md";

pub(crate) fn write() -> Done {
    let stale = stale()?;
    for (path, text) in &stale {
        files::write(path, text)?;
    }
    Ok(format!("{} files rewritten", stale.len()))
}

pub(crate) fn check() -> Done {
    let stale = stale()?;
    if stale.is_empty() {
        return Ok(String::new());
    }
    let paths: Vec<_> = stale
        .iter()
        .map(|(path, _)| path.display().to_string())
        .collect();
    Err(format!(
        "stale, run `cargo xtask docs`: {}",
        paths.join(", ")
    ))
}

/// The pages that are old, as they should be.
fn stale() -> Result<Vec<(PathBuf, String)>, String> {
    let mut readmes = vec![];
    for folder in files::folders(Path::new("modules"))? {
        readmes.push(module(&folder)?);
    }
    for (path, new) in pages::pages()? {
        let old = if path.is_file() {
            files::read(&path)?
        } else {
            String::new()
        };
        readmes.push((path, old, new));
    }
    let stale = readmes.into_iter().filter(|(_, old, new)| old != new);
    Ok(stale.map(|(path, _, new)| (path, new)).collect())
}

/// A module's README: where it is, as it is, as it should be.
fn module(folder: &Path) -> Result<(PathBuf, String, String), String> {
    let path = folder.join(README);
    let old = files::read(&path)?;
    let mut new = old.clone();
    for (heading, table) in [
        ("\n## Inputs\n", tables::inputs(folder)?),
        ("\n## Outputs\n", tables::outputs(folder)?),
    ] {
        new = quote(&new, heading, "TABLE", &table).ok_or_else(|| {
            files::about(
                &path,
                format!("no BEGIN TABLE and END TABLE under{heading}"),
            )
        })?;
    }
    Ok((path, old, new))
}

/// Replaces what stands between two markers, after a heading; nothing, when they are not there.
fn quote(text: &str, heading: &str, name: &str, quoted: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- BEGIN {name} -->"),
        format!("<!-- END {name} -->"),
    );
    let heading = text.find(heading)? + heading.len();
    let from = heading + text.get(heading..)?.find(&begin)? + begin.len();
    let to = from + text.get(from..)?.find(&end)?;
    Some(format!(
        "{}\n\n{quoted}\n{}",
        text.get(..from)?,
        text.get(to..)?
    ))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let text =
            "<!-- BEGIN X -->a<!-- END X -->\n## B\n<!-- BEGIN X -->\nold\n<!-- END X -->\nend";
        let expected =
            "<!-- BEGIN X -->a<!-- END X -->\n## B\n<!-- BEGIN X -->\n\nnew\n\n<!-- END X -->\nend";
        assert_eq!(quote(text, "\n## B\n", "X", "new\n").unwrap(), expected);
        assert_eq!(quote(expected, "\n## B\n", "X", "new\n").unwrap(), expected);
        assert_eq!(quote(text, "\n## C\n", "X", "new\n"), None);
        assert_eq!(quote(text, "", "Y", "new\n"), None);
    }
}

//! `docs`: the pages made from code, and what the modules' READMEs quote between markers.

use std::path::Path;

use anyhow::{Context, Result};
use xshell::Shell;

use crate::{derived::Derived, files, pages, policy, tables};

const BEGIN: &str = "<!-- BEGIN TABLE -->";
const END: &str = "<!-- END TABLE -->";

/// All of them as they should be.
pub(crate) fn make(sh: &Shell) -> Result<Vec<Derived>> {
    let mut files = pages::make()?;
    files.extend(policy::make(sh)?);
    for folder in files::folders(sh, "modules")? {
        files.push(module(sh, &folder)?);
    }
    Ok(files)
}

fn module(sh: &Shell, folder: &Path) -> Result<Derived> {
    let path = folder.join("README.md");
    let mut text = sh.read_file(&path)?;
    for (heading, table) in [
        ("\n## Inputs\n", tables::inputs(sh, folder)?),
        ("\n## Outputs\n", tables::outputs(sh, folder)?),
    ] {
        text = quote(&text, heading, &table)
            .with_context(|| format!("{}: no {BEGIN} and {END} under{heading}", path.display()))?;
    }
    Ok((path, text.into_bytes()))
}

/// Replaces what stands between the markers, after a heading; nothing, when they are not there.
fn quote(text: &str, heading: &str, quoted: &str) -> Option<String> {
    let (before, rest) = text.split_at(text.find(heading)?);
    let (between, rest) = rest.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{between}{BEGIN}\n\n{quoted}\n{END}{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let text = "<!-- BEGIN TABLE -->a<!-- END TABLE -->\n## B\n<!-- BEGIN TABLE -->\nold\n<!-- END TABLE -->\nend";
        let expected = "<!-- BEGIN TABLE -->a<!-- END TABLE -->\n## B\n<!-- BEGIN TABLE -->\n\nnew\n\n<!-- END TABLE -->\nend";
        assert_eq!(quote(text, "\n## B\n", "new\n").unwrap(), expected);
        assert_eq!(quote(expected, "\n## B\n", "new\n").unwrap(), expected);
        assert_eq!(quote(text, "\n## C\n", "new\n"), None);
        assert_eq!(quote("\n## B\nno markers", "\n## B\n", "new\n"), None);
    }
}

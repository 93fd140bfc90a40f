//! Tables for readers: a module's inputs and outputs.

use std::path::Path;

use anyhow::{Context, Result, bail};
use hcl::{
    Block, Body,
    expr::Expression,
    format::{Format, Formatter},
};
use xshell::Shell;

/// Writes a table.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let head = format!(
        "| {} |\n|{}\n",
        head.join(" | "),
        " --- |".repeat(head.len())
    );
    let cell = |text: String| text.replace('|', "\\|");
    let line = |row: Vec<String>| {
        let cells: Vec<_> = row.into_iter().map(cell).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    head + &rows.into_iter().map(line).collect::<String>()
}

/// The variables of a module.
pub(crate) fn inputs(sh: &Shell, module: &Path) -> Result<String> {
    let rows = rows(sh, &module.join("variables.tf"), "variable", |block| {
        let kind = code(argument(block, "type").context("no type")?)?;
        let default = argument(block, "default").map_or_else(|| Ok("required".to_owned()), code)?;
        Ok(vec![kind, default])
    })?;
    Ok(table(&["Name", "Type", "Default", "Description"], rows))
}

/// The outputs of a module.
pub(crate) fn outputs(sh: &Shell, module: &Path) -> Result<String> {
    let rows = rows(sh, &module.join("outputs.tf"), "output", |_| Ok(Vec::new()))?;
    Ok(table(&["Name", "Description"], rows))
}

/// Name, what else there is to say, and description of each block of a kind.
fn rows(
    sh: &Shell,
    path: &Path,
    kind: &str,
    more: impl Fn(&Block) -> Result<Vec<String>>,
) -> Result<Vec<Vec<String>>> {
    let body = parse(sh, path)?;
    let blocks = body.blocks().filter(|block| block.identifier() == kind);
    let row = |block: &Block| {
        let name = block.labels().first().map_or("", hcl::BlockLabel::as_str);
        let about = || format!("{}: {name}", path.display());
        let mut row = vec![format!("`{name}`")];
        row.extend(more(block).with_context(about)?);
        let Some(Expression::String(description)) = argument(block, "description") else {
            bail!("{}: no description", about());
        };
        row.push(description.clone());
        Ok(row)
    };
    blocks.map(row).collect()
}

/// Reads a file of Terraform.
pub(crate) fn parse(sh: &Shell, path: &Path) -> Result<Body> {
    hcl::parse(&sh.read_file(path)?).with_context(|| path.display().to_string())
}

fn argument<'a>(block: &'a Block, name: &str) -> Option<&'a Expression> {
    let mut arguments = block.body().attributes();
    arguments
        .find(|argument| argument.key() == name)
        .map(hcl::Attribute::expr)
}

fn code(expression: &Expression) -> Result<String> {
    let mut formatter = Formatter::builder()
        .compact(true)
        .prefer_ident_keys(true)
        .build_vec();
    Ok(format!("`{}`", expression.format_string(&mut formatter)?))
}

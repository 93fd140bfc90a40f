//! Tables for readers: a module's inputs and outputs.

use std::path::Path;

use hcl::{
    Block, Body,
    expr::Expression,
    format::{Format, Formatter},
};

use crate::files;

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
pub(crate) fn inputs(module: &Path) -> Result<String, String> {
    let path = module.join("variables.tf");
    let body = parse(&path)?;
    let mut rows = Vec::new();
    for (name, block) in named(&body, "variable") {
        let kind = argument(block, "type")
            .ok_or_else(|| files::about(&path, format!("{name} has no type")))?;
        let default = argument(block, "default").map_or_else(|| Ok("required".to_owned()), code)?;
        rows.push(vec![
            format!("`{name}`"),
            code(kind)?,
            default,
            description(&path, name, block)?,
        ]);
    }
    Ok(table(&["Name", "Type", "Default", "Description"], rows))
}

/// The outputs of a module.
pub(crate) fn outputs(module: &Path) -> Result<String, String> {
    let path = module.join("outputs.tf");
    let body = parse(&path)?;
    let mut rows = Vec::new();
    for (name, block) in named(&body, "output") {
        rows.push(vec![format!("`{name}`"), description(&path, name, block)?]);
    }
    Ok(table(&["Name", "Description"], rows))
}

/// Reads a file of Terraform.
pub(crate) fn parse(path: &Path) -> Result<Body, String> {
    hcl::parse(&files::read(path)?).map_err(|error| files::about(path, error))
}

fn named<'a>(body: &'a Body, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Block)> {
    let blocks = body
        .blocks()
        .filter(move |block| block.identifier() == kind);
    blocks.filter_map(|block| Some((block.labels().first()?.as_str(), block)))
}

fn argument<'a>(block: &'a Block, name: &str) -> Option<&'a Expression> {
    let mut arguments = block.body().attributes();
    arguments
        .find(|argument| argument.key() == name)
        .map(hcl::Attribute::expr)
}

fn description(path: &Path, name: &str, block: &Block) -> Result<String, String> {
    match argument(block, "description") {
        Some(Expression::String(text)) => Ok(text.clone()),
        _ => Err(files::about(path, format!("{name} has no description"))),
    }
}

fn code(expression: &Expression) -> Result<String, String> {
    let mut formatter = Formatter::builder()
        .compact(true)
        .prefer_ident_keys(true)
        .build_vec();
    let text = expression.format_string(&mut formatter);
    text.map(|text| format!("`{text}`"))
        .map_err(|error| error.to_string())
}

//! Root to files: HCL built as a tree, never as text.

use hcl::{
    Body, Expression, Identifier,
    expr::{Object, ObjectKey, TemplateExpr, Traversal, Variable},
    structure::BlockBuilder,
};

use crate::{
    print::{escape, print},
    root::{Block, Root, Term},
    tree::Tree,
};

/// Writes the files of a root, by path inside the workspace.
#[must_use]
pub fn emit(root: &Root) -> Tree {
    root.files
        .iter()
        .map(|file| {
            let body: Body = file.blocks.iter().map(block).collect();
            let path = format!("{}/{}", root.directory, file.name);
            (path, print(&root.written_in, &body))
        })
        .collect()
}

fn block(laid_out: &Block) -> hcl::Block {
    let mut builder: BlockBuilder = hcl::Block::builder(laid_out.kind);
    for label in &laid_out.labels {
        builder = builder.add_label(*label);
    }
    for argument in &laid_out.arguments {
        builder = builder.add_attribute((argument.name, expression(&argument.term)));
    }
    for nested in &laid_out.blocks {
        builder = builder.add_block(block(nested));
    }
    builder.build()
}

fn expression(term: &Term) -> Expression {
    match term {
        Term::Text(text) => string(text),
        Term::Number(number) => (*number).into(),
        Term::Bool(value) => (*value).into(),
        Term::List(items) => items.iter().map(expression).collect::<Vec<_>>().into(),
        Term::Map(entries) => entries
            .iter()
            .map(|(key, value)| {
                let key = ObjectKey::Expression(string(key));
                (key, expression(value))
            })
            .collect::<Object<_, _>>()
            .into(),
        Term::Object(entries) => entries
            .iter()
            .map(|(key, value)| {
                (
                    ObjectKey::Identifier(Identifier::sanitized(key)),
                    expression(value),
                )
            })
            .collect::<Object<_, _>>()
            .into(),
        Term::Module(module) => module_traversal(module, &[]).build().into(),
        Term::Output(module, output) => module_traversal(module, &[output]).build().into(),
        Term::Address(module, kind, resource, key) => module_traversal(module, &[kind, resource])
            .index(string(key))
            .build()
            .into(),
    }
}

fn string(text: &str) -> Expression {
    TemplateExpr::QuotedString(escape(text)).into()
}

fn module_traversal(module: &str, attributes: &[&str]) -> hcl::expr::TraversalBuilder {
    attributes.iter().fold(
        Traversal::builder(Variable::sanitized("module")).attr(module),
        |traversal, attribute| traversal.attr(*attribute),
    )
}

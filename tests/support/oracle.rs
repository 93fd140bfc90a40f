//! What must hold for any bytes and any text: asked by `fuzz/` for hours and by `fuzzed.rs` for a moment.

use std::{
    ops::RangeInclusive,
    sync::{Arc, LazyLock},
};

use hcl::{
    Expression as Hcl, Value,
    eval::{Context, Evaluate},
};
use storage_valet_rds::{
    cli::json::check::Check,
    compile::{self, example, fix},
    diagnostic::{Diagnostics, Problem, report},
    model::{Environment, world::World},
    terraform::{
        lower,
        print::{Colored, is_generated, map_lines, print_file, print_file_to, print_root},
        root_module::{Argument, ArgumentSource, Block, BlockKind, Expression, RootModule},
    },
    text::{date::Date, json, pointer, unicode::is_hidden},
    yaml::Document,
};

const TODAY: Date = Date::constant(2026, 11, 1);
const CONFIG: &str = "shortname: orders\nusername: orders\n";

/// The bytes as a config and as a `valet.yaml`: rejected with problems that can be shown, or compiled to whole HCL.
pub(crate) fn bytes_are_rejected_or_compiled(bytes: &[u8]) {
    static EXAMPLE: LazyLock<Arc<Environment>> =
        LazyLock::new(|| example::environment().unwrap().unwrap());
    compile_config(&EXAMPLE, bytes);
    assert_placed(bytes);
    match compile::open(bytes.to_vec(), None) {
        Err(problems) => {
            assert!(!problems.is_empty(), "rejected without a reason");
            assert_showable(&problems);
        }
        Ok(environments) => {
            for environment in environments {
                assert_whole(&lower::environment(&environment));
                compile_config(&environment, CONFIG.as_bytes());
            }
        }
    }
}

/// Every key of a file that is read has a place, and so has its value; in the place of a boolean stands that word.
fn assert_placed(bytes: &[u8]) {
    let Ok(document) = Document::parse("orders.yaml", bytes.to_vec()) else {
        return;
    };
    let mut todo = vec![(String::new(), &document.value)];
    while let Some((at, value)) = todo.pop() {
        if let Some(items) = value.as_array() {
            let items = items.iter().enumerate();
            todo.extend(items.map(|(index, item)| (format!("{at}/{index}"), item)));
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{}", pointer::escape(key));
            assert!(!document.written(&format!("{at}#")).is_empty(), "{at}");
            assert!(!document.written(&at).is_empty(), "{at}");
            todo.push((at, value));
        }
        if let Some(value) = value.as_bool() {
            let written = document.written(&at).to_lowercase();
            assert_eq!(written, value.to_string(), "{at}");
        }
    }
}

fn compile_config(environment: &Arc<Environment>, bytes: &[u8]) {
    let path = format!("{}/orders.yaml", environment.spec.configs);
    let (database, problems) = compile::unit(environment, &path, bytes.to_vec(), World::on(TODAY));
    assert_showable(&problems);
    let rejected = problems.has_errors();
    assert!(database.is_some() || rejected, "no instance, and no reason");
    assert_mendable(&path, bytes, &problems);
    if let Some(database) = database.filter(|_| !rejected) {
        assert_whole(&lower::unit(&database));
    }
}

/// What is mended is still text that can be read, and another one.
fn assert_mendable(path: &str, bytes: &[u8], problems: &[Problem]) {
    let Some(text) = problems.iter().find(|problem| problem.fix.is_some()) else {
        return;
    };
    let text = &text.span.file.text;
    assert_eq!(text.as_bytes(), bytes, "what is mended is the file itself");
    if let Some((mended, _)) = fix::mend(path, text, problems) {
        assert_ne!(mended, *text);
        let parsed = Document::parse(path, mended.clone().into_bytes());
        let codes = |list: Diagnostics| list.iter().map(|one| one.rule.code).collect::<Vec<_>>();
        // A longer text may come over a limit.
        let parsed = parsed.map_err(codes);
        assert!(
            parsed.is_ok() || parsed.is_err_and(|codes| codes == ["too-large"]),
            "{mended}"
        );
    }
}

/// Every place is inside its text, and every way of showing a problem gets through.
fn assert_showable(problems: &[Problem]) {
    let also = problems.iter().filter_map(|problem| problem.also.as_ref());
    let spans = problems.iter().map(|problem| &problem.span);
    for span in spans.chain(also.map(|(span, _)| span)) {
        let pointed = span.file.text.get(span.range.clone());
        assert!(pointed.is_some(), "{:?} is not in the text", span.range);
    }
    for problem in problems {
        assert!(!problem.message.is_empty());
    }
    let drawn = report::draw(problems, "", false, 100);
    assert_eq!(drawn.as_str().is_empty(), problems.is_empty());
    json::pretty(&Check::new(problems, "", 1, report::Count::default())).unwrap();
}

fn assert_whole(root: &RootModule) {
    let tree = print_root(root);
    assert!(!tree.is_empty());
    for (path, text) in &tree {
        assert!(is_generated(text.as_bytes()), "{path} has no header");
        let parsed = hcl::parse(text);
        assert!(parsed.is_ok(), "{path}: {parsed:?}\n{text}");
    }
}

/// Colour adds nothing but colour, nothing hides in the text, and the lines of an argument hold that argument.
pub(crate) fn assert_sinks_agree(written_in: &str, blocks: &[Block]) {
    let plain = print_file(written_in, blocks);
    let hides = |letter| letter != '\n' && is_hidden(letter);
    assert!(!plain.contains(hides), "{plain:?}");
    let mut colored = Colored::default();
    print_file_to(&mut colored, written_in, &[], blocks);
    assert_eq!(without_escapes(&colored.0), plain);
    let lines: Vec<_> = plain.lines().collect();
    let text = |range: &RangeInclusive<usize>| lines[range.start() - 1..*range.end()].join("\n");
    for found in map_lines(written_in, &[], blocks) {
        let item = hcl::parse(&text(&found.lines)).unwrap();
        let attributes: Vec<_> = item.attributes().collect();
        assert_eq!(attributes.len(), 1, "{}", found.address);
        assert_eq!(attributes[0].key(), found.argument.name);
        for entry in &found.entries {
            let map = hcl::parse(&format!("map = {{\n{}\n}}", text(&entry.lines))).unwrap();
            let map = evaluate(map.attributes().next().unwrap().expr());
            let keys: Vec<_> = map.as_object().unwrap().keys().collect();
            assert_eq!(keys, [entry.key], "{}", found.address);
        }
        if let Expression::Map(entries) = &found.argument.value {
            let keys = entries.iter().map(|(key, _)| key.as_str());
            let mapped = found.entries.iter().map(|entry| entry.key);
            assert_eq!(mapped.collect::<Vec<_>>(), keys.collect::<Vec<_>>());
        }
    }
}

pub(crate) fn without_escapes(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').unwrap().1)
}

/// The text as a value, an entry of a list, a key and an index of HCL: evaluated, it is the text again.
pub(crate) fn text_survives(text: &str) {
    let block = block_of(text);
    let blocks = std::slice::from_ref(&block);
    assert_sinks_agree("configs/dev/orders.yaml", blocks);
    let body = hcl::parse(&print_file("configs/dev/orders.yaml", blocks)).unwrap();
    let expected = Value::from(text);
    let attribute = |name: &str| -> Hcl {
        let blocks: Vec<_> = body.blocks().collect();
        let found = blocks[0]
            .body
            .attributes()
            .find(|attribute| attribute.key() == name);
        found.unwrap().expr.clone()
    };
    assert_eq!(evaluate(&attribute("alone")), expected);
    assert_eq!(evaluate(&attribute("neighbour")), expected);
    let list = evaluate(&attribute("list"));
    assert_eq!(
        list,
        Value::from(vec![expected.clone(), Value::from("last")])
    );
    let map = evaluate(&attribute("map"));
    let entries: Vec<_> = map.as_object().unwrap().iter().collect();
    assert_eq!(entries, [(&text.to_owned(), &expected)]);
}

fn evaluate(expression: &Hcl) -> Value {
    expression.evaluate(&Context::new()).unwrap()
}

fn block_of(text: &str) -> Block {
    let fixed = |name, value| Argument {
        name,
        value,
        source: ArgumentSource::Fixed,
    };
    Block {
        kind: BlockKind::Module,
        labels: vec!["m"],
        arguments: vec![
            fixed("alone", Expression::from(text)),
            fixed("neighbour", Expression::from(text)),
            fixed("list", Expression::List(vec![text.into(), "last".into()])),
            fixed("map", Expression::Map(vec![(text.to_owned(), text.into())])),
        ],
        blocks: Vec::new(),
    }
}

//! `graph`: the wiring as people see it.

use std::{fs, path::Path};

use storage_valet_rds::inspect::graph;

use crate::support::{
    command::{run, valet},
    folder::city,
    snapshot,
    workspace::Workspace,
};

fn snapshot(name: &str, text: &str) {
    snapshot::settings("graph").bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_unit_and_an_environment_are_drawn_as_reviewed() {
    let city = Path::new("fixtures/city");
    for format in ["mermaid", "dot"] {
        let unit = valet(city, &["graph", "prod/ledger", "--format", format]);
        assert_eq!(unit.code, 0, "{}", unit.err);
        let fleet = valet(
            city,
            &["graph", "--environment", "dev3", "--format", format],
        );
        assert_eq!(fleet.code, 0, "{}", fleet.err);
        snapshot(format, &format!("{}\n{}", unit.out, fleet.out));
    }
    assert_eq!(
        run(city, "graph --environment prod --namespace ledger").out,
        run(city, "graph prod/ledger").out
    );
}

#[test]
fn the_picture_in_the_readme_is_fresh() {
    let drawn = run(
        Path::new("fixtures/city"),
        "graph dev3/test-dev --format svg",
    )
    .out;
    let path = Path::new("docs/architecture.svg");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::write(path, &drawn).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap();
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.contains("](docs/architecture.svg)"));
    assert!(
        kept == drawn,
        "docs/architecture.svg is stale: run `cargo xtask bless`"
    );
}

/// The value of an attribute in a tag.
fn number(tag: &str, name: &str) -> f64 {
    let start = tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
    tag[start..].split('"').next().unwrap().parse().unwrap()
}

#[test]
fn no_text_leaves_its_box_and_no_two_boxes_overlap() {
    // 0.602 em is what DejaVu Sans Mono, Menlo and SF Mono have; Courier and Consolas are narrower.
    const LETTER: f64 = 12.0 * 0.602;
    let city = Workspace::open(Path::new("fixtures/city"));
    let fleets = city.environments.iter().map(|environment| {
        let units: Vec<_> = city
            .databases
            .iter()
            .filter(|unit| unit.environment.name == environment.name)
            .collect();
        graph::environment(environment, &units)
    });
    let graphs: Vec<_> = city
        .databases
        .iter()
        .map(graph::unit)
        .chain(fleets)
        .collect();
    assert!(
        graphs
            .iter()
            .flat_map(|graph| &graph.right.nodes)
            .any(|node| node.lines[0].len() == 63)
    );
    for graph in graphs {
        let svg = graph::svg(&graph);
        let boxes: Vec<_> = svg
            .lines()
            .filter(|line| line.starts_with("<rect class=\"box\""))
            .map(|tag| {
                let (x, y) = (number(tag, "x"), number(tag, "y"));
                (x, y, x + number(tag, "width"), y + number(tag, "height"))
            })
            .collect();
        let (width, height) = (number(&svg, "width"), number(&svg, "height"));
        for (index, one) in boxes.iter().enumerate() {
            assert!(one.2 < width && one.3 < height);
            for other in &boxes[..index] {
                assert!(
                    one.0 >= other.2 || other.0 >= one.2 || one.1 >= other.3 || other.1 >= one.3
                );
            }
        }
        let mut texts = 0;
        for tag in svg.lines().filter(|line| line.starts_with("<text")) {
            let content = tag
                .split_once('>')
                .unwrap()
                .1
                .strip_suffix("</text>")
                .unwrap();
            let letters = f64::from(u32::try_from(content.chars().count()).unwrap());
            let size = if tag.contains("class=\"title\"") {
                LETTER * 16.0 / 12.0
            } else {
                LETTER
            };
            let (x, y, end) = (
                number(tag, "x"),
                number(tag, "y"),
                number(tag, "x") + letters * size,
            );
            assert!(end < width, "{content} leaves the picture");
            for (left, top, right, bottom) in &boxes {
                if (top..bottom).contains(&&y) && (left..right).contains(&&x) {
                    assert!(end < *right, "{content} leaves its box");
                    texts += 1;
                } else if (top..bottom).contains(&&y) {
                    assert!(end <= *left || x >= *right, "{content} runs into a box");
                }
            }
        }
        assert!(texts >= boxes.len() * 2);
    }
}

#[test]
fn no_dashes_are_drawn_over_dashes() {
    let svg = run(Path::new("fixtures/city"), "graph prod/ledger --format svg").out;
    let into_role: Vec<_> = svg
        .lines()
        .filter(|line| line.starts_with("<path class=\"grant\"") && line.contains(" H399 "))
        .collect();
    assert_eq!(
        into_role,
        [
            "<path class=\"grant\" d=\"M351 141 H399 V123 H589\" marker-end=\"url(#grant-head)\"/>",
            "<path class=\"grant\" d=\"M351 423 H399 V141\"/>"
        ]
    );
}

#[test]
fn the_picture_stands_alone_in_light_and_dark() {
    let svg = run(
        Path::new("fixtures/city"),
        "graph dev3/payments-iam --format svg",
    )
    .out;
    for forbidden in [
        "href",
        "url(http",
        "@import",
        "<script",
        "<foreignObject",
        "font-face",
    ] {
        assert!(!svg.contains(forbidden), "{forbidden}");
    }
    assert!(svg.contains("prefers-color-scheme: dark"));
    assert!(svg.contains(">rds-db:connect<") && svg.contains(">payments-dev3-proxy<"));
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let city = city("graph-usage");
    assert_eq!(run(&city, "graph").code, 2);
    assert_eq!(run(&city, "graph --environment dev9").code, 2);
    assert_eq!(run(&city, "graph dev3/agora --environment dev3").code, 2);
    fs::write(city.join("configs/prod/search.yaml"), "shortname: [\n").unwrap();
    assert_eq!(run(&city, "graph --environment prod").code, 1);
    assert_eq!(run(&city, "graph --environment dev3").code, 0);
}

#[test]
fn a_hundred_databases_stand_in_lists_on_one_page() {
    let folder = crate::support::folder::minimal("graph-hundred");
    crate::support::folder::lift_quotas(&folder);
    let config = |name: &str| folder.join(format!("configs/dev/{name}.yaml"));
    for number in 0..99 {
        let text = format!("shortname: shop{number}\n");
        fs::write(config(&format!("shop-{number:02}")), text).unwrap();
    }
    let svg = run(&folder, "graph --environment dev --format svg").out;
    assert!(svg.contains(">100 databases<"), "{svg}");
    assert!(svg.contains(">shop-07: shop7-dev, postgres 17, db.t4g.medium<"));
    assert_eq!(svg.matches("<path class=\"data\"").count(), 1);
    assert!(number(&svg, "height") < 2200.0);
}

/// Programs that are no browsers know neither variables nor queries for media.
#[test]
fn the_first_sheet_of_a_picture_has_literal_colours() {
    let svg = run(Path::new("fixtures/city"), "graph prod/ledger --format svg").out;
    let sheets: Vec<_> = svg.split("<style").skip(1).collect();
    let [light, dark] = sheets.as_slice() else {
        panic!("{svg}");
    };
    assert!(light.starts_with('>') && !light.split("</style>").next().unwrap().contains("@media"));
    assert!(dark.starts_with(" media=\"screen and (prefers-color-scheme: dark)\">"));
    assert!(!svg.contains("var("));
    // Everything that is drawn has a colour in the first one.
    for class in [
        "paper",
        "account",
        "box",
        "data",
        "grant",
        "data-head",
        "grant-head",
    ] {
        assert!(
            light.contains(&format!(".{class} ")) || light.contains(&format!(".{class}\n")),
            "{class}"
        );
    }
}

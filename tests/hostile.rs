//! Files and folders that nobody writes by accident: each is told by its code at its place, and none stops a run.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{command::run, folder::minimal, repository::top};

/// Checks a workspace: each problem as `file:line:column code message`.
fn problems(folder: &Path) -> Vec<String> {
    top(folder);
    let start = Instant::now();
    let ran = run(folder, "check --format json");
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "it took too long"
    );
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let text = |problem: &Value, key: &str| problem[key].as_str().unwrap_or("").to_owned();
    let list = document["problems"].as_array().unwrap().iter();
    list.map(|problem| {
        format!(
            "{}:{}:{} {} {}",
            text(problem, "file"),
            problem["line"],
            problem["column"],
            text(problem, "code"),
            text(problem, "message")
        )
    })
    .collect()
}

/// The one problem of the bytes in the place of the good config, which is also drawn.
fn problem_of(name: &str, bytes: &[u8]) -> String {
    let folder = minimal(&format!("hostile-{name}"));
    fs::write(folder.join("configs/dev/orders.yaml"), bytes).unwrap();
    let drawn = run(&folder, "generate");
    assert_eq!(drawn.code, 1);
    assert!(!folder.join("generated").exists());
    let ugly = drawn
        .err
        .chars()
        .find(|letter| letter.is_control() && *letter != '\n');
    assert_eq!(ugly, None, "{:?}", drawn.err);
    let problems = problems(&folder);
    assert_eq!(problems.len(), 1, "{name}: {problems:?}");
    problems[0].clone()
}

/// Each name, text, and the start of its one problem.
fn assert_told<T: AsRef<[u8]>>(cases: impl IntoIterator<Item = (&'static str, T, &'static str)>) {
    for (name, bytes, expected) in cases {
        let problem = problem_of(name, bytes.as_ref());
        let expected = format!("configs/dev/orders.yaml:{expected}");
        assert!(
            problem.starts_with(&expected),
            "{name}: {problem}\nnot {expected}"
        );
    }
}

#[test]
fn letters_that_hide_are_told_at_their_place() {
    assert_told([
        (
            "nul",
            "shortname: orders\0\n",
            "1:18 control-character the invisible character U+0000",
        ),
        (
            "escape",
            "shortname: orders\n# \u{1b}[2J\n",
            "2:3 control-character the invisible character U+001B",
        ),
        (
            "bom",
            "shortname: orders\n\u{feff}port: 5432\n",
            "2:1 control-character the invisible character U+FEFF",
        ),
        (
            "bidi",
            "shortname: orders # \u{202e}\n",
            "1:21 control-character the invisible character U+202E",
        ),
        (
            "zero-width",
            "short\u{200b}name: orders\n",
            "1:6 control-character the invisible character U+200B",
        ),
        (
            "separator",
            "shortname: orders # \u{2028}port: 1\n",
            "1:21 control-character the invisible character U+2028",
        ),
        (
            "return",
            "shortname: orders # safe\rport: 1\n",
            "1:25 control-character the invisible character U+000D",
        ),
        (
            "escaped",
            "shortname: orders\n\"\\e[31m\\n::error::\": 1\n",
            "2:1 unknown-key there is no key `\\u{1b}[31m\\u{a}::error::`",
        ),
        (
            "look-alike",
            "shortname: \u{43e}rders\n",
            "1:12 bad-format `\u{43e}rders` does not have the form",
        ),
    ]);
}

#[test]
fn files_beyond_every_size_are_told_where_they_go_too_far() {
    let many = |piece: &str, count: usize| piece.repeat(count);
    let start = "shortname: orders\n";
    let maps = format!("{}1{}", many("{a: ", 40), many("}", 40));
    assert_told([
        (
            "line",
            format!("{start}# {}\n", many("x", 5000)),
            "2:1 too-large the line has more than 4096 bytes",
        ),
        (
            "wide-key",
            many("a", 200_000) + ": 1\n",
            "1:1 too-large the line has more than 4096 bytes",
        ),
        (
            "bytes",
            many("# a comment\n", 30_000),
            "1:1 too-large the file has more than 262144 bytes",
        ),
        (
            "values",
            format!("{start}tags:\n{}", many("  - a\n", 30_000)),
            "19998:5 too-large more than 20000 values",
        ),
        (
            "flow",
            format!("{start}tags: {}\n", many("[", 2000)),
            "2:262 too-large nested deeper than 16 levels",
        ),
        (
            "maps",
            format!("{start}tags: {maps}\n"),
            "2:67 too-large nested deeper than 16 levels",
        ),
        (
            "dashes",
            many("- ", 1000),
            "1:33 too-large nested deeper than 16 levels",
        ),
        (
            "questions",
            many("? ", 1000),
            "1:3 yaml-syntax a key is a list or a mapping",
        ),
        ("empty", String::new(), "1:1 wrong-type the file is empty"),
        (
            "comment",
            "# later\n".to_owned(),
            "2:1 wrong-type the file is empty",
        ),
        (
            "no-key",
            format!("{start}? \n: 1\n"),
            "3:1 yaml-syntax a key is empty",
        ),
    ]);
}

#[test]
fn numbers_without_an_end_are_told_at_their_place() {
    let long = "2:7 bad-number a number of more than 32 letters";
    let port = |number: &str| format!("shortname: orders\nport: {number}\n");
    assert_told([
        ("digits", port(&"9".repeat(400)), long),
        ("zeros", port(&format!("{}5432", "0".repeat(400))), long),
        ("places", port(&format!("0.{}", "1".repeat(400))), long),
        ("hexadecimal", port(&format!("0x{}", "f".repeat(400))), long),
        (
            "exponent",
            port("1e999999"),
            "2:7 bad-number `1e999999` is no number",
        ),
        (
            "minus",
            port("-1e999999"),
            "2:7 bad-number `-1e999999` is no number",
        ),
        (
            "infinity",
            port(".inf"),
            "2:7 bad-number `.inf` is no number",
        ),
        (
            "not-a-number",
            port(".nan"),
            "2:7 bad-number `.nan` is no number",
        ),
        (
            "too-big",
            port("18446744073709551616"),
            "2:7 out-of-range `18446744073709551616` is more than 65535",
        ),
        (
            "fraction",
            port("5.432e3"),
            "2:7 wrong-type `5.432e3` is not a whole number",
        ),
    ]);
}

#[test]
fn bytes_that_are_no_text_are_told_at_the_first_of_them() {
    let utf16: Vec<u8> = "shortname: orders\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_told([
        (
            "latin-1",
            b"shortname: orders\n# caf\xe9 \x1b[2J\n".to_vec(),
            "2:6 not-utf8 not UTF-8 text",
        ),
        (
            "utf-16-marked",
            [b"\xff\xfe".to_vec(), utf16.clone()].concat(),
            "1:1 not-utf8 the text is UTF-16",
        ),
        ("utf-16", utf16, "1:1 not-utf8 the text is UTF-16"),
        (
            "overlong",
            b"shortname: \xc0\xaf\n".to_vec(),
            "1:12 not-utf8 not UTF-8 text",
        ),
        (
            "surrogate",
            b"shortname: \xed\xa0\x80\n".to_vec(),
            "1:12 not-utf8 not UTF-8 text",
        ),
    ]);
}

#[test]
fn a_byte_order_mark_is_no_problem_and_stays() {
    let folder = minimal("byte-order-mark");
    let marked = |file: &str| {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        fs::write(folder.join(file), format!("\u{feff}{text}")).unwrap();
    };
    let before = run(&folder, "generate");
    assert_eq!(before.code, 0, "{}", before.err);
    marked("valet.yaml");
    marked("configs/dev/orders.yaml");
    let check = run(&folder, "generate --check");
    assert_eq!(check.code, 0, "{}", check.err);

    let config = folder.join("configs/dev/orders.yaml");
    fs::write(&config, "\u{feff}shortname: orders\nmulti_az: true # why\n").unwrap();
    let fixed = run(&folder, "check --fix");
    assert_eq!(fixed.code, 0, "{}", fixed.err);
    let text = fs::read_to_string(&config).unwrap();
    let rest = text.strip_prefix("\u{feff}# yaml-language-server: $schema=");
    let (_, rest) = rest.expect(&text).split_once('\n').unwrap();
    assert_eq!(rest, "shortname: orders\nmultiAz: true # why\n");

    let edited = run(&folder, "create dev/orders --set port=5433");
    assert_eq!(edited.code, 0, "{}", edited.err);
    let edited = fs::read_to_string(&config).unwrap();
    assert_eq!(edited, format!("{text}port: 5433\n"));

    assert_told([
        (
            "marked",
            "\u{feff}shortname: orders\nport: high\n"
                .as_bytes()
                .to_vec(),
            "2:7 wrong-type `high` is not a whole number",
        ),
        (
            "marked-first-line",
            "\u{feff}port: high\nshortname: orders\n"
                .as_bytes()
                .to_vec(),
            "1:7 wrong-type `high` is not a whole number",
        ),
    ]);
}

#[test]
fn line_ends_of_windows_mean_the_same() {
    let config = "shortname: orders\nproxy:\n  initQuery: |\n    SET a = 1;\n    SET b = 2\n";
    let tree = |name: &str, text: String| {
        let folder = minimal(name);
        fs::write(folder.join("configs/dev/orders.yaml"), text).unwrap();
        assert_eq!(run(&folder, "generate").code, 0);
        fs::read(folder.join("generated/dev/orders/main.tf")).unwrap()
    };
    let unix = tree("line-ends-unix", config.to_owned());
    assert_eq!(
        tree("line-ends-windows", config.replace('\n', "\r\n")),
        unix
    );
}

#[test]
fn thousands_of_mistakes_take_no_longer_and_end_at_a_hundred() {
    let folder = minimal("mistakes");
    let lines = (0..9000).map(|number| format!("  k{number}: {number}\n"));
    let config = format!("shortname: orders\ntags:\n{}", lines.collect::<String>());
    fs::write(folder.join("configs/dev/orders.yaml"), &config).unwrap();
    assert_eq!(problems(&folder).len(), 100, "of the wrong type");
    let config = config
        .replace('k', "\"aws:")
        .replace(": ", "\": \"")
        .replace('\n', "\"\n");
    let config = config.replace("shortname\": \"orders\"", "shortname: orders");
    let config = config.replace("tags:\"", "tags:");
    fs::write(folder.join("configs/dev/orders.yaml"), config).unwrap();
    let found = problems(&folder);
    assert_eq!(found.len(), 100);
    let refused = |problem: &String| problem.contains("tag-characters AWS refuses the tag key");
    assert!(found[0].contains("2:1 too-many-tags"), "{found:?}");
    assert!(found[1..].iter().all(refused), "{found:?}");
    let lines = (0..9000).map(|number| format!("  - c{number}\n"));
    let clusters = format!(
        "shortname: orders\nclusters:\n{}",
        lines.collect::<String>()
    );
    fs::write(folder.join("configs/dev/orders.yaml"), clusters).unwrap();
    assert!(problems(&folder)[0].contains("out-of-range more than 100 entries"));
}

#[test]
fn the_workspace_file_is_read_as_carefully() {
    let valet_yaml = fs::read_to_string("fixtures/valet.yaml").unwrap();
    for (name, text, expected) in [
        (
            "bom",
            format!("\u{feff}\u{feff}{valet_yaml}"),
            "valet.yaml:1:1 control-character",
        ),
        (
            "deep",
            format!("{valet_yaml}x: {}\n", "[".repeat(3000)),
            "too-large",
        ),
        (
            "output",
            valet_yaml.replace("environments:", "output: ../..\nenvironments:"),
            "bad-format `../..`",
        ),
        (
            "configs",
            valet_yaml.replace("configs/dev", "configs/../../dev"),
            "bad-format `configs/../../dev`",
        ),
        (
            "device",
            valet_yaml.replace("  dev:", "  com1:"),
            "windows-name `com1` is a device",
        ),
        (
            "cyrillic",
            valet_yaml.replace("  dev:", "  d\u{435}v:"),
            "bad-format `d\u{435}v` is not a valid name",
        ),
        (
            "quota",
            format!("{valet_yaml}    quotas: {{proxies: 99999999999}}\n"),
            "",
        ),
    ] {
        let folder = minimal(&format!("hostile-workspace-{name}"));
        fs::write(folder.join("valet.yaml"), text).unwrap();
        let found = problems(&folder);
        assert!(found[0].contains(expected), "{name}: {found:?}");
    }
}

#[test]
fn names_that_deceive_are_told() {
    let folder = minimal("names");
    let good = "shortname: orders\n";
    for (number, name) in ["con", "lpt9", "\u{43e}rders", "Orders"].iter().enumerate() {
        let config = good.replace(
            "orders",
            &format!("other{number}\niamRoleName: role{number}"),
        );
        fs::write(folder.join(format!("configs/dev/{name}.yaml")), config).unwrap();
    }
    let found = problems(&folder);
    let expected = [
        "configs/dev/Orders.yaml:1:1 bad-file-name `Orders` is not a namespace",
        "configs/dev/con.yaml:1:1 windows-name `con` is a device on Windows, and cannot be a file there",
        "configs/dev/lpt9.yaml:1:1 windows-name `lpt9` is a device on Windows, and cannot be a file there",
        "configs/dev/orders.yaml:1:1 bad-file-name on Windows and macOS this is the same file as configs/dev/Orders.yaml",
        "configs/dev/\u{43e}rders.yaml:1:1 bad-file-name `\u{43e}rders` is not a namespace",
    ];
    assert_eq!(found, expected);
    let drawn = run(&folder, "check").err;
    assert!(
        drawn.contains("`\u{43e}` is U+043E, a Cyrillic letter that looks like `o`"),
        "{drawn}"
    );
}

#[test]
fn folders_of_configs_that_differ_in_case_are_one() {
    let folder = minimal("case");
    let valet_yaml = fs::read_to_string("fixtures/valet.yaml").unwrap();
    let (head, dev) = valet_yaml.split_once("  dev:\n").unwrap();
    let other = dev
        .replace("configs/dev", "configs/Dev")
        .replace("rds/dev", "rds/two");
    let text = format!("{head}  dev:\n{dev}  two:\n{other}");
    fs::write(folder.join("valet.yaml"), text).unwrap();
    let found = problems(&folder);
    assert!(
        found[0].contains("shared-configs environment `dev` reads this folder too"),
        "{found:?}"
    );
}

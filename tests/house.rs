//! The rules of the house that clippy cannot say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use storage_valet_rds::rule;

use crate::workspace::{Workspace, cases};

/// Lowest first: a file may use only files before it.
const ORDER: &[&str] = &[
    "rule",
    "lookalike",
    "shape",
    "problem",
    "suggest",
    "window",
    "class",
    "source",
    "edit",
    "duration",
    "privatelink",
    "config",
    "parameter",
    "workspace",
    "engine",
    "name",
    "schema",
    "assign",
    "instance",
    "resolve",
    "outputs",
    "effective",
    "manifest",
    "handoff",
    "graph",
    "root",
    "delta",
    "grade",
    "lay_out",
    "guard",
    "waiver",
    "fleet",
    "tree",
    "print",
    "emit",
    "explain",
    "report",
    "life",
    "gate",
    "compile",
    "fix",
    "draft",
    "example",
    "disk",
    "git",
    "side",
    "review",
    "cli",
    "command",
    "lib",
    "main",
];

/// Commands hang off the command line, and it off them: one rank together.
const EDGE: [&str; 2] = ["cli", "command"];

const MAX_LINES: usize = 500;

fn sources() -> BTreeMap<String, String> {
    walkdir::WalkDir::new("src")
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .map(|entry| {
            let path = entry.path().strip_prefix("src").unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            (
                path.with_extension("").to_str().unwrap().replace('\\', "/"),
                text,
            )
        })
        .collect()
}

/// The top-level file that a file belongs to.
fn family(name: &str) -> &str {
    name.split('/').next().unwrap()
}

#[test]
fn imports_point_down() {
    for (name, text) in sources() {
        let name = family(&name);
        let rank = |file: &str| ORDER.iter().position(|known| *known == file);
        let own = rank(name).unwrap_or_else(|| panic!("{name}.rs has no place in ORDER"));
        if ["lib", "main"].contains(&name) {
            continue;
        }
        for used in used_files(&text) {
            let Some(theirs) = rank(&used) else { continue };
            let together = EDGE.contains(&name) && EDGE.contains(&used.as_str());
            assert!(
                theirs < own || used == name || together,
                "{name}.rs uses {used}, which is not below it"
            );
        }
    }
}

/// First words after each `crate::`, also inside braces.
fn used_files(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut used = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            used.insert(word(after));
            continue;
        };
        let mut depth = 0;
        let mut at_start = true;
        for (index, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => at_start = true,
                _ if letter.is_whitespace() => {}
                _ if at_start => {
                    used.insert(word(&group[index..]));
                    at_start = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

#[test]
fn the_search_for_imports_sees_them() {
    let text =
        "use crate::a::{b, c};\nuse crate::{\n    d,\n    e::{f, g},\n};\nfn x() { crate::h::i() }";
    let used: Vec<_> = used_files(text).into_iter().collect();
    assert_eq!(used, ["a", "d", "e", "h"]);
}

#[test]
fn only_the_edges_touch_the_machine() {
    for (name, text) in sources() {
        let excused = text.contains("clippy::disallowed_methods");
        let edge = ["cli", "disk", "git"].contains(&name.as_str());
        assert!(!excused || edge, "{name}.rs is no edge, but excuses itself");
    }
}

#[test]
fn every_file_says_what_it_is_and_fits_in_a_head() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name}.rs has no head");
        let code = text.split("#[cfg(test)]").next().unwrap();
        assert!(
            code.lines().count() <= MAX_LINES,
            "{name}.rs is longer than {MAX_LINES} lines"
        );
    }
}

#[test]
fn rules_have_unique_kebab_case_codes_and_whole_texts() {
    let mut seen = BTreeSet::new();
    for rule in rule::ALL {
        assert!(seen.insert(rule.code), "{} stands twice", rule.code);
        assert!(
            rule.code.chars().all(|letter| letter.is_ascii_lowercase()
                || letter.is_ascii_digit()
                || letter == '-')
        );
        for text in [rule.meaning, rule.explanation] {
            assert!(
                text.ends_with('.') && text.len() > 20,
                "{}: {text}",
                rule.code
            );
        }
        assert!(!rule.example.is_empty(), "{} has no example", rule.code);
    }
}

#[test]
fn every_rule_has_a_bad_case_of_its_name_that_breaks_it() {
    let cases: BTreeMap<String, BTreeSet<&str>> = cases("fixtures/bad")
        .iter()
        .map(|case| {
            let codes = Workspace::open(case)
                .problems
                .iter()
                .map(|problem| problem.rule.code)
                .collect();
            (file_name(case), codes)
        })
        .collect();
    for rule in rule::ALL {
        let shown = cases
            .iter()
            .any(|(case, codes)| case.starts_with(rule.code) && codes.contains(rule.code));
        assert!(shown, "no case named after `{}` breaks it", rule.code);
    }
    for (case, codes) in &cases {
        let named = codes.iter().any(|code| case.starts_with(code));
        assert!(named, "{case} breaks {codes:?}, not the rule of its name");
    }
}

#[test]
fn every_problem_points_at_its_place() {
    // These are about a file as a whole, or about one that is not text.
    let whole_file = [
        "bad-file-name",
        "bad-outputs",
        "missing-key",
        "not-a-file",
        "occupied-path",
        "policy-tags",
        "stray-config",
        "too-large",
        "unknown-environment",
    ];
    for case in cases("fixtures/bad") {
        for problem in Workspace::open(&case).problems {
            let pointed = !problem.place.span.is_empty();
            let exempt = whole_file.contains(&problem.rule.code)
                || ["yaml-syntax", "second-document"].contains(&problem.rule.code);
            assert!(
                pointed || exempt,
                "{}: {} points nowhere",
                case.display(),
                problem.rule.code
            );
        }
    }
}

#[test]
fn every_snapshot_has_its_case() {
    for kind in ["ok", "bad"] {
        let names = |folder: &str| -> BTreeSet<String> {
            let list = fs::read_dir(format!("{folder}/{kind}")).unwrap();
            list.map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
        };
        assert_eq!(names("snapshots"), names("fixtures"));
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

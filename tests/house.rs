//! The rules of the house that clippy cannot say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use storage_valet_rds::{aws::engine::Engine, diagnostic::rule};

use crate::support::workspace::{Workspace, cases};

/// The folders of `src/`, lowest first: a file uses only folders before its own.
const RANKS: &[&str] = &[
    "text",
    "diagnostic",
    "yaml",
    "aws",
    "config",
    "model",
    "terraform",
    "rules",
    "connect",
    "compile",
    "review",
    "inspect",
    "adoption",
    "pipeline",
    "io",
    "cli",
];

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

/// What a file imports: from, to, both as paths of modules without `crate`.
fn imports() -> BTreeSet<(String, String)> {
    let sources = sources();
    let mut imports = BTreeSet::new();
    for (name, text) in &sources {
        if ["lib", "main"].contains(&name.as_str()) {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        for path in paths(code, name) {
            let mut target = path.as_str();
            while !sources.contains_key(target) {
                let Some((parent, _)) = target.rsplit_once('/') else {
                    panic!("{name}.rs names {path}, which is no module");
                };
                target = parent;
            }
            if target != name {
                imports.insert((name.clone(), target.to_owned()));
            }
        }
    }
    imports
}

/// Every path in a file that starts at the crate or at a parent, as `folder/file/item`.
fn paths(text: &str, own: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut paths = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        if code[..start].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        leaves(&code[start + "crate::".len()..], "", &mut paths);
    }
    let parent = own.rsplit_once('/').map_or("", |(parent, _)| parent);
    for (start, _) in code.match_indices("super::") {
        if code[..start].ends_with("super::") || parent.is_empty() {
            continue;
        }
        let mut above = parent;
        let mut rest = &code[start + "super::".len()..];
        while let Some(further) = rest.strip_prefix("super::") {
            above = above.rsplit_once('/').map_or("", |(parent, _)| parent);
            rest = further;
        }
        leaves(rest, above, &mut paths);
    }
    paths
}

/// The paths of a use tree, which may be followed by anything.
fn leaves(tree: &str, above: &str, found: &mut BTreeSet<String>) -> usize {
    let join = |word: &str| match (above, word) {
        ("", word) => word.to_owned(),
        (above, "" | "self") => above.to_owned(),
        (above, word) => format!("{above}/{word}"),
    };
    if let Some(group) = tree.strip_prefix('{') {
        let mut at = 0;
        loop {
            at += group[at..].len() - group[at..].trim_start_matches([' ', '\n', ',']).len();
            if group[at..].starts_with('}') || group[at..].is_empty() {
                return at + 2;
            }
            at += leaves(&group[at..], above, found);
            // A rename is not part of the path.
            at += group[at..].find([',', '}']).unwrap_or(group.len() - at);
        }
    }
    let word: String = tree
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    let path = join(&word);
    match tree[word.len()..].strip_prefix("::") {
        Some(rest) if rest.starts_with(|letter: char| letter == '{' || letter.is_alphabetic()) => {
            word.len() + 2 + leaves(rest, &path, found)
        }
        _ => {
            found.insert(path);
            word.len()
        }
    }
}

#[test]
fn the_search_for_imports_sees_them() {
    let text = "use crate::a::{b, c};\nuse crate::{\n    d,\n    e::{self, f as x, g::h},\n};\nfn x() { crate::h::i() }\nuse super::{j, k};";
    let found: Vec<_> = paths(text, "x/y").into_iter().collect();
    assert_eq!(
        found,
        ["a/b", "a/c", "d", "e", "e/f", "e/g/h", "h/i", "x/j", "x/k"]
    );
}

#[test]
fn imports_point_down() {
    let rank = |name: &str| {
        let folder = name.split('/').next().unwrap();
        let known = RANKS.iter().position(|known| *known == folder);
        known.unwrap_or_else(|| panic!("{folder} has no place in RANKS"))
    };
    for (from, to) in imports() {
        assert!(
            rank(&to) <= rank(&from),
            "{from}.rs uses {to}, which is not below it"
        );
    }
}

/// Files in one folder import each other in one direction. A file and the folder of its name count as one.
#[test]
fn no_imports_go_round_in_a_circle() {
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, to) in imports() {
        let (mut from, mut to) = (from.split('/'), to.split('/'));
        let mut folder = String::new();
        while let (Some(one), Some(other)) = (from.next(), to.next()) {
            if one == other {
                folder = format!("{folder}{one}/");
                continue;
            }
            let edges = folders.entry(folder).or_default();
            edges
                .entry(one.to_owned())
                .or_default()
                .insert(other.to_owned());
            break;
        }
    }
    for (folder, mut edges) in folders {
        // What imports nothing that is left cannot be part of a circle.
        loop {
            let left: BTreeSet<String> = edges.keys().cloned().collect();
            for used in edges.values_mut() {
                used.retain(|one| left.contains(one));
            }
            let before = edges.len();
            edges.retain(|_, used| !used.is_empty());
            if edges.len() == before {
                break;
            }
        }
        assert!(edges.is_empty(), "a circle in src/{folder}: {edges:#?}");
    }
}

/// What two test files need is in `tests/support/`.
#[test]
fn test_files_import_only_from_support() {
    for entry in fs::read_dir("tests").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("use "));
        for line in lines.filter_map(|line| line.split_once("crate::")) {
            assert!(
                line.1.starts_with("support"),
                "{}: {line:?}",
                path.display()
            );
        }
    }
}

/// A triangle: who uses whom, folder by folder.
fn picture() -> String {
    let folder = |name: &str| name.split('/').next().unwrap().to_owned();
    let arrows: BTreeSet<(String, String)> = imports()
        .iter()
        .map(|(from, to)| (folder(from), folder(to)))
        .collect();
    let width = RANKS.iter().map(|name| name.len()).max().unwrap();
    let columns = &RANKS[..RANKS.len() - 1];
    let mut picture = format!("{:width$}  {}\n", "", columns.join("  "));
    for (row, from) in RANKS.iter().enumerate().skip(1) {
        let cells = columns[..row].iter().map(|to| {
            let used = arrows.contains(&((*from).to_owned(), (*to).to_owned()));
            format!("{:^1$}", if used { "●" } else { "·" }, to.len())
        });
        let cells: Vec<_> = cells.collect();
        let line = format!("{from:width$}  {}", cells.join("  "));
        picture += line.trim_end();
        picture.push('\n');
    }
    picture
}

#[test]
fn the_picture_of_the_folders_is_the_one_in_the_architecture() {
    let page = fs::read_to_string("ARCHITECTURE.md").unwrap();
    let (_, rest) = page.split_once("<!-- BEGIN FOLDERS -->\n").unwrap();
    let (drawn, _) = rest.split_once("<!-- END FOLDERS -->").unwrap();
    let expected = format!("\n```text\n{}```\n\n", picture());
    assert!(drawn == expected, "ARCHITECTURE.md should say:{expected}");
}

#[test]
fn only_the_edges_touch_the_machine() {
    for (name, text) in sources() {
        let excused = text.contains("clippy::disallowed_methods");
        let folder = name.split('/').next().unwrap();
        let edge = ["cli", "io"].contains(&folder);
        assert!(!excused || edge, "{name}.rs is no edge, but excuses itself");
    }
}

/// A plain string cannot be printed: the terminal takes a `Screen`, whose functions make text harmless.
#[test]
fn only_the_terminal_prints() {
    let printers = [
        "stdout()",
        "stderr()",
        "print!(",
        "println!(",
        "error.print()",
    ];
    for (name, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        // The line that comes and goes says only how far a run is, in words of ours.
        let is_printer = ["cli/terminal", "cli/progress"].contains(&name.as_str());
        let found = printers.iter().find(|one| code.contains(*one));
        assert!(is_printer || found.is_none(), "{name}.rs prints: {found:?}");
    }
    let terminal = fs::read_to_string("src/cli/terminal.rs").unwrap();
    let public = terminal.lines().filter(|line| line.starts_with("pub fn "));
    let takes_text = |line: &&str| line.contains("&str") || line.contains("String");
    let ways: Vec<_> = public.filter(takes_text).collect();
    assert_eq!(
        ways,
        ["pub fn show_problems(problems: &[Problem], base: &str, color: Color) {"]
    );
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
    for rule in rule::ALL.iter() {
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
    for rule in rule::ALL.iter() {
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
        "foreign-file",
        "missing-key",
        "not-a-file",
        "occupied-path",
        "policy-tags",
        "stale-root",
        "stray-config",
        "too-large",
        "unknown-environment",
    ];
    for case in cases("fixtures/bad") {
        for problem in Workspace::open(&case).problems {
            let pointed = !problem.span.range.is_empty();
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
    for kind in ["ok", "bad", "field"] {
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

#[test]
fn only_the_facts_of_an_engine_know_which_engine_it_is() {
    let words: Vec<_> = Engine::ALL.iter().map(|engine| engine.as_str()).collect();
    for (name, text) in sources() {
        if name.starts_with("aws/engine") || name.ends_with("/tests") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            for (at, _) in line.match_indices("Engine::") {
                let asked = line.get(at + "Engine::".len()..).unwrap();
                let word: String = asked
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric())
                    .collect();
                assert!(
                    ["ALL", "default", "with", "deserialize"].contains(&word.as_str()),
                    "{name}: {line}"
                );
            }
            // A user can be called like an engine.
            for word in words
                .iter()
                .filter(|word| **word != Engine::default().as_str())
            {
                assert!(!line.contains(&format!("\"{word}\"")), "{name}: {line}");
            }
        }
    }
}

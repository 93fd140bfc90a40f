//! The text of a file of a pipeline: a template with names in `<…>`, and lines that are there for each environment, or under
//! a condition.
//!
//! A line `#: for environment` begins a part that is there for each environment, `#: if NAME` one that is there when the
//! name stands for anything; `#: end` ends it.

use std::collections::BTreeMap;

/// What the names of a template stand for.
pub(super) type Names = BTreeMap<&'static str, String>;

/// A template with everything filled in.
pub(super) fn fill(template: &str, names: &Names, environments: &[Names]) -> String {
    let lines: Vec<&str> = template.lines().collect();
    let mut text = String::new();
    part(&lines, names, environments, &mut text);
    text
}

fn part(lines: &[&str], names: &Names, environments: &[Names], text: &mut String) {
    let mut rest = lines;
    while let [line, after @ ..] = rest {
        rest = after;
        let Some(word) = line.trim_start().strip_prefix("#: ") else {
            text.push_str(&line_of(line, names));
            text.push('\n');
            continue;
        };
        let (inside, beyond) = rest.split_at(length(rest));
        rest = beyond.get(1..).unwrap_or_default();
        match word.strip_prefix("if ") {
            Some(name) => {
                if names.get(name).is_some_and(|value| !value.is_empty()) {
                    part(inside, names, environments, text);
                }
            }
            None => {
                for own in environments {
                    let mut all = names.clone();
                    all.extend(own.clone());
                    part(inside, &all, &[], text);
                }
            }
        }
    }
}

/// How many lines a part has that has begun.
fn length(lines: &[&str]) -> usize {
    let mut depth = 0;
    let ends = |line: &&str| match line.trim_start().strip_prefix("#: ") {
        Some("end") if depth == 0 => true,
        Some("end") => {
            depth -= 1;
            false
        }
        Some(_) => {
            depth += 1;
            false
        }
        None => false,
    };
    lines.iter().position(ends).unwrap_or(lines.len())
}

fn line_of(line: &str, names: &Names) -> String {
    let mut filled = line.to_owned();
    for (name, value) in names {
        filled = filled.replace(&format!("<{name}>"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{Names, fill};

    #[test]
    fn parts_are_there_for_each_environment_and_under_their_condition() {
        let template = "\
a <b>
  #: for environment
  <name>
  #: if role
  with <role> and <b>
  #: end
  #: end
#: if c
no
#: end
z
";
        let names = |list: &[(&'static str, &str)]| -> Names {
            let all = list
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()));
            all.collect()
        };
        let environments = [
            names(&[("name", "dev"), ("role", "")]),
            names(&[("name", "prod"), ("role", "r")]),
        ];
        assert_eq!(
            fill(template, &names(&[("b", "x"), ("c", "")]), &environments),
            "a x\n  dev\n  prod\n  with r and x\nz\n"
        );
    }
}

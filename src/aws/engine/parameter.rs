//! A parameter of an engine, and what RDS takes for it: whole numbers in the parameter's own unit, words of a list, 0 and 1.

use std::cmp::Ordering;

use crate::{aws::engine_version::EngineVersion, text::suggest};

/// A parameter of an engine.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it is read only when the server starts.
    pub is_static: bool,
    /// What it takes.
    pub kind: Kind,
    /// The first major that has it; none for one that every known major has.
    since: Option<EngineVersion>,
    /// The last major that has it.
    until: Option<EngineVersion>,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// 0 or 1.
    Boolean,
    /// 0 or 1 before a major, and text from then on.
    BooleanBefore(u32),
    /// A whole number, or a formula that comes to one.
    Integer {
        /// What it counts; empty for a bare number.
        unit: &'static str,
        /// The least.
        least: i128,
        /// The most.
        most: i128,
    },
    /// A number.
    Real {
        /// What it counts; empty for a bare number.
        unit: &'static str,
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// One of these words, sorted.
    Words(&'static [&'static str]),
    /// Any text.
    Text,
}

/// Why RDS refuses a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Objection {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The one value that is certainly meant.
    pub instead: Option<String>,
}

/// A parameter that is read only when the server starts.
pub(super) const fn starts(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        is_static: true,
        ..at_once(name, kind)
    }
}

/// A parameter that takes effect at once.
pub(super) const fn at_once(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        is_static: false,
        kind,
        since: None,
        until: None,
    }
}

/// The order of texts, which `cmp` does not tell while compiling.
const fn order(one: &[u8], other: &[u8]) -> Ordering {
    match (one, other) {
        ([], []) => Ordering::Equal,
        ([], _) => Ordering::Less,
        ([first, one @ ..], [second, other @ ..]) if *first == *second => order(one, other),
        ([first, ..], [second, ..]) if *first < *second => Ordering::Less,
        _ => Ordering::Greater,
    }
}

pub(super) const fn integer(unit: &'static str, least: i128, most: i128) -> Kind {
    Kind::Integer { unit, least, most }
}

pub(super) const fn real(unit: &'static str, least: f64, most: f64) -> Kind {
    Kind::Real { unit, least, most }
}

impl Parameter {
    /// The one of a name in a catalogue of another engine, in the order of names. Without one, nothing compiles.
    #[expect(
        clippy::panic,
        reason = "it is called in constants alone, where it does not compile"
    )]
    pub(super) const fn named(name: &str, catalogue: &[Self]) -> Self {
        let (before, [middle, after @ ..]) = catalogue.split_at(catalogue.len() / 2) else {
            panic!("no parameter has this name");
        };
        match order(name.as_bytes(), middle.name.as_bytes()) {
            Ordering::Less => Self::named(name, before),
            Ordering::Greater => Self::named(name, after),
            Ordering::Equal => Self { ..*middle },
        }
    }

    /// Every known major has it, up to the last one.
    pub(super) const fn since_ever(mut self) -> Self {
        self.since = None;
        self
    }

    /// The first major that has it.
    pub(super) const fn since(mut self, major: EngineVersion) -> Self {
        self.since = Some(major);
        self
    }

    /// The last major that has it.
    pub(super) const fn until(mut self, major: EngineVersion) -> Self {
        self.until = Some(major);
        self
    }

    /// Why a version lacks it, if it does.
    #[must_use]
    pub fn missing_from(&self, version: EngineVersion) -> Option<String> {
        if let Some(since) = self.since
            && version.is_older_than(since)
        {
            return Some(format!("it came with {since}"));
        }
        let until = self.until?;
        let is_gone = until.is_older_than(version);
        is_gone.then(|| format!("it went after {until}"))
    }

    /// Why RDS refuses a value, if it does.
    #[must_use]
    pub fn objection(&self, value: &str, version: EngineVersion) -> Option<Objection> {
        match self.kind {
            Kind::Boolean => self.boolean(value),
            Kind::BooleanBefore(major) if version.is_older_than(EngineVersion::of(major)) => {
                self.boolean(value)
            }
            Kind::BooleanBefore(_) | Kind::Text => None,
            Kind::Words(words) => self.word(words, value),
            Kind::Integer { unit, least, most } => {
                let is_right = |number: i128| (least..=most).contains(&number);
                let read = value
                    .parse()
                    .ok()
                    .filter(|number: &i128| number.to_string() == value);
                let range = format!("from {least} to {most}");
                self.number(value, "a whole number", unit, &range, read.map(is_right))
            }
            Kind::Real { unit, least, most } => {
                let is_right = |number: f64| (least..=most).contains(&number);
                let range = if most < f64::MAX {
                    format!("from {least} to {most}")
                } else {
                    format!("of {least} or more")
                };
                let read = value.parse().ok().filter(|number: &f64| number.is_finite());
                self.number(value, "a number", unit, &range, read.map(is_right))
            }
        }
    }

    fn boolean(&self, value: &str) -> Option<Objection> {
        let instead = match value.to_lowercase().as_str() {
            "0" | "1" => return None,
            "on" | "true" | "yes" | "t" | "y" => Some("1".to_owned()),
            "off" | "false" | "no" | "f" | "n" => Some("0".to_owned()),
            _ => None,
        };
        Some(Objection {
            message: format!(
                "`{value}` is not 0 or 1, and RDS takes nothing else for `{}`",
                self.name
            ),
            help: "write `\"1\"` for on, or `\"0\"` for off".to_owned(),
            instead,
        })
    }

    fn word(&self, words: &[&str], value: &str) -> Option<Objection> {
        if words.contains(&value) {
            return None;
        }
        let list = suggest::list(words);
        let near = suggest::nearest(value, words);
        Some(Objection {
            message: format!("`{value}` is not a value of `{}`", self.name),
            help: match near {
                Some(near) => format!("did you mean `{near}`? The values are {list}"),
                None => format!("the values are {list}"),
            },
            instead: suggest::same(value, words).map(str::to_owned),
        })
    }

    /// `is_in_range` is none for what is no number.
    fn number(
        &self,
        value: &str,
        noun: &str,
        unit: &str,
        range: &str,
        is_in_range: Option<bool>,
    ) -> Option<Objection> {
        let name = self.name;
        let message = match is_in_range {
            Some(true) => return None,
            Some(false) => format!("`{value}` is out of the range of `{name}`"),
            None if is_formula(value) => match wrong_in_formula(value) {
                Some(wrong) => format!("`{value}` is no formula of RDS: {wrong}"),
                None => return None,
            },
            None if value.starts_with(|letter: char| letter.is_ascii_digit()) => {
                format!("`{value}` is not {noun}: RDS takes no unit")
            }
            None => format!("`{value}` is not {noun}"),
        };
        let formula = if noun == "a whole number" && is_in_range.is_none() {
            ", or a formula such as `{DBInstanceClassMemory/32768}`"
        } else {
            ""
        };
        let what = match unit {
            "" => format!("`{name}` is {noun} {range}"),
            unit => format!("`{name}` is in {}, {range}", in_words(unit)),
        };
        let instead = converted(value, unit);
        let help = match &instead {
            Some(instead) => format!("{what}: write `\"{instead}\"`"),
            None => format!("{what}{formula}"),
        };
        Some(Objection {
            message,
            help,
            instead,
        })
    }
}

/// A unit, in words.
fn in_words(unit: &str) -> &str {
    match unit {
        "B" => "bytes",
        "8kB" => "blocks of 8 kB",
        "s" => "seconds",
        "min" => "minutes",
        "d" => "days",
        "us" => "microseconds",
        "%" => "percent",
        other => other,
    }
}

/// How many of the smallest unit of its kind a unit is; memory and time are different kinds.
fn size(unit: &str) -> Option<(bool, u64)> {
    const KIB: u64 = 1024;
    const SECOND: u64 = 1_000_000;
    Some(match unit {
        "b" => (true, 1),
        "k" | "kb" => (true, KIB),
        "8kb" => (true, 8 * KIB),
        "m" | "mb" => (true, KIB * KIB),
        "g" | "gb" => (true, KIB * KIB * KIB),
        "t" | "tb" => (true, KIB * KIB * KIB * KIB),
        "us" => (false, 1),
        "ms" => (false, 1000),
        "s" => (false, SECOND),
        "min" => (false, 60 * SECOND),
        "h" => (false, 3600 * SECOND),
        "d" => (false, 24 * 3600 * SECOND),
        _ => return None,
    })
}

/// A number with a unit, such as `64MB`, in another unit, when it comes out even.
fn converted(value: &str, to: &str) -> Option<String> {
    let at = value.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = value.split_at_checked(at)?;
    let (of_memory, one) = size(&unit.trim().to_lowercase())?;
    let (wants_memory, other) = size(&to.to_lowercase())?;
    let all = number.parse::<u64>().ok()?.checked_mul(one)?;
    let is_even = of_memory == wants_memory && all % other == 0;
    is_even.then(|| (all / other).to_string())
}

/// What formulas of RDS are made of, beside numbers.
const FORMULA_WORDS: [&str; 9] = [
    "AllocatedStorage",
    "DBInstanceClassMemory",
    "DBInstanceVCPU",
    "EndPointPort",
    "GREATEST",
    "LEAST",
    "SUM",
    "TrueIfReplica",
    "log",
];

/// Whether a value is meant to be a formula.
fn is_formula(value: &str) -> bool {
    value.contains(['{', '(']) || FORMULA_WORDS.iter().any(|word| value.contains(word))
}

/// What is wrong with a formula, if anything is.
fn wrong_in_formula(value: &str) -> Option<String> {
    let mut open = Vec::new();
    for letter in value.chars() {
        match letter {
            '{' | '(' => open.push(letter),
            '}' if open.pop() != Some('{') => return Some("a `{` is missing".to_owned()),
            ')' if open.pop() != Some('(') => return Some("a `(` is missing".to_owned()),
            _ => {}
        }
    }
    if let Some(open) = open.pop() {
        return Some(format!("`{open}` is not closed"));
    }
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric();
    let mut words = value
        .split(|letter| !is_of_word(letter))
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    if let Some(word) = words.find(|word| !FORMULA_WORDS.contains(word)) {
        let question = suggest::question_or_list(word, &FORMULA_WORDS, "it is made of numbers and");
        return Some(format!("it does not know `{word}`; {question}"));
    }
    let is_known = |letter: char| is_of_word(letter) || " {}(),*/+-.".contains(letter);
    let strange = value.chars().find(|letter| !is_known(*letter))?;
    Some(format!("`{strange}` has no place in it"))
}

#[cfg(test)]
mod tests {
    use crate::aws::{engine::Engine, engine_version::EngineVersion};

    fn said(name: &str, value: &str) -> Option<(String, Option<String>)> {
        let facts = Engine::Postgres.facts();
        let parameter = facts.parameter(name).unwrap();
        let objection = parameter.objection(value, EngineVersion::of(17));
        objection.map(|one| (one.help, one.instead))
    }

    #[test]
    fn what_rds_takes_is_taken() {
        for (name, value) in [
            ("work_mem", "65536"),
            ("log_min_duration_statement", "-1"),
            ("log_statement", "ddl"),
            ("max_connections", "400"),
            (
                "max_connections",
                "LEAST({DBInstanceClassMemory/9531392},5000)",
            ),
            ("shared_buffers", "{DBInstanceClassMemory/32768}"),
            (
                "autovacuum_max_workers",
                "GREATEST({DBInstanceClassMemory/64371566592},3)",
            ),
            (
                "autovacuum_vacuum_cost_limit",
                "GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)",
            ),
            ("random_page_cost", "1.1"),
            ("autovacuum", "1"),
            ("search_path", "\"$user\", public"),
            ("log_connections", "1"),
        ] {
            assert_eq!(said(name, value), None, "{name} = {value}");
        }
    }

    #[test]
    fn what_rds_refuses_is_told_with_what_to_write() {
        for (name, value, help, instead) in [
            (
                "work_mem",
                "64MB",
                "`work_mem` is in kB, from 64 to 2147483647: write `\"65536\"`",
                "65536",
            ),
            (
                "work_mem",
                "63",
                "`work_mem` is in kB, from 64 to 2147483647",
                "",
            ),
            ("shared_buffers", "1GB", "in blocks of 8 kB", "131072"),
            ("log_min_duration_statement", "1s", "is in ms", "1000"),
            ("statement_timeout", "five", "is in ms", ""),
            ("work_mem", "1s", "is in kB", ""),
            ("work_mem", "100kb", "is in kB", "100"),
            ("work_mem", "64M", "is in kB", "65536"),
            ("work_mem", "1.5GB", "is in kB", ""),
            ("work_mem", "4096 ", "is in kB", ""),
            ("work_mem", "", "is in kB", ""),
            (
                "max_connections",
                "lots",
                "is a whole number from 6 to 262143",
                "",
            ),
            (
                "max_connections",
                "{DBInstanceMemory/9531392}",
                "formula",
                "",
            ),
            (
                "max_connections",
                "LEAST({DBInstanceClassMemory/9531392,5000)",
                "formula",
                "",
            ),
            ("random_page_cost", "cheap", "is a number of 0 or more", ""),
            ("random_page_cost", "-1", "is a number of 0 or more", ""),
            (
                "log_statement",
                "everything",
                "the values are `all`, `ddl`, `mod`, `none`",
                "",
            ),
            ("log_statement", "DDL", "did you mean `ddl`?", "ddl"),
            ("autovacuum", "on", "write `\"1\"` for on", "1"),
            ("autovacuum", "2", "write `\"1\"` for on", ""),
            ("log_connections", "yes", "write `\"1\"` for on", "1"),
        ] {
            let (told, other) = said(name, value).unwrap_or_else(|| panic!("{name} = {value}"));
            assert!(told.contains(help), "{name} = {value}: {told}");
            assert_eq!(other.unwrap_or_default(), instead, "{name} = {value}");
        }
    }

    #[test]
    fn a_parameter_comes_and_goes_with_majors() {
        let facts = Engine::Postgres.facts();
        let told = |name: &str, major| {
            facts
                .parameter(name)
                .unwrap()
                .missing_from(EngineVersion::of(major))
        };
        assert_eq!(
            told("transaction_timeout", 16),
            Some("it came with 17".to_owned())
        );
        assert_eq!(told("transaction_timeout", 17), None);
        assert_eq!(
            told("old_snapshot_threshold", 17),
            Some("it went after 16".to_owned())
        );
        assert_eq!(told("old_snapshot_threshold", 16), None);
        assert_eq!(told("work_mem", 13), None);
    }
}

//! The order of the units of a fleet.

use std::{cmp::Ordering, error, fmt};

use serde_json::Value;

use super::Unit;
use crate::{
    config::assignment::{AssignmentError, find_key},
    text::suggest,
};

/// What units are sorted by.
#[derive(Clone, Debug)]
pub struct Order {
    by: By,
    is_reversed: bool,
}

#[derive(Clone, Debug)]
enum By {
    Environment,
    SupportEnds,
    WaiverEnds,
    Deviations,
    Key(Vec<String>),
}

/// What can be sorted by beside keys.
const WORDS: [(&str, By); 4] = [
    ("environment", By::Environment),
    ("supportEnds", By::SupportEnds),
    ("waiverEnds", By::WaiverEnds),
    ("deviations", By::Deviations),
];

/// Why there is no such order.
#[derive(Debug)]
pub enum OrderError {
    /// It is none of the words, and no key.
    Unknown(String),
    /// It is no key of its group.
    Key(AssignmentError),
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(error) => write!(f, "{error}"),
            Self::Unknown(word) => {
                let known = WORDS.map(|(known, _)| known);
                let others = format!(
                    "beside the keys of a config there are {}",
                    suggest::list(&known)
                );
                let help = suggest::question(word, &known).unwrap_or(others);
                write!(f, "nothing is sorted by `{word}`; {help}")
            }
        }
    }
}

impl error::Error for OrderError {}

impl Order {
    /// The order by a key of configs, or by one of the other words.
    ///
    /// # Errors
    /// When there is no such key.
    pub fn parse(word: &str, is_reversed: bool) -> Result<Self, OrderError> {
        let known = WORDS.into_iter().find(|(known, _)| *known == word);
        let by = match known {
            Some((_, by)) => by,
            None => By::Key(key(word)?),
        };
        Ok(Self { by, is_reversed })
    }

    /// Sorts units; those that are alike stay as they are. Those without a value come last.
    pub fn sort(&self, units: &mut [Unit]) {
        match &self.by {
            By::Environment => self.sort_by(units, |unit| {
                Some(Value::from(unit.database.environment.name.as_str()))
            }),
            By::SupportEnds => self.sort_by(units, |unit| {
                unit.support_ends.map(|day| day.to_string().into())
            }),
            By::WaiverEnds => self.sort_by(units, |unit| {
                unit.waiver_ends().map(|day| day.to_string().into())
            }),
            By::Deviations => self.sort_by(units, |unit| Some(unit.deviations.len().into())),
            By::Key(path) => self.sort_by(units, |unit| {
                unit.values(path).find(|value| !value.is_null()).cloned()
            }),
        }
    }

    fn sort_by(&self, units: &mut [Unit], key: impl Fn(&Unit) -> Option<Value>) {
        units.sort_by_cached_key(|unit| Place {
            value: key(unit),
            is_reversed: self.is_reversed,
        });
    }
}

fn key(word: &str) -> Result<Vec<String>, OrderError> {
    find_key(word).map(|key| key.path).map_err(|error| {
        let known = WORDS.map(|(known, _)| known);
        let is_like = suggest::nearest(word, &known).is_some();
        match error {
            AssignmentError::UnknownKey { key, name, .. } if key == name && is_like => {
                OrderError::Unknown(name)
            }
            error => OrderError::Key(error),
        }
    })
}

struct Place {
    value: Option<Value>,
    is_reversed: bool,
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (Some(one), Some(another)) => {
                let order = natural(&text(one), &text(another));
                if self.is_reversed {
                    order.reverse()
                } else {
                    order
                }
            }
            // In both directions.
            (one, another) => one.is_none().cmp(&another.is_none()),
        }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Place {}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The order in which people expect names with numbers in them: 9 before 10.
fn natural(one: &str, another: &str) -> Ordering {
    let mut parts = pieces(one).zip(pieces(another));
    let differing = parts.find_map(|(one, another)| {
        let order = match (one.parse::<u64>(), another.parse::<u64>()) {
            (Ok(one), Ok(another)) => one.cmp(&another),
            _ => one.cmp(another),
        };
        order.is_ne().then_some(order)
    });
    differing.unwrap_or_else(|| {
        let lengths = pieces(one).count().cmp(&pieces(another).count());
        lengths.then_with(|| one.cmp(another))
    })
}

/// Digits and everything else, in turns.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_other = |letter: char| letter.is_ascii_digit() != first.is_ascii_digit();
        let end = rest.find(is_other).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["16.10", "a10", "16", "9.6", "16.9", "a9b", "a", "a9", "10"];
        names.sort_by(|one, another| natural(one, another));
        assert_eq!(
            names,
            ["9.6", "10", "16", "16.9", "16.10", "a", "a9", "a9b", "a10"]
        );
    }
}

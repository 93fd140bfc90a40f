//! The version of an engine: a major, or an exact one.

use std::{fmt, str::FromStr};

use crate::text::{as_text::as_text, malformed::Malformed};

/// The most numbers that a version has, as in MySQL's 8.4.6.
const MOST: usize = 3;

/// The numbers of a version. Which of them are the major differs by engine: 16 of 16.10, but 8.4 of 8.4.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EngineVersion {
    first: u32,
    second: Option<u32>,
    third: Option<u32>,
}

impl EngineVersion {
    /// A version of one number.
    #[must_use]
    pub const fn of(first: u32) -> Self {
        Self {
            first,
            second: None,
            third: None,
        }
    }

    /// This version with a number more: a minor of a major.
    #[must_use]
    pub const fn then(self, next: u32) -> Self {
        match self.second {
            None => Self {
                second: Some(next),
                ..self
            },
            Some(_) => Self {
                third: Some(next),
                ..self
            },
        }
    }

    fn numbers(self) -> impl Iterator<Item = u32> {
        [Some(self.first), self.second, self.third]
            .into_iter()
            .flatten()
    }

    /// As many of its numbers as another version has.
    #[must_use]
    pub fn cut_like(self, other: Self) -> Self {
        Self {
            second: self.second.filter(|_| other.second.is_some()),
            third: self.third.filter(|_| other.third.is_some()),
            ..self
        }
    }

    /// Whether it is a major, or one of its minors.
    #[must_use]
    pub fn is_of(self, major: Self) -> bool {
        let mut numbers = self.numbers();
        major.numbers().all(|number| numbers.next() == Some(number))
    }

    /// Whether it is older than another, as far as both say: a major alone says nothing about its minor.
    #[must_use]
    pub fn is_older_than(self, other: Self) -> bool {
        let mut pairs = self.numbers().zip(other.numbers());
        pairs
            .find(|(own, others)| own != others)
            .is_some_and(|(own, others)| own < others)
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.numbers()
            .skip(1)
            .try_for_each(|number| write!(f, ".{number}"))
    }
}

impl FromStr for EngineVersion {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed =
            Malformed("write a major such as `\"16\"`, or an exact version such as `\"16.8\"`");
        let numbers: Result<Vec<u32>, _> = text.split('.').map(str::parse).collect();
        let numbers = numbers.map_err(|_| WRONG)?;
        let (first, rest) = numbers.split_first().ok_or(WRONG)?;
        let version = rest
            .iter()
            .fold(Self::of(*first), |version, number| version.then(*number));
        // Zeros in front, a plus sign or a fourth number would be lost.
        if numbers.len() > MOST || version.to_string() != text {
            return Err(WRONG);
        }
        Ok(version)
    }
}

as_text!(EngineVersion, {
    "type": "string",
    "format": "engine-version",
    "pattern": r"^[0-9]+(\.[0-9]+)*$",
});

#[cfg(test)]
mod tests {
    use super::EngineVersion;

    fn version(text: &str) -> EngineVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_its_numbers() {
        for text in ["9.6", "16", "16.8", "16.10", "8.4.6"] {
            assert_eq!(version(text).to_string(), text);
        }
        for text in [
            "",
            "16.",
            "16.08",
            "016",
            "+16",
            "8.4.6.1",
            "4294967296",
            "16-8",
        ] {
            assert!(text.parse::<EngineVersion>().is_err(), "{text:?}");
        }
        assert!(version("16.8") < version("16.10"));
        assert!(version("16.10").is_of(version("16")));
        assert!(!version("16").is_of(version("16.10")));
        assert!(!version("160").is_of(version("16")));
        assert!(version("8.4.6").is_of(version("8.4")));
    }

    #[test]
    fn a_major_is_as_old_as_its_minors() {
        assert!(version("16.8").is_older_than(version("16.10")));
        assert!(version("16.8").is_older_than(version("17")));
        assert!(!version("16.8").is_older_than(version("16")));
        assert!(!version("16").is_older_than(version("16.8")));
        assert!(!version("17").is_older_than(version("16.8")));
    }
}

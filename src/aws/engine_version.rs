//! The version of an engine: a major, or an exact one.

use std::{fmt, str::FromStr};

use crate::text::{as_text::as_text, malformed::Malformed};

/// The most numbers that a version has, as in MySQL's 8.4.6.
const MOST: usize = 3;

/// What stands between a version of MySQL and the release of Aurora that is compatible with it.
const AURORA: &str = ".mysql_aurora.";

/// The numbers of a version. Which of them are the major differs by engine: 16 of 16.10, but 8.4 of 8.4.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EngineVersion {
    first: u32,
    second: Option<u32>,
    third: Option<u32>,
    /// The release of Aurora: 3.10.1 of `8.0.mysql_aurora.3.10.1`.
    release: Option<[u32; 3]>,
}

impl EngineVersion {
    /// A version of one number.
    #[must_use]
    pub const fn of(first: u32) -> Self {
        Self {
            first,
            second: None,
            third: None,
            release: None,
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

    /// A release of Aurora that is compatible with this version.
    #[must_use]
    pub const fn release(self, release: [u32; 3]) -> Self {
        Self {
            release: Some(release),
            ..self
        }
    }

    /// Whether it names a release of Aurora.
    #[must_use]
    pub const fn is_release(self) -> bool {
        self.release.is_some()
    }

    /// Whether a release of Aurora is called by this version and a number, as 8.4.7 is. Before 8.4 they count for themselves.
    fn names_release(self, [first, second, _]: [u32; 3]) -> bool {
        self.first == first && self.second == Some(second)
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
            release: self.release.filter(|_| other.release.is_some()),
            ..self
        }
    }

    /// The major of a version whose engine nobody tells: two numbers, as of MySQL, when more follow.
    #[must_use]
    pub fn likely_major(self) -> Self {
        let has_more = self.third.is_some() || self.release.is_some();
        Self {
            second: self.second.filter(|_| has_more),
            third: None,
            release: None,
            ..self
        }
    }

    /// Whether it is a major, or one of its minors.
    #[must_use]
    pub fn is_of(self, major: Self) -> bool {
        let mut numbers = self.numbers();
        let is_release = major.release.is_none() || major.release == self.release;
        is_release && major.numbers().all(|number| numbers.next() == Some(number))
    }

    /// Whether it is older than another, as far as both say: a major alone says nothing about its minor.
    #[must_use]
    pub fn is_older_than(self, other: Self) -> bool {
        let releases = self.release.into_iter().flatten();
        let releases = releases.zip(other.release.into_iter().flatten());
        let mut pairs = self.numbers().zip(other.numbers()).chain(releases);
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
            .try_for_each(|number| write!(f, ".{number}"))?;
        match self.release {
            None => Ok(()),
            Some(release @ [first, second, third]) if self.names_release(release) => {
                write!(f, "{AURORA}{first}.{second}.{third}")
            }
            // AWS writes the second number with two digits: 3.09.0, 3.10.0.
            Some([first, second, third]) => write!(f, "{AURORA}{first}.{second:02}.{third}"),
        }
    }
}

impl FromStr for EngineVersion {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed(
            "write a major such as `\"16\"`, or an exact version such as `\"16.8\"`, of Aurora MySQL `\"8.0.mysql_aurora.3.10.1\"`",
        );
        let (own, release) = match text.split_once(AURORA) {
            Some((own, release)) => (own, Some(release)),
            None => (text, None),
        };
        let own = numbers(own).ok_or(WRONG)?;
        let (first, rest) = own.split_first().ok_or(WRONG)?;
        let mut version = rest
            .iter()
            .fold(Self::of(*first), |version, number| version.then(*number));
        if let Some(release) = release {
            let release = numbers(release).ok_or(WRONG)?;
            version = version.release(release.try_into().map_err(|_| WRONG)?);
        }
        // Zeros in front, a plus sign or a fourth number would be lost.
        if own.len() > MOST || version.to_string() != text {
            return Err(WRONG);
        }
        Ok(version)
    }
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|number| number.parse().ok()).collect()
}

as_text!(EngineVersion, {
    "type": "string",
    "format": "engine-version",
    "pattern": r"^[0-9]+(\.[0-9]+)*(\.mysql_aurora(\.[0-9]+)+)?$",
});

#[cfg(test)]
mod tests {
    use super::EngineVersion;

    fn version(text: &str) -> EngineVersion {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_its_numbers() {
        for text in [
            "9.6",
            "16",
            "16.8",
            "16.10",
            "8.4.6",
            "8.0.mysql_aurora.3.04.0",
            "8.0.mysql_aurora.3.10.1",
            "8.4.mysql_aurora.8.4.7",
        ] {
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
            "8.0.mysql_aurora",
            "8.0.mysql_aurora.3.10",
            "8.0.mysql_aurora.3.4.0",
            "8.0.mysql_aurora.3.010.1",
            "8.0.mysql_aurora.3.10.01",
            "8.0.mysql_aurora.3.05.0.1",
            "8.4.mysql_aurora.8.04.7",
            "8.0.mysql_aurora.3.mysql_aurora.3",
            ".mysql_aurora.3.10.1",
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
    fn a_release_of_aurora_belongs_to_its_version_of_mysql() {
        let release = version("8.0.mysql_aurora.3.10.1");
        assert!(release.is_of(version("8.0")) && release.is_of(release));
        for other in ["8.4", "8.0.3", "8.0.mysql_aurora.3.10.0"] {
            assert!(!release.is_of(version(other)), "{other}");
        }
        assert!(!version("8.0").is_of(release));
        assert_eq!(release.cut_like(version("8.4")), version("8.0"));
        assert_eq!(
            version("8.4").release([8, 4, 7]).to_string(),
            "8.4.mysql_aurora.8.4.7"
        );
    }

    #[test]
    fn releases_of_aurora_stand_in_order() {
        let texts = [
            "8.0.mysql_aurora.3.04.6",
            "8.0.mysql_aurora.3.10.0",
            "8.0.mysql_aurora.3.10.1",
            "8.0.mysql_aurora.3.12.0",
            "8.4.mysql_aurora.8.4.7",
            "8.4.mysql_aurora.8.4.10",
        ];
        for (at, text) in texts.iter().enumerate() {
            for (other_at, other) in texts.iter().enumerate() {
                let (one, other) = (version(text), version(other));
                assert_eq!(one < other, at < other_at, "{one} and {other}");
                assert_eq!(one.is_older_than(other), at < other_at, "{one} and {other}");
            }
        }
        let release = version("8.0.mysql_aurora.3.10.1");
        for other in ["8.0", "8.0.40"] {
            assert!(!release.is_older_than(version(other)), "{other}");
            assert!(!version(other).is_older_than(release), "{other}");
        }
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

//! Lengths of time as Kubernetes writes them, such as `1h30m`.

use std::{error, fmt, str::FromStr};

use jiff::{
    SignedDuration,
    fmt::friendly::{Spacing, SpanParser, SpanPrinter},
};

/// A length of time in whole seconds, never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(SignedDuration);

impl Duration {
    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self(SignedDuration::from_secs(seconds as i64))
    }

    /// So many days.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self(SignedDuration::from_secs(i64::from(days) * 86_400))
    }

    /// This and another one after it.
    #[must_use]
    pub const fn then(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Why a text is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// This text is not written as one.
    Form(String),
    /// It is none at all.
    Zero,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => write!(
                f,
                "`{text}` is not a length of time: write it like `1h`, `30m` or `1h30m`"
            ),
            Self::Zero => f.write_str(
                "a secret with the interval 0 is never read again, and goes stale at the first rotation",
            ),
        }
    }
}

impl error::Error for DurationError {}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        // The parser also knows longer words, days, signs and fractions of a second.
        let is_ours = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"hms".contains(&byte));
        let read = SpanParser::new().parse_duration(text);
        match read.ok().filter(|_| is_ours && !text.contains("ms")) {
            None => Err(DurationError::Form(text.to_owned())),
            Some(SignedDuration::ZERO) => Err(DurationError::Zero),
            Some(duration) => Ok(Self(duration)),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printer = SpanPrinter::new().spacing(Spacing::None);
        f.write_str(&printer.duration_to_string(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn lengths_of_time_are_read_and_written_the_same() {
        for text in ["1h", "30m", "1h30m", "45s", "2h1s", "168h"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        assert_eq!("90m".parse::<Duration>().unwrap().to_string(), "1h30m");
        assert_eq!(
            "3600s".parse::<Duration>().unwrap(),
            Duration::seconds(3600)
        );
    }

    #[test]
    fn nonsense_and_never_are_refused() {
        for text in [
            "",
            "1",
            "h",
            "1d",
            "-1h",
            "1h ",
            "1m1h",
            "1h1h",
            "0",
            "0s",
            "0h0m",
            "99999999999999999999h",
            "1.5h",
            "9999999999999999h",
            "²h",
            "1000ms",
            "1hms",
            "1h 30m",
            "PT1H",
        ] {
            assert!(text.parse::<Duration>().is_err(), "{text:?}");
        }
    }
}

//! Lengths of time as Kubernetes writes them, such as `1h30m`.

use std::{fmt, str::FromStr};

/// A length of time in whole seconds, never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    seconds: u64,
}

impl Duration {
    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self { seconds }
    }

    /// So many days.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self::seconds(u64::from(days) * 86_400)
    }

    /// This and another one after it.
    #[must_use]
    pub const fn then(self, other: Self) -> Self {
        Self::seconds(self.seconds.saturating_add(other.seconds))
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a length of time: write it like `1h`, `30m` or `1h30m`");
        let mut seconds: u64 = 0;
        let mut rest = text;
        let mut largest = u64::MAX;
        while !rest.is_empty() {
            let end = rest
                .find(|letter: char| !letter.is_ascii_digit())
                .ok_or_else(wrong)?;
            let (digits, tail) = rest.split_at(end);
            let unit = match tail.chars().next() {
                Some('h') => 3600,
                Some('m') => 60,
                Some('s') => 1,
                _ => return Err(wrong()),
            };
            if unit >= largest {
                return Err(wrong());
            }
            largest = unit;
            let count: u64 = digits.parse().map_err(|_| wrong())?;
            let more = count
                .checked_mul(unit)
                .and_then(|more| seconds.checked_add(more));
            seconds = more.ok_or_else(wrong)?;
            rest = tail.get(1..).unwrap_or("");
        }
        if text.is_empty() {
            return Err(wrong());
        }
        if seconds == 0 {
            return Err("a secret with the interval 0 is never read again, and goes stale at the first rotation".to_owned());
        }
        Ok(Self { seconds })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.seconds / 3600, 'h'),
            (self.seconds / 60 % 60, 'm'),
            (self.seconds % 60, 's'),
        ];
        parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .try_for_each(|(count, unit)| write!(f, "{count}{unit}"))
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
        ] {
            assert!(text.parse::<Duration>().is_err(), "{text:?}");
        }
    }
}

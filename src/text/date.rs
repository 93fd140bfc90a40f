//! Days of the calendar, written `YYYY-MM-DD` and in no other way.

use std::{error, fmt, str::FromStr, time::SystemTime};

use jiff::{Timestamp, ToSpan, civil, tz::Offset};

use super::as_text::as_text;

/// A day that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// The first day that can be written.
    pub const MIN: Self = Self::constant(0, 1, 1);

    /// A day that stands in the source. One that does not exist must be in a constant, where it does not compile.
    #[must_use]
    pub const fn constant(year: i16, month: i8, day: i8) -> Self {
        Self(civil::Date::constant(year, month, day))
    }

    /// The day of a moment in UTC.
    #[must_use]
    pub fn of(moment: SystemTime) -> Self {
        let moment = Timestamp::try_from(moment).unwrap_or_default();
        Self(Offset::UTC.to_datetime(moment).date())
    }

    /// The day so many days earlier.
    #[must_use]
    pub fn days_before(self, days: i32) -> Self {
        Self(self.0.saturating_sub(days.days()))
    }

    /// The day so many days later.
    #[must_use]
    pub fn days_after(self, days: i32) -> Self {
        Self(self.0.saturating_add(days.days()))
    }

    /// Its year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// How many days another one is later; none when it is not.
    #[must_use]
    pub fn days_until(self, other: Self) -> u64 {
        let days = self.0.until(other.0).map_or(0, |span| span.get_days());
        u64::try_from(days).unwrap_or(0)
    }

    /// The same day so many months earlier, or the last day of that month when it is shorter.
    #[must_use]
    pub fn months_before(self, months: i8) -> Self {
        Self(self.0.saturating_sub(months.months()))
    }

    /// The same day so many months later, or the last day of that month when it is shorter.
    #[must_use]
    pub fn months_after(self, months: i8) -> Self {
        Self(self.0.saturating_add(months.months()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// It is not written as one.
    Form,
    /// The month has no such day; its last one.
    PastMonth(Date),
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("write it as YYYY-MM-DD"),
            Self::PastMonth(last) => write!(f, "the month ends on {last}"),
        }
    }
}

impl error::Error for DateError {}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let read = |text: &str| {
            let date = text.parse::<civil::Date>().ok();
            date.filter(|date| date.to_string() == text)
        };
        if let Some(date) = read(text) {
            return Ok(Self(date));
        }
        let day = text.get(8..).filter(|day| day.len() == 2);
        let is_day = day.is_some_and(|day| day.bytes().all(|byte| byte.is_ascii_digit()));
        let first = text.get(..8).and_then(|month| read(&format!("{month}01")));
        Err(match first.filter(|_| is_day) {
            Some(first) => DateError::PastMonth(Self(first.last_of_month())),
            None => DateError::Form,
        })
    }
}

as_text!(Date, {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
});

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::Date;

    #[test]
    fn moments_become_days() {
        for (days, date) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            for second in [0, 86_399] {
                let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400 + second);
                assert_eq!(Date::of(moment).to_string(), date);
            }
        }
    }

    #[test]
    fn only_days_that_exist_are_read_and_only_in_one_form() {
        for text in ["2026-11-01", "2028-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for (text, reason) in [
            ("2026-02-31", "the month ends on 2026-02-28"),
            ("2027-02-29", "the month ends on 2027-02-28"),
            ("2026-04-31", "the month ends on 2026-04-30"),
            ("2026-11-00", "the month ends on 2026-11-30"),
            ("2026-13-01", "write it as YYYY-MM-DD"),
            ("2026-00-10", "write it as YYYY-MM-DD"),
            ("2026-1-1", "write it as YYYY-MM-DD"),
            ("20261101", "write it as YYYY-MM-DD"),
            ("2026-11-01T00:00", "write it as YYYY-MM-DD"),
            ("+002026-11-01", "write it as YYYY-MM-DD"),
            ("-2026-11-01", "write it as YYYY-MM-DD"),
            ("2026-11-1a", "write it as YYYY-MM-DD"),
            ("2026-11-²", "write it as YYYY-MM-DD"),
            ("yesterday", "write it as YYYY-MM-DD"),
            ("", "write it as YYYY-MM-DD"),
        ] {
            let error = text.parse::<Date>().unwrap_err();
            assert_eq!(error.to_string(), reason, "{text:?}");
        }
    }

    #[test]
    fn half_a_year_before_a_leap_day() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(date("2027-02-28").months_before(6), date("2026-08-28"));
        assert_eq!(date("2026-08-31").months_before(6), date("2026-02-28"));
        assert_eq!(date("2026-08-31").months_after(6), date("2027-02-28"));
        assert_eq!(date("9999-12-01").months_after(6), date("9999-12-31"));
    }
}

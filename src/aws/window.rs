//! The weekly and daily windows of RDS, as minutes on a circle of one week. All times are UTC.

use std::{fmt, str::FromStr};

use crate::text::{as_text::as_text, malformed::Malformed};

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes that AWS demands of a window.
pub const SHORTEST: u32 = 30;

/// A span of time that comes back every day or every week. It keeps the text that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    text: String,
    start: u32,
    period: u32,
    minutes: u32,
}

impl FromStr for Window {
    type Err = Malformed;

    /// Reads a daily window, `16:00-17:00`, or a weekly one, `Sun:18:00-Sun:19:00`. One that ends before it starts ends
    /// on the next day, or in the next week.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = |moment: fn(&str) -> Option<u32>, period| {
            let (start, end) = text.split_once('-')?;
            let (start, end) = (moment(start)?, moment(end)?);
            Some(Self {
                text: text.to_owned(),
                start,
                period,
                minutes: (end + period - start) % period,
            })
        };
        read(clock, DAY)
            .or_else(|| read(day_and_clock, WEEK))
            .ok_or(Malformed(
                "write it like `16:00-17:00` or `Sun:18:00-Sun:19:00`",
            ))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Window {
    /// Its length.
    #[must_use]
    pub const fn minutes(&self) -> u32 {
        self.minutes
    }

    /// Whether two windows share a minute on any day of the week.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts().any(|mine| {
            other.starts().any(|theirs| {
                (theirs + WEEK - mine) % WEEK < self.minutes
                    || (mine + WEEK - theirs) % WEEK < other.minutes
            })
        })
    }

    fn starts(&self) -> impl Iterator<Item = u32> {
        (0..WEEK / self.period).map(|turn| self.start + turn * self.period)
    }
}

/// Minutes since midnight.
fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let is_pair = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| is_pair(text));
    let hours = number(hours).filter(|hours| *hours < 24)?;
    let minutes = number(minutes).filter(|minutes| *minutes < 60)?;
    Some(hours * 60 + minutes)
}

/// Minutes since the start of Monday.
fn day_and_clock(text: &str) -> Option<u32> {
    let (day, time) = text.split_once(':')?;
    let day = DAYS
        .iter()
        .position(|name| day.eq_ignore_ascii_case(name))?;
    Some(u32::try_from(day).ok()? * DAY + clock(time)?)
}

as_text!(Window, {"type": "string"});

#[cfg(test)]
mod tests {
    use super::Window;

    fn window(text: &str) -> Window {
        text.parse().unwrap()
    }

    #[test]
    fn windows_overlap_across_midnight_and_the_end_of_the_week() {
        for (daily, weekly, expected) in [
            ("16:00-17:00", "Sun:18:00-Sun:19:00", false),
            ("16:00-17:00", "Sun:16:59-Sun:18:00", true),
            ("16:00-17:00", "Sun:17:00-Sun:18:00", false),
            ("23:30-00:30", "Mon:00:00-Mon:01:00", true),
            ("23:30-00:30", "Sun:23:00-Sun:23:45", true),
            ("00:00-00:30", "Sun:23:45-Mon:00:15", true),
            ("01:00-02:00", "Sun:23:45-Mon:00:15", false),
            ("12:00-12:30", "Sun:23:45-Sat:00:15", true),
        ] {
            let (a, b) = (window(daily), window(weekly));
            assert_eq!(a.overlaps(&b), expected, "{daily} {weekly}");
            assert_eq!(b.overlaps(&a), expected, "{weekly} {daily}");
        }
    }

    #[test]
    fn length_wraps() {
        assert_eq!(window("23:45-00:15").minutes(), 30);
        assert_eq!(window("Sun:23:45-Mon:00:10").minutes(), 25);
    }

    #[test]
    fn a_window_keeps_its_text_and_nothing_else_is_one() {
        for text in ["16:00-17:00", "fri:19:15-Fri:19:50"] {
            assert_eq!(window(text).to_string(), text);
        }
        for text in [
            "",
            "16:00",
            "4pm-5pm",
            "24:00-01:00",
            "16:60-17:00",
            "1:00-2:00",
            "16:00-Sun:17:00",
            "Son:16:00-Son:17:00",
            "+1:00-+2:00",
        ] {
            assert!(text.parse::<Window>().is_err(), "{text:?}");
        }
    }
}

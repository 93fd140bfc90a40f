//! The weekly and daily windows of RDS, as minutes on a circle of one week. All times are UTC.

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes that AWS demands of a window.
pub const SHORTEST: u32 = 30;

/// A span of time that comes back every `period` minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    start: u32,
    period: u32,
    /// Length in minutes.
    pub minutes: u32,
}

impl Window {
    /// Reads a daily window, `16:00-17:00`. One that ends before it starts ends the next day.
    #[must_use]
    pub fn daily(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        Some(Self::between(clock(start)?, clock(end)?, DAY))
    }

    /// Reads a weekly window, `Sun:18:00-Sun:19:00`. One that ends before it starts ends in the next week.
    #[must_use]
    pub fn weekly(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        Some(Self::between(
            day_and_clock(start)?,
            day_and_clock(end)?,
            WEEK,
        ))
    }

    fn between(start: u32, end: u32, period: u32) -> Self {
        Self {
            start,
            period,
            minutes: (end + period - start) % period,
        }
    }

    /// Whether two windows share a minute on any day of the week.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.starts().any(|mine| {
            other.starts().any(|theirs| {
                (theirs + WEEK - mine) % WEEK < self.minutes
                    || (mine + WEEK - theirs) % WEEK < other.minutes
            })
        })
    }

    fn starts(self) -> impl Iterator<Item = u32> {
        (0..WEEK / self.period).map(move |turn| self.start + turn * self.period)
    }
}

fn clock(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
}

fn day_and_clock(text: &str) -> Option<u32> {
    let (day, time) = text.split_once(':')?;
    let day = DAYS
        .iter()
        .position(|name| day.eq_ignore_ascii_case(name))?;
    Some(u32::try_from(day).ok()? * DAY + clock(time)?)
}

#[cfg(test)]
mod tests {
    use super::Window;

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
            let (a, b) = (
                Window::daily(daily).unwrap(),
                Window::weekly(weekly).unwrap(),
            );
            assert_eq!(a.overlaps(b), expected, "{daily} {weekly}");
            assert_eq!(b.overlaps(a), expected, "{weekly} {daily}");
        }
    }

    #[test]
    fn length_wraps() {
        assert_eq!(Window::daily("23:45-00:15").unwrap().minutes, 30);
        assert_eq!(Window::weekly("Sun:23:45-Mon:00:10").unwrap().minutes, 25);
    }
}

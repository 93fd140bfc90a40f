//! Days as `YYYY-MM-DD`.

/// Accepts a day as it is written on the command line.
///
/// # Errors
/// When it is not a day as `YYYY-MM-DD`.
pub fn parse(text: &str) -> Result<String, String> {
    let digits = |part: Option<&str>, length| {
        part.filter(|part| {
            part.len() == length && part.chars().all(|letter| letter.is_ascii_digit())
        })
        .and_then(|part| part.parse::<u32>().ok())
    };
    let mut parts = text.split('-');
    let (year, month, day) = (
        digits(parts.next(), 4),
        digits(parts.next(), 2),
        digits(parts.next(), 2),
    );
    match (year, month, day, parts.next()) {
        (Some(_), Some(1..=12), Some(1..=31), None) => Ok(text.to_owned()),
        _ => Err("write it as YYYY-MM-DD".to_owned()),
    }
}

/// Days since 1970-01-01 as `YYYY-MM-DD`, after Howard Hinnant's `civil_from_days`.
#[must_use]
pub fn civil(days: u64) -> String {
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(civil(days), date);
        }
    }
}

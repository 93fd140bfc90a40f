//! Days on a line of years.

use std::{collections::BTreeMap, fmt::Write};

use super::share::{percent, share};
use crate::text::{date::Date, html::escaped};

/// The months that a line shows at least.
const SHORTEST: i8 = 12;

/// The days on a line that begins today, or with the first day.
pub(super) fn draw(ends: &BTreeMap<Date, BTreeMap<String, usize>>, today: Date) -> String {
    let (Some(first), Some(last)) = (ends.keys().next(), ends.keys().next_back()) else {
        return String::new();
    };
    let (start, end) = (
        (*first).min(today),
        (*last).max(today.months_after(SHORTEST)),
    );
    let whole = start.days_until(end).max(1);
    // Room on both sides for letters.
    let place = |day: Date| percent(70 + share(start.days_until(day), whole) * 86 / 100);
    let mut svg = String::from(
        "<svg class=\"time\" width=\"100%\" height=\"96\" role=\"img\" aria-label=\"The days of the table below on a line of years\">",
    );
    let _ = write!(svg, "<line x1=\"2%\" x2=\"98%\" y1=\"64\" y2=\"64\"/>");
    for year in start.year() + 1..=end.year() {
        let at = place(Date::constant(year, 1, 1));
        let _ = write!(
            svg,
            "<line x1=\"{at}%\" x2=\"{at}%\" y1=\"60\" y2=\"68\"/><text x=\"{at}%\" y=\"86\">{year}</text>"
        );
    }
    let at = place(today);
    let _ = write!(
        svg,
        "<line class=\"today\" x1=\"{at}%\" x2=\"{at}%\" y1=\"14\" y2=\"72\"/><text x=\"{at}%\" dx=\"5\" class=\"start\" y=\"22\">today</text>"
    );
    let most = ends
        .values()
        .map(|versions| versions.values().sum::<usize>())
        .max()
        .unwrap_or(1);
    for (number, (day, versions)) in ends.iter().enumerate() {
        let count: usize = versions.values().sum();
        let radius = 5 + (12 * count).div_ceil(most.max(1));
        let class = if *day < today { "bad" } else { "fill" };
        // Neighbours keep their letters apart.
        let y = if number % 2 == 0 { 18 } else { 36 };
        let at = place(*day);
        let name = versions.keys().next().map_or("", String::as_str);
        let name = name.rsplit(' ').next().unwrap_or(name);
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{at}%\" cy=\"64\" r=\"{radius}\"/><text x=\"{at}%\" y=\"{y}\">{}: {count}</text>",
            escaped(name)
        );
    }
    svg + "</svg>\n"
}

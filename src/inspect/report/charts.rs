//! Counts and charts: tables of figures, each with its bar as plain SVG. Widths are in percent, so that letters stay as
//! large as they are on every screen.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    major,
    share::{percent, share},
    time_line,
};
use crate::{
    diagnostic::{Problem, report::plural, rule::Severity},
    inspect::fleet::{Fleet, Unit},
    rules::Usage,
    text::{date::Date, html::escaped},
};

/// Rows of a table that could have thousands.
const SHOWN: usize = 12;
/// Days before its end in which a waiver ends soon.
const SOON: i32 = 90;
/// Months before its end in which support is told of in the counts.
const MONTHS: i8 = 12;
/// Colours that the page has for versions.
const COLORS: usize = 6;

/// All of them.
pub(super) fn draw(fleet: &Fleet, today: Date) -> String {
    let charts = [
        versions(fleet),
        support(fleet, today),
        storage(fleet),
        quotas(fleet),
        waivers(fleet, today),
        rules(fleet),
    ];
    format!(
        "{}<div class=\"charts\">\n{}</div>\n",
        counts(fleet, today),
        charts.concat()
    )
}

fn section(id: &str, title: &str, content: &str) -> String {
    format!(
        "<section class=\"chart\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n{content}</section>\n"
    )
}

/// A table with these headings; rows are markup.
fn table(headings: &[&str], rows: &[String]) -> String {
    let headings = headings.iter().map(|heading| {
        if heading.is_empty() {
            "<td></td>".to_owned()
        } else {
            format!("<th scope=\"col\">{heading}</th>")
        }
    });
    let headings: String = headings.collect();
    format!(
        "<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
        rows.concat()
    )
}

/// A row: its name, and cells that are markup.
fn row(name: &str, cells: &[String]) -> String {
    let cell = |cell: &String| {
        // Figures and days stay on their line.
        let is_short = cell.starts_with(|letter: char| letter.is_ascii_digit());
        let class = if is_short { " class=\"n\"" } else { "" };
        format!("<td{class}>{cell}</td>")
    };
    let cells: String = cells.iter().map(cell).collect();
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escaped(name))
}

/// The end of a table that is longer than it is shown.
fn rest(of: usize, what: &str) -> String {
    match of.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("<p class=\"more\">and {}</p>\n", plural(more, what)),
    }
}

/// A bar of parts, each with its class and how many thousandths of the whole it is.
fn bar(parts: &[(&str, u64)]) -> String {
    let mut bar = String::from(
        "<svg class=\"bar\" width=\"100%\" height=\"14\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"track\" width=\"100%\" height=\"14\"/>",
    );
    let mut start = 0;
    for (class, part) in parts {
        // Writing to a string cannot fail.
        let _ = write!(
            bar,
            "<rect class=\"{class}\" x=\"{}%\" width=\"{}%\" height=\"14\"/>",
            percent(start),
            percent(*part)
        );
        start += part;
    }
    bar + "</svg>"
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn counts(fleet: &Fleet, today: Date) -> String {
    let units = &fleet.units;
    let of =
        |is_counted: &dyn Fn(&Unit) -> bool| units.iter().filter(|unit| is_counted(unit)).count();
    let volumes = units.iter().filter_map(|unit| unit.database.volume());
    let gib: u64 = volumes.map(|(size, _)| u64::from(size)).sum();
    let support = today.months_after(MONTHS);
    let waivers = all_waivers(fleet).into_iter();
    let soon = waivers
        .filter(|one| one.ends <= today.days_after(SOON))
        .count();
    let errors = all_problems(fleet).filter(|one| one.is_error()).count();
    let warnings = all_problems(fleet).count() - errors;
    let tiles = [
        (units.len().to_string(), "databases"),
        (fleet.environments.len().to_string(), "environments"),
        (grouped(gib), "GiB of storage"),
        (
            of(&|unit| unit.support_ends.is_none_or(|ends| ends <= support)).to_string(),
            "out of support within a year",
        ),
        (soon.to_string(), "waivers that end within 90 days"),
        (
            of(&|unit| !unit.deviations.is_empty()).to_string(),
            "deviate from their environment",
        ),
        (
            of(&|unit| unit.waiting.is_some()).to_string(),
            "wait for a maintenance window",
        ),
        (errors.to_string(), "errors"),
        (warnings.to_string(), "warnings"),
    ];
    let tiles = tiles.map(|(count, what)| format!("<li><b>{count}</b> {what}</li>\n"));
    format!("<ul class=\"tiles\">\n{}</ul>\n", tiles.concat())
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn versions(fleet: &Fleet) -> String {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    let mut counts: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for unit in &fleet.units {
        let name = unit.database.environment.name.as_str();
        *all.entry(major(unit)).or_default() += 1;
        let own = counts.entry(name).or_default();
        *own.entry(major(unit)).or_default() += 1;
    }
    let classes: BTreeMap<&String, String> = all
        .keys()
        .rev()
        .enumerate()
        .map(|(number, version)| (version, format!("v{}", number % COLORS)))
        .collect();
    let class = |version: &String| classes.get(version).map_or("v0", String::as_str);
    let chip = |(version, count): (&String, &usize)| {
        format!(
            "<span class=\"chip\"><svg width=\"10\" height=\"10\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg> {} <b>{count}</b></span>",
            class(version),
            escaped(version)
        )
    };
    let rows = counts.iter().map(|(name, versions)| {
        let total: usize = versions.values().sum();
        let parts = versions
            .iter()
            .rev()
            .map(|(version, count)| (class(version), share(length(*count), length(total))));
        let chips: Vec<_> = versions.iter().rev().map(chip).collect();
        let cells = [
            total.to_string(),
            bar(&parts.collect::<Vec<_>>()),
            chips.join(" "),
        ];
        row(name, &cells)
    });
    let headings = ["Environment", "Databases", "Share", "Versions"];
    section(
        "versions",
        "Versions by environment",
        &table(&headings, &rows.collect::<Vec<_>>()),
    )
}

fn support(fleet: &Fleet, today: Date) -> String {
    let mut ends: BTreeMap<Date, BTreeMap<String, usize>> = BTreeMap::new();
    let mut unknown = 0;
    for unit in &fleet.units {
        match unit.support_ends {
            Some(day) => *ends.entry(day).or_default().entry(major(unit)).or_default() += 1,
            None => unknown += 1,
        }
    }
    let total = length(fleet.units.len());
    let rows = ends.iter().map(|(day, versions)| {
        let count: usize = versions.values().sum();
        let names: Vec<_> = versions.keys().map(|name| escaped(name)).collect();
        let class = if *day < today {
            "bad"
        } else if *day <= today.months_after(MONTHS) {
            "near"
        } else {
            "fill"
        };
        let cells = [
            names.join(", "),
            count.to_string(),
            bar(&[(class, share(length(count), total))]),
        ];
        row(&day.to_string(), &cells)
    });
    let mut rows: Vec<_> = rows.collect();
    if unknown > 0 {
        let cells = [
            String::new(),
            unknown.to_string(),
            bar(&[("bad", share(unknown, total))]),
        ];
        rows.push(row("unknown", &cells));
    }
    let headings = ["Last day", "Versions", "Databases", "Share"];
    let content = time_line::draw(&ends, today) + &table(&headings, &rows);
    section("support", "Ends of standard support", &content)
}

fn storage(fleet: &Fleet) -> String {
    let volume = |unit: &Unit| {
        let (size, most) = unit.database.volume()?;
        Some((
            unit.database.unit().to_string(),
            (u64::from(size), u64::from(most)),
        ))
    };
    let mut volumes: Vec<(String, (u64, u64))> = Vec::new();
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for unit in &fleet.units {
        let sum = sums.entry(&unit.database.environment.name).or_default();
        if let Some((name, (size, most))) = volume(unit) {
            *sum = (sum.0 + size, sum.1 + most);
            volumes.push((name, (size, most)));
        }
    }
    let line = |name: &str, (now, most): (u64, u64), whole: u64| {
        let parts = [
            ("fill", share(now, whole)),
            ("pale", share(most - now, whole)),
        ];
        row(name, &[grouped(now), grouped(most), bar(&parts)])
    };
    let whole = sums
        .values()
        .map(|(_, most)| *most)
        .max()
        .unwrap_or(0)
        .max(1);
    let rows: Vec<_> = sums
        .iter()
        .map(|(name, sum)| line(name, *sum, whole))
        .collect();
    let headings = ["Environment", "GiB", "may grow to", ""];
    let mut content = table(&headings, &rows);
    volumes.sort_by_key(|(_, volume)| std::cmp::Reverse(*volume));
    let whole = volumes
        .iter()
        .map(|(_, (_, most))| *most)
        .max()
        .unwrap_or(1);
    let rows: Vec<_> = volumes
        .iter()
        .take(SHOWN)
        .map(|(name, volume)| line(name, *volume, whole))
        .collect();
    content += "<h3>The largest volumes</h3>\n";
    content += &table(&["Database", "GiB", "may grow to", ""], &rows);
    content += &rest(volumes.len(), "smaller one");
    section("storage", "Storage and its ceilings", &content)
}

fn quotas(fleet: &Fleet) -> String {
    let mut used: Vec<&Usage> = fleet.quotas.iter().filter(|usage| usage.used > 0).collect();
    used.sort_by_key(|usage| std::cmp::Reverse(usage.percent()));
    let rows: Vec<_> = used
        .iter()
        .take(SHOWN)
        .map(|usage| {
            let class = match usage.percent() {
                101.. => "bad",
                80.. => "near",
                _ => "fill",
            };
            let environments: Vec<_> = usage
                .environments
                .iter()
                .map(|name| escaped(name))
                .collect();
            let cells = [
                environments.join(", "),
                format!(
                    "{} of {} ({} %)",
                    grouped(usage.used.into()),
                    grouped(usage.limit.into()),
                    usage.percent()
                ),
                bar(&[(class, share(usage.used.into(), usage.limit.into()))]),
            ];
            row(usage.what, &cells)
        })
        .collect();
    let headings = ["Quota", "Environments", "Used", ""];
    let content = table(&headings, &rows) + &rest(used.len(), "emptier one");
    section("quotas", "Quotas", &content)
}

/// A waiver of a unit, or of an environment.
struct Waived<'a> {
    ends: Date,
    whose: String,
    rule: &'a str,
    reason: &'a str,
}

fn all_waivers<'a>(fleet: &'a Fleet) -> Vec<Waived<'a>> {
    let one = |whose: String, waiver: &'a crate::config::Waiver| Waived {
        ends: waiver.expires,
        whose,
        rule: &waiver.rule,
        reason: &waiver.reason,
    };
    let units = fleet.units.iter().flat_map(|unit| {
        let whose = unit.database.unit().to_string();
        unit.waivers()
            .iter()
            .map(move |waiver| one(whose.clone(), waiver))
    });
    let environments = fleet.environments.iter().flat_map(|environment| {
        let waivers = environment.spec.waivers.iter();
        waivers.map(|waiver| one(environment.name.clone(), waiver))
    });
    let mut all: Vec<_> = units.chain(environments).collect();
    all.sort_by(|one, other| (one.ends, &one.whose).cmp(&(other.ends, &other.whose)));
    all
}

fn waivers(fleet: &Fleet, today: Date) -> String {
    let all = all_waivers(fleet);
    if all.is_empty() {
        return section(
            "waivers",
            "Waivers by their end",
            "<p>There are none.</p>\n",
        );
    }
    let rows: Vec<_> = all
        .iter()
        .take(SHOWN)
        .map(|one| {
            let class = if one.ends < today {
                "bad"
            } else if one.ends <= today.days_after(SOON) {
                "near"
            } else {
                ""
            };
            let end = if class.is_empty() {
                one.ends.to_string()
            } else {
                let word = if class == "bad" { "ended" } else { "soon" };
                format!("{} <span class=\"mark\">{word}</span>", one.ends)
            };
            row(
                &one.whose,
                &[
                    end,
                    format!("<code>{}</code>", escaped(one.rule)),
                    escaped(one.reason),
                ],
            )
        })
        .collect();
    let headings = ["Whose", "Last day", "Rule", "Reason"];
    let content = table(&headings, &rows) + &rest(all.len(), "later one");
    section("waivers", "Waivers by their end", &content)
}

fn all_problems<'a>(fleet: &'a Fleet) -> impl Iterator<Item = &'a &'a Problem> {
    let units = fleet.units.iter().flat_map(|unit| &unit.problems);
    units.chain(&fleet.problems)
}

fn rules(fleet: &Fleet) -> String {
    /// How often a rule is broken, and set aside.
    #[derive(Default)]
    struct Count {
        broken: usize,
        waived: usize,
        is_error: bool,
    }
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for problem in all_problems(fleet) {
        let count = counts.entry(problem.rule.code).or_default();
        count.broken += 1;
        count.is_error = problem.rule.severity == Severity::Error;
    }
    for waiver in all_waivers(fleet) {
        counts.entry(waiver.rule).or_default().waived += 1;
    }
    if counts.is_empty() {
        return section(
            "rules",
            "Rules by frequency",
            "<p>None is broken, and none waived.</p>\n",
        );
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(count.broken + count.waived));
    let most = counts
        .first()
        .map_or(1, |(_, count)| count.broken + count.waived);
    let rows: Vec<_> = counts
        .iter()
        .map(|(code, count)| {
            let class = if count.is_error { "bad" } else { "near" };
            let part = |count: usize| share(length(count), length(most));
            let parts = [(class, part(count.broken)), ("pale", part(count.waived))];
            row(
                code,
                &[
                    count.broken.to_string(),
                    count.waived.to_string(),
                    bar(&parts),
                ],
            )
        })
        .collect();
    section(
        "rules",
        "Rules by frequency",
        &table(&["Rule", "Broken", "Waived", ""], &rows),
    )
}

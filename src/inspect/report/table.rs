//! The table of databases as it stands in the page: the first of them, which the script then replaces.

use std::fmt::Write;

use crate::{
    inspect::fleet::{Fleet, Unit},
    text::html::escaped,
};

/// Rows that a reader without JavaScript sees.
const SHOWN: usize = 100;

const COLUMNS: [(&str, &str); 11] = [
    ("name", "Database"),
    ("engine", "Engine"),
    ("class", "Class"),
    ("storage", "GiB"),
    ("multiAz", "Multi-AZ"),
    ("authentication", "Login"),
    ("supportEnds", "Support ends"),
    ("lifecycle", "Lifecycle"),
    ("waivers", "Waivers"),
    ("deviations", "Deviates"),
    ("problems", "Problems"),
];

/// The section with the table.
pub(super) fn draw(fleet: &Fleet) -> String {
    let of = fleet.units.len();
    let mut text = String::from(
        "<section id=\"databases\" tabindex=\"-1\" aria-labelledby=\"databases-title\">\n<h2 id=\"databases-title\">All databases</h2>\n",
    );
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "<noscript><p class=\"missing\">Without JavaScript this table has the first {} of {of}, and no part for each of them.</p></noscript>\n<div id=\"controls\" class=\"controls\" role=\"search\" hidden>\n<label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\n<label>Environment <select id=\"environment\"><option value=\"\">all</option>",
        of.min(SHOWN)
    );
    for environment in fleet.environments {
        let name = escaped(&environment.name);
        let _ = write!(text, "<option>{name}</option>");
    }
    text.push_str("</select></label>\n<p id=\"count\" role=\"status\"></p>\n</div>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table of databases\">\n<table id=\"table\">\n<thead><tr>");
    for (key, title) in COLUMNS {
        let _ = write!(
            text,
            "<th scope=\"col\" data-key=\"{key}\">{}</th>",
            escaped(title)
        );
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for unit in fleet.units.iter().take(SHOWN) {
        text.push_str(&row(unit));
    }
    text.push_str("</tbody>\n</table>\n</div>\n<nav id=\"pages\" class=\"pages\" aria-label=\"Pages of the table\" hidden></nav>\n</section>\n");
    text
}

fn row(unit: &Unit) -> String {
    let database = unit.database;
    let volume = database.volume();
    let ends = unit.support_ends.map(|day| day.to_string());
    let count = |count: usize| match count {
        0 => String::new(),
        count => count.to_string(),
    };
    let cells = [
        format!(
            "{} {}",
            database.engine.value.as_str(),
            database.engine_version.value
        ),
        database.instance_class.value.to_string(),
        volume.map_or(String::new(), |(size, _)| size.to_string()),
        unit.standby(),
        database.authentication.value.as_str().to_owned(),
        ends.unwrap_or_else(|| "unknown".to_owned()),
        database.lifecycle.value.as_str().to_owned(),
        count(unit.waivers().len()),
        count(unit.deviations.len()),
        count(unit.problems.len()),
    ];
    let name = escaped(&database.unit().to_string());
    let mut row = format!("<tr><th scope=\"row\">{name}</th>");
    for cell in cells {
        let _ = write!(row, "<td>{}</td>", escaped(&cell));
    }
    row.push_str("</tr>\n");
    row
}

//! The fleet as one HTML page that needs nothing else: counts and charts, a table, and a part for each database.
//!
//! What anybody wrote goes into the page as text between tags, or as JSON in an element that is not run; the page may load
//! nothing, and runs one script, by its hash.

mod charts;
mod data;
mod share;
mod table;
mod time_line;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::{
    fleet::{Fleet, Unit},
    graph,
};
use crate::{
    diagnostic::report::plural,
    text::{date::Date, html},
};

const SCRIPT: &str = include_str!("report/page.js");
const STYLE: &str = include_str!("report/page.css");

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// All units.
    pub fleet: &'a Fleet<'a>,
    /// The day.
    pub today: Date,
    /// What goes before the path of a file in the workspace, to make a link to it.
    pub files: &'a str,
    /// How many errors keep units out of it.
    pub errors: usize,
}

impl Report<'_> {
    /// The page.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn html(&self) -> serde_json::Result<String> {
        let style = format!("{STYLE}{}", graph::style());
        let (script_hash, style_hash) = (hash(SCRIPT), hash(&style));
        let data = html::in_script(&data::write(self)?);
        let fleet = self.fleet;
        let summary = format!(
            "{} in {}, on {}",
            plural(fleet.units.len(), "database"),
            plural(fleet.environments.len(), "environment"),
            self.today
        );
        let charts = charts::draw(fleet, self.today);
        let (missing, table) = (self.missing(), table::draw(fleet));
        Ok(format!(
            r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; style-src '{style_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Databases on {}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#databases">To the table of databases</a>
<header>
<h1>Databases</h1>
<p>{summary}</p>
</header>
<main>
{missing}<div id="overview">
{charts}{table}</div>
<section id="unit" hidden></section>
</main>
<script type="application/json" id="data">{data}</script>
<script>{SCRIPT}</script>
</body>
</html>
"##,
            self.today
        ))
    }

    /// That the page does not show all.
    fn missing(&self) -> String {
        match self.errors {
            0 => String::new(),
            errors => format!(
                "<p class=\"missing\" role=\"note\">Not all is here: {}, which <code>valet-rds check</code> tells.</p>\n",
                plural(errors, "error")
            ),
        }
    }
}

/// What a content policy knows a script or a sheet by.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}

/// A unit's version, as far as its support goes: the major, with its engine.
fn major(unit: &Unit) -> String {
    let database = unit.database;
    let version = database.engine_version.value;
    let major = database.facts().major(version);
    let version = major.map_or(version, |major| major.version);
    format!("{} {version}", database.engine.value.as_str())
}

//! `checkov`: what a scanner says about the modules and about roots that call them.
//!
//! No check may fail, nothing may be left unread, and every skip has its reason beside it.

use std::path::Path;

use serde_json::Value;

use crate::{
    command::Program,
    json, python, roots,
    step::{Done, Step},
};

/// Its packages and its folder.
const SCANNER: (&str, &str) = ("xtask/checkov.txt", "target/checkov");
const MODULES: &str = "modules";
/// Roots that call them.
const CITY: &str = "target/roots/fixtures/city/generated";

pub(crate) fn steps(python: &'static str) -> [Step; 2] {
    [
        Step::new("checkov, modules", move || scan(python, MODULES)),
        Step::new("checkov, generated city", move || scan_city(python)),
    ]
}

/// Scans both.
pub(crate) fn run() -> Done {
    let python = python::find()?;
    let (modules, city) = (scan(python, MODULES)?, scan_city(python)?);
    Ok(format!("modules: {modules}\ncity: {city}"))
}

/// Generates it anew, without what Terraform leaves in roots.
fn scan_city(python: &str) -> Done {
    roots::generate()?;
    scan(python, CITY)
}

fn scan(python: &str, folder: &str) -> Done {
    let scanner = python::environment(python, SCANNER)?.with_file_name("checkov");
    let options = [
        "--directory",
        folder,
        "--download-external-modules",
        "false",
        // Its links and severities come from elsewhere.
        "--skip-download",
        "--soft-fail",
        "--compact",
        "--output",
        "json",
    ];
    let printed = Program::new(Path::new(&scanner), &options)
        // Past it, a file counts as unreadable; a busy machine needs more than the usual ten seconds.
        .env("HCL_PARSE_TIMEOUT_SEC", "300")
        .read()?;
    let answer: Value =
        serde_json::from_str(&printed).map_err(|error| format!("{error}\n{printed}"))?;
    judge(&answer)
}

/// Reads one report, or one for each kind of file.
fn judge(answer: &Value) -> Done {
    let reports = match answer {
        Value::Array(reports) => reports.as_slice(),
        report => std::slice::from_ref(report),
    };
    let (mut passed, mut skips, mut problems) = (0, 0, Vec::new());
    for results in reports.iter().map(|report| json::at(report, "results")) {
        passed += json::list(results, "passed_checks").len();
        let failed = json::list(results, "failed_checks").iter();
        problems.extend(failed.map(|check| about("failed", check)));
        let unread = json::list(results, "parsing_errors").iter();
        problems.extend(unread.map(|path| format!("unread: {path}")));
        for check in json::list(results, "skipped_checks") {
            let result = json::at(check, "check_result");
            if matches!(
                json::text(result, "suppress_comment"),
                "" | "No comment provided"
            ) {
                problems.push(about("skipped without a reason", check));
            }
            skips += 1;
        }
    }
    if problems.is_empty() && passed > 0 {
        Ok(format!(
            "{passed} passed, 0 failed, {skips} skipped with a reason"
        ))
    } else {
        Err(format!("{passed} passed\n{}", problems.join("\n")))
    }
}

fn about(what: &str, check: &Value) -> String {
    let [id, name, resource, path] =
        ["check_id", "check_name", "resource", "file_path"].map(|key| json::text(check, key));
    format!("{what}: {id} {resource} in {path} ({name})")
}

//! `checkov`: what a scanner says about the modules and about roots that call them.
//!
//! No check may fail, nothing may be left unread, and every skip has its reason beside it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{python, roots, shell};

pub(crate) fn modules(sh: &Shell) -> Result<String> {
    scan(sh, "modules")
}

/// Roots that call them, once they are generated.
pub(crate) fn city(sh: &Shell) -> Result<String> {
    scan(sh, roots::CITY)
}

fn scan(sh: &Shell, folder: &str) -> Result<String> {
    let checkov = python::environment(sh, python::SCANNER)?.with_file_name("checkov");
    // `--skip-download`: its links and severities come from elsewhere.
    let printed = shell::read(
        cmd!(
            sh,
            "{checkov} --directory {folder} --download-external-modules false --skip-download"
        )
        .args(["--soft-fail", "--compact", "--output", "json"])
        // Past it, a file counts as unreadable; a busy machine needs more than the usual ten seconds.
        .env("HCL_PARSE_TIMEOUT_SEC", "300"),
    )?;
    judge(&serde_json::from_str(&printed).context(printed)?)
}

/// Reads one report, or one for each kind of file.
fn judge(answer: &Value) -> Result<String> {
    let reports = match answer {
        Value::Array(reports) => reports.as_slice(),
        report => std::slice::from_ref(report),
    };
    let (mut passed, mut skips, mut problems) = (0, 0, Vec::new());
    for report in reports {
        let list = |name: &str| {
            let found = report.pointer(&format!("/results/{name}"));
            found
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        passed += list("passed_checks").len();
        skips += list("skipped_checks").len();
        problems.extend(
            list("failed_checks")
                .iter()
                .map(|check| about("failed", check)),
        );
        problems.extend(
            list("parsing_errors")
                .iter()
                .map(|path| format!("unread: {path}")),
        );
        let unexplained = list("skipped_checks").iter().filter(|check| {
            let reason = check
                .pointer("/check_result/suppress_comment")
                .and_then(Value::as_str);
            matches!(reason, None | Some("" | "No comment provided"))
        });
        problems.extend(unexplained.map(|check| about("skipped without a reason", check)));
    }
    ensure!(
        problems.is_empty() && passed > 0,
        "{passed} passed\n{}",
        problems.join("\n")
    );
    Ok(format!(
        "{passed} passed, 0 failed, {skips} skipped with a reason"
    ))
}

fn about(what: &str, check: &Value) -> String {
    let [id, name, resource, path] = ["check_id", "check_name", "resource", "file_path"]
        .map(|key| check[key].as_str().unwrap_or_default());
    format!("{what}: {id} {resource} in {path} ({name})")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn judge(failed: &Value, unread: &Value, skipped: &Value) -> Result<String, String> {
        let results = json!({
            "passed_checks": [{}],
            "failed_checks": failed,
            "parsing_errors": unread,
            "skipped_checks": skipped,
        });
        super::judge(&json!([{"results": results}])).map_err(|error| error.to_string())
    }

    #[test]
    fn only_a_skip_with_a_reason_passes() {
        let none = json!([]);
        let skip = |comment: &str| json!([{"check_id": "CKV_1", "check_result": {"suppress_comment": comment}}]);
        let passed = judge(&none, &none, &skip("elsewhere")).unwrap();
        assert_eq!(passed, "1 passed, 0 failed, 1 skipped with a reason");
        let message = judge(&none, &none, &skip("No comment provided")).unwrap_err();
        assert!(
            message.contains("skipped without a reason: CKV_1"),
            "{message}"
        );
        assert!(judge(&none, &json!(["/main.tf"]), &none).is_err());
        assert!(judge(&json!([{"check_id": "CKV_2"}]), &none, &none).is_err());
        assert!(super::judge(&json!({"passed": 0})).is_err());
    }
}

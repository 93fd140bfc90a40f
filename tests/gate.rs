//! The gate, with plans that the real Terraform made: `cargo xtask grades` records them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{
    command::{Ran, valet},
    folder::minimal,
};

fn plan(name: &str) -> String {
    let path = fs::canonicalize(format!("fixtures/plans/{name}.json")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A workspace with one unit, `dev/orders`, that says this besides its name.
fn workspace(name: &str, more: &str) -> PathBuf {
    let folder = minimal(name);
    fs::write(
        folder.join("configs/dev/orders.yaml"),
        format!("shortname: orders\n{more}"),
    )
    .unwrap();
    folder
}

fn gate(folder: &Path, name: &str, more: &[&str]) -> Ran {
    let plan = plan(name);
    let mut arguments = vec!["gate", &plan, "--unit", "dev/orders"];
    arguments.extend(more);
    valet(folder, &arguments)
}

const RETIRED: &str = "lifecycle: retired\nretirementRequested: 2026-11-01\n";

fn allow(change: &str) -> String {
    format!("allow: [{{change: {change}, reason: it is meant, expires: 2026-11-01}}]\n")
}

#[test]
fn harmless_plans_pass_and_say_so() {
    let folder = workspace("gate-harmless", "");
    for name in ["create", "in-place", "nothing", "retiring"] {
        let run = gate(&folder, name, &[]);
        assert_eq!(run.code, 0, "{name}: {}{}", run.out, run.err);
        assert!(run.out.ends_with("; passes\n"), "{}", run.out);
    }
}

#[test]
fn replacements_are_refused_until_the_config_allows_them() {
    for (name, address) in [
        ("replace-instance", "module.rds.aws_db_instance.this"),
        ("replace-proxy", "module.proxy.aws_db_proxy.this"),
        ("replace-role", "module.irsa_role.aws_iam_role.this"),
    ] {
        let folder = workspace(&format!("gate-{name}"), "");
        let refused = gate(&folder, name, &[]);
        assert_eq!(refused.code, 1, "{name}");
        let row = refused
            .out
            .lines()
            .find(|line| line.contains(address))
            .unwrap();
        assert!(row.starts_with("REFUSED  replace"), "{row}");
        let enough = workspace(&format!("gate-{name}-allowed"), &allow("replace"));
        assert_eq!(
            gate(&enough, name, &[]).code,
            0,
            "{}",
            gate(&enough, name, &[]).out
        );
        let little = workspace(&format!("gate-{name}-little"), &allow("downtime"));
        assert_eq!(gate(&little, name, &[]).code, 1);
        let expired = allow("replace").replace("2026-11-01", "2026-10-31");
        let late = workspace(&format!("gate-{name}-late"), &expired);
        let late = gate(&late, name, &[]);
        assert_eq!(late.code, 1, "the acknowledgement has expired");
        assert!(
            late.out.contains("was allowed until 2026-10-31"),
            "{}{}",
            late.out,
            late.err
        );
    }
}

#[test]
fn an_unprotected_instance_needs_more_than_a_replacement_allowed() {
    let text = format!("deletionProtection: false\n{}", allow("replace"));
    let folder = workspace("gate-unprotected", &text);
    assert_eq!(gate(&folder, "replace-instance", &[]).code, 1);
    let text = format!("deletionProtection: false\n{}", allow("data-loss"));
    let folder = workspace("gate-unprotected-loss", &text);
    assert_eq!(gate(&folder, "replace-instance", &[]).code, 0);
}

#[test]
fn a_destroy_passes_only_when_the_unit_is_retired() {
    let active = workspace("gate-active", "");
    assert_eq!(gate(&active, "retired", &[]).code, 1);
    assert_eq!(
        gate(&active, "retained", &[]).code,
        1,
        "forgetting leaves it to nobody"
    );
    let retired = workspace("gate-retired", RETIRED);
    let run = gate(&retired, "retired", &[]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("`lifecycle: retired`"));
    let retained = workspace("gate-retained", &format!("{RETIRED}retain: true\n"));
    assert_eq!(gate(&retained, "retained", &[]).code, 0);
    assert_eq!(gate(&retained, "retired", &[]).code, 1, "it was to be kept");
}

#[test]
fn the_comment_has_a_row_for_each_thing_that_goes() {
    let folder = workspace("gate-markdown", "");
    let run = gate(&folder, "replace-instance", &["--format", "markdown"]);
    assert!(
        run.out
            .starts_with("<!-- valet-rds gate -->\n### Plan: dev/orders: "),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("| **refused** | replace | `module.rds.aws_db_instance.this` |"),
        "{}",
        run.out
    );
    assert!(run.out.contains("(forced by username)"), "{}", run.out);
}

#[test]
fn a_plan_without_a_unit_is_known_by_its_tags_or_declares_nothing() {
    let folder = workspace("gate-tags", RETIRED);
    let path = folder.join("plan.json");
    let write = |shortname: &str| {
        let tags = format!(
            "{{\"valet-rds:environment\": \"dev\", \"valet-rds:shortname\": \"{shortname}\"}}"
        );
        let change = format!("{{\"actions\": [\"delete\"], \"before\": {{\"tags_all\": {tags}}}}}");
        let resource = format!(
            "{{\"address\": \"module.rds.aws_db_instance.this\", \"type\": \"aws_db_instance\", \"change\": {change}}}"
        );
        fs::write(
            &path,
            format!("{{\"format_version\": \"1.2\", \"resource_changes\": [{resource}]}}"),
        )
        .unwrap();
        valet(&folder, &["gate", "plan.json"])
    };
    let known = write("orders");
    assert_eq!(known.code, 0, "{}", known.out);
    let unknown = write("others");
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.out.contains("no config declares it"),
        "{}",
        unknown.out
    );
}

#[test]
fn what_is_no_plan_is_an_error_of_usage() {
    let folder = workspace("gate-usage", "");
    for text in [
        "",
        "[]",
        "{}",
        "{\"format_version\": \"9\"}",
        "{\"format_version\": \"1.2\", \"errored\": true}",
    ] {
        fs::write(folder.join("plan.json"), text).unwrap();
        assert_eq!(valet(&folder, &["gate", "plan.json"]).code, 2, "{text}");
    }
    assert_eq!(valet(&folder, &["gate", "no-such.json"]).code, 2);
}

//! The gate, with plans that the real Terraform made: `cargo xtask grades` records them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::support::{
    command::{Ran, valet},
    folder::minimal,
};

fn plan(name: &str) -> String {
    let path = fs::canonicalize(format!("fixtures/plans/{name}.json")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A workspace with the two units that plans are recorded of, which say this besides their names.
fn workspace(name: &str, more: &str) -> PathBuf {
    let folder = minimal(name);
    for unit in ["orders", "ledger"] {
        fs::write(
            folder.join(format!("configs/dev/{unit}.yaml")),
            format!("shortname: {unit}\n{more}"),
        )
        .unwrap();
    }
    folder
}

fn gate(folder: &Path, name: &str, more: &[&str]) -> Ran {
    let plan = plan(name);
    let unit = match name {
        "replace-proxy" => "dev/ledger",
        _ => "dev/orders",
    };
    let mut arguments = vec!["gate", &plan, "--unit", unit];
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

/// A whole plan of a root with these identity tags.
fn plan_of(tags: &Value, drift: &[Value], changes: &[Value]) -> Value {
    let provider = json!({"name": "aws", "expressions": {"default_tags": [{"tags": {"constant_value": tags}}]}});
    json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "resource_drift": drift,
        "resource_changes": changes,
        "configuration": {"provider_config": {"aws": provider}},
    })
}

fn tags(shortname: &str) -> Value {
    json!({"valet-rds:environment": "dev", "valet-rds:shortname": shortname})
}

fn change(address: &str, actions: &[&str], before: &Value) -> Value {
    let kind = address
        .rsplit("aws_")
        .next()
        .unwrap()
        .split('.')
        .next()
        .unwrap();
    json!({"address": address, "mode": "managed", "type": format!("aws_{kind}"), "change": {"actions": actions, "before": before}})
}

/// What the gate says about a plan that is written for it.
fn say(folder: &Path, plan: &Value, more: &[&str]) -> Ran {
    fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
    valet(folder, &[&["gate", "plan.json"], more].concat())
}

const INSTANCE: &str = "module.rds.aws_db_instance.this";
const UNIT: &[&str] = &["--unit", "dev/orders"];

/// An instance of `dev/orders` as the module leaves it.
fn instance() -> Value {
    json!({
        "tags_all": tags("orders"),
        "deletion_protection": true,
        "skip_final_snapshot": false,
        "final_snapshot_identifier": "orders-dev-final",
    })
}

#[test]
fn a_plan_is_held_against_the_config_that_it_names_itself() {
    let folder = workspace("gate-identity", RETIRED);
    let gone = change(INSTANCE, &["delete"], &instance());
    let known = say(
        &folder,
        &plan_of(&tags("orders"), &[], std::slice::from_ref(&gone)),
        &[],
    );
    assert_eq!(known.code, 0, "{}{}", known.out, known.err);
    let unknown = say(
        &folder,
        &plan_of(&tags("others"), &[], std::slice::from_ref(&gone)),
        &[],
    );
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.out.contains("no config declares it"),
        "{}",
        unknown.out
    );
    let other = say(&folder, &plan_of(&tags("others"), &[], &[]), UNIT);
    assert_eq!(other.code, 2, "{}", other.out);
    let said = "the plan is not that of dev/orders, but of shortname `others` in `dev`";
    assert!(other.err.contains(said), "{}", other.err);
    let nobody = say(&folder, &plan_of(&json!({}), &[], &[]), UNIT);
    assert_eq!(nobody.code, 2);
    assert!(
        nobody.err.contains("its provider gives no identity tags"),
        "{}",
        nobody.err
    );
    let shared = say(
        &folder,
        &plan_of(&tags("orders"), &[], &[]),
        &["--unit", "dev/_environment"],
    );
    assert_eq!(shared.code, 2, "{}", shared.out);
}

#[test]
fn a_retired_unit_gives_up_what_it_held_and_nothing_else() {
    let folder = workspace("gate-held", RETIRED);
    let with = |key: &str, value: Value| {
        let mut one = instance();
        one[key] = value;
        one
    };
    for (name, address, before, expected) in [
        (
            "another's",
            INSTANCE,
            with("tags_all", tags("others")),
            "its tags say that it is of shortname `others`",
        ),
        (
            "nobody's",
            INSTANCE,
            with("tags_all", json!({})),
            "no tag says that it is of this unit",
        ),
        (
            "elsewhere",
            "aws_db_instance.legacy",
            instance(),
            "not in a module of this unit",
        ),
        (
            "another module",
            "module.rdsx.aws_db_instance.this",
            instance(),
            "not in a module of this unit",
        ),
        (
            "no snapshot",
            INSTANCE,
            with("skip_final_snapshot", json!(true)),
            "no snapshot would be left",
        ),
        (
            "nothing said",
            INSTANCE,
            with("skip_final_snapshot", Value::Null),
            "no snapshot would be left",
        ),
        (
            "no name",
            INSTANCE,
            with("final_snapshot_identifier", Value::Null),
            "no snapshot would be left",
        ),
    ] {
        let said = say(
            &folder,
            &plan_of(
                &tags("orders"),
                &[],
                &[change(address, &["delete"], &before)],
            ),
            UNIT,
        );
        assert_eq!(said.code, 1, "{name}: {}", said.out);
        assert!(said.out.contains(expected), "{name}: {}", said.out);
    }
}

/// A change of the instance of `orders`, from these values to those.
fn update(before: &Value, after: &Value) -> Value {
    let mut one = change(INSTANCE, &["update"], &instance());
    for (side, values) in [("before", before), ("after", after)] {
        let mut whole = instance();
        whole["maintenance_window"] = json!("sun:18:00-sun:19:00");
        for (key, value) in values.as_object().unwrap() {
            whole[key] = value.clone();
        }
        one["change"][side] = whole;
    }
    one
}

#[test]
fn what_waits_for_the_window_is_named_and_passes() {
    let folder = workspace("gate-waits", "");
    let before = json!({"allocated_storage": 100, "backup_window": "16:00-17:00", "backup_retention_period": 0, "apply_immediately": false});
    let after = json!({"allocated_storage": 200, "backup_window": "03:00-04:00", "backup_retention_period": 7, "apply_immediately": false});
    let plan = plan_of(&tags("orders"), &[], &[update(&before, &after)]);
    let said = say(&folder, &plan, UNIT);
    assert_eq!(said.code, 0, "{}", said.out);
    let waits = "waits for the maintenance window, sun:18:00-sun:19:00 UTC: `allocated_storage`, `backup_retention_period`; until then every plan shows it as a difference";
    assert!(said.out.contains(waits), "{}", said.out);
    let now = json!({"backup_window": "03:00-04:00", "backup_retention_period": 0});
    let plan = plan_of(&tags("orders"), &[], &[update(&before, &now)]);
    assert!(!say(&folder, &plan, UNIT).out.contains("waits"));
}

#[test]
fn what_does_not_wait_for_the_window_has_to_be_declared_until_a_day() {
    let before = json!({"instance_class": "db.t4g.medium", "apply_immediately": false});
    let after = json!({"instance_class": "db.r7g.large", "apply_immediately": true});
    let plan = plan_of(&tags("orders"), &[], &[update(&before, &after)]);
    let declared = |expires: &str| {
        format!("applyImmediately: {{reason: the disk is full, expires: {expires}}}\n")
    };
    for (name, more, code, words) in [
        (
            "none",
            String::new(),
            1,
            "not declared: the config has no `applyImmediately`",
        ),
        (
            "current",
            declared("2026-11-01"),
            0,
            "happens now: `instance_class`; `applyImmediately` until 2026-11-01: the disk is full",
        ),
        (
            "expired",
            declared("2026-10-31"),
            1,
            "`applyImmediately` held until 2026-10-31",
        ),
    ] {
        let folder = workspace(&format!("gate-now-{name}"), &more);
        let said = say(&folder, &plan, UNIT);
        assert_eq!(said.code, code, "{name}: {}{}", said.out, said.err);
        assert!(said.out.contains(words), "{name}: {}", said.out);
        // What lets it pass is what the config has.
        let is_named = said
            .out
            .contains("; 1 let pass by `applyImmediately`; passes");
        assert_eq!(is_named, code == 0, "{name}: {}", said.out);
    }
}

#[test]
fn a_proxy_that_subnets_replace_is_told_of_zones_without_one() {
    let folder = workspace("gate-zones", "");
    let mut proxy = change(
        "module.proxy.aws_db_proxy.this",
        &["delete", "create"],
        &json!({"name": "orders-dev-proxy"}),
    );
    proxy["type"] = json!("aws_db_proxy");
    proxy["change"]["replace_paths"] = json!([["vpc_subnet_ids"]]);
    let said = say(&folder, &plan_of(&tags("orders"), &[], &[proxy]), UNIT);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.out.contains("`network.proxySubnetIds`"),
        "{}",
        said.out
    );
}

#[test]
fn an_instance_that_would_leave_no_snapshot_is_refused_whatever_is_allowed() {
    let folder = workspace("gate-no-snapshot", &allow("data-loss"));
    let before = json!({"deletion_protection": false, "skip_final_snapshot": true});
    let replaced = change(INSTANCE, &["delete", "create"], &before);
    let said = say(&folder, &plan_of(&tags("orders"), &[], &[replaced]), UNIT);
    assert_eq!(said.code, 1, "{}", said.out);
}

#[test]
fn protection_counts_when_it_is_on_and_the_root_leaves_it_on() {
    let live = |protected: bool| {
        let mut before = instance();
        before["deletion_protection"] = json!(protected);
        plan_of(
            &tags("orders"),
            &[],
            &[change(INSTANCE, &["delete", "create"], &before)],
        )
    };
    let retiring = format!(
        "lifecycle: retiring\nretirementRequested: 2026-11-01\n{}",
        allow("replace")
    );
    for (name, more, protected, code) in [
        ("on", allow("replace"), true, 0),
        ("off in AWS", allow("replace"), false, 1),
        (
            "off in the config",
            format!("deletionProtection: false\n{}", allow("replace")),
            true,
            1,
        ),
        ("retiring", retiring, true, 1),
        ("off, and the loss is meant", allow("data-loss"), false, 0),
    ] {
        let folder = workspace(
            &format!("gate-protection-{}", name.replace(' ', "-")),
            &more,
        );
        let said = say(&folder, &live(protected), UNIT);
        assert_eq!(said.code, code, "{name}: {}{}", said.out, said.err);
    }
}

#[test]
fn what_is_gone_already_is_the_worst() {
    let gone = change(INSTANCE, &["delete"], &instance());
    let anew = change(INSTANCE, &["create"], &Value::Null);
    let plan = plan_of(&tags("orders"), &[gone], &[anew]);
    for (name, more, code) in [
        ("active", String::new(), 1),
        ("replace", allow("replace"), 1),
        ("loss", allow("data-loss"), 0),
        ("retired", RETIRED.to_owned(), 0),
        ("retained", format!("{RETIRED}retain: true\n"), 1),
    ] {
        let folder = workspace(&format!("gate-gone-{name}"), &more);
        let said = say(&folder, &plan, UNIT);
        assert_eq!(said.code, code, "{name}: {}{}", said.out, said.err);
        let told = said
            .out
            .contains("it is gone, though Terraform did not destroy it");
        assert!(code == 0 || told, "{}", said.out);
    }
}

#[test]
fn a_plan_that_has_been_cut_can_be_refused_but_not_pass() {
    let folder = workspace("gate-cut", "");
    let mut plan = plan_of(&tags("orders"), &[], &[]);
    plan.as_object_mut().unwrap().remove("configuration");
    let said = say(&folder, &plan, UNIT);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(
        said.err.contains("it has no `configuration`"),
        "{}",
        said.err
    );
    plan["resource_drift"] = json!([change(INSTANCE, &["delete"], &Value::Null)]);
    assert_eq!(say(&folder, &plan, UNIT).code, 1);
}

#[test]
fn an_acknowledgement_can_be_about_one_thing() {
    let of = |of: &str| allow("replace").replace("reason", &format!("of: {of}, reason"));
    for (name, more, code) in [
        ("module", of("module.irsa_role"), 0),
        ("resource", of("module.irsa_role.aws_iam_role.this"), 0),
        ("key", of("iamRoleName"), 0),
        ("other-module", of("module.rds"), 1),
        ("other-key", of("username"), 1),
        ("half-a-name", of("module.irsa"), 1),
    ] {
        let folder = workspace(
            &format!("gate-of-{name}"),
            &format!("iamRoleName: other\n{more}"),
        );
        let said = gate(&folder, "replace-role", &[]);
        assert_eq!(said.code, code, "{name}: {}{}", said.out, said.err);
        if code == 0 {
            assert!(
                said.out.contains("; 1 let pass by `allow`; passes"),
                "{}",
                said.out
            );
            let row = said
                .out
                .lines()
                .find(|line| line.starts_with("allowed"))
                .unwrap();
            assert!(row.contains("until 2026-11-01 for `"), "{row}");
        } else {
            assert!(
                said.out
                    .contains("the `allow` of `replace` is only about `"),
                "{}",
                said.out
            );
        }
    }
}

#[test]
fn a_cluster_leaves_an_environment_by_a_declared_step() {
    let provider = "module.cluster_trust.aws_iam_openid_connect_provider.this[\"jobs\"]";
    let shared = json!({"valet-rds:environment": "dev"});
    let plan = plan_of(
        &shared,
        &[],
        &[change(provider, &["delete"], &json!({"tags_all": shared}))],
    );
    let valet_yaml = fs::read_to_string("fixtures/valet.yaml").unwrap();
    let step = |of: &str, expires: &str| {
        format!(
            "    allow: [{{change: replace, of: {of}, reason: it is gone, expires: {expires}}}]\n"
        )
    };
    for (name, text, code) in [
        ("undeclared", String::new(), 1),
        ("declared", step("clusters.jobs", "2026-11-01"), 0),
        ("whole-key", step("clusters", "2026-11-01"), 0),
        ("module", step("module.cluster_trust", "2026-11-01"), 0),
        ("address", step(&format!("'{provider}'"), "2026-11-01"), 0),
        ("another", step("clusters.apps", "2026-11-01"), 1),
        ("late", step("clusters.jobs", "2026-10-31"), 1),
    ] {
        let folder = workspace(&format!("gate-cluster-{name}"), "");
        fs::write(folder.join("valet.yaml"), format!("{valet_yaml}{text}")).unwrap();
        for more in [&[][..], &["--unit", "dev/_environment"]] {
            let said = say(&folder, &plan, more);
            assert_eq!(said.code, code, "{name}: {}{}", said.out, said.err);
        }
    }
}

#[test]
fn a_change_in_place_that_takes_data_or_a_name_is_refused() {
    let folder = workspace("gate-update", "");
    let update = |address: &str, before: Value, after: Value| {
        let mut one = change(address, &["update"], &before);
        one["change"]["after"] = after;
        say(&folder, &plan_of(&tags("orders"), &[], &[one]), UNIT)
    };
    let backups = update(
        INSTANCE,
        json!({"backup_retention_period": 7}),
        json!({"backup_retention_period": 0}),
    );
    assert_eq!(backups.code, 1);
    assert!(
        backups.out.contains("all automated backups are deleted"),
        "{}",
        backups.out
    );
    let fewer = update(
        INSTANCE,
        json!({"backup_retention_period": 7}),
        json!({"backup_retention_period": 1}),
    );
    assert_eq!(fewer.code, 0, "{}", fewer.out);
    let renamed = update(
        "module.proxy.aws_db_proxy.this",
        json!({"name": "a"}),
        json!({"name": "b"}),
    );
    assert_eq!(renamed.code, 1);
}

#[test]
fn a_move_to_another_subnet_group_is_refused_whatever_is_allowed() {
    let folder = workspace("gate-subnet-group", &allow("data-loss"));
    let mut one = change(INSTANCE, &["update"], &json!({"db_subnet_group_name": "a"}));
    for (to, code) in [("a", 0), ("b", 1)] {
        one["change"]["after"] = json!({"db_subnet_group_name": to});
        let said = say(
            &folder,
            &plan_of(&tags("orders"), &[], std::slice::from_ref(&one)),
            UNIT,
        );
        assert_eq!(said.code, code, "{}", said.out);
    }
}

#[test]
fn a_version_before_the_one_that_runs_is_refused_whatever_is_allowed() {
    let folder = workspace("gate-older", &allow("data-loss"));
    let outcome = |runs: &str, wanted: &str| {
        let before = json!({"engine_version": "17", "engine_version_actual": runs});
        let plan = update(&before, &json!({"engine_version": wanted}));
        say(&folder, &plan_of(&tags("orders"), &[], &[plan]), &[])
    };
    let refused = outcome("17.10", "17.9");
    assert_eq!(refused.code, 1, "{refused}");
    assert!(refused.out.contains("AWS runs 17.10 already"), "{refused}");
    assert_eq!(outcome("17.10", "16").code, 1);
    for wanted in ["17", "17.10", "17.11", "18.1"] {
        let ran = outcome("17.10", wanted);
        assert_eq!(ran.code, 0, "{wanted}: {ran}");
    }
}

#[test]
fn roles_that_only_services_assume_and_logs_that_stay_are_nobodys_loss() {
    let folder = workspace("gate-inner", "");
    let policy = |principal: &str| json!({"assume_role_policy": format!("{{\"Statement\": [{{\"Effect\": \"Allow\", \"Principal\": {principal}}}]}}")});
    for (address, before, code) in [
        (
            "module.nlb.aws_iam_role.sync",
            policy(r#"{"Service": "lambda.amazonaws.com"}"#),
            0,
        ),
        (
            "module.irsa_role.aws_iam_role.this",
            policy(r#"{"Federated": "arn:aws:iam::1:oidc-provider/x"}"#),
            1,
        ),
        (
            "module.x.aws_iam_role.this",
            policy(r#"{"Service": "ec2.amazonaws.com", "AWS": "*"}"#),
            1,
        ),
        ("module.x.aws_iam_role.this", policy(r#""*""#), 1),
        ("module.x.aws_iam_role.this", json!({}), 1),
        (
            "module.rds.aws_cloudwatch_log_group.this",
            json!({"skip_destroy": true}),
            0,
        ),
        (
            "module.rds.aws_cloudwatch_log_group.this",
            json!({"skip_destroy": false}),
            1,
        ),
    ] {
        let plan = plan_of(
            &tags("orders"),
            &[],
            &[change(address, &["delete"], &before)],
        );
        let said = say(&folder, &plan, UNIT);
        assert_eq!(said.code, code, "{address} {before}: {}", said.out);
    }
}

#[test]
fn users_that_change_have_a_function_run_and_only_a_secret_that_goes_is_a_loss() {
    const ENSURE: &str = "module.users.aws_lambda_invocation.ensure";
    const SECRET: &str = "module.users.aws_secretsmanager_secret.this[\"reader\"]";
    let again = change(ENSURE, &["delete", "create"], &json!({}));
    let gone = change(SECRET, &["delete"], &json!({"tags_all": tags("orders")}));
    let anew = change(SECRET, &["create", "delete"], &json!({}));
    let said = |allow: &str, changes: &[&Value]| {
        let folder = workspace("gate-users", allow);
        let changes: Vec<_> = changes.iter().copied().cloned().collect();
        say(&folder, &plan_of(&tags("orders"), &[], &changes), UNIT)
    };
    insta::assert_snapshot!(said("", &[&again]), @"
    exit code 0
    --- stdout ---
    ok       replace  module.users.aws_lambda_invocation.ensure  its function runs once more; nothing is destroyed
    dev/orders: 1 to replace; passes
    ");
    insta::assert_snapshot!(said("", &[&again, &gone]), @r#"
    exit code 1
    --- stdout ---
    REFUSED  delete   module.users.aws_secretsmanager_secret.this["reader"]  somebody logs in with it; not declared: `allow` names no `downtime`
    ok       replace  module.users.aws_lambda_invocation.ensure              its function runs once more; nothing is destroyed
    dev/orders: 1 to replace, 1 to delete; 1 refused
    "#);
    for secret in [&gone, &anew] {
        assert_eq!(said("", &[&again, secret]).code, 1);
        assert_eq!(said(&allow("reboot"), &[&again, secret]).code, 1);
        let ran = said(&allow("downtime"), &[&again, secret]);
        assert_eq!(ran.code, 0, "{ran}");
    }
    let strange = change(
        "module.rds.aws_secretsmanager_secret.this",
        &["delete"],
        &json!({}),
    );
    assert_eq!(said(&allow("replace"), &[&strange]).code, 1);
    let ended = change(ENSURE, &["delete"], &json!({}));
    let ran = said("", &[&ended]);
    assert!(ran.code == 0 && !ran.out.contains("once more"), "{ran}");
}

#[test]
fn addresses_cannot_forge_a_line() {
    let folder = workspace("gate-forged", "");
    let address = "module.x.aws_s3_bucket.this[\"a\nok       delete \u{1b}[2K\u{202e}\"]";
    let plan = plan_of(
        &tags("orders"),
        &[],
        &[change(address, &["delete"], &Value::Null)],
    );
    let said = say(&folder, &plan, UNIT);
    assert_eq!(
        (said.code, said.out.lines().count()),
        (1, 2),
        "{:?}",
        said.out
    );
    assert!(!said.out.contains(['\u{1b}', '\u{202e}']), "{:?}", said.out);
}

#[test]
fn what_is_no_plan_is_an_error_of_usage() {
    let folder = workspace("gate-usage", "");
    for text in [
        "",
        "[]",
        "{}",
        r#"{"format_version": "9", "planned_values": {}, "configuration": {}}"#,
        r#"{"format_version": "1.2", "planned_values": {}, "configuration": {}, "errored": true}"#,
        r#"{"format_version": "1.0", "values": {"root_module": {}}}"#,
        r#"{"format_version": "1.0", "valid": true}"#,
    ] {
        fs::write(folder.join("plan.json"), text).unwrap();
        let said = valet(&folder, &["gate", "plan.json"]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{text}");
    }
    assert_eq!(valet(&folder, &["gate", "no-such.json"]).code, 2);
}

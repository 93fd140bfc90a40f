//! `plan` and `apply` over many roots, with a Terraform that says what a test has laid out.
#![cfg(unix)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use insta::assert_snapshot;
use serde_json::{Value, json};
use storage_valet_rds::terraform::{normal_form::NormalForm, plan};

use crate::support::{
    command::{Ran, valet},
    folder::{edit, minimal, paths},
    monorepo::Monorepo,
    plans::recorded,
    random::Random,
    repository::{commit, git},
    terraform::Fake,
};

const ROOTS: [&str; 3] = ["_environment", "ledger", "orders"];

/// A workspace with two generated units, of which plans are recorded, and what stands in for Terraform.
fn world(name: &str) -> (PathBuf, Fake) {
    let folder = minimal(name);
    fs::write(
        folder.join("configs/dev/ledger.yaml"),
        "shortname: ledger\n",
    )
    .unwrap();
    assert_eq!(valet(&folder, &["generate"]).code, 0);
    let fake = Fake::new(&folder.with_file_name(format!("{name}-terraform")), &ROOTS);
    (folder, fake)
}

#[test]
fn a_plan_of_each_unit_is_judged_and_kept_and_a_failure_stays_with_its_unit() {
    let (folder, fake) = world("runs-plan");
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    fake.says(
        "ledger",
        "plan.json",
        &recorded("replace-proxy").to_string(),
    );
    fake.says(
        "_environment",
        "init.fails",
        "Error: Failed to query available provider packages\n",
    );
    let ran = fake.run(&folder, "plan --all");
    assert_snapshot!(ran, @"
    exit code 1
    --- stdout ---
    dev/_environment: init failed: Error: Failed to query available provider packages
      the provider cannot be had from here: name a mirror in a CLI configuration, in TF_CLI_CONFIG_FILE
      all of it: valet-plans/dev/_environment/init.log
    REFUSED  replace  module.nlb.aws_lb.this                               clients know it; not declared: `allow` names no `replace` (forced by subnets)
    REFUSED  replace  module.nlb.aws_lb_listener.this                      clients know it; not declared: `allow` names no `replace` (forced by load_balancer_arn)
    REFUSED  replace  module.proxy.aws_db_proxy.this                       clients know it; not declared: `allow` names no `replace`; AWS leaves out a subnet in a zone without RDS Proxy, and then every plan is like this: name the proxy's own in `network.proxySubnetIds` (forced by vpc_subnet_ids)
    ok       replace  module.nlb.aws_lambda_invocation.apply               its function runs once more; nothing is destroyed (forced by input, triggers)
    ok       replace  module.proxy.aws_db_proxy_default_target_group.this  holds neither data nor identity
    ok       replace  module.proxy.aws_db_proxy_target.this                holds neither data nor identity (forced by target_group_name)
    dev/ledger: 6 to update, 6 to replace; 3 refused
    dev/orders: 1 to update; passes
    plan: 3 units: 1 failed, 1 refused, 1 planned
    ");
    let kept = fs::read_to_string(folder.join("valet-plans/dev/orders/plan.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        (&kept["unit"], &kept["terraform"]),
        (&json!("dev/orders"), &json!("1.11.4"))
    );
    assert!(!kept["plan"]["resources"].as_object().unwrap().is_empty());
    assert!(
        !folder
            .join("valet-plans/dev/_environment/plan.json")
            .exists()
    );
    // Neither the plan nor what it shows stays anywhere.
    let left = paths(&folder);
    assert!(
        left.iter().all(|path| !path.contains("valet-rds.")),
        "{left:?}"
    );
    let markdown = fake.run(&folder, "plan --all --format markdown");
    assert_snapshot!(markdown.out, @"
    <!-- valet-rds plan -->
    ### plan: 3 units: 1 failed, 1 refused, 1 planned

    - **`dev/_environment`** init failed: Error: Failed to query available provider packages
      - the provider cannot be had from here: name a mirror in a CLI configuration, in `TF_CLI_CONFIG_FILE`
      - all of it: `valet-plans/dev/_environment/init.log`
    - **`dev/ledger`** 6 to update, 6 to replace; 3 refused
      - `module.nlb.aws_lb.this`: clients know it; not declared: `allow` names no `replace`
      - `module.nlb.aws_lb_listener.this`: clients know it; not declared: `allow` names no `replace`
      - `module.proxy.aws_db_proxy.this`: clients know it; not declared: `allow` names no `replace`; AWS leaves out a subnet in a zone without RDS Proxy, and then every plan is like this: name the proxy's own in `network.proxySubnetIds`
    - 1 to update; passes: `dev/orders`
    ");
}

#[test]
fn units_are_chosen_by_name_by_shard_and_all() {
    let (folder, fake) = world("runs-chosen");
    let planned = |words: &str| {
        let _ = fs::remove_dir_all(folder.join("valet-plans"));
        let ran = fake.run(&folder, words);
        let lines = ran
            .out
            .lines()
            .filter(|line| line.contains(": nothing to do"));
        let units: Vec<_> = lines
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect();
        (ran.code, units.join(" "))
    };
    for (words, units) in [
        ("plan --all", "dev/_environment dev/ledger dev/orders"),
        (
            "plan dev/orders dev/_environment dev/orders",
            "dev/_environment dev/orders",
        ),
        ("plan --all --shard 1/2", "dev/_environment dev/orders"),
        ("plan --all --shard 2/2", "dev/ledger"),
        ("plan --all --shard 4/4", ""),
    ] {
        assert_eq!(planned(words), (0, units.to_owned()), "{words}");
    }
    for (words, said) in [
        ("plan", "name units, or say --base REF or --all"),
        ("plan dev/order", "did you mean `dev/orders`?"),
        ("plan --all dev/orders", "cannot be used with"),
        ("plan --all --shard 5/4", "write I/N"),
    ] {
        let ran = fake.run(&folder, words);
        assert_eq!(ran.code, 2, "{words}: {ran}");
        assert!(ran.err.contains(said), "{words}: {ran}");
    }
    // An apply would take along what lies there.
    planned("plan --all");
    let ran = fake.run(&folder, "plan dev/orders");
    assert_eq!(ran.code, 2, "{ran}");
    let said = "valet-plans holds a plan of dev/_environment";
    assert!(ran.err.contains(said), "{ran}");
    assert_eq!(fake.run(&folder, "plan dev/orders --out other").code, 0);
    git(&folder, &["init", "--quiet"]);
    let ran = fake.run(&folder, "plan --base HEAD");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.err.contains("git knows no commit `HEAD`"), "{ran}");
}

#[test]
fn a_terraform_that_is_not_there_or_too_old_is_named() {
    let (folder, fake) = world("runs-terraform");
    fake.version("1.10.5");
    let ran = fake.run(&folder, "plan --all");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("Terraform 1.10.5 is older than 1.11"),
        "{ran}"
    );
    fake.version("soon");
    let ran = fake.run(&folder, "plan --all");
    assert!(
        ran.code == 2 && ran.err.contains("does not say which version"),
        "{ran}"
    );
    let ran = valet(
        &folder,
        &["plan", "--all", "--terraform", "nowhere/terraform"],
    );
    assert!(
        ran.code == 2 && ran.err.contains("install Terraform 1.11"),
        "{ran}"
    );
}

#[test]
fn a_stale_root_is_not_planned() {
    let (folder, fake) = world("runs-stale");
    edit(
        &folder.join("configs/dev/orders.yaml"),
        "shortname: orders",
        "shortname: orders\nmultiAz: true",
    );
    let ran = fake.run(&folder, "plan dev/orders");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("generated/dev/orders is not what its config gives"),
        "{ran}"
    );
    assert_eq!(fake.commands("orders"), "");
}

#[test]
fn what_was_reviewed_is_applied_once_and_tells_its_outputs() {
    let (folder, fake) = world("runs-apply");
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    let outputs = json!({
        "port": {"sensitive": false, "type": "number", "value": 5432},
        "master_password": {"sensitive": true, "type": "string", "value": "hunter2"},
        "role_arn": {"sensitive": true, "type": "string", "value": "hunter2"},
        "extra": {"sensitive": false, "type": "string", "value": "x"},
    });
    fake.tells("orders", &outputs.to_string());
    assert_eq!(fake.run(&folder, "plan --all").code, 0);
    // The same plan at another time, with attributes in another order.
    let mut later = recorded("in-place");
    later["timestamp"] = json!("2026-11-02T00:00:00Z");
    later["resource_drift"] = json!([]);
    fake.says("orders", "plan.json", &later.to_string());
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert_snapshot!(ran, @"
    exit code 0
    --- stdout ---
    dev/_environment: nothing to do
    dev/ledger: nothing to do
    dev/orders: applied: 1 to update
    apply: 3 units: 1 applied, 2 unchanged
    ");
    let kept = fs::read_to_string(folder.join("generated/dev/orders/outputs.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, json!({"port": {"type": "number", "value": 5432}}));
    let record = fs::read_to_string(folder.join("generated/dev/orders/applied.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["state"], json!({"lineage": "l", "serial": 1}));
    for path in paths(&folder) {
        let path = folder.join(path);
        let text = fs::read(&path).unwrap_or_default();
        assert!(
            !String::from_utf8_lossy(&text).contains("hunter2"),
            "{}",
            path.display()
        );
    }
    let again = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        again.code == 0 && again.out.contains("applied by an earlier run"),
        "{again}"
    );
    assert_eq!(fake.commands("orders").matches("apply ").count(), 1);
    // Another plan in the same folder is another apply.
    fake.says("orders", "again", "");
    fake.says("orders", "plan.json", &recorded("retiring").to_string());
    assert_eq!(fake.run(&folder, "plan --all").code, 0);
    let anew = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        anew.code == 0 && anew.out.contains("dev/orders: applied: "),
        "{anew}"
    );
    assert_eq!(fake.commands("orders").matches("apply ").count(), 2);
}

/// A state that holds something, written so often.
fn living(serial: u64) -> String {
    json!({"version": 4, "lineage": "l", "serial": serial, "resources": [
        {"mode": "managed", "type": "aws_db_instance", "instances": [{"attributes": {}}]}
    ]})
    .to_string()
}

#[test]
fn what_is_planned_is_told_with_its_cause() {
    let (folder, fake) = world("runs-causes");
    let plan = recorded("in-place");
    fake.says("orders", "plan.json", &plan.to_string());
    fake.says("orders", "state.json", &living(1));
    let causes = |words: &str| {
        let ran = fake.run(&folder, &format!("{words} --format json"));
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        let unit = &document["units"][0];
        let all = unit["causes"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<_> = all
            .iter()
            .map(|one| one["cause"].as_str().unwrap().to_owned())
            .collect();
        all.dedup();
        (unit["outcome"].as_str().unwrap().to_owned(), all.join(" "))
    };
    let answer = |outcome: &str, causes: &str| (outcome.to_owned(), causes.to_owned());
    // Nothing is in the state.
    assert_eq!(causes("plan dev/orders"), answer("planned", "new"));
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert_eq!(ran.code, 0, "{ran}");
    fake.says("orders", "again", "");
    fake.states("orders", &living(1), &living(1));
    // The same root planned nothing on the state as it was kept: AWS says something else now.
    let (outcome, told) = causes("plan dev/orders");
    assert_eq!((outcome.as_str(), told.as_str()), ("refused", "drift"));
    // What the plan refuses, no apply takes for reviewed.
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(ran.code == 1 && ran.out.contains("REFUSED"), "{ran}");
    assert_eq!(fake.commands("orders").matches("apply ").count(), 1);
    // It planned the same on that state: something else has written it.
    fake.says("orders/base", "plan.json", &plan.to_string());
    fake.states("orders", &living(5), &living(5));
    assert_eq!(causes("plan dev/orders"), answer("refused", "unexplained"));
    let ran = fake.run(&folder, "plan dev/orders");
    assert!(ran.out.contains("writing 5 instead of 1"), "{ran}");
    // It is meant.
    let allow =
        "\nallow:\n- change: drift\n  reason: by hand, in the night\n  expires: 2026-12-01\n";
    edit(
        &folder.join("configs/dev/orders.yaml"),
        "shortname: orders",
        &format!("shortname: orders{allow}"),
    );
    assert_eq!(causes("plan dev/orders"), answer("planned", "unexplained"));
    // Roots that are only looked at do not stay.
    assert!(paths(&folder).iter().all(|path| !path.contains("stages")));
}

#[test]
fn an_edit_is_told_with_its_key_and_its_line() {
    let repo = Monorepo::new("runs-edit");
    let fake = Fake::new(&repo.top.with_file_name("terraform"), &ROOTS);
    let mut plan = recorded("in-place");
    for resource in plan["resource_changes"].as_array_mut().unwrap() {
        if resource["type"] == "aws_db_instance" {
            resource["change"]["after"]["allocated_storage"] = json!(400);
            resource["change"]["after"]["backup_window"] = json!("01:00-02:00");
        }
    }
    fake.says("orders", "plan.json", &plan.to_string());
    let rds = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules/rds");
    let modules = json!({"Modules": [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "rds", "Source": "../rds", "Dir": rds},
    ]});
    fake.says("orders", "modules.json", &modules.to_string());
    repo.edit(
        "configs/dev/orders.yaml",
        "shortname: orders",
        "shortname: orders\nallocatedStorage: 400",
    );
    repo.generate();
    fake.states("orders", &living(1), &living(1));
    let ran = fake.run(&repo.workspace, "plan --base main --format json");
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran}"));
    let causes = document["units"][0]["causes"].as_array().unwrap();
    let key = json!({"key": "allocatedStorage", "file": "configs/dev/orders.yaml", "line": 2});
    for cause in causes {
        let is_edited = cause["attribute"] == "allocated_storage";
        let expected = if is_edited { "edit" } else { "unforetold" };
        assert_eq!(cause["cause"], expected, "{ran}");
        assert_eq!(cause["keys"] == json!([key]), is_edited, "{ran}");
    }
    // Where the modules are cannot be read: nothing can be said of what leads where.
    fake.says("orders", "modules.json", "{");
    let ran = fake.run(&repo.workspace, "plan --base main");
    assert!(ran.code == 1 && ran.out.contains("modules.json"), "{ran}");
    // One that has not changed is planned when it is named.
    fake.states("ledger", &living(1), &living(1));
    let ran = fake.run(&repo.workspace, "plan --base main dev/ledger --out other");
    assert!(ran.out.contains("dev/ledger: nothing to do"), "{ran}");
}

#[test]
fn the_end_of_a_unit_is_planned_with_the_modules_that_it_called() {
    let repo = Monorepo::new("runs-end");
    let fake = Fake::new(&repo.top.with_file_name("terraform"), &ROOTS);
    fake.says("orders", "plan.json", &recorded("retired").to_string());
    fake.states("orders", &living(1), &living(1));
    let config = "configs/dev/orders.yaml";
    repo.edit(
        config,
        "shortname: orders",
        "shortname: orders\nlifecycle: retiring\nretirementRequested: 2026-11-01",
    );
    repo.generate();
    repo.commit();
    repo.git("switch --quiet --create end");
    repo.edit(config, "lifecycle: retiring", "lifecycle: retired");
    repo.generate();
    let ran = fake.run(&repo.workspace, "plan --base main --format json");
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran}"));
    let unit = &document["units"][0];
    assert_eq!(unit["unit"], "dev/orders", "{ran}");
    assert_eq!(unit["causes"][0]["cause"], "edit", "{ran}");
    // What was there is planned on both states; the modules have not changed.
    assert_eq!(fake.commands("orders/base").matches("plan ").count(), 2);
}

#[test]
fn what_the_base_plans_is_asked_with_its_own_tags() {
    let repo = Monorepo::new("runs-tags");
    let fake = Fake::new(&repo.top.with_file_name("terraform"), &ROOTS);
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    fake.states("orders", &living(1), &living(1));
    repo.edit(
        "configs/dev/orders.yaml",
        "shortname: orders",
        "shortname: orders\ntags: {team: agora}",
    );
    repo.generate();
    let ran = fake.run(&repo.workspace, "plan --base main dev/orders");
    assert_eq!(ran.code, 0, "{ran}");
    let commands = fake.commands("orders/base");
    let plans: Vec<_> = commands
        .lines()
        .filter(|line| line.starts_with("plan "))
        .collect();
    // Once with AWS's answer, and then on that as on any other state.
    assert!(
        !plans[0].contains("-refresh=false") && plans.len() > 1,
        "{commands}"
    );
    assert!(
        plans[1..]
            .iter()
            .all(|plan| plan.contains("-refresh=false")),
        "{commands}"
    );
}

#[test]
fn what_was_not_reviewed_is_not_applied_unless_it_is_accepted() {
    let (folder, fake) = world("runs-differs");
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
    let mut other = recorded("in-place");
    for resource in other["resource_changes"].as_array_mut().unwrap() {
        if resource["address"] == "module.rds.aws_db_instance.this" {
            resource["change"]["after"]["allocated_storage"] = json!(4000);
        }
        if resource["address"] == "module.irsa_role.aws_iam_role.this" {
            resource["change"]["actions"] = json!(["delete", "create"]);
        }
    }
    fake.says("orders", "plan.json", &other.to_string());
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert_snapshot!(ran, @"
    exit code 1
    --- stdout ---
    dev/orders: not applied: its plan is not the one that was reviewed (2 differences)
      module.irsa_role.aws_iam_role.this: delete, create is planned now, and was not reviewed
      module.rds.aws_db_instance.this: allocated_storage: nothing -> 4000 is planned now, and was not reviewed
      plan and review it again, or name it with `--accept dev/orders`
    apply: 1 unit: 1 differs
    ");
    assert!(!fake.commands("orders").contains("apply "));
    // The gate is asked all the same.
    let accepted = fake.run(&folder, "apply --plans valet-plans --accept dev/orders");
    assert!(
        accepted.code == 1 && accepted.out.contains("REFUSED"),
        "{accepted}"
    );
    fake.says("orders", "plan.json", &recorded("retiring").to_string());
    let accepted = fake.run(&folder, "apply --plans valet-plans --accept dev/orders");
    assert!(
        accepted.code == 0 && accepted.out.contains("dev/orders: applied"),
        "{accepted}"
    );
    let unknown = fake.run(&folder, "apply --plans valet-plans --accept dev/ledger");
    assert!(unknown.code == 2, "{unknown}");
}

#[test]
fn units_wait_for_what_their_environment_shares() {
    let (folder, fake) = world("runs-waiting");
    let mut shared = recorded("in-place");
    let tags = "/configuration/provider_config/aws/expressions/default_tags/0/tags/constant_value";
    *shared.pointer_mut(tags).unwrap() = json!({"valet-rds:environment": "dev"});
    fake.says("_environment", "plan.json", &shared.to_string());
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    assert_eq!(fake.run(&folder, "plan --all").code, 0);
    fake.says(
        "_environment",
        "apply.jsonl",
        "{\"type\": \"diagnostic\", \"diagnostic\": {\"severity\": \"error\", \"summary\": \"Error acquiring the state lock\", \"detail\": \"Lock Info:\\n  ID: 1\\n  Who: a@b\\n  Created: yesterday\\n\"}}\n",
    );
    fake.says("_environment", "apply.fails", "");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert_snapshot!(ran, @"
    exit code 1
    --- stdout ---
    dev/_environment: apply failed: Error: Error acquiring the state lock
      the state is locked by a@b since yesterday: wait for that run, or, when it is dead, run `terraform force-unlock 1` in the root
      all of it: valet-plans/dev/_environment/apply.log
    dev/ledger: not applied: what its environment shares has not been applied
    dev/orders: not applied: what its environment shares has not been applied
    apply: 3 units: 1 failed, 2 waiting
    ");
    assert!(!fake.commands("orders").contains("apply "));
}

#[test]
fn an_apply_that_is_told_to_stop_ends_in_good_order_and_goes_on_later() {
    let (folder, fake) = world("runs-stopped");
    let plan = recorded("in-place");
    fake.says("orders", "plan.json", &plan.to_string());
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
    let done = "module.rds.aws_db_instance.this";
    // An apply of an hour says a lot before and after.
    let still = json!({"type": "apply_progress", "hook": {"resource": {"addr": done}}});
    let still = format!("{still}\n").repeat(20_000);
    let line = json!({"type": "apply_complete", "hook": {"resource": {"addr": done}}});
    fake.says("orders", "apply.jsonl", &format!("{still}{line}\n{still}"));
    fake.says("orders", "slow", "");
    let child = fake
        .begin(&folder, "apply --plans valet-plans")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !fake.commands("orders").contains("waiting") {
        thread::sleep(Duration::from_millis(20));
    }
    let process = rustix::process::Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert!(ran.code == 1 && ran.out.contains("told to stop"), "{ran}");
    assert!(fake.commands("orders").ends_with("interrupted\n"));
    // What was done with is no longer planned; the rest is what was reviewed.
    let mut rest = plan;
    rest["resource_changes"]
        .as_array_mut()
        .unwrap()
        .retain(|resource| resource["address"] != done);
    fake.says("orders", "plan.json", &rest.to_string());
    fake.unsays("orders", "slow");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(ran.code == 0, "{ran}");
}

#[test]
fn an_apply_that_was_done_but_for_its_outputs_tells_them_later() {
    let (folder, fake) = world("runs-outputs-later");
    let mut plan = recorded("in-place");
    plan["output_changes"] = json!({"port": {
        "actions": ["create"], "before": null, "after": null, "after_unknown": true,
        "before_sensitive": false, "after_sensitive": false,
    }});
    fake.says("orders", "plan.json", &plan.to_string());
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
    let resources = plan["resource_changes"].as_array().unwrap().iter();
    let done = resources.map(|resource| {
        let addr = &resource["address"];
        format!(
            "{}\n",
            json!({"type": "apply_complete", "hook": {"resource": {"addr": addr}}})
        )
    });
    fake.says("orders", "apply.jsonl", &done.collect::<String>());
    fake.says("orders", "state.fails", "Error: no\n");
    let port = json!({"port": {"sensitive": false, "type": "number", "value": 5432}});
    fake.tells("orders", &port.to_string());
    let failed = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        failed.code == 1 && failed.out.contains("state failed: Error: no"),
        "{failed}"
    );
    fake.unsays("orders", "state.fails");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        ran.code == 0 && ran.out.contains("applied by an earlier run"),
        "{ran}"
    );
    assert!(folder.join("generated/dev/orders/outputs.json").exists());
    assert_eq!(fake.commands("orders").matches("apply ").count(), 1);
}

#[test]
fn what_was_cut_short_is_kept_and_nothing_is_destroyed_for_it() {
    const DATABASE: &str = "module.rds.aws_db_instance.this";
    const GROUP: &str = "module.rds.aws_security_group.this";
    let (folder, fake) = world("runs-cut-short");
    let plan = |tainted: &[&str]| {
        let mut plan = recorded("in-place");
        let resource = |address: &str, kind: &str| {
            let is_tainted = tainted.contains(&address);
            let actions = if is_tainted {
                json!(["delete", "create"])
            } else {
                json!(["create"])
            };
            let reason = if is_tainted {
                json!("replace_because_tainted")
            } else {
                Value::Null
            };
            json!({
                "address": address, "mode": "managed", "type": kind, "name": "this", "provider_name": "p",
                "action_reason": reason,
                "change": {"actions": actions, "before": {"name": "a"}, "after": {"name": "a"}},
            })
        };
        plan["resource_changes"] = json!([
            resource(DATABASE, "aws_db_instance"),
            resource(GROUP, "aws_security_group"),
        ]);
        plan
    };
    fake.says("orders", "plan.json", &plan(&[]).to_string());
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
    let cut = |address: &str| {
        json!({"type": "diagnostic", "diagnostic": {
            "severity": "error", "summary": "waiting: context canceled", "detail": "", "address": address,
        }})
    };
    fake.says(
        "orders",
        "apply.jsonl",
        &format!("{}\n{}\n", cut(DATABASE), cut(GROUP)),
    );
    fake.says("orders", "apply.fails", "");
    assert_eq!(fake.run(&folder, "apply --plans valet-plans").code, 1);
    fake.unsays("orders", "apply.fails");
    fake.unsays("orders", "apply.jsonl");
    // Terraform takes both for broken. The stand-in goes on saying so, so the database is refused by the gate.
    fake.says("orders", "plan.json", &plan(&[DATABASE, GROUP]).to_string());
    let ran = fake.run(&folder, "apply --plans valet-plans");
    let commands = fake.commands("orders");
    for address in [DATABASE, GROUP] {
        let untaint = format!("untaint -no-color -lock-timeout=60s {address}\n");
        assert!(commands.contains(&untaint), "{commands}");
    }
    assert!(ran.code == 1 && ran.out.contains(DATABASE), "{ran}");
    // As it is after that: the group is there, and the database has to be told something yet.
    let mut rest = plan(&[]);
    let all = rest["resource_changes"].as_array_mut().unwrap();
    all.retain(|one| one["address"] == DATABASE);
    all[0]["change"]["actions"] = json!(["update"]);
    fake.says("orders", "plan.json", &rest.to_string());
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        ran.code == 0 && ran.out.contains("dev/orders: applied"),
        "{ran}"
    );
}

/// What was begun goes on in Terraform, and what was not is begun later: nothing is done twice or forgotten.
#[test]
fn an_apply_that_is_killed_at_any_moment_ends_right_later() {
    let mut random = Random::new(14);
    let mut killed = 0;
    for number in 0..10 {
        let (folder, fake) = world(&format!("runs-killed-{number}"));
        let plan = recorded("in-place");
        let resources = plan["resource_changes"].as_array().unwrap().iter();
        let lines = resources.map(|resource| {
            json!({"type": "apply_complete", "hook": {"resource": {"addr": resource["address"]}}}).to_string()
        });
        let done = lines.collect::<Vec<_>>().join("\n") + "\n";
        fake.says("orders", "plan.json", &plan.to_string());
        fake.says("orders", "apply.jsonl", &done);
        fake.tells("orders", r#"{"port": {"type": "number", "value": 5432}}"#);
        assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
        let mut child = fake
            .begin(&folder, "apply --plans valet-plans")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(random.below(300).try_into().unwrap()));
        let is_over = child.try_wait().unwrap().is_some();
        killed += usize::from(!is_over);
        child.kill().unwrap();
        child.wait().unwrap();
        // What it has started is not killed with it.
        thread::sleep(Duration::from_millis(150));
        let ran = fake.run(&folder, "apply --plans valet-plans");
        assert_eq!(ran.code, 0, "{number}: {ran}");
        for name in ["outputs.json", "applied.json"] {
            let path = folder.join("generated/dev/orders").join(name);
            let text =
                fs::read_to_string(&path).unwrap_or_else(|_| panic!("{number}: {name}, {ran}"));
            assert!(
                serde_json::from_str::<Value>(&text).is_ok(),
                "{number}: {text}"
            );
        }
        let count = fake.commands("orders").matches("apply ").count();
        assert_eq!(count, 1, "{number}: {}", fake.commands("orders"));
        let again = fake.run(&folder, "apply --plans valet-plans");
        assert!(
            again.out.contains("applied by an earlier run"),
            "{number}: {again}"
        );
    }
    assert!(killed > 3, "{killed}");
}

#[test]
fn what_is_no_folder_of_plans_is_named() {
    let (folder, fake) = world("runs-no-plans");
    let ran = fake.run(&folder, "apply --plans nowhere");
    assert!(ran.code == 2 && ran.err.contains("nowhere"), "{ran}");
    fs::create_dir_all(folder.join("empty")).unwrap();
    let ran = fake.run(&folder, "apply --plans empty");
    assert!(
        ran.code == 2 && ran.err.contains("nothing was planned there"),
        "{ran}"
    );
    let unit = folder.join("empty/dev/orders");
    fs::create_dir_all(&unit).unwrap();
    for (text, said) in [
        ("{}", "not what `plan` has written"),
        (
            r#"{"formatVersion": "9.0", "unit": "dev/orders", "state": "", "terraform": "", "plan": {"resources": {}, "outputs": {}, "failedChecks": []}, "needs": {}}"#,
            "in format 9.0",
        ),
    ] {
        fs::write(unit.join("plan.json"), text).unwrap();
        let ran = fake.run(&folder, "apply --plans empty");
        assert!(ran.code == 2 && ran.err.contains(said), "{ran}");
    }
}

#[test]
fn a_checkout_does_not_say_what_was_reviewed() {
    let (folder, fake) = world("runs-checkout");
    fake.says("orders", "plan.json", &recorded("in-place").to_string());
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
    git(&folder, &["init", "--quiet"]);
    let fine = fake.run(&folder, "apply --plans valet-plans");
    assert_eq!(fine.code, 0, "{fine}");
    commit(&folder);
    for words in ["apply --plans valet-plans", "plan dev/orders"] {
        let ran = fake.run(&folder, words);
        assert!(
            ran.code == 2 && ran.err.contains("valet-plans is in git"),
            "{ran}"
        );
    }
    fs::create_dir_all(folder.join("../runs-elsewhere")).unwrap();
    std::os::unix::fs::symlink("../runs-elsewhere", folder.join("link")).unwrap();
    for words in [
        "plan dev/orders --out link",
        "plan dev/orders --out link/below",
    ] {
        let ran = fake.run(&folder, words);
        assert!(ran.code == 2 && ran.err.contains("symbolic link"), "{ran}");
    }
}

fn form(plan: &Value) -> NormalForm {
    NormalForm::of(&plan::read(plan.to_string().as_bytes()).unwrap())
}

#[test]
fn plans_that_do_the_same_are_equal_and_no_others() {
    let mut names: Vec<_> = fs::read_dir("fixtures/plans")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    for name in &names {
        for other in &names {
            let deviations = form(&recorded(name)).deviations(&form(&recorded(other)));
            assert_eq!(
                deviations.is_empty(),
                name == other,
                "{name}, {other}: {deviations:?}"
            );
        }
        let text = serde_json::to_string(&form(&recorded(name))).unwrap();
        assert_eq!(
            serde_json::from_str::<NormalForm>(&text).unwrap(),
            form(&recorded(name))
        );
    }
}

/// A plan that changes one resource.
fn one(change: Value) -> NormalForm {
    let mut resource = json!({
        "address": "a.b", "mode": "managed", "type": "a", "name": "b", "provider_name": "p",
    });
    resource["change"] = change;
    form(&json!({
        "format_version": "1.2", "planned_values": {}, "resource_changes": [resource],
    }))
}

#[test]
fn a_deviation_is_told_at_its_path() {
    let update = |after: Value, unknown: Value, sensitive: Value| {
        one(json!({
            "actions": ["update"],
            "before": {"size": 1, "list": [], "map": {"a": "b"}, "gone": null},
            "after": after, "after_unknown": unknown, "after_sensitive": sensitive,
        }))
    };
    let reviewed = update(json!({"size": 2, "map": {"a": "b"}}), json!({}), json!({}));
    // Nothing, in any of its forms.
    let same = update(
        json!({"size": 2, "map": {"a": "b"}, "list": null, "gone": {}}),
        json!({"map": {}}),
        json!({}),
    );
    assert_eq!(reviewed.deviations(&same), Vec::<String>::new());
    for (after, unknown, sensitive, said) in [
        (
            json!({"size": 3, "map": {"a": "b"}}),
            json!({}),
            json!({}),
            "a.b: size: 1 -> 2 was reviewed, and 1 -> 3 is planned now",
        ),
        (
            json!({"map": {"a": "b"}}),
            json!({"size": true}),
            json!({}),
            "a.b: size: 1 -> 2 was reviewed, and nothing -> (known after apply) is planned now",
        ),
        (
            json!({"size": 2, "map": {"a": "c"}}),
            json!({}),
            json!({}),
            "a.b: map.a: \"b\" -> \"c\" is planned now, and was not reviewed",
        ),
        (
            json!({"size": 2, "map": {"a": "b"}, "list": [1]}),
            json!({}),
            json!({}),
            "a.b: list.0: nothing -> 1 is planned now, and was not reviewed",
        ),
        (
            json!({"size": 2, "map": {"a": "b"}, "gone": "s3cret"}),
            json!({}),
            json!({"gone": true}),
            "a.b: gone: nothing -> (sensitive) is planned now, and was not reviewed",
        ),
    ] {
        let now = update(after, unknown, sensitive);
        assert_eq!(reviewed.deviations(&now), [said]);
        assert!(!serde_json::to_string(&now).unwrap().contains("s3cret"));
    }
    // What nobody may read is not compared, so it is never the same.
    let secret = update(json!({"gone": "s3cret"}), json!({}), json!({"gone": true}));
    assert!(!secret.deviations(&secret).is_empty());
    for actions in [
        json!(["delete"]),
        json!(["create", "delete"]),
        json!(["forget"]),
        json!(["no-op"]),
    ] {
        let now = one(json!({"actions": actions, "before": {"size": 1}, "after": {"size": 2}}));
        assert_eq!(reviewed.deviations(&now).len(), 1, "{actions}");
    }
}

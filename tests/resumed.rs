//! Applies that were killed together with their Terraform, with one that says what a test has laid out. What the real one leaves
//! is looked at by `cargo xtask kills`.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use insta::assert_snapshot;
use serde_json::{Value, json};
use storage_valet_rds::terraform::import::KINDS;

use crate::support::{
    command::{Ran, valet},
    folder::minimal,
    plans::recorded,
    terraform::{Fake, hook},
};

const DATABASE: &str = "module.rds.aws_db_instance.this";
const GROUP: &str = "module.rds.aws_security_group.this";
const ASKED: &str =
    "[INFO]  backend-s3: Attempting to lock remote state: tf_backend.lock.id=0a1b tf_backend.x=y\n";

fn world(name: &str) -> (PathBuf, Fake) {
    let folder = minimal(name);
    assert_eq!(valet(&folder, &["generate"]).code, 0);
    let roots = ["_environment", "orders"];
    let fake = Fake::new(&folder.with_file_name(format!("{name}-terraform")), &roots);
    (folder, fake)
}

/// A plan of a database and its group: what is done to each, and the values before.
fn plan(database: (&[&str], Value), group: (&[&str], Value)) -> String {
    let mut plan = recorded("in-place");
    let resource = |address: &str,
                    kind: &str,
                    (actions, before): (&[&str], Value),
                    after: Value| {
        let importing = (!before.is_null()).then(|| json!({"id": "x"}));
        json!({
            "address": address, "mode": "managed", "type": kind, "name": "this", "provider_name": "p",
            "change": {"actions": actions, "before": before, "after": after, "importing": importing},
        })
    };
    plan["resource_changes"] = json!([
        resource(
            DATABASE,
            "aws_db_instance",
            database,
            json!({"identifier": "orders-dev"})
        ),
        resource(
            GROUP,
            "aws_security_group",
            group,
            json!({"name": "orders", "vpc_id": "vpc-1"})
        ),
    ]);
    plan.to_string()
}

const NEW: (&[&str], Value) = (&["create"], Value::Null);

/// What a plan says of something that is imported and whose.
fn imported(shortname: &str) -> (&'static [&'static str], Value) {
    let tags = json!({"valet-rds:environment": "dev", "valet-rds:shortname": shortname});
    (&["no-op"], json!({"tags_all": tags}))
}

/// A plan that was reviewed, and an apply of it that is in the middle: one thing is made, another begun.
fn begun(folder: &Path, fake: &Fake) -> Child {
    fake.says("orders", "plan.json", &plan(NEW, NEW));
    assert_eq!(fake.run(folder, "plan dev/orders").code, 0);
    let lines = [
        hook("apply_start", GROUP, "create", ""),
        hook("apply_complete", GROUP, "create", "sg-1"),
        hook("apply_start", DATABASE, "create", ""),
        r#"{"type":"apply_pro"#.to_owned(),
    ];
    fake.says("orders", "apply.jsonl", &lines.concat());
    fake.says("orders", "apply.says", ASKED);
    fake.begun(folder, "orders")
}

/// Ends everything at once, as when a machine dies.
fn kill(fake: &Fake, child: Child) {
    fake.kill("orders", child);
    fake.unsays("orders", "apply.says");
}

#[test]
fn what_a_killed_apply_has_made_is_taken_up_and_its_lock_given_back() {
    let (folder, fake) = world("resumed");
    kill(&fake, begun(&folder, &fake));
    fake.plans(
        "orders/import",
        &plan(imported("orders"), imported("orders")),
    );
    // The journal is all that tells of it.
    let again = fake.run(&folder, "plan dev/orders");
    assert_snapshot!(again, @"
    exit code 1
    --- stdout ---
    dev/orders: plan failed: an apply was killed here, and nothing else tells what it has made
      go on with it: `valet-rds apply --plans valet-plans`; or plan in another folder with `--out`
    plan: 1 unit: 1 failed
    ");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        ran.code == 0 && ran.out.contains("dev/orders: applied"),
        "{ran}"
    );
    let commands = fake.commands("orders");
    let unlock = commands.find("force-unlock -force -no-color 0a1b\n");
    assert!(unlock < commands.rfind("apply "), "{commands}");
    assert!(unlock.is_some(), "{commands}");
    let blocks = fs::read_to_string(fake.file("orders/import", "zz_valet_rds_import.tf")).unwrap();
    assert_snapshot!(blocks, @r#"
    import {
      to = module.rds.aws_db_instance.this
      id = "orders-dev"
    }
    import {
      to = module.rds.aws_security_group.this
      id = "sg-1"
    }
    "#);
    // Nothing of it stays, and another plan is free to begin.
    assert!(
        !folder
            .join("generated/dev/orders/zz_valet_rds_import.tf")
            .exists()
    );
    assert_eq!(fake.run(&folder, "plan dev/orders").code, 0);
}

#[test]
fn what_belongs_to_somebody_else_is_not_taken_up() {
    let (folder, fake) = world("resumed-foreign");
    kill(&fake, begun(&folder, &fake));
    for (number, before) in [imported("ledger").1, json!({"tags_all": {}})]
        .into_iter()
        .enumerate()
    {
        let foreign: (&[&str], Value) = (&["update"], before);
        fake.plans("orders/import", &plan(foreign, imported("orders")));
        let ran = fake.run(&folder, "apply --plans valet-plans");
        assert_eq!(ran.code, 1, "{number}: {ran}");
        let said = format!("{DATABASE}: an apply that was cut short was to make it");
        assert!(ran.out.contains(&said), "{number}: {ran}");
    }
    // Nor is anything destroyed for it.
    fake.plans(
        "orders/import",
        &plan(
            (&["delete", "create"], imported("orders").1),
            imported("orders"),
        ),
    );
    let ran = fake.run(&folder, "apply --plans valet-plans");
    assert!(
        ran.code == 1 && ran.out.contains("delete, create is planned now"),
        "{ran}"
    );
    assert_eq!(fake.commands("orders").matches("apply ").count(), 1);
}

#[test]
fn a_terraform_that_goes_on_alone_is_waited_for() {
    let (folder, fake) = world("resumed-alone");
    let mut child = begun(&folder, &fake);
    child.kill().unwrap();
    child.wait().unwrap();
    fake.plans(
        "orders/import",
        &plan(imported("orders"), imported("orders")),
    );
    let waiting = fake
        .begin(&folder, "apply --plans valet-plans")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(1));
    let commands = fake.commands("orders");
    assert_eq!(commands.matches("plan ").count(), 2, "{commands}");
    fake.unsays("orders", "apply.jsonl");
    fake.unsays("orders", "slow");
    let ran = Ran::of(waiting.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    // What it had asked for stands in its log alone.
    assert!(fake.commands("orders").contains("force-unlock"), "{ran}");
}

#[test]
fn a_lock_that_is_perhaps_alive_is_not_given_back() {
    let (folder, fake) = world("resumed-copied");
    kill(&fake, begun(&folder, &fake));
    // As when a job fetches what another one has kept: its Terraform may go on on another machine.
    let log = folder.join("valet-plans/dev/orders/apply.log");
    let copy = log.with_extension("copy");
    fs::copy(&log, &copy).unwrap();
    fs::rename(&copy, &log).unwrap();
    fake.plans(
        "orders/import",
        &plan(imported("orders"), imported("orders")),
    );
    let info = "Lock Info:\\n  ID: 0a1b\\n  Who: a@b\\n  Created: yesterday\\n";
    let refused = json!({"severity": "error", "summary": "Error acquiring the state lock", "detail": info.replace("\\n", "\n")});
    let refused = json!({"type": "diagnostic", "diagnostic": refused});
    fake.says("orders", "apply.jsonl", &format!("{refused}\n"));
    fake.says("orders", "apply.fails", "");
    let ran = fake.run(&folder, "apply --plans valet-plans");
    let said = "the state is locked by a@b since yesterday: wait for that run, or, when it is dead, run `terraform force-unlock 0a1b` in the root";
    assert!(ran.code == 1 && ran.out.contains(said), "{ran}");
    assert!(!fake.commands("orders").contains("force-unlock"));
}

/// Each type that the modules make has its row, and no row is of anything else.
#[test]
fn every_type_that_the_modules_make_can_be_taken_up_or_made_again() {
    let mut made = BTreeSet::new();
    for entry in walkdir::WalkDir::new("modules") {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|end| end == "tf") {
            let text = fs::read_to_string(&path).unwrap();
            let kinds = text
                .lines()
                .filter_map(|line| line.strip_prefix("resource \""));
            made.extend(kinds.map(|line| line.split('"').next().unwrap().to_owned()));
        }
    }
    let known: Vec<_> = KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(known, made.into_iter().collect::<Vec<_>>());
}

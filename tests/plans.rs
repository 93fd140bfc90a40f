//! The gate over plans: every change that the real provider has planned, and what could be worse, made from those.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Value, json};
use storage_valet_rds::{
    compile::{
        self, ConfigFile,
        snapshot::{Changes, Head, Heads, RootChange},
    },
    model::{Database, world::World},
    review::{
        self,
        gate::{self, Outcome},
        impact::Impact,
    },
    terraform::{lower::Owner, plan},
};

use crate::support::{
    grades::{files, record},
    plans::recorded,
    workspace::{TODAY, today},
};

/// The database after the change of a record, with more keys. JSON is YAML, too.
fn after(entry: &Value, more: &Value) -> Database {
    let environment = &entry["valet"]["after"];
    let valet = json!({"modules": {"source": "../modules"}, "environments": {"dev": environment}});
    let environments = compile::open(valet.to_string().into_bytes(), None).unwrap();
    let mut config = entry["config"]["after"].clone();
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    let stem = config["namespace"].as_str().unwrap_or("orders");
    let file = ConfigFile {
        environment: "dev".to_owned(),
        path: format!("configs/dev/{stem}.yaml"),
        bytes: config.to_string().into_bytes(),
    };
    let mut compiled = compile::compile(&environments, vec![file], World::on(today()));
    assert_eq!(compiled.databases.len(), 1, "{:?}", compiled.problems);
    compiled.databases.remove(0)
}

fn allow(change: &str) -> Value {
    json!({"allow": [{"change": change, "reason": "it is meant", "expires": TODAY}]})
}

fn name_of(entry: &Value) -> String {
    let value = |side: &str| {
        let text = entry[side].to_string();
        text.chars().take(24).collect::<String>()
    };
    format!(
        "{} {} -> {}",
        entry["key"].as_str().unwrap(),
        value("from"),
        value("to")
    )
}

/// What `diff` says about a change that is not declared: the worst of the unit.
fn graded(entry: &Value) -> Impact {
    const DIRECTORY: &str = "generated/dev/orders";
    let change = RootChange {
        directory: DIRECTORY.to_owned(),
        base: Some(files(entry, "before")),
        head: Some(files(entry, "after")),
        ..RootChange::default()
    };
    let changes = Changes {
        output: "generated".to_owned(),
        roots: vec![change],
        ..Changes::default()
    };
    let database = after(entry, &json!({}));
    let head = Head {
        owner: Owner::Unit(&database),
        config_differs: true,
        workspace_differs: true,
    };
    let heads = Heads::from([(DIRECTORY.to_owned(), head)]);
    let review = review::compare(&changes, &heads);
    let units = review.units.iter();
    let grades = units.map(|unit| unit.unacknowledged(today()));
    grades.max().unwrap_or(Impact::None)
}

fn verdict(plan: &Value, database: &Database) -> gate::Verdict {
    let plan = plan::read(plan.to_string().as_bytes()).unwrap();
    let owner = Owner::Unit(database);
    assert_eq!(plan.identity(), Some(gate::identity(owner)));
    gate::judge(&plan, Some(owner), today())
}

#[test]
fn gate_and_diff_agree_on_every_recorded_change() {
    let mut apart = Vec::new();
    for entry in record() {
        let grade = graded(&entry);
        let declared = after(&entry, &json!({}));
        let passes = verdict(&entry["plan"], &declared).passes();
        if passes != (grade < Impact::Replace) {
            apart.push(format!(
                "{}: diff {}, gate passes: {passes}",
                name_of(&entry),
                grade.as_str()
            ));
        }
        if grade >= Impact::Replace {
            let meant = after(&entry, &allow(grade.as_str()));
            // AWS refuses the move whatever is declared: `diff` says so with a rule of its own.
            // A cluster is made anew in the other group, which the plan shows; `diff` refuses that by the same rule.
            let is_possible =
                entry["key"] != "subnetGroup" || declared.engine.value.facts().is_cluster();
            if verdict(&entry["plan"], &meant).passes() != is_possible {
                apart.push(format!(
                    "{}: `allow: {}` is not the same for diff and gate",
                    name_of(&entry),
                    grade.as_str()
                ));
            }
            let little = after(&entry, &allow("downtime"));
            if verdict(&entry["plan"], &little).passes() {
                apart.push(format!(
                    "{}: `allow: downtime` is enough for gate alone",
                    name_of(&entry)
                ));
            }
        }
    }
    assert!(apart.is_empty(), "{}", apart.join("\n"));
}

/// A plan, whether it takes something away, and the config that it is held against.
struct Case {
    kind: &'static str,
    name: String,
    destroys: bool,
    plan: Value,
    config: Value,
}

/// Types that none of our modules has. Each holds data, or a name, or is unknown.
const FOREIGN: [&str; 26] = [
    "aws_backup_vault",
    "aws_cloudformation_stack",
    "aws_db_cluster_snapshot",
    "aws_db_instance_role_association",
    "aws_db_snapshot",
    "aws_docdb_cluster",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_elasticache_replication_group",
    "aws_iam_user",
    "aws_kinesis_stream",
    "aws_kms_key",
    "aws_opensearch_domain",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_rds_global_cluster",
    "aws_redshift_cluster",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_version",
    "aws_sqs_queue",
    "awscc_rds_db_instance",
    "vendor_thing_nobody_knows",
];

/// What holds data or identity in a root of ours.
const HELD: [&str; 7] = [
    "module.endpoint_service.aws_vpc_endpoint_service.this",
    "module.irsa_role.aws_iam_role.this",
    "module.nlb.aws_lb.this",
    "module.nlb.aws_lb_listener.this",
    "module.proxy.aws_db_proxy.this",
    "module.rds.aws_cloudwatch_log_group.this[\"postgresql\"]",
    "module.rds.aws_db_instance.this",
];

fn with_actions(plan: &Value, address: &str, actions: &[&str]) -> Value {
    let mut plan = plan.clone();
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    let one = changes
        .iter_mut()
        .find(|one| one["address"] == address)
        .unwrap();
    one["change"]["actions"] = json!(actions);
    plan
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let active = record()[0]["config"]["before"].clone();
    let mut add = |kind, name: String, destroys, plan, config: &Value| {
        cases.push(Case {
            kind,
            name,
            destroys,
            plan,
            config: config.clone(),
        });
    };
    for entry in record() {
        if entry["config"]["before"]["shortname"] != active["shortname"]
            || entry["config"]["after"]["namespace"] == "moved"
        {
            continue;
        }
        let destroys =
            entry["config"]["after"]["lifecycle"] != "retired" && graded(&entry) >= Impact::Replace;
        add(
            "recorded change",
            name_of(&entry),
            destroys,
            entry["plan"].clone(),
            &entry["config"]["after"],
        );
    }
    let nothing = recorded("nothing");
    for address in HELD {
        for (what, actions) in [
            ("delete", &["delete"][..]),
            ("replace", &["delete", "create"]),
            ("replace, new first", &["create", "delete"]),
            ("forget", &["forget"]),
            ("replace and forget", &["create", "forget"]),
            ("unknown actions", &["create", "explode"]),
            ("no actions", &[]),
        ] {
            add(
                "ours",
                format!("{what} {address}"),
                true,
                with_actions(&nothing, address, actions),
                &active,
            );
        }
        let gone = with_actions(&nothing, address, &["delete"]);
        let mut drifted = with_actions(&nothing, address, &["create"]);
        drifted["resource_drift"] = gone["resource_changes"].clone();
        add(
            "gone outside Terraform",
            address.to_owned(),
            true,
            drifted,
            &active,
        );
    }
    for kind in FOREIGN {
        for (what, actions) in [("delete", &["delete"][..]), ("forget", &["forget"])] {
            let mut plan = nothing.clone();
            let one = json!({"address": format!("module.rds.{kind}.this"), "mode": "managed", "type": kind, "change": {"actions": actions, "before": {}, "after": null}});
            plan["resource_changes"].as_array_mut().unwrap().push(one);
            add(
                "foreign type",
                format!("{what} {kind}"),
                true,
                plan,
                &active,
            );
        }
    }
    retirements(&mut add);
    for name in ["in-place", "create"] {
        add("kept plan", name.to_owned(), false, recorded(name), &active);
    }
    add("kept plan", "nothing".to_owned(), false, nothing, &active);
    cases
}

type Add<'a> = &'a mut dyn FnMut(&'static str, String, bool, Value, &Value);

/// Plans of a unit at its end: its own, and those with something in them that is not its own.
fn retirements(add: Add) {
    let retired = json!({"shortname": "orders", "username": "postgres", "engineVersion": "16", "lifecycle": "retired", "retirementRequested": TODAY});
    let plan = recorded("retired");
    add(
        "retirement",
        "its own".to_owned(),
        false,
        plan.clone(),
        &retired,
    );
    let mut retain = retired.clone();
    retain["retain"] = json!(true);
    add(
        "retirement",
        "retained, forgotten".to_owned(),
        false,
        recorded("retained"),
        &retain,
    );
    add(
        "retirement",
        "retained, but destroyed".to_owned(),
        true,
        plan.clone(),
        &retain,
    );
    let mut edit = |name: &str, pointer: &str, value: Value| {
        let mut edited = plan.clone();
        let changes = edited["resource_changes"].as_array_mut().unwrap();
        let mut changes = changes.iter_mut();
        let instance = changes
            .find(|one| one["type"] == "aws_db_instance")
            .unwrap();
        *instance.pointer_mut(pointer).unwrap() = value;
        add("retirement", name.to_owned(), true, edited, &retired);
    };
    let tags = "/change/before/tags_all";
    let tag = |name: &str| format!("{tags}/valet-rds:{name}");
    edit("of another shortname", &tag("shortname"), json!("others"));
    edit("of another environment", &tag("environment"), json!("prod"));
    edit("without tags", tags, json!({}));
    edit(
        "at another address",
        "/address",
        json!("aws_db_instance.legacy"),
    );
    edit(
        "in another module",
        "/address",
        json!("module.old.aws_db_instance.this"),
    );
    edit(
        "without a snapshot",
        "/change/before/skip_final_snapshot",
        json!(true),
    );
    edit(
        "with no word of a snapshot",
        "/change/before/skip_final_snapshot",
        Value::Null,
    );
    edit(
        "without a name for the snapshot",
        "/change/before/final_snapshot_identifier",
        json!(""),
    );
    edit("replaced", "/change/actions", json!(["delete", "create"]));
    edit(
        "with unknown actions",
        "/change/actions",
        json!(["destroy"]),
    );
}

#[test]
fn no_plan_that_takes_something_away_passes() {
    let around = &record()[0];
    let mut table: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let entry = json!({"valet": around["valet"], "config": {"after": case.config}});
        let database = after(&entry, &json!({}));
        let verdict = verdict(&case.plan, &database);
        let counts = table.entry(case.kind).or_default();
        counts[usize::from(!case.destroys) * 2 + usize::from(!verdict.passes())] += 1;
        if verdict.passes() == case.destroys {
            wrong.push(format!("{}: {} {:?}", case.kind, case.name, verdict.rows));
        }
        assert!(
            verdict
                .rows
                .iter()
                .all(|row| row.outcome != Outcome::Allowed)
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 150, "{}", cases.len());
    let mut text = format!("{} plans\n", cases.len());
    for (
        kind,
        [
            destroy_passes,
            destroy_refused,
            harmless_passes,
            harmless_refused,
        ],
    ) in table
    {
        writeln!(
            text,
            "{kind}: destructive {destroy_refused} refused, {destroy_passes} pass; harmless {harmless_passes} pass, {harmless_refused} refused"
        )
        .unwrap();
    }
    insta::assert_snapshot!(text, @"
    182 plans
    foreign type: destructive 52 refused, 0 pass; harmless 0 pass, 0 refused
    gone outside Terraform: destructive 7 refused, 0 pass; harmless 0 pass, 0 refused
    kept plan: destructive 0 refused, 0 pass; harmless 3 pass, 0 refused
    ours: destructive 49 refused, 0 pass; harmless 0 pass, 0 refused
    recorded change: destructive 12 refused, 0 pass; harmless 46 pass, 0 refused
    retirement: destructive 11 refused, 0 pass; harmless 2 pass, 0 refused
    ");
}

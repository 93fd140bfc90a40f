//! Keys at the top of `valet.yaml`: an environment's own win, and every value says on which line it stands.

use std::path::Path;

use crate::support::command::run;

const INHERITED: &str = "fixtures/ok/inherited";

/// The rows of `info` for some keys: key, value, origin.
fn rows(unit: &str, keys: &[&str]) -> Vec<String> {
    let ran = run(Path::new(INHERITED), &format!("info {unit}"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.out.lines();
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let is_asked = |line: &String| keys.iter().any(|key| line.starts_with(&format!("{key} ")));
    words.filter(is_asked).collect()
}

#[test]
fn a_value_says_on_which_line_it_stands() {
    let keys = [
        "backupRetentionPeriod",
        "instanceClass",
        "parameters.work_mem",
        "proxy.connectionBorrowTimeout",
        "proxy.idleClientTimeout",
        "tags.stage",
        "tags.tier",
    ];
    assert_eq!(
        rows("blue/orders", &keys),
        [
            "backupRetentionPeriod 14 valet.yaml:14",
            "instanceClass db.t4g.medium valet.yaml:13",
            "parameters.work_mem 8192 valet.yaml:17",
            "proxy.connectionBorrowTimeout 120 default",
            "proxy.idleClientTimeout 900 valet.yaml:19",
            "tags.stage default valet.yaml:21",
            "tags.tier data valet.yaml:22",
        ]
    );
    assert_eq!(
        rows("green/orders", &keys),
        [
            "backupRetentionPeriod 3 configs/green/orders.yaml:2",
            "instanceClass db.r7g.large valet.yaml:60",
            "parameters.work_mem 16384 valet.yaml:62",
            "proxy.connectionBorrowTimeout 60 valet.yaml:64",
            "proxy.idleClientTimeout 900 valet.yaml:19",
            "tags.stage green valet.yaml:58",
            "tags.tier data valet.yaml:22",
        ]
    );
}

#[test]
fn explain_leads_to_the_line_and_back() {
    let folder = Path::new(INHERITED);
    let ran = run(folder, "explain blue/orders module.rds.instance_class");
    assert!(ran.out.contains("(valet.yaml:13)"), "{}", ran.out);
    let ran = run(folder, "explain blue/orders module.nlb.client_cidrs");
    assert!(ran.out.contains("(valet.yaml:3)"), "{}", ran.out);
    let ran = run(folder, "explain green/orders module.rds.source");
    assert!(ran.out.contains("(valet.yaml:1)"), "{}", ran.out);
}

//! Attributes of instances that are taken over, each with what it may become.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Class, differences, table};
use crate::terraform::plan::Change;

fn change(before: &Value, after: &Value, unknown: &Value) -> Change {
    let change = json!({
        "actions": ["update"], "before": before, "after": after, "after_unknown": unknown,
        "before_sensitive": {"password": true}, "after_sensitive": {"password": true},
    });
    serde_json::from_value(change).unwrap()
}

/// The class of the one attribute that differs, and the words.
fn one(before: &Value, after: &Value) -> (Class, String) {
    let found = differences(&change(before, after, &json!({})), &BTreeSet::new()).unwrap();
    let [attribute] = &found.attributes[..] else {
        panic!("{found:?}");
    };
    (attribute.class, attribute.words.clone())
}

#[test]
fn every_attribute_has_a_row_that_always_holds_and_it_is_the_last() {
    let names: Vec<&str> = table::rows().map(|row| row.attribute).collect();
    assert!(names.is_sorted());
    for name in names {
        // Nothing but that row is found when no condition holds.
        let row = table::find(name, |when| when == table::When::Always);
        assert_eq!(row.attribute, name);
    }
}

#[test]
fn what_nobody_knows_must_not_change() {
    let (class, words) = one(&json!({}), &json!({"new_attribute": 1}));
    assert_eq!(class, Class::Forbidden);
    assert!(
        words.starts_with("nothing is known about this attribute"),
        "{words}"
    );
    let after = change(&json!({"iops": 1}), &Value::Null, &Value::Null);
    assert_eq!(differences(&after, &BTreeSet::new()), None);
}

#[test]
fn a_decision_names_both_choices() {
    let said = one(
        &json!({"copy_tags_to_snapshot": false}),
        &json!({"copy_tags_to_snapshot": true}),
    );
    assert_eq!(said.0, Class::Decision);
    assert!(
        said.1.contains("write `adopt.copyTagsToSnapshot: false`"),
        "{}",
        said.1
    );
    assert!(
        said.1
            .contains("allow `drift` of `adopt.copyTagsToSnapshot`"),
        "{}",
        said.1
    );
}

#[test]
fn what_to_write_keeps_the_instance_as_it_is() {
    for (before, after, class, key) in [
        (
            json!({"engine": "postgres", "engine_version": "16.4"}),
            json!({"engine": "postgres", "engine_version": "16"}),
            Class::Forbidden,
            "`adopt.majorVersion: \"16\"`",
        ),
        (
            json!({"engine": "mysql", "engine_version": "8.0.35"}),
            json!({"engine": "mysql", "engine_version": "8.0"}),
            Class::Forbidden,
            "`adopt.majorVersion: \"8.0\"`",
        ),
        (
            json!({"performance_insights_enabled": false}),
            json!({"performance_insights_enabled": true}),
            Class::Decision,
            "`adopt.performanceInsightsDays: 0`",
        ),
        (
            json!({"engine_lifecycle_support": "open-source-rds-extended-support"}),
            json!({"engine_lifecycle_support": "open-source-rds-extended-support-disabled"}),
            Class::Forbidden,
            "`adopt.extendedSupport: true`",
        ),
        (
            json!({"allocated_storage": 100}),
            json!({"allocated_storage": 200}),
            Class::Decision,
            "`allocatedStorage: 100`",
        ),
        (
            json!({"allocated_storage": 200}),
            json!({"allocated_storage": 100}),
            Class::Forbidden,
            "`allocatedStorage: 200`",
        ),
        (
            json!({"backup_retention_period": 7}),
            json!({"backup_retention_period": 14}),
            Class::Decision,
            "`backupRetentionPeriod: 7`",
        ),
        (
            json!({"backup_retention_period": 0}),
            json!({"backup_retention_period": 7}),
            Class::Forbidden,
            "`backupRetentionPeriod: 0`",
        ),
        (
            json!({"backup_retention_period": 14}),
            json!({"backup_retention_period": 7}),
            Class::Forbidden,
            "`backupRetentionPeriod: 14`",
        ),
        (
            json!({"backup_window": "22:00-23:00"}),
            json!({"backup_window": "05:00-06:00"}),
            Class::Decision,
            "`backupWindow: \"22:00-23:00\"`",
        ),
        (
            json!({"enabled_cloudwatch_logs_exports": []}),
            json!({"enabled_cloudwatch_logs_exports": ["upgrade"]}),
            Class::Decision,
            "`logExports: []`",
        ),
        (
            json!({"tags_all": {"a": "1", "b": "2"}}),
            json!({"tags_all": {"a": "1", "b": "3"}}),
            Class::Forbidden,
            "`adopt.tags: {\"b\": \"2\"}`",
        ),
        (
            json!({"vpc_security_group_ids": ["sg-1", "sg-2"]}),
            json!({"vpc_security_group_ids": ["sg-2"]}),
            Class::Forbidden,
            "`adopt.securityGroups: [sg-1, sg-2]`",
        ),
    ] {
        let (found, words) = one(&before, &after);
        assert_eq!(found, class, "{before} {after}: {words}");
        assert!(words.contains(key), "{before} {after}: {words}");
    }
}

#[test]
fn security_groups_that_a_plan_does_not_show_are_those_that_its_root_keeps() {
    let before = json!({"vpc_security_group_ids": ["sg-1", "sg-2"]});
    let all = change(
        &before,
        &json!({}),
        &json!({"vpc_security_group_ids": true}),
    );
    let class = |kept: &[&str]| {
        let found = differences(&all, &kept.iter().copied().collect()).unwrap();
        found.attributes[0].class
    };
    assert_eq!(class(&["sg-1", "sg-2"]), Class::Harmless);
    assert_eq!(class(&["sg-1", "sg-2", "sg-3"]), Class::Harmless);
    assert_eq!(class(&["sg-2"]), Class::Forbidden);
    let silent = change(
        &json!({}),
        &json!({}),
        &json!({"vpc_security_group_ids": true}),
    );
    let found = differences(&silent, &BTreeSet::from(["sg-1"])).unwrap();
    assert_eq!(
        found.attributes[0].class,
        Class::Forbidden,
        "nobody knows which it has"
    );
}

#[test]
fn what_only_the_apply_tells_counts_as_the_worst_that_it_can_be() {
    let class = |name: &str, before: Value| {
        let found = change(&json!({name: before}), &json!({}), &json!({name: true}));
        differences(&found, &BTreeSet::new()).unwrap().attributes[0].class
    };
    assert_eq!(class("allocated_storage", json!(100)), Class::Forbidden);
    assert_eq!(class("tags_all", json!({})), Class::Forbidden);
    assert_eq!(class("monitoring_role_arn", Value::Null), Class::Decision);
    assert_eq!(class("status", json!("available")), Class::TerraformOnly);
}

#[test]
fn nothing_and_what_stands_for_it_are_the_same_and_secrets_are_not_shown() {
    let found = change(
        &json!({"domain": "", "replicas": [], "tags": {}, "password": "old"}),
        &json!({"domain": null, "password": "new"}),
        &json!({"replicas": []}),
    );
    let found = differences(&found, &BTreeSet::new()).unwrap();
    assert_eq!(found.same, 3);
    let [password] = &found.attributes[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (password.before.as_str(), password.after.as_str()),
        ("(sensitive)", "(sensitive)")
    );
    assert_eq!(password.class, Class::Forbidden);
}

#[test]
fn a_password_that_rds_manages_already_can_be_told_so() {
    let before = json!({"master_user_secret": [{"secret_arn": "a"}]});
    let managed =
        json!({"master_user_secret": [{"secret_arn": "a"}], "manage_master_user_password": true});
    assert_eq!(one(&before, &managed).0, Class::Decision);
    assert_eq!(
        one(&json!({}), &json!({"manage_master_user_password": true})).0,
        Class::Forbidden
    );
}

//! Attributes of instances that are taken over, each with what it may become.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Class, Differences, table};
use crate::terraform::plan::Change;

fn differences(change: &Change, groups: &BTreeSet<&str>) -> Option<Differences> {
    super::differences("aws_db_instance", change, groups)
}

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
    for table in &table::TABLES {
        let names: Vec<&str> = table.rows.iter().map(|row| row.attribute).collect();
        assert!(names.is_sorted(), "{}", table.kind);
        for name in names {
            // Nothing but that row is found when no condition holds.
            let row = table::find(table.kind, name, |when| when == table::When::Always);
            assert_eq!(row.attribute, name, "{}", table.kind);
        }
    }
}

#[test]
fn of_what_is_never_taken_over_every_attribute_must_stay() {
    let change = change(&json!({"name": "a"}), &json!({"name": "b"}), &json!({}));
    let found = super::differences("aws_db_proxy", &change, &BTreeSet::new()).unwrap();
    assert_eq!(found.attributes[0].class, Class::Forbidden);
}

#[test]
fn what_to_write_keeps_a_cluster_and_its_instances_as_they_are() {
    let cluster = "aws_rds_cluster";
    let instance = "aws_rds_cluster_instance";
    for (kind, before, after, class, words) in [
        (
            cluster,
            json!({"serverlessv2_scaling_configuration": [{"max_capacity": 8, "min_capacity": 0.5}]}),
            json!({"serverlessv2_scaling_configuration": [{"max_capacity": 16, "min_capacity": 0.5}]}),
            Class::Decision,
            "write `maxCapacity: 8`, `minCapacity: 0.5`",
        ),
        (
            cluster,
            json!({"engine_version": "8.0.mysql_aurora.3.08.0"}),
            json!({"engine_version": "8.0"}),
            Class::Forbidden,
            "`adopt.majorVersion: \"8.0\"`",
        ),
        (
            cluster,
            json!({"db_cluster_parameter_group_name": "tuned"}),
            json!({"db_cluster_parameter_group_name": "ours"}),
            Class::Forbidden,
            "write `adopt.clusterParameterGroup: tuned`",
        ),
        (
            cluster,
            json!({"backtrack_window": 3600}),
            json!({"backtrack_window": null}),
            Class::Forbidden,
            "backtracking would be turned off",
        ),
        (
            cluster,
            json!({"global_cluster_identifier": "world"}),
            json!({"global_cluster_identifier": null}),
            Class::Forbidden,
            "leave its global cluster",
        ),
        (
            instance,
            json!({"promotion_tier": 1}),
            json!({"promotion_tier": 0}),
            Class::Decision,
            "write `adopt.instances.promotionTier: 1`",
        ),
        (
            instance,
            json!({"preferred_maintenance_window": "tue:00:13-tue:00:43"}),
            json!({"preferred_maintenance_window": "sun:18:00-sun:19:00"}),
            Class::Decision,
            "write `adopt.instances.maintenanceWindow: \"tue:00:13-tue:00:43\"`",
        ),
        (
            instance,
            json!({"tags_all": {"a": "1"}}),
            json!({"tags_all": {}}),
            Class::Forbidden,
            "`adopt.instances.tags: {\"a\": \"1\"}`",
        ),
        (
            instance,
            json!({"copy_tags_to_snapshot": false}),
            json!({"copy_tags_to_snapshot": true}),
            Class::Harmless,
            "snapshots are the cluster's",
        ),
        (
            instance,
            json!({"identifier": "a"}),
            json!({"identifier": "b"}),
            Class::Forbidden,
            "it would be replaced",
        ),
    ] {
        let found =
            super::differences(kind, &change(&before, &after, &json!({})), &BTreeSet::new());
        let [attribute] = &found.unwrap().attributes[..] else {
            panic!("{before} {after}");
        };
        assert_eq!(attribute.class, class, "{before}: {}", attribute.words);
        assert!(
            attribute.words.contains(words),
            "{before}: {}",
            attribute.words
        );
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

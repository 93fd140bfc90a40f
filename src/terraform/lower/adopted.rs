//! What the root of an adopted instance says otherwise: what the instance keeps of its own, and that it is there already.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::adoption::Adoption,
    model::{Database, Origin},
    terraform::root_module::{Argument, ArgumentSource, Block, BlockKind, Expression, texts},
};

/// The call of the rds module with what an adopted instance keeps.
pub(super) fn keeps(mut block: Block, database: &Database) -> Block {
    let Some(adopted) = database.adopted() else {
        return block;
    };
    let says = says(adopted, database.monitoring_interval.value > 0);
    let borrows = database.borrows_parameters();
    block.arguments.retain(|one| {
        let is_said = says.iter().any(|said| said.name == one.name);
        let is_instead = match one.name {
            "monitoring_role_name" => adopted.monitoring_role_arn.is_some(),
            "parameters" => borrows,
            "subnet_ids" => adopted.subnet_group.is_some(),
            _ => false,
        };
        !is_said && !is_instead
    });
    block.arguments.extend(says);
    block
        .arguments
        .sort_by_key(|one| (one.name != "source", one.name));
    block
}

/// The arguments that come from the keys below `adopt`.
fn says(adopted: &Adoption, is_monitored: bool) -> Vec<Argument> {
    let credentials = adopted.credentials.as_ref();
    let secret = credentials.and_then(|one| one.secret_arn.as_ref());
    let is_managed = credentials.is_some_and(|one| one.is_managed());
    let role = adopted
        .monitoring_role_arn
        .as_ref()
        .filter(|_| is_monitored);
    let days = adopted.performance_insights_days;
    let text = |value: &Option<String>| value.as_ref().map(Expression::from);
    let truth = |value: Option<bool>| value.map(Expression::from);
    let borrowed = adopted.parameter_group.is_some();
    let says = [
        ("adopted", "adopt/identifier", Some(true.into())),
        (
            "adopted_major_version",
            "adopt/majorVersion",
            adopted.major_version.as_ref().map(Expression::from),
        ),
        (
            "auto_minor_version_upgrade",
            "adopt/minorUpgrades",
            truth(adopted.minor_upgrades),
        ),
        (
            "ca_certificate",
            "adopt/caCertificate",
            text(&adopted.ca_certificate),
        ),
        (
            "copy_tags_to_snapshot",
            "adopt/copyTagsToSnapshot",
            truth(adopted.copy_tags_to_snapshot),
        ),
        (
            "dedicated_log_volume",
            "adopt/dedicatedLogVolume",
            truth(adopted.dedicated_log_volume),
        ),
        (
            "existing_parameter_group",
            "adopt/parameterGroup",
            borrowed.then(|| true.into()),
        ),
        (
            "extended_support",
            "adopt/extendedSupport",
            truth(adopted.extended_support),
        ),
        (
            "iam_authentication",
            "adopt/iamAuthentication",
            truth(adopted.iam_authentication),
        ),
        (
            "identifier",
            "adopt/identifier",
            Some((&adopted.identifier).into()),
        ),
        (
            "manage_master_password",
            "adopt/credentials",
            (!is_managed).then(|| false.into()),
        ),
        (
            "master_secret_arn",
            "adopt/credentials",
            secret.filter(|_| !is_managed).map(Expression::from),
        ),
        (
            "monitoring_role_arn",
            "adopt/monitoringRoleArn",
            role.map(Expression::from),
        ),
        (
            "option_group_name",
            "adopt/optionGroup",
            text(&adopted.option_group),
        ),
        (
            "parameter_group_name",
            "adopt/parameterGroup",
            text(&adopted.parameter_group),
        ),
        (
            "performance_insights",
            "adopt/performanceInsightsDays",
            days.filter(|days| *days == 0).map(|_| false.into()),
        ),
        (
            "performance_insights_kms_key_arn",
            "adopt/performanceInsightsKmsKeyArn",
            text(&adopted.performance_insights_kms_key_arn),
        ),
        (
            "performance_insights_retention_days",
            "adopt/performanceInsightsDays",
            days.filter(|days| *days > 0).map(Expression::from),
        ),
        (
            "publicly_accessible",
            "adopt/publiclyAccessible",
            truth(adopted.publicly_accessible),
        ),
        (
            "security_group_ids",
            "adopt/securityGroups",
            adopted.security_groups.as_ref().map(sorted),
        ),
        (
            "subnet_group_name",
            "adopt/subnetGroup",
            text(&adopted.subnet_group),
        ),
        ("tags", "adopt/tags", adopted.tags.as_ref().map(tags)),
    ];
    let says = says.into_iter().filter_map(|(name, key, value)| {
        let source = ArgumentSource::Origin(Origin::Config(key));
        Some(Argument {
            name,
            value: value?,
            source,
        })
    });
    says.collect()
}

fn sorted(list: &Vec<String>) -> Expression {
    texts(list.iter().collect::<BTreeSet<_>>())
}

fn tags(tags: &BTreeMap<String, String>) -> Expression {
    let tags = tags.iter().map(|(key, value)| (key.clone(), value.into()));
    Expression::Map(tags.collect())
}

/// The import of the instance, until its config says that Terraform's state holds it.
pub(super) fn import(database: &Database) -> Option<Block> {
    let adopted = database.adopted()?;
    if adopted.imported == Some(true) {
        return None;
    }
    let address = Expression::Address("rds", "aws_db_instance", "this", None);
    let import = Block::new(BlockKind::Import, &[])
        .from("to", address, Origin::Config("adopt"))
        .from(
            "id",
            &adopted.identifier,
            Origin::Config("adopt/identifier"),
        );
    Some(import)
}

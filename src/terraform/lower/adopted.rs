//! What the root of an adopted instance says otherwise: what the instance keeps of its own, and that it is there already.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::adoption::{Adoption, Credentials},
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
}

/// The arguments that come from the keys below `adopt`.
#[derive(Default)]
struct Said(Vec<Argument>);

impl Said {
    /// An argument for a key, when that is written.
    fn add(
        mut self,
        name: &'static str,
        key: &'static str,
        value: Option<impl Into<Expression>>,
    ) -> Self {
        let source = ArgumentSource::Origin(Origin::Config(key));
        self.0.extend(value.map(|value| Argument {
            name,
            value: value.into(),
            source,
        }));
        self
    }
}

fn says(adopted: &Adoption, is_monitored: bool) -> Vec<Argument> {
    let said = access(kept(Said::default(), adopted), adopted);
    watched(said, adopted, is_monitored).0
}

/// What it is, and what it is in.
fn kept(said: Said, adopted: &Adoption) -> Said {
    let group = adopted.parameter_group.as_ref();
    said.add("adopted", "adopt/identifier", Some(true))
        .add(
            "adopted_major_version",
            "adopt/majorVersion",
            adopted.major_version.as_ref(),
        )
        .add(
            "auto_minor_version_upgrade",
            "adopt/minorUpgrades",
            adopted.minor_upgrades,
        )
        .add(
            "copy_tags_to_snapshot",
            "adopt/copyTagsToSnapshot",
            adopted.copy_tags_to_snapshot,
        )
        .add(
            "dedicated_log_volume",
            "adopt/dedicatedLogVolume",
            adopted.dedicated_log_volume,
        )
        .add(
            "existing_parameter_group",
            "adopt/parameterGroup",
            group.map(|_| true),
        )
        .add(
            "extended_support",
            "adopt/extendedSupport",
            adopted.extended_support,
        )
        .add("identifier", "adopt/identifier", Some(&adopted.identifier))
        .add(
            "option_group_name",
            "adopt/optionGroup",
            adopted.option_group.as_ref(),
        )
        .add("parameter_group_name", "adopt/parameterGroup", group)
        .add(
            "subnet_group_name",
            "adopt/subnetGroup",
            adopted.subnet_group.as_ref(),
        )
        .add("tags", "adopt/tags", adopted.tags.as_ref().map(tags))
}

/// Who comes to it, and how.
fn access(said: Said, adopted: &Adoption) -> Said {
    let credentials = adopted.credentials.as_ref();
    // Where nobody has written any, the block itself says that the password stays.
    let said_by = credentials.map_or("adopt", |_| "adopt/credentials");
    let is_managed = credentials.is_some_and(Credentials::is_managed);
    let secret = credentials.and_then(|one| one.secret_arn.as_ref());
    let groups = adopted.security_groups.as_deref().map(sorted);
    said.add(
        "ca_certificate",
        "adopt/caCertificate",
        adopted.ca_certificate.as_ref(),
    )
    .add(
        "iam_authentication",
        "adopt/iamAuthentication",
        adopted.iam_authentication,
    )
    .add(
        "manage_master_password",
        said_by,
        (!is_managed).then_some(false),
    )
    .add("master_secret_arn", said_by, secret.filter(|_| !is_managed))
    .add(
        "publicly_accessible",
        "adopt/publiclyAccessible",
        adopted.publicly_accessible,
    )
    .add("security_group_ids", "adopt/securityGroups", groups)
}

/// How it is watched.
fn watched(said: Said, adopted: &Adoption, is_monitored: bool) -> Said {
    const DAYS: &str = "adopt/performanceInsightsDays";
    const KEY: &str = "adopt/performanceInsightsKmsKeyArn";
    let role = adopted.monitoring_role_arn.as_ref();
    let days = adopted.performance_insights_days;
    let key = adopted.performance_insights_kms_key_arn.as_ref();
    said.add(
        "monitoring_role_arn",
        "adopt/monitoringRoleArn",
        role.filter(|_| is_monitored),
    )
    .add(
        "performance_insights",
        DAYS,
        (days == Some(0)).then_some(false),
    )
    .add("performance_insights_kms_key_arn", KEY, key)
    .add(
        "performance_insights_retention_days",
        DAYS,
        days.filter(|days| *days > 0),
    )
}

fn sorted(list: &[String]) -> Expression {
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

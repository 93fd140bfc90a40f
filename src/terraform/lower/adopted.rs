//! What the root of an adopted instance or cluster says otherwise: what it keeps of its own, and that it is there already.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    aws::engine::Form,
    config::adoption::{AdoptedInstance, Adoption, Credentials},
    model::{Database, Origin},
    terraform::root_module::{Argument, ArgumentSource, Block, BlockKind, Expression, texts},
};

/// The call of the module that makes a database with what an adopted one keeps.
pub(super) fn keeps(mut block: Block, database: &Database) -> Block {
    let Some(adopted) = database.adopted() else {
        return block;
    };
    let says = says(adopted, database);
    let borrows = database.borrowed_parameters().is_some();
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

fn says(adopted: &Adoption, database: &Database) -> Vec<Argument> {
    let kept = kept(Said::default(), adopted);
    let of_form = match database.facts().form {
        Form::Instance => of_instance(kept, adopted),
        Form::Cluster => of_cluster(kept, adopted, database.adopted_instances()),
    };
    let is_monitored = database.monitoring_interval.value > 0;
    watched(access(of_form, adopted), adopted, is_monitored).0
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
        .add("parameter_group_name", "adopt/parameterGroup", group)
        .add(
            "subnet_group_name",
            "adopt/subnetGroup",
            adopted.subnet_group.as_ref(),
        )
        .add("tags", "adopt/tags", adopted.tags.as_ref().map(tags))
}

/// What only an instance has.
fn of_instance(said: Said, adopted: &Adoption) -> Said {
    said.add(
        "dedicated_log_volume",
        "adopt/dedicatedLogVolume",
        adopted.dedicated_log_volume,
    )
    .add(
        "option_group_name",
        "adopt/optionGroup",
        adopted.option_group.as_ref(),
    )
}

/// What only a cluster has.
fn of_cluster(said: Said, adopted: &Adoption, instances: &[AdoptedInstance]) -> Said {
    const GROUP: &str = "adopt/clusterParameterGroup";
    let group = adopted.cluster_parameter_group.as_ref();
    let instances = instances.iter().map(instance).collect();
    said.add("cluster_parameter_group_name", GROUP, group)
        .add(
            "existing_cluster_parameter_group",
            GROUP,
            group.map(|_| true),
        )
        .add(
            "adopted_instances",
            "adopt/instances",
            Some(Expression::List(instances)),
        )
}

/// An instance of a cluster, with what it keeps.
fn instance(one: &AdoptedInstance) -> Expression {
    let keeps = [
        (
            "maintenance_window",
            one.maintenance_window.as_ref().map(Expression::from),
        ),
        ("promotion_tier", one.promotion_tier.map(Expression::from)),
        ("tags", one.tags.as_ref().map(tags)),
    ];
    let keeps = keeps.into_iter();
    let keeps = keeps.filter_map(|(name, value)| Some((name, value?)));
    let identifier = ("identifier", (&one.identifier).into());
    Expression::Object([identifier].into_iter().chain(keeps).collect())
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

/// What is there already: the address at which Terraform takes it up, its identifier, and the key that names it.
#[must_use]
pub fn existing(database: &Database) -> Vec<(Expression, &str, Origin)> {
    let Some(adopted) = database.adopted().filter(|one| one.imported != Some(true)) else {
        return Vec::new();
    };
    let identifier = adopted.identifier.as_str();
    let key = Origin::Config("adopt/identifier");
    let module = database.facts().form.module();
    match database.facts().form {
        Form::Instance => {
            let address = Expression::Address(module, "aws_db_instance", "this", None);
            vec![(address, identifier, key)]
        }
        Form::Cluster => {
            let cluster = Expression::Address(module, "aws_rds_cluster", "this", None);
            let instances = (1..).zip(database.adopted_instances());
            let instances = instances.map(|(number, one): (u32, _)| {
                let key = Some(number.to_string());
                let address = Expression::Address(module, "aws_rds_cluster_instance", "this", key);
                (
                    address,
                    one.identifier.as_str(),
                    Origin::Config("adopt/instances"),
                )
            });
            [(cluster, identifier, key)]
                .into_iter()
                .chain(instances)
                .collect()
        }
    }
}

/// The imports of what is there already, until the config says that Terraform's state holds it.
pub(super) fn imports(database: &Database) -> impl Iterator<Item = Block> {
    let existing = existing(database).into_iter();
    existing.map(|(address, identifier, key)| {
        Block::new(BlockKind::Import, &[])
            .from("to", address, Origin::Config("adopt"))
            .from("id", identifier, key)
    })
}

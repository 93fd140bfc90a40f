//! ARNs of an environment: of the right partition, and of its account and Region where AWS takes no other.

use crate::{
    config::workspace,
    diagnostic::{Problem, rule},
    model::Environment,
};

/// A key that holds an ARN, and what the ARN has to share with the environment.
struct Key {
    path: &'static str,
    value: fn(&workspace::Environment) -> Option<&String>,
    shares: Shares,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shares {
    /// The account, or AWS's own.
    Account,
    /// The Region.
    Region,
    /// The Region of the state's bucket.
    StateRegion,
    /// The partition alone.
    Partition,
}

const KEYS: [Key; 7] = [
    Key {
        path: "alarmTopicArn",
        value: |spec| spec.alarm_topic_arn.as_ref(),
        shares: Shares::Region,
    },
    Key {
        path: "deployRoleArn",
        value: |spec| spec.deploy_role_arn.as_ref(),
        shares: Shares::Account,
    },
    Key {
        path: "kmsKeyArn",
        value: |spec| spec.kms_key_arn.as_ref(),
        shares: Shares::Region,
    },
    Key {
        path: "logKmsKeyArn",
        value: |spec| spec.log_kms_key_arn.as_ref(),
        shares: Shares::Region,
    },
    Key {
        path: "permissionsBoundaryArn",
        value: |spec| spec.permissions_boundary_arn.as_ref(),
        shares: Shares::Account,
    },
    Key {
        path: "state/kmsKeyId",
        value: |spec| spec.state.kms_key_id.as_ref(),
        shares: Shares::StateRegion,
    },
    Key {
        path: "state/roleArn",
        value: |spec| spec.state.role_arn.as_ref(),
        shares: Shares::Partition,
    },
];

/// The ARNs of things that are elsewhere.
pub(super) fn check(environment: &Environment) -> Vec<Problem> {
    let spec = &environment.spec;
    let keys = KEYS.iter().filter_map(|key| {
        let value = (key.value)(spec)?;
        Some((key.path.to_owned(), value, key.shares))
    });
    let principals = spec.clusters.iter().flat_map(|(name, cluster)| {
        let list = cluster.principal_arns.iter().enumerate();
        list.map(move |(at, arn)| {
            let path = format!("clusters/{name}/principalArns/{at}");
            (path, arn, Shares::Partition)
        })
    });
    keys.chain(principals)
        .filter_map(|(path, arn, shares)| {
            let (message, help) = elsewhere(environment, arn, shares)?;
            let span = environment.span(&path);
            Some(Problem::new(&rule::FOREIGN_ARN, span, message).help(help))
        })
        .collect()
}

/// What an ARN does not share with the environment, and what to write; nothing for what is no ARN.
pub(super) fn elsewhere(
    environment: &Environment,
    arn: &str,
    shares: Shares,
) -> Option<(String, String)> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [_, partition, _, region, account, _] = *parts.as_slice() else {
        return None;
    };
    let spec = &environment.spec;
    let differs = |what: &str, found: &str, wanted: &str| {
        let message = format!("the ARN is of the {what} `{found}`, not of `{wanted}`");
        let help = format!("name one of the {what} `{wanted}`");
        (found != wanted).then_some((message, help))
    };
    let of_partition = differs("partition", partition, environment.partition());
    of_partition.or_else(|| match shares {
        Shares::Account if account != "aws" => differs("account", account, &spec.account_id),
        Shares::Region => differs("Region", region, &spec.region),
        Shares::StateRegion => differs("Region", region, &spec.state.region),
        Shares::Account | Shares::Partition => None,
    })
}

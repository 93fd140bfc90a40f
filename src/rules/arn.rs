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
    let (spec, partition) = (&environment.spec, environment.partition());
    let place = match shares {
        Shares::Account => Place::account(partition, &spec.account_id),
        Shares::Region => Place::region(partition, &spec.region),
        Shares::StateRegion => Place::region(partition, &spec.state.region),
        Shares::Partition => Place::partition(partition),
    };
    place.elsewhere(arn)
}

/// Where something with an ARN has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    partition: &'a str,
    account: Option<&'a str>,
    region: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub(super) const fn partition(partition: &'a str) -> Self {
        Self {
            partition,
            account: None,
            region: None,
        }
    }

    pub(super) const fn account(partition: &'a str, account: &'a str) -> Self {
        Self {
            account: Some(account),
            ..Self::partition(partition)
        }
    }

    pub(super) const fn region(partition: &'a str, region: &'a str) -> Self {
        Self {
            region: Some(region),
            ..Self::partition(partition)
        }
    }

    /// In which way an ARN is elsewhere, and what to write; nothing for what is no ARN.
    pub(super) fn elsewhere(self, arn: &str) -> Option<(String, String)> {
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        let [_, partition, _, region, account, _] = *parts.as_slice() else {
            return None;
        };
        let differs = |what: &str, found: &str, wanted: &str| {
            let message = format!("the ARN is of the {what} `{found}`, not of `{wanted}`");
            let help = format!("name one of the {what} `{wanted}`");
            (found != wanted).then_some((message, help))
        };
        // What AWS has made for everybody is of no account.
        let wanted_account = self.account.filter(|_| account != "aws");
        differs("partition", partition, self.partition)
            .or_else(|| differs("account", account, wanted_account?))
            .or_else(|| differs("Region", region, self.region?))
    }
}

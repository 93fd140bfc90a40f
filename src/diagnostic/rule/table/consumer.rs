//! The rules about consumer sides of clusters.

use super::{Rule, Severity, rules};

rules! {
    CONSUMER_SOURCES = Error "consumer-sources":
        "Nobody in the VPC of a cluster may connect.",
        "The security group of the endpoints admits what `allowFrom` names, and nothing else.",
        "allowFrom: {} in a consumer";
    CONSUMER_PRINCIPAL = Error "consumer-principal":
        "The endpoint service does not admit whoever makes its endpoints.",
        "AWS tells a consumer that there is no such service when `principalArns` does not name the account's root, or the very role with which Terraform makes the endpoints.",
        "principalArns: [arn:aws:iam::222222222222:role/other] beside another deployRoleArn in the consumer";
    CONSUMER_SHARED = Error "consumer-shared":
        "The cluster shares endpoints that nobody makes.",
        "`sharesConsumerOf` names another cluster of the environment that has a `consumer` itself; a cluster has one or the other.",
        "sharesConsumerOf: jobs, where jobs has no consumer";
    CONSUMER_TWICE = Error "consumer-twice":
        "Two consumer sides of an environment are in one VPC.",
        "A VPC takes no second private zone for the host of one proxy. One of the clusters makes the endpoints, and the other uses them.",
        "the same accountId, region and vpcId in the consumers of two clusters";
    CONSUMER_PARTITION = Error "consumer-partition":
        "The VPC of a cluster is in another partition.",
        "PrivateLink reaches other Regions, but not from one partition of AWS into another.",
        "region: cn-north-1 in the consumer of an environment in eu-central-1";
    ENDPOINT_LIVES = Error "endpoint-lives":
        "The database is to go while an endpoint still leads to it.",
        "AWS does not delete an endpoint service that has connections, and would refuse after the database is gone already. The consumer side of the cluster is applied first: since `retiring` its root has no endpoint to the unit any more.",
        "lifecycle: retired before the consumer side was applied";
}

//! The rules that look at one environment alone.

use std::collections::BTreeSet;

use super::{
    arn,
    confusable::{device, is_device},
    modules, output, tags, version,
};
use crate::{
    diagnostic::{Problem, rule},
    model::Environment,
};

/// Everything wrong with one environment alone.
#[must_use]
pub fn environment(environment: &Environment) -> Vec<Problem> {
    let mut problems = Vec::new();
    if is_device(&environment.name) {
        let span = environment
            .file
            .span(&format!("/environments/{}#", environment.name));
        problems.push(device(&environment.name, span));
    }
    problems.extend(modules::check(environment));
    problems.extend(output::check(environment));
    problems.extend(arn::check(environment));
    problems.extend(version::added(environment));
    problems.extend(tags::environment(environment));
    let issuers: Vec<_> = environment.owned_clusters().collect();
    let mut seen = BTreeSet::new();
    for (name, cluster, _) in issuers {
        if !seen.insert(&cluster.oidc_issuer) {
            let span = environment.span(&format!("clusters/{name}/oidcIssuer"));
            let message = "another cluster of this environment has the same issuer";
            problems.push(
                Problem::new(&rule::ISSUER_TAKEN, span, message)
                    .help("every EKS cluster has an issuer of its own"),
            );
        }
    }
    problems
}

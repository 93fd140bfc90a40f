//! The rules that look at one environment alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    arn,
    confusable::{device, is_device},
    consumer, modules, output, pipeline, tags, users, version, waiver,
};
use crate::{
    diagnostic::{Problem, rule},
    model::{Database, Environment},
    text::date::Date,
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
    problems.extend(consumer::environment(environment));
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

/// What is said of whole environments, after their waivers.
#[must_use]
pub fn environments(
    environments: &[Arc<Environment>],
    databases: &[Database],
    today: Date,
) -> Vec<Problem> {
    let mut masters: BTreeMap<&str, usize> = BTreeMap::new();
    for database in databases {
        if users::is_counted(database, today) {
            *masters.entry(&database.environment.name).or_default() += 1;
        }
    }
    let of = |environment: &Arc<Environment>| {
        let masters = masters.get(environment.name.as_str());
        let mut problems: Vec<_> = users::masters(environment, masters.copied().unwrap_or(0))
            .into_iter()
            .collect();
        problems.extend(pipeline::plan_role(environment));
        waiver::apply_to_environment(environment, problems, today)
    };
    environments.iter().flat_map(of).collect()
}

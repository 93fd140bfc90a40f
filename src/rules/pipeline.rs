//! What `valet.yaml` says of the pipeline.

use std::{collections::BTreeSet, sync::Arc};

use super::arn::{self, Shares};
use crate::{
    config::ci::{CiEnvironment, DEFAULT_BRANCH, Handoff},
    diagnostic::{Problem, Span, rule},
    model::Environment,
    text::suggest,
};

/// What is said of no environment, twice, or of the wrong one, and jobs that could do more than they are for.
#[must_use]
pub fn check(environments: &[Arc<Environment>]) -> Vec<Problem> {
    let Some(first) = environments.first() else {
        return Vec::new();
    };
    let (ci, file) = (&first.ci, &first.file);
    let names: Vec<_> = environments.iter().map(|known| &known.name).collect();
    let mut problems = Vec::new();
    let branch = ci.branch.as_deref().unwrap_or(DEFAULT_BRANCH);
    if ci.handoff == Handoff::PullRequest && ci.handoff_branch.as_deref() == Some(branch) {
        let problem = Problem::new(
            &rule::BAD_PIPELINE,
            file.span("/ci/handoffBranch"),
            format!("`{branch}` is the branch that is applied"),
        );
        problems.push(problem.help("name another branch, or write `handoff: push`"));
    }
    let mut seen = BTreeSet::new();
    for (number, told) in ci.environments.iter().enumerate() {
        let name = &told.name;
        let place = |key: &str| file.span(&format!("/ci/environments/{number}/{key}"));
        let problem = |message: String| Problem::new(&rule::BAD_PIPELINE, place("name"), message);
        let Some(environment) = environments.iter().find(|known| known.name == *name) else {
            let help = suggest::question_and_list(name, &names, "the environments are");
            problems.push(problem(format!("there is no environment `{name}`")).help(help));
            continue;
        };
        if !seen.insert(name) {
            let problem = problem(format!("`{name}` is written twice"));
            problems.push(problem.help("say everything of it in one place"));
        }
        problems.extend(roles(environment, told, place));
    }
    problems
}

/// That pull requests of an environment are planned with the role that Terraform assumes.
pub(super) fn plan_role(environment: &Environment) -> Option<Problem> {
    environment.spec.deploy_role_arn.as_ref()?;
    let told = &environment.ci.environments;
    let number = told.iter().position(|told| told.name == environment.name)?;
    told.get(number)?.plan_role_arn.as_ref()?;
    let place = format!("/ci/environments/{number}/planRoleArn");
    let message = format!(
        "pull requests of `{}` are planned with `deployRoleArn`, which may write: this role only leads there",
        environment.name
    );
    let problem = Problem::new(&rule::PLAN_ROLE, environment.file.span(&place), message);
    let help = format!(
        "leave `deployRoleArn` out, and let both roles be of account {}, so that each job works with its own; or say in `waivers` of the environment until when it may stay",
        environment.spec.account_id
    );
    let deploy = environment.span("deployRoleArn");
    Some(problem.help(help).also(deploy, "what Terraform assumes"))
}

/// What is wrong with the roles of one environment.
fn roles(
    environment: &Environment,
    told: &CiEnvironment,
    place: impl Fn(&str) -> Span,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (plan, apply) = (
        told.plan_role_arn.as_deref(),
        told.apply_role_arn.as_deref(),
    );
    if plan.is_some() && plan == apply {
        let problem = Problem::new(
            &rule::BAD_PIPELINE,
            place("planRoleArn"),
            "pull requests are planned with the role that applies",
        );
        problems.push(problem.help("give the jobs that plan a role that may only read"));
    }
    // A role of another account is one that assumes the deploy role.
    let shares = match environment.spec.deploy_role_arn {
        Some(_) => Shares::Partition,
        None => Shares::Account,
    };
    for (key, role) in [("planRoleArn", plan), ("applyRoleArn", apply)] {
        let elsewhere = role.and_then(|role| arn::elsewhere(environment, role, shares));
        if let Some((message, help)) = elsewhere {
            problems.push(Problem::new(&rule::FOREIGN_ARN, place(key), message).help(help));
        }
    }
    problems
}

//! What `create` asks for on a terminal, and what it demands elsewhere.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    aws::engine::Engine,
    cli::{prompt::ask, session::Session, stop::Stop, terminal::can_ask, unit_argument::missing},
    compile::config_edit::ConfigEdit,
    config::{
        Settings,
        assignment::{self, Assignment, AssignmentError},
    },
    diagnostic::Problem,
    rules,
    text::suggest,
};

/// Environment and namespace, asked for when they are not named.
pub(super) fn unit(
    session: &Session,
    (environment, namespace): (Option<String>, Option<String>),
) -> Result<(String, String), Stop> {
    let names: Vec<_> = session
        .environments
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    let environment = match environment {
        Some(environment) => environment,
        None if !can_ask() => return Err(missing("--environment")),
        None => {
            let only = if let [only] = names.as_slice() {
                Some(*only)
            } else {
                None
            };
            let question = format!("environment ({})", names.join(", "));
            ask(&question, only, |answer| {
                let known = names.contains(&answer);
                let reason = || format!("the environments are {}", suggest::list(&names));
                known.then_some(()).ok_or_else(reason)
            })?
        }
    };
    let namespace = match namespace {
        Some(namespace) => namespace,
        None if !can_ask() => return Err(missing("--namespace")),
        None => ask("namespace", None, |answer| {
            let reason = "use lower-case letters, digits and hyphens, at most 63";
            rules::is_namespace(answer).then_some(()).ok_or(reason)
        })?,
    };
    Ok((environment, namespace))
}

/// Sees to it that every required value is given: by asking, or by refusing to go on.
///
/// Somebody who is asked at all is also asked for what nearly every database decides for itself.
pub(super) fn values(
    session: &Session,
    draft: &mut ConfigEdit,
    assignments: &mut Vec<Assignment>,
) -> Result<(), Stop> {
    let values = draft
        .values()
        .map_err(|problems| session.problems(problems))?;
    let defaults = &draft.environment.spec.defaults;
    let given = |key: &str, assignments: &[Assignment]| {
        values.contains_key(key)
            || assignments
                .iter()
                .any(|one| one.path.first().is_some_and(|first| first == key))
    };
    let mut missing = Vec::new();
    if !given("shortname", assignments) {
        missing.push(("shortname", "-sn/--shortname"));
    }
    if !given("username", assignments) && defaults.username.is_none() {
        missing.push(("username", "-u/--username"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    if !can_ask() {
        let options: Vec<_> = missing.iter().map(|(_, option)| *option).collect();
        let verb = if options.len() == 1 { "is" } else { "are" };
        return Err(Stop::Usage(format!(
            "{} {verb} missing",
            options.join(" and ")
        )));
    }
    let namespace = crate::compile::stem(&draft.path).to_owned();
    let suggestion = |key: &str| match key {
        "shortname" => namespace.replace('-', ""),
        _ => "postgres".to_owned(),
    };
    while !missing.is_empty() {
        let (key, _) = missing.remove(0);
        // What is asked next has to stand for something while this answer is checked.
        let next = missing
            .iter()
            .map(|(key, _)| assignment::assign(key, &suggestion(key)));
        let next = next.collect::<Result<Vec<_>, _>>()?;
        let around: Vec<_> = assignments.iter().cloned().chain(next).collect();
        assignments.push(question(draft, &around, key, &suggestion(key))?);
    }
    let storage = defaults.allocated_storage.map(|gib| gib.to_string());
    let class = defaults.instance_class.as_ref().map(ToString::to_string);
    let typed = assignments.iter().find(|one| one.path == ["engine"]);
    let typed = typed.and_then(|one| Engine::deserialize(&one.value).ok());
    let engine = typed.or(defaults.engine).unwrap_or_default();
    let mut asked = vec![("instanceClass", class), ("allocatedStorage", storage)];
    asked.retain(|(key, _)| *key != "allocatedStorage" || !engine.facts().is_cluster());
    for (key, default) in asked {
        let built_in = || Settings::built_in(key).map(|default| plain(&default));
        let default = default.or_else(built_in).unwrap_or_default();
        if given(key, assignments) {
            continue;
        }
        let answer = question(draft, assignments, key, &default)?;
        // A default stays unwritten, so that a better one reaches everybody.
        if answer.value != default {
            assignments.push(answer);
        }
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Why an answer cannot stand in the config.
enum Unfit {
    Value(AssignmentError),
    Config(Box<Problem>),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(error) => error.fmt(f),
            Self::Config(problem) => match &problem.help {
                Some(help) => write!(f, "{}; {help}", problem.message),
                None => f.write_str(&problem.message),
            },
        }
    }
}

fn question(
    draft: &mut ConfigEdit,
    assignments: &[Assignment],
    key: &'static str,
    default: &str,
) -> Result<Assignment, Stop> {
    let answer = ask(key, Some(default), |answer| {
        let assignment = assignment::assign(key, answer).map_err(Unfit::Value)?;
        let all: Vec<_> = assignments.iter().cloned().chain([assignment]).collect();
        match wrong(draft, &all, key) {
            Some(problem) => Err(Unfit::Config(Box::new(problem))),
            None => Ok(()),
        }
    })?;
    Ok(assignment::assign(key, &answer)?)
}

/// The first error that lies in the value of this key.
fn wrong(draft: &mut ConfigEdit, assignments: &[Assignment], key: &str) -> Option<Problem> {
    let text = draft.text(assignments).ok()?;
    let problems = draft.check(&text).problems;
    problems
        .into_iter()
        .filter(Problem::is_error)
        .find(|problem| {
            let file = &problem.span.file;
            file.path == draft.path && file.span(&format!("/{key}")).range == problem.span.range
        })
}

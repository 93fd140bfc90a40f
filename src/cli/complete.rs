//! What a shell is offered behind the cursor: environments, namespaces, units and rules of the workspace at hand.

use std::path::PathBuf;

use clap_complete::{
    engine::{ArgValueCandidates, CompletionCandidate},
    env::Shells,
};

use super::{
    context::{self, Context},
    session::Session,
};
use crate::{
    config::schema,
    diagnostic::rule,
    io,
    model::{
        Environment,
        identity::{UnitId, of_cluster},
    },
};

/// Variable in which a shell says that it wants completions.
pub(super) const VARIABLE: &str = "VALET_RDS_COMPLETE";

/// The script that makes a shell ask.
#[must_use]
pub fn script(shell: &str, program: &str) -> String {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(shell) {
        let identifier = program.replace('-', "_");
        // Writing to memory cannot fail.
        let _ = shell.write_registration(VARIABLE, &identifier, program, program, &mut script);
    }
    String::from_utf8_lossy(&script).into_owned()
}

/// Offers the environments of the workspace.
#[must_use]
pub fn environments() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names = session()
            .into_iter()
            .flat_map(|session| session.environments);
        names
            .map(|known| CompletionCandidate::new(&known.name))
            .collect()
    })
}

/// Offers the namespaces of the environment that is typed, or of all.
#[must_use]
pub fn namespaces() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let wanted = typed("--environment");
        let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
        let mut names: Vec<_> = units()
            .into_iter()
            .filter(|unit| is_wanted(&unit.environment))
            .map(|unit| unit.namespace)
            .collect();
        names.sort();
        names.dedup();
        names.into_iter().map(CompletionCandidate::new).collect()
    })
}

/// Offers the units of the workspace.
#[must_use]
pub fn unit_names() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let environments = session()
            .into_iter()
            .flat_map(|session| session.environments);
        let consumers = environments.flat_map(|environment| {
            let unit =
                |(cluster, _): (&String, _)| UnitId::new(&environment.name, of_cluster(cluster));
            environment.consumers().map(unit).collect::<Vec<_>>()
        });
        units()
            .into_iter()
            .chain(consumers)
            .map(|unit| unit.to_string())
            .map(CompletionCandidate::new)
            .collect()
    })
}

/// Offers the clusters of the environment that is typed, or of all.
#[must_use]
pub fn clusters() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let environments = session()
            .into_iter()
            .flat_map(|session| session.environments);
        let wanted = typed("--environment");
        let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
        environments
            .filter(|environment| is_wanted(&environment.name))
            .flat_map(|environment| {
                environment
                    .spec
                    .clusters
                    .keys()
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .map(CompletionCandidate::new)
            .collect()
    })
}

/// Offers the keys of a config, ready for a value.
#[must_use]
pub fn keys() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let keys = schema::CONFIG.document.get("properties");
        let keys = keys.and_then(serde_json::Value::as_object).into_iter();
        keys.flat_map(serde_json::Map::keys)
            .map(|key| CompletionCandidate::new(format!("{key}=")))
            .collect()
    })
}

/// Offers the codes of the rules.
#[must_use]
pub fn rules() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let candidate = |rule: &&rule::Rule| {
            CompletionCandidate::new(rule.code).help(Some(rule.meaning.into()))
        };
        rule::ALL.iter().map(candidate).collect()
    })
}

fn units() -> Vec<UnitId> {
    let Some(session) = session() else {
        return Vec::new();
    };
    let of = |environment: &Environment| {
        let namespaces = io::namespaces(&session.workspace, environment);
        let unit = |namespace: String| UnitId::new(&environment.name, namespace);
        namespaces.into_iter().map(unit).collect::<Vec<_>>()
    };
    session
        .environments
        .iter()
        .flat_map(|known| of(known))
        .collect()
}

/// The workspace that the line at the cursor means. One that does not open has nothing to offer.
fn session() -> Option<Session> {
    let named = typed("--workspace").map(PathBuf::from);
    Context::of(named.or_else(context::named_workspace))
        .open()
        .ok()
}

/// The value of an option on the line at the cursor.
fn typed(option: &str) -> Option<String> {
    let mut words = std::env::args_os().filter_map(|word| word.into_string().ok());
    while let Some(word) = words.next() {
        let Some(rest) = word.strip_prefix(option) else {
            continue;
        };
        match rest.strip_prefix('=') {
            Some(value) => return Some(value.to_owned()),
            None if rest.is_empty() => return words.next(),
            None => {}
        }
    }
    None
}

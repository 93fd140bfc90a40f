//! The entry of a database in the private-link repository: `<app>: apps: <cluster>: <host>: service_name: <service>`.

use serde_json::Value;

use crate::{
    diagnostic::{Checked, Diagnostics, Problem, rule},
    text::pointer::escape,
    yaml::{Document, edit},
};

/// What the cluster team needs to make a VPC endpoint for a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The application.
    pub app: String,
    /// The cluster.
    pub cluster: String,
    /// Host of the proxy, for which the cluster's private DNS answers.
    pub host: String,
    /// Name of the VPC endpoint service.
    pub service: String,
}

impl Entry {
    fn path(&self) -> [&str; 5] {
        [&self.app, "apps", &self.cluster, &self.host, "service_name"]
    }
}

/// Ends of namespaces that name a stage, without a number behind them.
const STAGES: [&str; 15] = [
    "dev",
    "development",
    "int",
    "lab",
    "preprod",
    "prod",
    "production",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
];

/// The application of a namespace: its name without the stage at its end, such as `-dev` or `-prod2`.
#[must_use]
pub fn app(namespace: &str) -> &str {
    match namespace.rsplit_once('-') {
        Some((app, stage))
            if STAGES.contains(&stage.trim_end_matches(|letter: char| letter.is_ascii_digit())) =>
        {
            app
        }
        _ => namespace,
    }
}

/// The text with these entries in it. Nothing else changes, and nothing at all when they are there.
///
/// # Errors
/// When the file has another layout.
pub fn update(source: &Document, entries: &[Entry]) -> Checked<String> {
    let problems = entries.iter().filter_map(|entry| misshapen(source, entry));
    problems.collect::<Diagnostics>().into_result(())?;
    entries
        .iter()
        .try_fold(source.file.text.clone(), |text, entry| {
            edit::set(&text, &entry.path(), &entry.service.as_str().into()).map_err(|refused| {
                let problem = source.problem(&rule::BAD_PRIVATELINK, "", refused.to_string());
                problem.help("add the entry by hand").into()
            })
        })
}

/// Other hosts of the same proxy in the entries' clusters: what is left of one that has been replaced.
#[must_use]
pub fn superseded<'a>(source: &'a Document, entry: &Entry) -> Vec<&'a str> {
    let label = |host: &str| host.split('.').next().unwrap_or("").to_owned();
    let hosts = source
        .value
        .get(&entry.app)
        .and_then(|app| app.get("apps")?.get(&entry.cluster)?.as_object());
    let hosts = hosts.into_iter().flatten().map(|(host, _)| host.as_str());
    hosts
        .filter(|host| *host != entry.host && label(host) == label(&entry.host))
        .collect()
}

/// The first thing on the way to an entry that is no mapping, or a service name that is no text.
fn misshapen(source: &Document, entry: &Entry) -> Option<Problem> {
    let mut at = &source.value;
    let mut pointer = String::new();
    for key in entry.path() {
        if at.is_null() {
            return None;
        }
        let Value::Object(object) = at else {
            let message = format!(
                "expected keys here, on the way to `{}`",
                entry.path().join(": ")
            );
            return Some(about(source, &pointer, message));
        };
        pointer = format!("{pointer}/{}", escape(key));
        at = object.get(key)?;
    }
    (!at.is_string() && !at.is_null())
        .then(|| about(source, &pointer, "the name of a service is text".to_owned()))
}

fn about(source: &Document, pointer: &str, message: String) -> Problem {
    source
        .problem(&rule::BAD_PRIVATELINK, pointer, message)
        .help("the layout is `<app>: apps: <cluster>: <proxy endpoint>: service_name: <service>`")
}

#[cfg(test)]
mod tests {
    use super::app;

    #[test]
    fn an_app_is_its_namespace_without_the_stage() {
        for (namespace, expected) in [
            ("test-dev", "test"),
            ("orders-api-prod", "orders-api"),
            ("orders-dev3", "orders"),
            ("agora", "agora"),
            ("dev", "dev"),
            ("payments-iam", "payments-iam"),
            ("orders-3", "orders-3"),
        ] {
            assert_eq!(app(namespace), expected);
        }
    }
}

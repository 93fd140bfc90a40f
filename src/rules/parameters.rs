//! Parameters of the engine: which there are, and what they take.

use super::Found;
use crate::{
    aws::engine::parameter::Objection,
    diagnostic::{Fix, Problem, rule},
    model::Origin,
    text::{pointer, suggest},
};

impl Found<'_> {
    pub(super) fn parameters(&mut self) {
        let database = self.database;
        let facts = database.facts();
        let engine = database.engine.value.as_str();
        let version = database.engine_version.value;
        for (name, given) in &database.parameters {
            let below = format!("/{}", pointer::escape(name));
            let key = || database.span_below(given.origin, &format!("{below}#"));
            if name == facts.forced_tls_parameter {
                let message = format!("`{name}` is always on");
                let problem = Problem::new(&rule::RESERVED_PARAMETER, key(), message);
                self.problems.push(problem.help("remove it"));
                continue;
            }
            let Some(parameter) = facts.parameter(name) else {
                if !facts.is_of_extension(name) {
                    let message = format!("{engine} has no parameter `{name}`");
                    let known: Vec<_> = facts.parameters.iter().map(|one| one.name).collect();
                    let help = suggest::question(name, &known).unwrap_or_else(|| {
                        if !facts.extensions.is_empty() {
                            return "a parameter of an extension starts with its name, as in `pg_stat_statements.track`".to_owned();
                        }
                        let family = facts.family(database.engine_version.value);
                        let of = if facts.is_cluster() { "cluster-" } else { "" };
                        format!("all are in what `aws rds describe-engine-default-{of}parameters --db-parameter-group-family {family}` prints")
                    });
                    let problem = Problem::new(&rule::UNKNOWN_PARAMETER, key(), message);
                    self.problems.push(problem.help(help));
                }
                continue;
            };
            if let Some(why) = parameter.missing_from(version) {
                let message = format!("{engine} {version} has no parameter `{name}`");
                let problem = Problem::new(&rule::UNKNOWN_PARAMETER, key(), message);
                self.problems
                    .push(problem.help(format!("remove it; {why}")));
                continue;
            }
            let Some(Objection {
                message,
                help,
                instead,
            }) = parameter.objection(&given.value, version)
            else {
                continue;
            };
            let span = database.span_below(given.origin, &below);
            let problem = Problem::new(&rule::PARAMETER_VALUE, span, message).help(help);
            self.problems.push(match (instead, given.origin) {
                (Some(value), Origin::Config(of)) => problem
                    .fix(&format!("/{of}{below}"), |path| {
                        Fix::Set(path, value.into())
                    }),
                _ => problem,
            });
        }
    }
}

//! What apply told about a unit, read from `terraform output -json` and held against its config.

use serde_json::Value;

use crate::{
    diagnostic::{Checked, Problem, rule},
    model::{Database, Origin, Resolved},
    yaml::Document,
};

/// Name of the file beside a root in which its outputs may be committed.
pub const FILE: &str = "outputs.json";

/// The outputs of a unit's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// First database; Terraform leaves the output out when there is none.
    pub database_name: Option<String>,
    /// Name of the VPC endpoint service.
    pub endpoint_service_name: String,
    /// Port that clients connect to.
    pub port: u32,
    /// Host that clients connect to.
    pub proxy_endpoint: String,
    /// ARN of the ServiceAccount's role.
    pub role_arn: String,
    /// ARN of the secret.
    pub secret_arn: String,
    /// User that clients log in as.
    pub username: String,
}

/// Reads the outputs of an instance. `path` is shown in problems.
///
/// # Errors
/// When it is not the output of `terraform output -json`, or that of another unit.
pub fn read(path: &str, bytes: Vec<u8>, database: &Database) -> Checked<Outputs> {
    let source = Document::parse(path, bytes)?;
    let outputs = shape(&source)?;
    let problems = foreign(&source, &outputs, database);
    if problems.is_empty() {
        Ok(outputs)
    } else {
        Err(problems)
    }
}

const HOW: &str =
    "print them in the unit's root with `terraform output -json`, after it has been applied";

fn shape(source: &Document) -> Checked<Outputs> {
    let whole = |message: &str| {
        Err(vec![
            source.problem(&rule::BAD_OUTPUTS, "", message).help(HOW),
        ])
    };
    let Value::Object(object) = &source.value else {
        return whole("these are not the outputs of a root");
    };
    if object.is_empty() {
        return whole("there are no outputs: the root has not been applied");
    }
    let mut problems = Vec::new();
    let text = |name: &str, problems: &mut Vec<Problem>| {
        let text = value(source, name, problems)?.as_str();
        if text.is_none() {
            problems.push(mistyped(source, name, "text"));
        }
        text.map(str::to_owned)
    };
    let endpoint_service_name = text("endpoint_service_name", &mut problems);
    let port = value(source, "port", &mut problems).and_then(|value| {
        let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
        if port.is_none() {
            problems.push(mistyped(source, "port", "a port"));
        }
        port.map(u32::from)
    });
    let proxy_endpoint = text("proxy_endpoint", &mut problems);
    let role_arn = text("role_arn", &mut problems);
    let secret_arn = text("secret_arn", &mut problems);
    let username = text("username", &mut problems);
    let has_database = source
        .value
        .pointer("/database_name/value")
        .is_some_and(|value| !value.is_null());
    let database_name = has_database
        .then(|| text("database_name", &mut problems))
        .flatten();
    match (
        endpoint_service_name,
        port,
        proxy_endpoint,
        role_arn,
        secret_arn,
        username,
    ) {
        (
            Some(endpoint_service_name),
            Some(port),
            Some(proxy_endpoint),
            Some(role_arn),
            Some(secret_arn),
            Some(username),
        ) if problems.is_empty() => Ok(Outputs {
            database_name,
            endpoint_service_name,
            port,
            proxy_endpoint,
            role_arn,
            secret_arn,
            username,
        }),
        _ => Err(problems),
    }
}

fn value<'a>(source: &'a Document, name: &str, problems: &mut Vec<Problem>) -> Option<&'a Value> {
    let found = source.value.pointer(&format!("/{name}/value"));
    if found.is_none() {
        let (pointer, message) = match source.value.get(name) {
            Some(_) => (
                format!("/{name}"),
                format!("the output `{name}` has no value"),
            ),
            None => (String::new(), format!("the output `{name}` is missing")),
        };
        problems.push(
            source
                .problem(&rule::BAD_OUTPUTS, &pointer, message)
                .help(HOW),
        );
    }
    found
}

fn mistyped(source: &Document, name: &str, expected: &str) -> Problem {
    let pointer = format!("/{name}/value");
    let message = format!("the output `{name}` is not {expected}");
    source
        .problem(&rule::BAD_OUTPUTS, &pointer, message)
        .help(HOW)
}

/// Everything that another unit's outputs would have different.
fn foreign(source: &Document, outputs: &Outputs, database: &Database) -> Vec<Problem> {
    let region = &database.environment.spec.region;
    let unit = database.unit();
    let mut problems = Vec::new();
    let mut expect = |name: &str, holds: bool, found: &str, expected: String, origin: Origin| {
        if holds {
            return;
        }
        let pointer = format!("/{name}/value");
        let message = format!("the output `{name}` is `{found}`, not that of {unit}");
        let help =
            format!("expected {expected}; name the outputs of {unit}, or apply its root again");
        let problem = source
            .problem(&rule::FOREIGN_OUTPUTS, &pointer, message)
            .help(help);
        let span = database.span(origin);
        problems.push(if origin == Origin::BuiltIn || span.range.is_empty() {
            problem
        } else {
            problem.also(span, "the config says")
        });
    };
    let Resolved {
        value: role,
        origin,
    } = &database.iam_role_name;
    let role = role_arn(database, role);
    expect(
        "role_arn",
        outputs.role_arn == role,
        &outputs.role_arn,
        format!("`{role}`"),
        *origin,
    );
    let secret = secret_arn_start(database);
    expect(
        "secret_arn",
        outputs.secret_arn.starts_with(&secret),
        &outputs.secret_arn,
        format!("a secret that starts with `{secret}`"),
        Origin::BuiltIn,
    );
    let proxy = &database.names.proxy;
    let host = &outputs.proxy_endpoint;
    expect(
        "proxy_endpoint",
        host.starts_with(&format!("{proxy}.")) && is_host(host),
        host,
        format!("a host that starts with `{proxy}.`"),
        Origin::Derived("shortname"),
    );
    let service = format!("vpce.{region}.vpce-svc-");
    expect(
        "endpoint_service_name",
        outputs.endpoint_service_name.contains(&service) && is_host(&outputs.endpoint_service_name),
        &outputs.endpoint_service_name,
        format!("a service name with `{service}`"),
        Origin::BuiltIn,
    );
    let Resolved {
        value: username,
        origin,
    } = &database.username;
    expect(
        "username",
        outputs.username == *username,
        &outputs.username,
        format!("`{username}`"),
        *origin,
    );
    if let (Some(found), Some(wanted)) = (&outputs.database_name, &database.database_name.value) {
        expect(
            "database_name",
            found == wanted,
            found,
            format!("`{wanted}`"),
            database.database_name.origin,
        );
    }
    problems
}

/// ARN of a role in the instance's account.
#[must_use]
pub fn role_arn(database: &Database, role: &str) -> String {
    let environment = &database.environment;
    format!(
        "arn:{}:iam::{}:role/{role}",
        environment.partition(),
        environment.spec.account_id
    )
}

/// What the ARN of every secret in the instance's account and Region starts with.
#[must_use]
pub fn secret_arn_start(database: &Database) -> String {
    let environment = &database.environment;
    format!(
        "arn:{}:secretsmanager:{}:{}:secret:",
        environment.partition(),
        environment.spec.region,
        environment.spec.account_id
    )
}

/// Whether text can be the name of a host: labels of letters, digits and inner hyphens, with at least one dot.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

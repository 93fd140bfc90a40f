//! What apply told about a unit, read from `terraform output -json` and held against its config.

pub mod form;

use std::{collections::BTreeMap, num::NonZeroU16};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    aws::name::SharedNames,
    diagnostic::{Checked, Diagnostics, rule},
    model::{Database, Origin, Resolved},
    terraform::lower,
    yaml::Document,
};
use form::Form;

/// Name of the file beside a root in which its outputs may be committed.
pub const FILE: &str = "outputs.json";

/// The outputs of a unit's root, under the names that Terraform gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outputs {
    /// First database; Terraform leaves the output out when there is none.
    pub database_name: Option<String>,
    /// Name of the VPC endpoint service.
    pub endpoint_service_name: String,
    /// Port that clients connect to.
    pub port: u32,
    /// Host that clients connect to.
    pub proxy_endpoint: String,
    /// Name of the VPC endpoint service that leads to readers; Terraform leaves the output out when there is none.
    pub read_only_endpoint_service_name: Option<String>,
    /// Host that clients connect to when they only read; Terraform leaves the output out when there is none.
    pub read_only_proxy_endpoint: Option<String>,
    /// ARN of the secret of the user that only reads; Terraform leaves the output out when there is none.
    pub read_only_secret_arn: Option<String>,
    /// ARN of the ServiceAccount's role.
    pub role_arn: String,
    /// ARN of the secret.
    pub secret_arn: String,
    /// User that clients log in as.
    pub username: String,
}

/// Reads the outputs of a database. `path` is shown in problems.
///
/// # Errors
/// When it is not the output of `terraform output -json`, or that of another unit.
pub fn read(path: &str, bytes: Vec<u8>, database: &Database) -> Checked<Outputs> {
    let document = Document::parse(path, bytes)?;
    let outputs = shape(&document)?;
    foreign(&document, &outputs, database).into_result(outputs)
}

/// What a VPC endpoint needs to know of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Name of the VPC endpoint service.
    pub name: String,
    /// Host that clients connect to.
    pub host: String,
    /// Port that clients connect to.
    pub port: u32,
    /// Ids of the availability zones that it is in; none when the unit was applied before it told them.
    pub zone_ids: Option<Vec<String>>,
    /// Name of the service and host that lead to readers.
    pub readers: Option<(String, String)>,
}

/// Path of the outputs of a unit, in the workspace.
#[must_use]
pub fn path(database: &Database) -> String {
    format!("{}/{FILE}", database.directory())
}

/// Reads what the outputs of a unit tell of its service; nothing, while none leads to it. What else the config says of the
/// unit may be ahead of its last apply.
///
/// # Errors
/// When they are not the output of `terraform output -json`, or those of another unit.
pub fn service(path: &str, bytes: Vec<u8>, database: &Database) -> Checked<Option<Service>> {
    let document = Document::parse(path, bytes)?;
    let known = told(&document)?;
    let leads = ["endpoint_service_name", "port", "proxy_endpoint"];
    if database.adopted().is_some() && !leads.iter().any(|name| known.contains_key(*name)) {
        return Ok(None);
    }
    let mut reader = Reader {
        document: &document,
        problems: Diagnostics::new(),
    };
    let readers = (
        reader.optional_text("read_only_endpoint_service_name", &form::SERVICE),
        reader.optional_text("read_only_proxy_endpoint", &form::PROXY_ENDPOINT),
    );
    let service = Service {
        readers: readers.0.zip(readers.1),
        name: reader.text("endpoint_service_name", &form::SERVICE),
        host: reader.text("proxy_endpoint", &form::PROXY),
        port: reader.port(),
        zone_ids: reader.texts("zone_ids", &form::ZONE),
    };
    let service = reader.problems.into_result(service)?;
    let mut expected = Expected::of(&document, database);
    expected.host(&service.host);
    expected.service("endpoint_service_name", &service.name);
    if let Some((name, host)) = &service.readers {
        expected.reader_host(host);
        expected.service("read_only_endpoint_service_name", name);
    }
    expected.problems.into_result(Some(service))
}

/// What is kept of the outputs in a state: those that are known here and that anybody may read, as `terraform output -json`
/// prints them. None, when there are none.
///
/// # Errors
/// When they are something else.
pub fn known(outputs: &Map<String, Value>) -> serde_json::Result<Option<String>> {
    #[derive(Deserialize)]
    struct Told {
        #[serde(default)]
        sensitive: bool,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    let mut kept = BTreeMap::new();
    for (name, output) in outputs {
        let told = Told::deserialize(output)?;
        if !told.sensitive && lower::output_names().any(|known| known == name) {
            kept.insert(name, told.rest);
        }
    }
    if kept.is_empty() {
        return Ok(None);
    }
    serde_json::to_string_pretty(&kept).map(|text| Some(text + "\n"))
}

const HOW: &str =
    "print them in the unit's root with `terraform output -json`, after it has been applied";

/// The outputs, by name.
fn told(document: &Document) -> Checked<&Map<String, Value>> {
    let whole = |message: &str| {
        let problem = document.problem(&rule::BAD_OUTPUTS, "", message);
        Err(problem.help(HOW).into())
    };
    let Value::Object(object) = &document.value else {
        return whole("these are not the outputs of a root");
    };
    if object.is_empty() {
        return whole("there are no outputs: the root has not been applied");
    }
    Ok(object)
}

fn shape(document: &Document) -> Checked<Outputs> {
    told(document)?;
    let mut reader = Reader {
        document,
        problems: Diagnostics::new(),
    };
    let outputs = Outputs {
        database_name: reader.optional_text("database_name", &form::NAME),
        endpoint_service_name: reader.text("endpoint_service_name", &form::SERVICE),
        port: reader.port(),
        proxy_endpoint: reader.text("proxy_endpoint", &form::PROXY),
        read_only_endpoint_service_name: reader
            .optional_text("read_only_endpoint_service_name", &form::SERVICE),
        read_only_proxy_endpoint: reader
            .optional_text("read_only_proxy_endpoint", &form::PROXY_ENDPOINT),
        read_only_secret_arn: reader.optional_text("read_only_secret_arn", &form::SECRET),
        role_arn: reader.text("role_arn", &form::ROLE),
        secret_arn: reader.text("secret_arn", &form::SECRET),
        username: reader.text("username", &form::NAME),
    };
    reader.problems.into_result(outputs)
}

/// An output as Terraform prints it.
#[derive(Deserialize)]
struct Output<T> {
    value: T,
}

/// Reads one output after the other, and goes on after a problem.
struct Reader<'a> {
    document: &'a Document,
    problems: Diagnostics,
}

impl Reader<'_> {
    /// The value of an output; nothing, and a problem, when it is missing or something else.
    fn read<T: DeserializeOwned>(&mut self, name: &str, expected: &str) -> Option<T> {
        let Some(output) = self.document.value.get(name) else {
            self.refuse("", format!("the output `{name}` is missing"));
            return None;
        };
        if output.get("value").is_none() {
            self.refuse(
                &format!("/{name}"),
                format!("the output `{name}` has no value"),
            );
            return None;
        }
        let Ok(output) = Output::deserialize(output) else {
            self.refuse_value(name, expected, HOW);
            return None;
        };
        Some(output.value)
    }

    fn text(&mut self, name: &str, form: &Form) -> String {
        let Some(text) = self.read::<String>(name, "text") else {
            return String::new();
        };
        if !(form.fits)(&text) {
            let help = format!("AWS gives one like `{}`; {HOW}", form.like);
            self.refuse_value(name, form.noun, &help);
        }
        text
    }

    fn port(&mut self) -> u32 {
        let port = self.read::<NonZeroU16>("port", "a port");
        port.map_or(0, |port| port.get().into())
    }

    /// A list of texts, sorted; none when there is no such output.
    fn texts(&mut self, name: &str, form: &Form) -> Option<Vec<String>> {
        self.document.value.get(name)?;
        let mut texts = self.read::<Vec<String>>(name, "a list of texts")?;
        if texts.is_empty() || !texts.iter().all(|text| (form.fits)(text)) {
            let help = format!("AWS gives each one like `{}`; {HOW}", form.like);
            self.refuse_value(name, form.noun, &help);
        }
        texts.sort();
        texts.dedup();
        Some(texts)
    }

    fn optional_text(&mut self, name: &str, form: &Form) -> Option<String> {
        let value = self.document.value.get(name)?.get("value")?;
        (!value.is_null()).then(|| self.text(name, form))
    }

    fn refuse_value(&mut self, name: &str, expected: &str, help: &str) {
        let message = format!("the output `{name}` is not {expected}");
        self.refuse_at(&format!("/{name}/value"), message, help);
    }

    fn refuse(&mut self, pointer: &str, message: String) {
        self.refuse_at(pointer, message, HOW);
    }

    fn refuse_at(&mut self, pointer: &str, message: String, help: &str) {
        let problem = self.document.problem(&rule::BAD_OUTPUTS, pointer, message);
        self.problems.push(problem.help(help));
    }
}

/// Everything that another unit's outputs would have different.
fn foreign(document: &Document, outputs: &Outputs, database: &Database) -> Diagnostics {
    let mut expected = Expected::of(document, database);
    let Resolved {
        value: role,
        origin,
    } = &database.iam_role_name;
    let role = role_arn(database, role);
    expected.that(
        "role_arn",
        outputs.role_arn == role,
        &outputs.role_arn,
        &format!("`{role}`"),
        *origin,
    );
    let secret = secret_arn_start(database);
    expected.that(
        "secret_arn",
        outputs.secret_arn.starts_with(&secret),
        &outputs.secret_arn,
        &format!("a secret that starts with `{secret}`"),
        Origin::BuiltIn,
    );
    if let (Some(found), Some(user)) = (
        &outputs.read_only_secret_arn,
        &database.read_only_user.value,
    ) {
        let names = SharedNames::derive(&database.environment.name);
        let secret = format!(
            "{secret}{}{}/{user}-",
            names.users_secrets, database.shortname
        );
        expected.that(
            "read_only_secret_arn",
            found.starts_with(&secret),
            found,
            &format!("a secret that starts with `{secret}`"),
            database.read_only_user.origin,
        );
    }
    expected.host(&outputs.proxy_endpoint);
    expected.service("endpoint_service_name", &outputs.endpoint_service_name);
    if let Some(host) = &outputs.read_only_proxy_endpoint {
        expected.reader_host(host);
    }
    if let Some(name) = &outputs.read_only_endpoint_service_name {
        expected.service("read_only_endpoint_service_name", name);
    }
    let Resolved {
        value: username,
        origin,
    } = database.client_user();
    expected.that(
        "username",
        outputs.username == username,
        &outputs.username,
        &format!("`{username}`"),
        origin,
    );
    if let (Some(found), Some(wanted)) = (&outputs.database_name, &database.database_name.value) {
        expected.that(
            "database_name",
            found == wanted,
            found,
            &format!("`{wanted}`"),
            database.database_name.origin,
        );
    }
    expected.problems
}

/// Everything that outputs have otherwise than their unit's would.
struct Expected<'a> {
    document: &'a Document,
    database: &'a Database,
    problems: Diagnostics,
}

impl<'a> Expected<'a> {
    const fn of(document: &'a Document, database: &'a Database) -> Self {
        Self {
            document,
            database,
            problems: Diagnostics::new(),
        }
    }

    fn that(&mut self, name: &str, holds: bool, found: &str, expected: &str, origin: Origin) {
        if holds {
            return;
        }
        let unit = self.database.unit();
        let pointer = format!("/{name}/value");
        let message = format!("the output `{name}` is `{found}`, not that of {unit}");
        let help =
            format!("expected {expected}; name the outputs of {unit}, or apply its root again");
        let problem = self
            .document
            .problem(&rule::FOREIGN_OUTPUTS, &pointer, message)
            .help(help);
        let span = self.database.span(origin);
        self.problems
            .push(if origin == Origin::BuiltIn || span.range.is_empty() {
                problem
            } else {
                problem.also(span, "the config says")
            });
    }

    fn host(&mut self, host: &str) {
        let proxy = &self.database.names.proxy;
        self.that(
            "proxy_endpoint",
            host.starts_with(&format!("{proxy}.")),
            host,
            &format!("a host that starts with `{proxy}.`"),
            Origin::Derived("shortname"),
        );
    }

    fn reader_host(&mut self, host: &str) {
        let endpoint = &self.database.names.proxy_read_only;
        self.that(
            "read_only_proxy_endpoint",
            host.starts_with(&format!("{endpoint}.endpoint.")),
            host,
            &format!("a host that starts with `{endpoint}.endpoint.`"),
            Origin::Derived("shortname"),
        );
    }

    fn service(&mut self, output: &str, name: &str) {
        let service = format!("vpce.{}.vpce-svc-", self.database.environment.spec.region);
        self.that(
            output,
            name.contains(&service),
            name,
            &format!("a service name with `{service}`"),
            Origin::BuiltIn,
        );
    }
}

/// ARN of a role of the database.
#[must_use]
pub fn role_arn(database: &Database, role: &str) -> String {
    let environment = &database.environment;
    format!(
        "arn:{}:iam::{}:role{}{role}",
        environment.partition(),
        environment.spec.account_id,
        environment.spec.role_path.as_deref().unwrap_or("/")
    )
}

/// What the ARN of every secret in the database's account and Region starts with.
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

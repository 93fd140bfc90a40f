//! `valet-rds k8s`: the Kubernetes objects with which a namespace reaches its database.

use clap::ValueEnum;

use crate::{
    cli::{
        context::Context,
        outputs_argument::{OutputsArgument, no_outputs, warn_foreign_host},
        session::Session,
        stop::Stop,
        terminal::{note, print, show_problems},
        unit_argument::UnitArgument,
    },
    config::Authentication,
    connect::{
        kubernetes::{self, Bazel, Mesh, Target},
        outputs,
    },
    diagnostic::report::plural,
    model::Database,
    text::{duration::Duration, malformed::Malformed, screen::Screen},
};

/// Arguments of `k8s`.
///
/// `-ri` is the two-letter short of `--external-secret-refresh-interval`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(in crate::cli) unit: UnitArgument,
    #[command(flatten)]
    outputs: OutputsArgument,
    #[command(flatten)]
    connection: Connection,
    /// How to print the objects
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    format: Format,
    /// Name of the Bazel target [default: the database's name in AWS]
    #[arg(long, short = 'n', value_name = "NAME", value_parser = target)]
    bazel_target_name: Option<String>,
    /// Label of the Bazel target that applies the root [default: the package of the root]
    #[arg(long, value_name = "LABEL", value_parser = target)]
    terraform_target: Option<String>,
    /// Also print an example Deployment that reads the connection from files
    #[arg(long)]
    deployment: bool,
}

/// What can be typed instead of read from outputs, and how the objects behave.
#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    /// Host of the proxy, when there are no outputs
    #[arg(long, short = 'p', value_name = "HOST", value_parser = host)]
    pub(super) proxy_endpoint: Option<String>,
    /// ARN of the secret, when there are no outputs
    #[arg(long, short = 's', value_name = "ARN", value_parser = secret)]
    secret_arn: Option<String>,
    /// How often External Secrets reads the secret again
    #[arg(long, value_name = "TIME", default_value = "1h")]
    external_secret_refresh_interval: Duration,
    /// DNS name of the VPC endpoint in the cluster's VPC; without it the mesh resolves the proxy's host itself
    #[arg(long, value_name = "HOST", value_parser = host)]
    vpc_endpoint: Vec<String>,
    /// The mesh that the pods are in; without one there is no ServiceEntry
    #[arg(long, value_name = "MESH", default_value = "istio")]
    mesh: MeshName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MeshName {
    /// Istio
    Istio,
    /// None: the host is resolved by the private zone in the cluster's VPC
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One YAML stream, ready for `kubectl apply --server-side -f -`
    Yaml,
    /// A `storage_valet_rds_k8s_resources` call
    Bazel,
}

/// Runs the command.
///
/// # Errors
/// When the unit or its outputs are wrong or missing.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let bazel = arguments.format == Format::Bazel;
    if bazel && arguments.deployment {
        return Err(Stop::Usage(
            "--deployment goes with `--format yaml`".to_owned(),
        ));
    }
    let connection = &arguments.connection;
    if bazel && connection.mesh == MeshName::None {
        return Err(Stop::Usage(
            "--mesh goes with `--format yaml`: the macro makes a ServiceEntry".to_owned(),
        ));
    }
    let session = context.open()?;
    let (database, problems) = session.compile_active(&arguments.unit.unit()?)?;
    let outputs = arguments.outputs.read(&session, &database)?;
    // The macro has no other way to log in.
    let secret = bazel || needs_secret(&database);
    let target = connection.target(&session, &database, outputs.as_ref(), secret)?;
    let refresh = connection.refresh(&database)?;
    let text = match arguments.format {
        Format::Yaml => connection.stream(&database, &target, arguments.deployment)?,
        Format::Bazel => {
            let label = format!("//{}", database.directory());
            kubernetes::bazel(
                &database,
                &target,
                refresh,
                &Bazel {
                    name: arguments
                        .bazel_target_name
                        .as_deref()
                        .unwrap_or(kubernetes::name(&database)),
                    terraform_target: arguments.terraform_target.as_deref().unwrap_or(&label),
                },
            )
        }
    };
    show_problems(&problems, &session.base, context.color);
    warn_foreign_host(&database, connection.proxy_endpoint.as_deref());
    if let Some(warning) = stale(&database, refresh) {
        note(format!("warning: {warning}"));
    }
    if !bazel && (arguments.bazel_target_name.is_some() || arguments.terraform_target.is_some()) {
        note("note: the Bazel target is not in the YAML; `--format bazel` prints its call");
    }
    print(&Screen::lines(&text))
}

/// How long our function takes from a user's new password in the database to the one in its secret, as measured: until
/// then the proxy logs in with the old one.
const SWITCH: &str = "0.2 s";

/// Whether pods log in with what stands in the secret.
pub(super) fn needs_secret(database: &Database) -> bool {
    database.authentication.value == Authentication::Password
}

impl Connection {
    /// The mesh that the pods are in.
    pub(super) const fn mesh(&self) -> Mesh {
        match self.mesh {
            MeshName::Istio => Mesh::Istio,
            MeshName::None => Mesh::None,
        }
    }

    /// The objects as one YAML stream.
    pub(super) fn stream(
        &self,
        database: &Database,
        target: &Target,
        deployment: bool,
    ) -> Result<String, Stop> {
        let refresh = self.refresh(database)?;
        let mut objects = kubernetes::objects(database, target, refresh, self.mesh());
        if deployment {
            objects.push(kubernetes::deployment(database));
        }
        let yaml = kubernetes::yaml(&objects).map_err(|error| Stop::Usage(error.to_string()))?;
        Ok(match self.mesh {
            MeshName::Istio => yaml,
            MeshName::None => kubernetes::resolution(database) + &yaml,
        })
    }

    /// Where the database is reached: what is typed wins over what outputs say.
    pub(super) fn target(
        &self,
        session: &Session,
        database: &Database,
        outputs: Option<&outputs::Outputs>,
        needs_secret: bool,
    ) -> Result<Target, Stop> {
        if self.mesh == MeshName::None && !self.vpc_endpoint.is_empty() {
            let message =
                "--vpc-endpoint stands in the ServiceEntry, which `--mesh none` leaves out";
            return Err(Stop::Usage(message.to_owned()));
        }
        let secret = self.secret_arn.clone();
        let secret = secret.or_else(|| (!needs_secret).then(String::new));
        let mut target = match (outputs, &self.proxy_endpoint, secret) {
            (Some(outputs), ..) => Target::from_outputs(database, outputs),
            (None, Some(host), Some(secret)) => Target::of(database, host.clone(), secret),
            _ => {
                let flags = if needs_secret {
                    "--proxy-endpoint and --secret-arn"
                } else {
                    "--proxy-endpoint"
                };
                return Err(no_outputs(session, database, flags));
            }
        };
        if let Some(host) = &self.proxy_endpoint {
            target.host.clone_from(host);
        }
        if let Some(secret) = &self.secret_arn {
            target.secret_arn.clone_from(secret);
        }
        let start = outputs::secret_arn_start(database);
        if !target.secret_arn.is_empty() && !target.secret_arn.starts_with(&start) {
            let message = format!(
                "`{}` is not a secret of {}: it starts with `{start}`",
                target.secret_arn, database.environment.name
            );
            return Err(Stop::Usage(message));
        }
        target.vpc_endpoints.clone_from(&self.vpc_endpoint);
        Ok(target)
    }

    /// How often the secret is read, if that is often enough.
    pub(super) fn refresh(&self, database: &Database) -> Result<Duration, Stop> {
        let refresh = self.external_secret_refresh_interval;
        let days = database.password_rotation_days.value;
        if refresh < Duration::days(days) {
            return Ok(refresh);
        }
        let message = format!(
            "a password that rotates every {days} days is stale when it is read only every {refresh}"
        );
        Err(Stop::Usage(message))
    }
}

/// How long a pod can hold an old password, in words.
pub(super) fn stale(database: &Database, refresh: Duration) -> Option<String> {
    // The kubelet looks every minute, at a cache that is at most a minute old.
    const KUBELET: Duration = Duration::seconds(120);
    let days = plural(database.password_rotation_days.value as usize, "day");
    let users = database.pods_are_users().then(|| users(database));
    let switch = format!(
        "while the function changes one, for about {SWITCH}, no new connection of its user works: connect again"
    );
    if database.authentication.value == Authentication::Iam {
        let (passwords, rotate) = users?;
        return Some(format!(
            "the proxy logs in with {passwords}, which {rotate} every {days}; {switch}"
        ));
    }
    let (what, switch) = match users {
        Some((passwords, rotate)) => (format!("{passwords} {rotate}"), format!("; {switch}")),
        None => ("the password rotates".to_owned(), String::new()),
    };
    Some(format!(
        "{what} every {days}, and for up to {} after that (refresh {refresh}, mounted files {KUBELET}) \
         new connections with the old one fail{switch}; environment variables keep it until the pod restarts, so read the files at \
         each connect, or use `authentication: iam`",
        refresh.then(KUBELET)
    ))
}

/// The passwords that our function rotates, and the verb that goes with so many.
fn users(database: &Database) -> (String, &'static str) {
    let user = database.client_user().value;
    match &database.read_only_user.value {
        Some(reader) => (
            format!("the passwords of `{user}` and `{reader}`"),
            "rotate",
        ),
        None => (format!("the password of `{user}`"), "rotates"),
    }
}

/// A host name from the command line.
pub(super) fn host(text: &str) -> Result<String, Malformed> {
    if outputs::form::is_host(text) {
        Ok(text.to_owned())
    } else {
        Err(Malformed("not the name of a host"))
    }
}

/// The ARN of a secret from the command line.
fn secret(text: &str) -> Result<String, Malformed> {
    if (outputs::form::SECRET.fits)(text) {
        Ok(text.to_owned())
    } else {
        Err(Malformed("not the ARN of a secret"))
    }
}

/// The name or label of a Bazel target from the command line.
fn target(text: &str) -> Result<String, Malformed> {
    if !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(Malformed("not the name of a Bazel target"))
    }
}

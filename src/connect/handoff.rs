//! What a service team is told about its database, in Markdown.

use std::fmt::Write;

use crate::{
    config::Authentication,
    connect::kubernetes::{self, Target},
    model::Database,
};

/// What the text is made of.
#[derive(Debug)]
pub struct Handoff<'a> {
    /// The database.
    pub database: &'a Database,
    /// Where it is reached.
    pub target: &'a Target,
    /// Name of the VPC endpoint service.
    pub service: &'a str,
    /// The Kubernetes objects as one YAML stream.
    pub objects: &'a str,
    /// How long a pod can hold an old password, in words.
    pub stale: Option<&'a str>,
    /// What happened in the private-link repository, in words.
    pub privatelink: &'a str,
}

/// The text for the team.
#[must_use]
pub fn text(handoff: &Handoff) -> String {
    let Handoff {
        database,
        target,
        service,
        objects,
        ..
    } = handoff;
    let mut text = format!(
        "# The database of {}\n\n| | |\n|---|---|\n",
        database.unit()
    );
    let mut rows = vec![
        ("host", target.host.as_str()),
        ("port", &*target.port.to_string()),
        ("database", &target.database),
        ("user", &database.username.value),
        ("role", &target.role_arn),
        ("endpoint service", service),
        ("clusters", &database.clusters.value.join(", ")),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect::<Vec<_>>();
    if database.authentication.value == Authentication::Password {
        rows.insert(4, ("secret", target.secret_arn.clone()));
    }
    for (name, value) in rows {
        let _ = writeln!(text, "| {name} | `{value}` |");
    }
    let _ = write!(text, "\n## What to do\n\n{}", steps(handoff));
    let _ = write!(text, "\n## Kubernetes objects\n\n```yaml\n{objects}```\n");
    text
}

fn steps(handoff: &Handoff) -> String {
    let Handoff { database, .. } = handoff;
    let (name, account) = (
        kubernetes::name(database),
        &database.service_account_name.value,
    );
    let mut steps = vec![
        format!(
            "The network team merges the private-link entry: {}. Until its endpoint is there, nothing connects.",
            handoff.privatelink
        ),
        "Apply the objects below with `kubectl apply --server-side -f FILE`.".to_owned(),
        format!(
            "Let the pods run as ServiceAccount `{account}`. Pods that run already get the role when they are restarted."
        ),
    ];
    steps.push(match database.authentication.value {
        Authentication::Password => format!(
            "Mount the Secret `{name}` as files and read them at every connect: `host`, `port`, `database`, `user`, `password`, or `url`, which holds all of it."
        ),
        Authentication::Iam => format!(
            "Mount the ConfigMap `{name}` as files, and log in with an IAM token made for exactly its `host`, `port`, `user` and `region`. A token lives 15 minutes; an open connection stays."
        ),
    });
    steps.push(
        "TLS is verified against the host's name. Its certificate comes from Amazon Trust Services, which systems trust already; libpq 16 and later find them with `PGSSLROOTCERT=system`."
            .to_owned(),
    );
    steps.push(
        "In the mesh, the ServiceEntry gives the host an address of its own, so that it is not mixed up with other databases; the mesh's DNS capture must be on. Keep TCP keepalives below 350 seconds, after which the load balancer forgets a silent connection."
            .to_owned(),
    );
    if let Some(stale) = handoff.stale {
        steps.push(format!("Mind the rotation: {stale}."));
    }
    steps
        .iter()
        .enumerate()
        .fold(String::new(), |mut text, (number, step)| {
            let _ = writeln!(text, "{}. {step}", number + 1);
            text
        })
}

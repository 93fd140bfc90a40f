//! What a service team is told about its database, in Markdown.

pub mod files;

use crate::{
    config::Authentication,
    connect::{
        kubernetes::{self, Mesh, Target},
        way::Ways,
    },
    model::Database,
    text::markdown::Markdown,
};

/// What the text is made of.
#[derive(Clone, Copy, Debug)]
pub struct Handoff<'a> {
    /// The database.
    pub database: &'a Database,
    /// Where it is reached.
    pub target: &'a Target,
    /// Name of the VPC endpoint service.
    pub service: &'a str,
    /// The Kubernetes objects as one YAML stream.
    pub objects: &'a str,
    /// Files that hold the objects, one for each cluster. Without any, they are in the text.
    pub files: &'a [String],
    /// How long a pod can hold an old password, in words.
    pub stale: Option<&'a str>,
    /// What happened in the private-link repository, in words.
    pub privatelink: &'a str,
    /// The mesh that the pods are in.
    pub mesh: Mesh,
}

/// The text for the team.
#[must_use]
pub fn text(handoff: &Handoff) -> Markdown {
    let Handoff {
        database,
        target,
        service,
        ..
    } = handoff;
    let mut text = Markdown::new()
        .own("# The database of ")
        .prose(&database.unit().to_string())
        .own("\n\n| | |\n|---|---|\n");
    let (port, clusters) = (target.port.to_string(), database.clusters.value.join(", "));
    let is_secret = database.authentication.value == Authentication::Password;
    let rows = [
        ("host", Some(target.host.as_str())),
        ("port", Some(&port)),
        ("database", Some(&target.database)),
        ("user", Some(database.client_user().value)),
        ("secret", is_secret.then_some(&target.secret_arn)),
        ("role", Some(&target.role_arn)),
        (
            "endpoint service",
            Some(*service).filter(|name| !name.is_empty()),
        ),
        ("clusters", Some(&clusters)),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            text = text.own("| ").own(name).own(" | ").code(value).own(" |\n");
        }
    }
    text = text.own("\n## What to do\n\n");
    for (number, step) in steps(handoff).iter().enumerate() {
        text = text
            .prose(&(number + 1).to_string())
            .own(". ")
            .prose(step)
            .own("\n");
    }
    if !handoff.files.is_empty() {
        return text;
    }
    text.own("\n## Kubernetes objects\n\n")
        .fence("yaml", handoff.objects)
}

fn steps(handoff: &Handoff) -> Vec<String> {
    let Handoff { database, .. } = handoff;
    let (name, account) = (
        kubernetes::name(database),
        &database.service_account_name.value,
    );
    let ways = Ways::of(database);
    let mut steps = Vec::new();
    if !ways.consumers.is_empty() {
        steps.push(format!(
            "The platform team generates, merges and applies {}, which makes an endpoint and a private zone for the host. Until they are there, nothing connects.",
            ways.roots()
        ));
    }
    if !ways.others.is_empty() {
        steps.push(format!(
            "The network team merges the private-link entry: {}. Until its endpoint is there, nothing connects.",
            handoff.privatelink
        ));
    }
    steps.extend([
        if handoff.files.is_empty() {
            "Apply the objects below with `kubectl apply --server-side -f FILE`.".to_owned()
        } else {
            let files: Vec<_> = handoff
                .files
                .iter()
                .map(|path| format!("`{path}`"))
                .collect();
            format!(
                "Apply the file of each cluster there with `kubectl apply --server-side -f FILE`: {}.",
                files.join(", ")
            )
        },
        format!(
            "Let the pods run as ServiceAccount `{account}`. Pods that run already get the role when they are restarted."
        ),
    ]);
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
    let mesh = match handoff.mesh {
        Mesh::Istio => {
            "In the mesh, the ServiceEntry gives the host an address of its own, so that it is not mixed up with other databases; the mesh's DNS capture must be on.".to_owned()
        }
        Mesh::None => format!(
            "Without a mesh, the VPC of the cluster resolves the host ({}).",
            ways.resolvers().join("; ")
        ),
    };
    steps.push(format!(
        "{mesh} Keep TCP keepalives below 350 seconds, after which the load balancer forgets a silent connection."
    ));
    if let Some(stale) = handoff.stale {
        steps.push(format!("Mind the rotation: {stale}."));
    }
    steps
}

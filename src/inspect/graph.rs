//! The wiring from pod to database as boxes and arrows, drawn as Mermaid, DOT or SVG.

mod dot;
mod mermaid;
mod svg;

use std::collections::BTreeMap;

use crate::{
    aws::name::Kind,
    config::{Authentication, workspace::Consumer},
    diagnostic::report::plural,
    model::{Database, Environment, identity},
};

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::{Drawing, draw, style, svg};

/// A drawing: accounts of the clusters on the left, the storage account on the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// Accounts of the clusters.
    pub left: Vec<Group>,
    /// The storage account.
    pub right: Group,
    /// The arrows.
    pub edges: Vec<Edge>,
}

/// An account and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Unique in the drawing.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Its boxes, top to bottom.
    pub nodes: Vec<Node>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Unique in the drawing: letters, digits and `_`.
    pub id: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Its name, and what else to know, a line each.
    pub lines: Vec<String>,
    /// Whether its lines are a list of many, and not what there is to know of one.
    pub is_list: bool,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Id of the box that it leaves.
    pub from: String,
    /// Id of the box that it points at.
    pub to: String,
    /// What goes along it.
    pub label: String,
    /// Whether it is the way of the data, and not of permissions.
    pub data: bool,
}

impl Graph {
    /// Every group, left ones first.
    fn groups(&self) -> impl Iterator<Item = &Group> {
        self.left.iter().chain([&self.right])
    }
}

fn node(id: impl Into<String>, kind: &str, lines: &[&str]) -> Node {
    let mut kind = kind.to_owned();
    if let Some(first) = kind.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Node {
        id: id.into(),
        kind,
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        is_list: false,
    }
}

fn edge(from: &str, to: &str, label: impl Into<String>, data: bool) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        label: label.into(),
        data,
    }
}

/// The wiring of one database.
#[must_use]
pub fn unit(database: &Database) -> Graph {
    let port = database.facts().port;
    let mut edges = Vec::new();
    let mut accounts: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    let mut endpoints: BTreeMap<&str, String> = BTreeMap::new();
    for (number, cluster) in database.clusters.value.iter().enumerate() {
        let pod = format!("pod{number}");
        let consumer = consumer_of(&database.environment, cluster);
        let maker = consumer.map_or(cluster.as_str(), |(maker, _)| maker);
        let known = endpoints.get(maker).cloned();
        let is_new = known.is_none();
        let endpoint = known.unwrap_or_else(|| format!("endpoint{number}"));
        let namespace = format!("namespace {}", database.namespace.value);
        let account = format!("service account {}", database.service_account_name.value);
        let nodes = accounts
            .entry(account_of(&database.environment, cluster))
            .or_default();
        nodes.push(node(&*pod, "Pods", &[cluster, &namespace, &account]));
        if is_new {
            let root = identity::of_cluster(maker);
            let made_by = consumer.map_or(cluster.as_str(), |_| &root);
            nodes.push(node(
                &*endpoint,
                "VPC endpoint",
                &[made_by, "answers for the proxy's host"],
            ));
        }
        edges.push(edge(&pod, &endpoint, format!("TLS, {port}"), true));
        if is_new {
            edges.push(edge(
                &endpoint,
                "service",
                format!("PrivateLink, {port}"),
                true,
            ));
            if database.has_read_only_path() {
                edges.push(edge(
                    &endpoint,
                    "service_read_only",
                    format!("PrivateLink, {port}"),
                    true,
                ));
            }
        }
        endpoints.insert(maker, endpoint);
        edges.push(edge(&pod, "role", "assumes", false));
    }
    edges.extend(storage_edges(database));
    Graph {
        title: format!("Wiring of {}", database.unit()),
        left: groups(accounts),
        right: storage(&database.environment, storage_nodes(database)),
        edges,
    }
}

fn storage_nodes(database: &Database) -> Vec<Node> {
    let names = &database.names;
    let listens = format!("TCP {}", database.facts().port);
    let listening = format!(
        "{}, port {}, {}",
        engine(database),
        database.port.value,
        database.instance_class.value
    );
    let user = database.client_user();
    let made_by = if database.pods_are_users() {
        "made and rotated by a function"
    } else {
        "made and rotated by RDS"
    };
    let readers = plural(database.readers() as usize, "reader");
    let mut lines = vec![names.instance.as_str(), &listening];
    let kind = if database.facts().is_cluster() {
        lines.push(&readers);
        Kind::Cluster
    } else {
        Kind::Database
    };
    let mut nodes = vec![
        node(
            "role",
            Kind::Role.as_str(),
            &[&database.iam_role_name.value],
        ),
        node(
            "secret",
            "Secret",
            &[made_by, &format!("user {}", user.value)],
        ),
        node(
            "service",
            Kind::EndpointService.as_str(),
            &[&names.endpoint_service],
        ),
        node(
            "balancer",
            Kind::LoadBalancer.as_str(),
            &[&names.load_balancer, &listens],
        ),
        node(
            "proxy",
            Kind::Proxy.as_str(),
            &[&names.proxy, &format!("TLS, {}", database.facts().port)],
        ),
        node("database", kind.as_str(), &lines),
    ];
    if database.has_read_only_path() {
        nodes.extend([
            node(
                "service_read_only",
                Kind::EndpointService.as_str(),
                &[&names.endpoint_service_read_only, "for pods that only read"],
            ),
            node(
                "balancer_read_only",
                Kind::LoadBalancer.as_str(),
                &[&names.load_balancer_read_only, &listens],
            ),
        ]);
    }
    nodes
}

fn storage_edges(database: &Database) -> Vec<Edge> {
    let port = database.facts().port;
    let access = match database.authentication.value {
        Authentication::Password => edge("role", "secret", "reads", false),
        Authentication::Iam => edge("role", "proxy", "rds-db:connect", false),
    };
    let mut edges = vec![
        access,
        edge("service", "balancer", format!("{port}"), true),
        edge("balancer", "proxy", format!("{port}"), true),
        edge(
            "proxy",
            "database",
            format!("{}", database.port.value),
            true,
        ),
        edge("proxy", "secret", "reads", false),
    ];
    if database.has_read_only_path() {
        edges.extend([
            edge(
                "service_read_only",
                "balancer_read_only",
                format!("{port}"),
                true,
            ),
            edge("balancer_read_only", "proxy", format!("{port}"), true),
        ]);
    }
    edges
}

/// The most databases of an environment that have a box each. More stand in lists, one for all that serve the same clusters.
const MOST_BOXES: usize = 16;

/// The wiring of all databases of an environment.
#[must_use]
pub fn environment(environment: &Environment, databases: &[&Database]) -> Graph {
    let mut accounts: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for (number, cluster) in environment.spec.clusters.keys().enumerate() {
        let nodes = accounts
            .entry(account_of(environment, cluster))
            .or_default();
        nodes.push(node(format!("cluster{number}"), "EKS cluster", &[cluster]));
    }
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for (number, (databases, node)) in boxes(databases).into_iter().enumerate() {
        let id = format!("unit{number}");
        nodes.push(Node {
            id: id.clone(),
            ..node
        });
        let Some(first) = databases.first() else {
            continue;
        };
        let served = environment.spec.clusters.keys().enumerate();
        for (number, _) in served.filter(|(_, cluster)| first.clusters.value.contains(cluster)) {
            let port = first.facts().port;
            edges.push(edge(
                &format!("cluster{number}"),
                &id,
                format!("{port}"),
                true,
            ));
        }
    }
    Graph {
        title: format!("Databases of {}", environment.name),
        left: groups(accounts),
        right: storage(environment, nodes),
        edges,
    }
}

/// Boxes for databases, each with those that it stands for: they serve the same clusters on the same port.
fn boxes<'a>(databases: &[&'a Database]) -> Vec<(Vec<&'a Database>, Node)> {
    let kind =
        |database: &Database| format!("{}, {}", engine(database), database.instance_class.value);
    if databases.len() <= MOST_BOXES {
        let own = databases.iter().map(|database| {
            let lines = [
                database.namespace.value.as_str(),
                &database.names.instance,
                &kind(database),
            ];
            (vec![*database], node("", "Namespace", &lines))
        });
        return own.collect();
    }
    let mut served: BTreeMap<_, Vec<&Database>> = BTreeMap::new();
    for database in databases {
        let same = (&database.clusters.value, database.facts().port);
        served.entry(same).or_default().push(database);
    }
    let lists = served.into_values().map(|databases| {
        let lines = databases.iter().map(|database| {
            let (namespace, instance) = (&database.namespace.value, &database.names.instance);
            format!("{namespace}: {instance}, {}", kind(database))
        });
        let list = Node {
            lines: lines.collect(),
            is_list: true,
            ..node("", &plural(databases.len(), "database"), &[])
        };
        (databases, list)
    });
    lists.collect()
}

fn engine(database: &Database) -> String {
    format!(
        "{} {}",
        database.engine.value.as_str(),
        database.engine_version.value
    )
}

/// The consumer side of ours that a cluster uses.
fn consumer_of<'a>(environment: &'a Environment, cluster: &str) -> Option<(&'a str, &'a Consumer)> {
    let (maker, consumer) = environment.consumer_of(cluster)?;
    (!consumer.retired).then_some((maker, consumer))
}

/// The accounts of a cluster, in words; with its VPC, when that is known.
fn account_of(environment: &Environment, cluster: &str) -> String {
    if let Some((_, consumer)) = consumer_of(environment, cluster) {
        return format!(
            "Cluster account {}, {}, {}",
            consumer.account_id, consumer.region, consumer.vpc_id
        );
    }
    let principals = environment
        .spec
        .clusters
        .get(cluster)
        .map(|cluster| &cluster.principal_arns);
    let mut accounts: Vec<_> = principals
        .into_iter()
        .flatten()
        .filter_map(|arn| arn.split(':').nth(4))
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    format!("Cluster account {}", accounts.join(", "))
}

fn groups(accounts: BTreeMap<String, Vec<Node>>) -> Vec<Group> {
    let group = |(number, (title, nodes)): (usize, (String, Vec<Node>))| Group {
        id: format!("clusters{number}"),
        title,
        nodes,
    };
    accounts.into_iter().enumerate().map(group).collect()
}

fn storage(environment: &Environment, nodes: Vec<Node>) -> Group {
    let spec = &environment.spec;
    Group {
        id: "storage".to_owned(),
        title: format!(
            "Storage account {}, {}, {}",
            spec.account_id, spec.region, spec.network.vpc_id
        ),
        nodes,
    }
}

//! Instance to root: which files a root has, which blocks, which module is called with what, and why.
//!
//! Addresses are fixed for ever: `module.rds`, `module.proxy`, `module.nlb`, `module.endpoint_service`,
//! `module.irsa_role`, and `module.cluster_trust` of an environment. A renamed one would rebuild what it holds.

use std::collections::BTreeSet;

use crate::{
    class,
    config::StorageType,
    instance::{Environment, Given, Instance, Origin},
    name,
};

/// A Terraform root module: one directory, one state.
#[derive(Debug)]
pub struct Root {
    /// Folder, relative to the workspace.
    pub directory: String,
    /// The file it is generated from, relative to the workspace.
    pub written_in: String,
    /// Its files.
    pub files: Vec<RootFile>,
}

/// A file of a root.
#[derive(Debug)]
pub struct RootFile {
    /// Its name.
    pub name: &'static str,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// An HCL block.
#[derive(Debug)]
pub struct Block {
    /// `module`, `output`, …
    pub kind: &'static str,
    /// The labels after the kind.
    pub labels: Vec<&'static str>,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// Its nested blocks, in order.
    pub blocks: Vec<Block>,
}

/// One argument and the one place that its value comes from.
#[derive(Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub term: Term,
    /// Where the value comes from.
    pub source: ArgumentSource,
}

/// Where the value of an argument comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentSource {
    /// A value of the instance or its environment.
    Origin(Origin),
    /// The output of another module of the root.
    Wire,
    /// The same in every root.
    Fixed,
}

/// A value in HCL. Text is data: only `Output` and `Address` ever become references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A string, escaped when it is written.
    Text(String),
    /// A whole number.
    Number(u32),
    /// A boolean.
    Bool(bool),
    /// A list.
    List(Vec<Term>),
    /// A map; its keys are data and are quoted.
    Map(Vec<(String, Term)>),
    /// An object; its keys are attribute names.
    Object(Vec<(&'static str, Term)>),
    /// `module.<module>.<output>`.
    Output(&'static str, &'static str),
    /// `module.<module>.<resource type>.<resource>["<key>"]`.
    Address(&'static str, &'static str, &'static str, String),
}

impl From<&str> for Term {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Term {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Term {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Term {
    fn from(value: u32) -> Self {
        Self::Number(value)
    }
}

fn texts<'a>(list: impl IntoIterator<Item = &'a (impl AsRef<str> + 'a + ?Sized)>) -> Term {
    Term::List(list.into_iter().map(|text| text.as_ref().into()).collect())
}

impl Block {
    fn new(kind: &'static str, labels: &[&'static str]) -> Self {
        Self {
            kind,
            labels: labels.to_vec(),
            arguments: Vec::new(),
            blocks: Vec::new(),
        }
    }

    fn push(mut self, name: &'static str, term: impl Into<Term>, source: ArgumentSource) -> Self {
        self.arguments.push(Argument {
            name,
            term: term.into(),
            source,
        });
        self
    }

    fn fixed(self, name: &'static str, term: impl Into<Term>) -> Self {
        self.push(name, term, ArgumentSource::Fixed)
    }

    fn from(self, name: &'static str, term: impl Into<Term>, origin: Origin) -> Self {
        self.push(name, term, ArgumentSource::Origin(origin))
    }

    fn environment(self, name: &'static str, term: impl Into<Term>, key: &'static str) -> Self {
        self.from(name, term, Origin::Environment(key))
    }

    fn named(self, name: &'static str, term: &str) -> Self {
        self.from(name, term, Origin::Derived("shortname"))
    }

    fn given<T>(self, name: &'static str, given: &Given<T>) -> Self
    where
        for<'a> Term: From<&'a T>,
    {
        self.from(name, &given.value, given.origin)
    }

    fn copied<T: Copy + Into<Term>>(self, name: &'static str, given: &Given<T>) -> Self {
        self.from(name, given.value, given.origin)
    }

    fn optional<T: Clone + Into<Term>>(self, name: &'static str, given: &Given<Option<T>>) -> Self {
        match &given.value {
            Some(value) => self.from(name, value.clone(), given.origin),
            None => self,
        }
    }

    fn wire(self, name: &'static str, module: &'static str, output: &'static str) -> Self {
        self.push(name, Term::Output(module, output), ArgumentSource::Wire)
    }

    fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }

    fn block(mut self, block: Self) -> Self {
        self.blocks.push(block);
        self
    }
}

impl From<String> for Term {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Lays out the root of an instance.
#[must_use]
pub fn lay_out(instance: &Instance) -> Root {
    Root {
        directory: instance.directory(),
        written_in: instance.file.path.clone(),
        files: vec![
            RootFile {
                name: "main.tf",
                blocks: vec![
                    rds(instance),
                    proxy(instance),
                    nlb(instance),
                    endpoint_service(instance),
                    irsa_role(instance),
                ],
            },
            RootFile {
                name: "outputs.tf",
                blocks: outputs(),
            },
            RootFile {
                name: "terraform.tf",
                blocks: vec![
                    terraform(&instance.environment, &instance.shortname, Origin::Derived("shortname")),
                    provider(&instance.environment, unit_tags(instance)),
                ],
            },
        ],
    }
}

/// Lays out what the units of an environment share: trust in the clusters' identities. Nothing, when others own it.
#[must_use]
pub fn lay_out_environment(environment: &Environment) -> Option<Root> {
    let clusters: Vec<_> = environment.owned_clusters().collect();
    if clusters.is_empty() {
        return None;
    }
    let issuers = clusters
        .iter()
        .map(|(name, cluster, _)| ((*name).clone(), (&cluster.oidc_issuer).into()))
        .collect();
    let call = call(environment, "cluster_trust", "cluster-trust").environment(
        "clusters",
        Term::Map(issuers),
        "clusters",
    );
    let imports = clusters.iter().filter(|(.., exists)| *exists).map(|(name, cluster, _)| {
        Block::new("import", &[])
            .environment(
                "to",
                Term::Address(
                    "cluster_trust",
                    "aws_iam_openid_connect_provider",
                    "this",
                    (*name).clone(),
                ),
                "clusters",
            )
            .environment("id", environment.oidc_provider_arn(&cluster.oidc_issuer), "clusters")
    });
    let tags = environment
        .written
        .tags
        .iter()
        .map(|(key, value)| (key.clone(), value.into()));
    let tags = tags.chain([identity_tag("environment", &environment.name)]).collect();
    Some(Root {
        directory: environment.directory(),
        written_in: environment.file.path.clone(),
        files: vec![
            RootFile {
                name: "main.tf",
                blocks: std::iter::once(call).chain(imports).collect(),
            },
            RootFile {
                name: "terraform.tf",
                blocks: vec![
                    terraform(environment, "_environment", Origin::Environment("state/keyPrefix")),
                    provider(environment, tags),
                ],
            },
        ],
    })
}

/// Prefix of the tags that say which config a resource belongs to.
pub const IDENTITY_TAGS: &str = "valet-rds:";

fn identity_tag(name: &str, value: &str) -> (String, Term) {
    (format!("{IDENTITY_TAGS}{name}"), value.into())
}

fn unit_tags(instance: &Instance) -> Vec<(String, Term)> {
    let tags = instance
        .tags
        .iter()
        .map(|(key, given)| (key.clone(), (&given.value).into()));
    let identity = [
        identity_tag("environment", &instance.environment.name),
        identity_tag("namespace", &instance.namespace.value),
        identity_tag("shortname", &instance.shortname),
    ];
    tags.chain(identity).collect()
}

fn terraform(environment: &Environment, state: &str, origin: Origin) -> Block {
    let backend = &environment.written.state;
    let source = Term::Object(vec![
        ("source", "hashicorp/aws".into()),
        ("version", ">= 5.100, < 7".into()),
    ]);
    Block::new("terraform", &[])
        .fixed("required_version", ">= 1.11")
        .block(Block::new("required_providers", &[]).fixed("aws", source))
        .block(
            Block::new("backend", &["s3"])
                .environment("bucket", &backend.bucket, "state/bucket")
                .fixed("encrypt", true)
                .from("key", name::state_key(&backend.key_prefix, state), origin)
                .when(backend.kms_key_id.is_some(), |block| {
                    let key = backend.kms_key_id.clone().unwrap_or_default();
                    block.environment("kms_key_id", key, "state/kmsKeyId")
                })
                .environment("region", &backend.region, "state/region")
                .fixed("use_lockfile", true),
        )
}

fn provider(environment: &Environment, tags: Vec<(String, Term)>) -> Block {
    let written = &environment.written;
    let mut provider = Block::new("provider", &["aws"])
        .environment("allowed_account_ids", texts([&written.account_id]), "accountId")
        .environment("region", &written.region, "region");
    if let Some(role) = &written.deploy_role_arn {
        provider = provider
            .block(Block::new("assume_role", &[]).environment("role_arn", role, "deployRoleArn"));
    }
    provider.block(Block::new("default_tags", &[]).environment("tags", Term::Map(tags), "tags"))
}

fn call(environment: &Environment, label: &'static str, module: &str) -> Block {
    let modules = &environment.modules;
    let source = format!("{}{module}{}", modules.before, modules.after);
    Block::new("module", &[label]).environment("source", source, "modules")
}

fn alarms(block: Block, environment: &Environment, memory_gib: Option<u32>) -> Block {
    let Some(topic) = &environment.written.alarm_topic_arn else {
        return block;
    };
    let mut object = vec![("topic_arn", topic.into())];
    object.extend(memory_gib.map(|memory| ("memory_gib", memory.into())));
    object.sort_by_key(|(key, _)| *key);
    block.environment("alarms", Term::Object(object), "alarmTopicArn")
}

fn kms_key(block: Block, environment: &Environment) -> Block {
    match &environment.written.kms_key_arn {
        Some(key) => block.environment("kms_key_arn", key, "kmsKeyArn"),
        None => block,
    }
}

fn subnet_ids(block: Block, environment: &Environment) -> Block {
    block.environment("subnet_ids", sorted_subnets(environment), "network/subnetIds")
}

fn sorted_subnets(environment: &Environment) -> Term {
    texts(environment.written.network.subnet_ids.iter().collect::<BTreeSet<_>>())
}

fn vpc_id(block: Block, environment: &Environment) -> Block {
    block.environment("vpc_id", &environment.written.network.vpc_id, "network/vpcId")
}

fn rds(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let memory = class::look_up(&instance.instance_class.value).ok().map(|class| class.memory_gib);
    let grows = instance.max_allocated_storage.value > 0;
    let monitored = instance.monitoring_interval.value > 0;
    let parameters = instance
        .parameters
        .iter()
        .map(|(name, given)| {
            let method = crate::parameter::apply_method(name);
            let value = Term::Object(vec![
                ("apply_method", method.into()),
                ("value", (&given.value).into()),
            ]);
            (name.clone(), value)
        })
        .collect::<Vec<_>>();
    let logs = instance.log_exports.value.iter().map(|log| log.word());
    let block = call(environment, "rds", "rds");
    let block = alarms(block, environment, memory)
        .copied("allocated_storage", &instance.allocated_storage)
        .from(
            "auto_minor_version_upgrade",
            instance.minors_follow(),
            Origin::Derived("engineVersion"),
        )
        .copied("backup_retention_period", &instance.backup_retention_period)
        .given("backup_window", &instance.backup_window)
        .optional("database_name", &instance.database_name)
        .copied("deletion_protection", &instance.deletion_protection)
        .from("engine", instance.engine.value.word(), instance.engine.origin)
        .given("engine_version", &instance.engine_version)
        .named("identifier", &names.instance)
        .given("instance_class", &instance.instance_class)
        .optional("iops", &instance.iops);
    let block = kms_key(block, environment)
        .from("log_exports", texts(logs.collect::<Vec<_>>()), instance.log_exports.origin)
        .given("maintenance_window", &instance.maintenance_window)
        .when(grows, |block| {
            block.copied("max_allocated_storage", &instance.max_allocated_storage)
        })
        .copied("monitoring_interval", &instance.monitoring_interval)
        .when(monitored, |block| block.named("monitoring_role_name", &names.monitoring_role))
        .copied("multi_az", &instance.multi_az)
        .named("parameter_group_name", &names.parameter_group)
        .when(!parameters.is_empty(), |block| {
            block.from("parameters", Term::Map(parameters), Origin::Derived("parameters"))
        })
        .copied("password_rotation_days", &instance.password_rotation_days)
        .copied("port", &instance.port)
        .named("security_group_name", &names.database_security_group)
        .copied("storage_encrypted", &instance.encrypted)
        .optional("storage_throughput", &instance.storage_throughput)
        .from(
            "storage_type",
            instance.storage_type.value.word(),
            instance.storage_type.origin,
        )
        .named("subnet_group_name", &names.subnet_group);
    let block = subnet_ids(block, environment).given("username", &instance.username);
    vpc_id(block, environment)
}

fn proxy(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let proxy = &instance.proxy;
    let filters = proxy.session_pinning_filters.value.iter().map(|filter| filter.word());
    let filters: Vec<_> = filters.collect();
    let block = alarms(call(environment, "proxy", "proxy"), environment, None)
        .from(
            "authentication",
            instance.authentication.value.word(),
            instance.authentication.origin,
        )
        .copied("connection_borrow_timeout", &proxy.connection_borrow_timeout)
        .wire("database_identifier", "rds", "identifier")
        .wire("database_port", "rds", "port")
        .wire("database_security_group_id", "rds", "security_group_id")
        .from(
            "engine_family",
            instance.engine.value.proxy_family(),
            instance.engine.origin,
        )
        .copied("idle_client_timeout", &proxy.idle_client_timeout)
        .optional("init_query", &proxy.init_query);
    let block = kms_key(block, environment)
        .copied("max_connections_percent", &proxy.max_connections_percent)
        .copied("max_idle_connections_percent", &proxy.max_idle_connections_percent)
        .named("name", &names.proxy)
        .environment("region", &environment.written.region, "region")
        .named("role_name", &names.proxy_role)
        .wire("secret_arn", "rds", "secret_arn")
        .named("security_group_name", &names.proxy_security_group)
        .when(!filters.is_empty(), |block| {
            block.from(
                "session_pinning_filters",
                texts(filters),
                proxy.session_pinning_filters.origin,
            )
        });
    vpc_id(subnet_ids(block, environment), environment)
}

fn nlb(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let names = &instance.names;
    let clusters = selected_clusters(instance);
    let cidrs: BTreeSet<_> = clusters.iter().flat_map(|cluster| &cluster.client_cidrs).collect();
    let in_vpc = environment.written.network.target_sync_in_vpc;
    let block = alarms(call(environment, "nlb", "nlb"), environment, None)
        .when(!cidrs.is_empty(), |block| {
            block.environment("client_cidrs", texts(cidrs), "clusters")
        })
        .named("name", &names.load_balancer)
        .wire("port", "proxy", "port")
        .wire("proxy_endpoint", "proxy", "endpoint")
        .wire("proxy_security_group_id", "proxy", "security_group_id")
        .named("security_group_name", &names.load_balancer_security_group);
    let block = subnet_ids(block, environment)
        .named("sync_function_name", &names.sync_function)
        .named("sync_role_name", &names.sync_role)
        .named("sync_scheduler_role_name", &names.sync_scheduler_role)
        .when(in_vpc, |block| {
            block
                .named("sync_security_group_name", &names.sync_security_group)
                .environment(
                    "sync_subnet_ids",
                    sorted_subnets(environment),
                    "network/targetSyncInVpc",
                )
        })
        .named("target_group_name", &names.target_group);
    vpc_id(block, environment)
}

fn endpoint_service(instance: &Instance) -> Block {
    let clusters = selected_clusters(instance);
    let principals: BTreeSet<_> = clusters
        .iter()
        .flat_map(|cluster| &cluster.principal_arns)
        .collect();
    call(&instance.environment, "endpoint_service", "endpoint-service")
        .from("allowed_principals", texts(principals), instance.clusters.origin)
        .named("name", &instance.names.endpoint_service)
        .wire("nlb_arn", "nlb", "arn")
}

fn irsa_role(instance: &Instance) -> Block {
    let environment = &instance.environment;
    let providers = instance.clusters.value.iter().filter_map(|name| {
        let cluster = environment.written.clusters.get(name)?;
        let arn = environment.oidc_provider_arn(&cluster.oidc_issuer);
        Some((name.clone(), arn.into()))
    });
    let block = call(environment, "irsa_role", "irsa-role")
        .from(
            "authentication",
            instance.authentication.value.word(),
            instance.authentication.origin,
        )
        .from("clusters", Term::Map(providers.collect()), instance.clusters.origin);
    kms_key(block, environment)
        .given("name", &instance.iam_role_name)
        .given("namespace", &instance.namespace)
        .wire("proxy_arn", "proxy", "arn")
        .environment("region", &environment.written.region, "region")
        .wire("secret_arn", "rds", "secret_arn")
        .given("service_account_name", &instance.service_account_name)
        .given("username", &instance.username)
}

fn selected_clusters(instance: &Instance) -> Vec<&crate::workspace::Cluster> {
    let known = &instance.environment.written.clusters;
    instance
        .clusters
        .value
        .iter()
        .filter_map(|name| known.get(name))
        .collect()
}

/// The outputs of a unit: name, description, and the module's output behind it.
const OUTPUTS: [(&str, &str, &str, &str); 7] = [
    ("database_name", "Name of the database.", "rds", "database_name"),
    (
        "endpoint_service_name",
        "Name of the VPC endpoint service: what a consumer's VPC endpoint connects to.",
        "endpoint_service",
        "service_name",
    ),
    ("port", "Port that clients connect to.", "proxy", "port"),
    (
        "proxy_endpoint",
        "Host that clients connect to: TLS and IAM tokens are made for this name.",
        "proxy",
        "endpoint",
    ),
    (
        "role_arn",
        "IAM role for the annotation of the ServiceAccount.",
        "irsa_role",
        "arn",
    ),
    (
        "secret_arn",
        "Secret that holds the user and the password.",
        "rds",
        "secret_arn",
    ),
    ("username", "User that clients log in as.", "rds", "username"),
];

fn outputs() -> Vec<Block> {
    OUTPUTS
        .iter()
        .map(|(name, description, module, output)| {
            Block::new("output", &[name])
                .fixed("description", *description)
                .wire("value", module, output)
        })
        .collect()
}

impl From<StorageType> for Term {
    fn from(value: StorageType) -> Self {
        value.word().into()
    }
}

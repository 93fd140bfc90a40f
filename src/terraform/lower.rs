//! Database to root: which files a root has, which blocks, which module is called with what, and why.
//!
//! Addresses are fixed for ever: `module.rds`, `module.proxy`, `module.nlb`, `module.endpoint_service`,
//! `module.irsa_role`, `module.users`, of an environment `module.cluster_trust`, `module.database_users`,
//! `module.environment`, `module.target_sync`, and of the consumer side of a cluster `module.endpoint_consumer`.
//! A renamed one would rebuild what it holds.

mod adopted;
mod call;
mod consumer;
mod database;
mod modules;
mod outputs;
mod shared;

use std::borrow::Cow;

use crate::{
    aws::name,
    config::{Lifecycle, workspace::State},
    model::{
        Database, Environment, Origin,
        consumer::Consumer,
        identity::{self, SHARED, StateKey, UnitId},
    },
    terraform::root_module::{Block, BlockKind, Expression, RootFile, RootModule, texts},
};

pub use adopted::existing;
pub use outputs::output_names;

/// The file of a root that says where its state is, and whose everything is.
pub const TERRAFORM: &str = "terraform.tf";

/// Address of the provider, in the registry that Terraform uses by itself.
pub const PROVIDER: &str = "hashicorp/aws";

/// The versions of it that the modules work with.
pub const PROVIDER_VERSIONS: &str = ">= 5.100, < 7";

/// The names of the files that a root can have.
pub const FILES: [&str; 3] = ["main.tf", "outputs.tf", TERRAFORM];

/// The names of the modules that roots call: folders below the source of the modules.
pub const MODULES: [&str; 12] = [
    "aurora",
    "cluster-trust",
    "database-users",
    "endpoint-consumer",
    "endpoint-service",
    "environment",
    "irsa-role",
    "nlb",
    "proxy",
    "rds",
    "target-sync",
    "users",
];

/// Whose root it is.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// A unit.
    Unit(&'a Database),
    /// What the units of an environment share.
    Environment(&'a Environment),
    /// The consumer side of a cluster.
    Consumer(&'a Consumer),
}

impl Owner<'_> {
    /// Name of its environment.
    #[must_use]
    pub fn environment(&self) -> &str {
        match self {
            Self::Unit(database) => &database.environment.name,
            Self::Environment(environment) => &environment.name,
            Self::Consumer(consumer) => &consumer.environment.name,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        match self {
            Self::Unit(database) => database.unit(),
            Self::Environment(environment) => environment.unit(),
            Self::Consumer(consumer) => consumer.unit(),
        }
    }

    /// Folder of the root, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        match self {
            Self::Unit(database) => database.directory(),
            Self::Environment(environment) => environment.directory(),
            Self::Consumer(consumer) => consumer.directory(),
        }
    }

    /// Where its Terraform state is.
    #[must_use]
    pub fn state(&self) -> StateKey {
        match self {
            Self::Unit(database) => database.state(),
            Self::Environment(environment) => environment.state(SHARED),
            Self::Consumer(consumer) => consumer.state(),
        }
    }

    /// Where its state was before, if `valet.yaml` says that it has moved.
    #[must_use]
    pub fn former_state(&self) -> Option<StateKey> {
        match self {
            Self::Unit(database) => database.former_state(),
            Self::Environment(environment) => environment.former_state(SHARED),
            Self::Consumer(consumer) => consumer.former_state(),
        }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> RootModule {
        match self {
            Self::Unit(database) => unit(database),
            Self::Environment(one) => environment(one),
            Self::Consumer(one) => consumer(one),
        }
    }
}

/// Lowers a database to its root.
#[must_use]
pub fn unit(database: &Database) -> RootModule {
    RootModule {
        directory: database.directory(),
        written_in: database.file.path.clone(),
        files: files(database),
        lock: database.environment.lock.clone(),
    }
}

/// The file of a unit's root that says where its state is, and whose everything is.
#[must_use]
pub fn terraform_file(database: &Database) -> RootFile {
    let environment = &database.environment;
    let origin = Origin::Derived("shortname");
    let blocks = vec![
        terraform(
            &environment.spec.state,
            &database.shortname,
            origin,
            Origin::Environment,
        ),
        provider(&Place::of(environment), unit_tags(database)),
    ];
    RootFile {
        name: TERRAFORM,
        notes: Vec::new(),
        blocks: blocks.into(),
    }
}

/// A retired root keeps what Terraform needs to destroy or forget what its state still holds.
fn files(database: &Database) -> Vec<RootFile> {
    let file = |name, blocks: Vec<Block>| RootFile {
        name,
        notes: Vec::new(),
        blocks: blocks.into(),
    };
    let terraform = terraform_file(database);
    match (database.lifecycle.value, database.retain.value) {
        (Lifecycle::Retired, false) => vec![terraform],
        (Lifecycle::Retired, true) => vec![file("main.tf", forgotten(database)), terraform],
        _ => vec![
            file("main.tf", main(database)),
            RootFile {
                name: "outputs.tf",
                notes: Vec::new(),
                blocks: outputs::outputs(database),
            },
            terraform,
        ],
    }
}

/// The module calls, and the imports of what is there already.
fn main(database: &Database) -> Vec<Block> {
    let mut blocks = modules::unit(database);
    blocks.extend(adopted::imports(database));
    blocks
}

/// The modules of a unit that runs, by their labels.
#[must_use]
pub fn module_names(database: &Database) -> Vec<&'static str> {
    modules::unit(database)
        .into_iter()
        .filter_map(|call| call.labels.first().copied())
        .collect()
}

/// Every module of the unit, left to itself.
fn forgotten(database: &Database) -> Vec<Block> {
    let origin = Origin::Config("retain");
    module_names(database)
        .into_iter()
        .map(|module| {
            Block::new(BlockKind::Removed, &[])
                .from("from", Expression::Module(module), origin)
                .block(Block::new(BlockKind::Lifecycle, &[]).from("destroy", false, origin))
        })
        .collect()
}

/// Lowers what the units of an environment share.
#[must_use]
pub fn environment(environment: &Environment) -> RootModule {
    let identity = [identity_tag("environment", &environment.name)];
    let tags = shared_tags(environment).chain(identity).collect();
    RootModule {
        directory: environment.directory(),
        written_in: environment.file.path.clone(),
        files: vec![
            RootFile {
                name: "main.tf",
                notes: Vec::new(),
                blocks: shared::modules(environment).into(),
            },
            RootFile {
                name: TERRAFORM,
                notes: Vec::new(),
                blocks: Cow::Owned(vec![
                    terraform(
                        &environment.spec.state,
                        SHARED,
                        Origin::Environment("state/keyPrefix"),
                        Origin::Environment,
                    ),
                    provider(&Place::of(environment), tags),
                ]),
            },
        ],
        lock: environment.lock.clone(),
    }
}

/// Lowers the consumer side of a cluster.
#[must_use]
pub fn consumer(consumer: &Consumer) -> RootModule {
    let spec = &consumer.spec;
    let identity = [
        identity_tag("cluster", &consumer.cluster),
        identity_tag("environment", &consumer.environment.name),
    ];
    let tags = shared_tags(&consumer.environment).chain(identity).collect();
    let place = Place {
        account_id: &spec.account_id,
        region: &spec.region,
        deploy_role_arn: spec.deploy_role_arn.as_ref(),
        origin: Origin::Consumer,
    };
    let root = identity::of_cluster(&consumer.cluster);
    let origin = Origin::Consumer("state/keyPrefix");
    RootModule {
        directory: consumer.directory(),
        written_in: consumer.environment.file.path.clone(),
        files: vec![
            RootFile {
                name: "main.tf",
                notes: consumer::notes(consumer),
                blocks: consumer::modules(consumer).into(),
            },
            RootFile {
                name: TERRAFORM,
                notes: Vec::new(),
                blocks: Cow::Owned(vec![
                    terraform(&spec.state, &root, origin, Origin::Consumer),
                    provider(&place, tags),
                ]),
            },
        ],
        lock: consumer.environment.lock.clone(),
    }
}

fn shared_tags(environment: &Environment) -> impl Iterator<Item = (String, Expression)> {
    let tags = environment.spec.tags.iter();
    tags.map(|(key, value)| (key.clone(), value.into()))
}

/// Prefix of the tags that say which config a resource belongs to.
pub const IDENTITY_TAGS: &str = "valet-rds:";

fn identity_tag(name: &str, value: &str) -> (String, Expression) {
    (format!("{IDENTITY_TAGS}{name}"), value.into())
}

fn unit_tags(database: &Database) -> Vec<(String, Expression)> {
    let tags = database
        .tags
        .iter()
        .map(|(key, given)| (key.clone(), (&given.value).into()));
    let identity = [
        identity_tag("environment", &database.environment.name),
        identity_tag("namespace", &database.namespace.value),
        identity_tag("shortname", &database.shortname),
    ];
    tags.chain(identity).collect()
}

/// What every root wants of Terraform and its provider.
#[must_use]
pub fn required() -> Block {
    let source = Expression::Object(vec![
        ("source", PROVIDER.into()),
        ("version", PROVIDER_VERSIONS.into()),
    ]);
    Block::new(BlockKind::Terraform, &[])
        .fixed("required_version", ">= 1.11")
        .block(Block::new(BlockKind::RequiredProviders, &[]).fixed("aws", source))
}

/// `key` is where the key of the state comes from, and `of` what the other keys are of.
fn terraform(backend: &State, state: &str, key: Origin, of: fn(&'static str) -> Origin) -> Block {
    required().block(
        Block::new(BlockKind::Backend, &["s3"])
            .when(backend.role_arn.is_some(), |block| {
                let role = backend.role_arn.as_ref().map(Expression::from);
                let role = role.map(|role| ("role_arn", role)).into_iter().collect();
                block.from("assume_role", Expression::Object(role), of("state/roleArn"))
            })
            .from("bucket", &backend.bucket, of("state/bucket"))
            .fixed("encrypt", true)
            .from("key", name::state_key(&backend.key_prefix, state), key)
            .when(backend.kms_key_id.is_some(), |block| {
                let key = backend.kms_key_id.clone().unwrap_or_default();
                block.from("kms_key_id", key, of("state/kmsKeyId"))
            })
            .from("region", &backend.region, of("state/region"))
            .fixed("use_lockfile", true),
    )
}

/// Where a root makes what it makes, and what its keys are of.
struct Place<'a> {
    account_id: &'a String,
    region: &'a String,
    deploy_role_arn: Option<&'a String>,
    origin: fn(&'static str) -> Origin,
}

impl<'a> Place<'a> {
    fn of(environment: &'a Environment) -> Self {
        Self {
            account_id: &environment.spec.account_id,
            region: &environment.spec.region,
            deploy_role_arn: environment.spec.deploy_role_arn.as_ref(),
            origin: Origin::Environment,
        }
    }
}

fn provider(place: &Place, tags: Vec<(String, Expression)>) -> Block {
    let of = place.origin;
    let accounts = texts([place.account_id]);
    let mut provider = Block::new(BlockKind::Provider, &["aws"])
        .from("allowed_account_ids", accounts, of("accountId"))
        .from("region", place.region, of("region"));
    if let Some(role) = place.deploy_role_arn {
        let role =
            Block::new(BlockKind::AssumeRole, &[]).from("role_arn", role, of("deployRoleArn"));
        provider = provider.block(role);
    }
    provider.block(Block::new(BlockKind::DefaultTags, &[]).environment(
        "tags",
        Expression::Map(tags),
        "tags",
    ))
}

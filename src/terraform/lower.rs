//! Database to root: which files a root has, which blocks, which module is called with what, and why.
//!
//! Addresses are fixed for ever: `module.rds`, `module.proxy`, `module.nlb`, `module.endpoint_service`,
//! `module.irsa_role`, `module.users`, and of an environment `module.cluster_trust`, `module.database_users`,
//! `module.environment`, `module.target_sync`.
//! A renamed one would rebuild what it holds.

mod adopted;
mod modules;
mod shared;

use std::{borrow::Cow, sync::LazyLock};

use crate::{
    aws::name,
    config::Lifecycle,
    model::{
        Database, Environment, Origin,
        identity::{SHARED, StateKey, UnitId},
    },
    terraform::root_module::{Block, BlockKind, Expression, RootFile, RootModule, texts},
};

/// The file of a root that says where its state is, and whose everything is.
pub const TERRAFORM: &str = "terraform.tf";

/// Address of the provider, in the registry that Terraform uses by itself.
pub const PROVIDER: &str = "hashicorp/aws";

/// The versions of it that the modules work with.
pub const PROVIDER_VERSIONS: &str = ">= 5.100, < 7";

/// The names of the files that a root can have.
pub const FILES: [&str; 3] = ["main.tf", "outputs.tf", TERRAFORM];

/// The names of the modules that roots call: folders below the source of the modules.
pub const MODULES: [&str; 10] = [
    "cluster-trust",
    "database-users",
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
}

impl Owner<'_> {
    /// Name of its environment.
    #[must_use]
    pub fn environment(&self) -> &str {
        match self {
            Self::Unit(database) => &database.environment.name,
            Self::Environment(environment) => &environment.name,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        match self {
            Self::Unit(database) => database.unit(),
            Self::Environment(environment) => environment.unit(),
        }
    }

    /// Folder of the root, relative to the workspace.
    #[must_use]
    pub fn directory(&self) -> String {
        match self {
            Self::Unit(database) => database.directory(),
            Self::Environment(environment) => environment.directory(),
        }
    }

    /// Where its Terraform state is.
    #[must_use]
    pub fn state(&self) -> StateKey {
        match self {
            Self::Unit(database) => database.state(),
            Self::Environment(environment) => environment.state(SHARED),
        }
    }

    /// Where its state was before, if `valet.yaml` says that it has moved.
    #[must_use]
    pub fn former_state(&self) -> Option<StateKey> {
        match self {
            Self::Unit(database) => database.former_state(),
            Self::Environment(environment) => environment.former_state(SHARED),
        }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> RootModule {
        match self {
            Self::Unit(database) => unit(database),
            Self::Environment(one) => environment(one),
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
        terraform(environment, &database.shortname, origin),
        provider(environment, unit_tags(database)),
    ];
    RootFile {
        name: "terraform.tf",
        blocks: blocks.into(),
    }
}

/// A retired root keeps what Terraform needs to destroy or forget what its state still holds.
fn files(database: &Database) -> Vec<RootFile> {
    let file = |name, blocks: Vec<Block>| RootFile {
        name,
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
                blocks: outputs(database),
            },
            terraform,
        ],
    }
}

/// The module calls, and the import of an instance that is there already.
fn main(database: &Database) -> Vec<Block> {
    let mut blocks = modules::unit(database);
    blocks.extend(adopted::import(database));
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
    let tags = environment
        .spec
        .tags
        .iter()
        .map(|(key, value)| (key.clone(), value.into()));
    let tags = tags
        .chain([identity_tag("environment", &environment.name)])
        .collect();
    RootModule {
        directory: environment.directory(),
        written_in: environment.file.path.clone(),
        files: vec![
            RootFile {
                name: "main.tf",
                blocks: shared::modules(environment).into(),
            },
            RootFile {
                name: "terraform.tf",
                blocks: Cow::Owned(vec![
                    terraform(environment, SHARED, Origin::Environment("state/keyPrefix")),
                    provider(environment, tags),
                ]),
            },
        ],
        lock: environment.lock.clone(),
    }
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

fn terraform(environment: &Environment, state: &str, origin: Origin) -> Block {
    let backend = &environment.spec.state;
    required().block(
        Block::new(BlockKind::Backend, &["s3"])
            .when(backend.role_arn.is_some(), |block| {
                let role = backend.role_arn.as_ref().map(Expression::from);
                let role = role.map(|role| ("role_arn", role)).into_iter().collect();
                block.environment("assume_role", Expression::Object(role), "state/roleArn")
            })
            .environment("bucket", &backend.bucket, "state/bucket")
            .fixed("encrypt", true)
            .from("key", name::state_key(&backend.key_prefix, state), origin)
            .stated("kms_key_id", backend.kms_key_id.as_ref(), "state/kmsKeyId")
            .environment("region", &backend.region, "state/region")
            .fixed("use_lockfile", true),
    )
}

fn provider(environment: &Environment, tags: Vec<(String, Expression)>) -> Block {
    let spec = &environment.spec;
    let mut provider = Block::new(BlockKind::Provider, &["aws"])
        .environment(
            "allowed_account_ids",
            texts([&spec.account_id]),
            "accountId",
        )
        .environment("region", &spec.region, "region");
    if let Some(role) = &spec.deploy_role_arn {
        provider = provider.block(Block::new(BlockKind::AssumeRole, &[]).environment(
            "role_arn",
            role,
            "deployRoleArn",
        ));
    }
    provider.block(Block::new(BlockKind::DefaultTags, &[]).environment(
        "tags",
        Expression::Map(tags),
        "tags",
    ))
}

/// An output of a unit: the output of one of its modules.
#[derive(Clone, Copy)]
struct UnitOutput {
    name: &'static str,
    description: &'static str,
    module: &'static str,
    output: &'static str,
}

const fn output(
    name: &'static str,
    description: &'static str,
    module: &'static str,
    output: &'static str,
) -> UnitOutput {
    UnitOutput {
        name,
        description,
        module,
        output,
    }
}

const OUTPUTS: [UnitOutput; 7] = [
    output(
        "database_name",
        "Name of the database.",
        "rds",
        "database_name",
    ),
    output(
        "endpoint_service_name",
        "Name of the VPC endpoint service: what a consumer's VPC endpoint connects to.",
        "endpoint_service",
        "service_name",
    ),
    output("port", "Port that clients connect to.", "proxy", "port"),
    output(
        "proxy_endpoint",
        "Host that clients connect to: TLS and IAM tokens are made for this name.",
        "proxy",
        "endpoint",
    ),
    output(
        "role_arn",
        "IAM role for the annotation of the ServiceAccount.",
        "irsa_role",
        "arn",
    ),
    output(
        "secret_arn",
        "Secret that holds the user and the password.",
        "rds",
        "secret_arn",
    ),
    output(
        "username",
        "User that clients log in as.",
        "rds",
        "username",
    ),
];

/// The output of a unit with a user that only reads.
const READ_ONLY_SECRET: UnitOutput = output(
    "read_only_secret_arn",
    "Secret that holds the user that only reads, and its password.",
    "users",
    "read_only_secret_arn",
);

/// The names of the outputs that a unit's root can have.
pub fn output_names() -> impl Iterator<Item = &'static str> {
    OUTPUTS
        .iter()
        .chain([&READ_ONLY_SECRET])
        .map(|output| output.name)
}

/// What a root tells when pods log in as the master: most do.
static OF_MASTER: LazyLock<Vec<Block>> =
    LazyLock::new(|| OUTPUTS.iter().map(|one| output_block(*one)).collect());

/// What a root tells of an instance that nothing leads to yet.
static OF_INSTANCE: LazyLock<Vec<Block>> = LazyLock::new(|| {
    let told = |output: &&UnitOutput| output.name != "secret_arn" && output.module == "rds";
    let told = OUTPUTS.iter().filter(told);
    told.map(|one| output_block(*one)).collect()
});

fn outputs(database: &Database) -> Cow<'static, [Block]> {
    if !database.has_path() {
        return OF_INSTANCE.as_slice().into();
    }
    if database.app_user.value.is_none() {
        return OF_MASTER.as_slice().into();
    }
    let has_reader = database.read_only_user.value.is_some();
    let mut outputs: Vec<UnitOutput> = OUTPUTS
        .into_iter()
        .chain(has_reader.then_some(READ_ONLY_SECRET))
        .collect();
    outputs.sort_by_key(|output| output.name);
    if database.pods_are_users() {
        for one in &mut outputs {
            match one.name {
                "secret_arn" => (one.module, one.output) = ("users", "app_secret_arn"),
                "username" => (one.module, one.output) = ("users", "app_user"),
                _ => {}
            }
        }
    }
    outputs.into_iter().map(output_block).collect()
}

fn output_block(output: UnitOutput) -> Block {
    Block::new(BlockKind::Output, &[output.name])
        .fixed("description", output.description)
        .wire("value", output.module, output.output)
}

//! What the root of a unit tells.

use std::{borrow::Cow, sync::LazyLock};

use crate::{
    aws::engine::Form,
    model::Database,
    terraform::root_module::{Block, BlockKind},
};

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

/// Stands for the module that makes the database: the one that most units have.
const OF_DATABASE: &str = Form::Instance.module();

const OUTPUTS: [UnitOutput; 7] = [
    output(
        "database_name",
        "Name of the database.",
        OF_DATABASE,
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
        OF_DATABASE,
        "secret_arn",
    ),
    output(
        "username",
        "User that clients log in as.",
        OF_DATABASE,
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

/// The outputs of a unit with a way of their own to its readers.
const OF_READERS: [UnitOutput; 2] = [
    output(
        "read_only_endpoint_service_name",
        "Name of the VPC endpoint service that leads to the readers.",
        "endpoint_service_read_only",
        "service_name",
    ),
    output(
        "read_only_proxy_endpoint",
        "Host that clients connect to when they only read.",
        "proxy",
        "read_only_endpoint",
    ),
];

/// The output of a unit that a consumer side leads to.
const ZONE_IDS: UnitOutput = output(
    "zone_ids",
    "Ids of the availability zones that the VPC endpoint service is in.",
    "endpoint_service",
    "zone_ids",
);

/// The names of the outputs that a unit's root can have.
pub fn output_names() -> impl Iterator<Item = &'static str> {
    OUTPUTS
        .iter()
        .chain(&OF_READERS)
        .chain([&READ_ONLY_SECRET, &ZONE_IDS])
        .map(|output| output.name)
}

/// What a root tells when pods log in as the master: most do.
static OF_MASTER: LazyLock<Vec<Block>> =
    LazyLock::new(|| OUTPUTS.iter().map(|one| output_block(*one)).collect());

/// What a root tells of a database that nothing leads to yet.
fn of_database(form: Form) -> Cow<'static, [Block]> {
    let told = |output: &UnitOutput| output.name != "secret_arn" && output.module == OF_DATABASE;
    let told = OUTPUTS.into_iter().filter(told);
    let of_form = told.map(|one| UnitOutput {
        module: form.module(),
        ..one
    });
    of_form.map(output_block).collect()
}

pub(super) fn outputs(database: &Database) -> Cow<'static, [Block]> {
    if !database.has_path() {
        return of_database(database.facts().form);
    }
    let is_consumed = !database.consumers().is_empty();
    let is_cluster = database.facts().is_cluster();
    if database.app_user.value.is_none() && !is_consumed && !is_cluster {
        return OF_MASTER.as_slice().into();
    }
    let has_way_to_readers = database.has_read_only_path();
    let has_reader = database.app_user.value.is_some() && database.read_only_user.value.is_some();
    let mut outputs: Vec<UnitOutput> = OUTPUTS
        .into_iter()
        .chain(has_reader.then_some(READ_ONLY_SECRET))
        .chain(OF_READERS.into_iter().filter(|_| has_way_to_readers))
        .chain(is_consumed.then_some(ZONE_IDS))
        .collect();
    outputs.sort_by_key(|output| output.name);
    for one in outputs.iter_mut().filter(|one| one.module == OF_DATABASE) {
        one.module = database.facts().form.module();
    }
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

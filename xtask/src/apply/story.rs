//! What happens to the two units, one thing after the other: up, planned again, changed, renamed, and their end.

use std::path::Path;

use super::{
    FOLDER, WORKSPACE, clock::Clock, cloud::Cloud, end, plan::Plan, table::Table, unit::Unit,
};
use crate::{files, roots, terraform::Engine};

/// What holds the data.
pub(super) const DATABASE: &str = "aws_db_instance";
/// What a new namespace replaces: the role is named after it.
const NAMED_AFTER_NAMESPACE: [&str; 1] = ["module.irsa_role."];
/// Where each root keeps its state.
const STATES: [&str; 4] = [
    "storage-valet-rds/dev3/_environment/terraform.tfstate",
    "storage-valet-rds/prod/_environment/terraform.tfstate",
    "storage-valet-rds/dev3/orders/terraform.tfstate",
    "storage-valet-rds/prod/ledger/terraform.tfstate",
];

/// Tells it, and fills the table. An error is what kept it from going on.
pub(crate) fn tell(
    engine: &Engine,
    cloud: &Cloud,
    clock: &Clock,
    table: &mut Table,
) -> Result<(), String> {
    let pair = |names: [&'static str; 2]| names.map(|name| Unit::new(name, engine, cloud));
    let shared = pair(["dev3/_environment", "prod/_environment"]);
    let units = pair(["dev3/orders", "prod/ledger"]);
    let changed = pair(["dev3/orders-api", "prod/ledger"]);

    cloud.ask("world.py", WORKSPACE)?;
    generate()?;
    Unit::both(&shared, Unit::raise)?;
    clock.says("what the units of an account share is up");
    Unit::both(&units, Unit::raise)?;
    Unit::both(&units, Unit::note_state)?;
    clock.says("both units are up");
    cloud.check("up.py", table)?;
    clock.says("looked at");

    let plans = [
        Unit::both(&shared, Unit::plan)?,
        Unit::both(&units, Unit::plan)?,
    ];
    again(plans.as_flattened(), table);
    clock.says("planned again");

    change()?;
    let [renamed, _] = &changed;
    renamed.init()?;
    let [rename, growth] = Unit::both(&changed, Unit::plan)?;
    table.add("a new namespace moves the root and not its state", moved()?);
    compare(&rename, &growth, table);
    Unit::both(&changed, Unit::carry_out)?;
    Unit::both(&changed, Unit::note_state)?;
    clock.says("one unit is renamed, the other one has grown");
    cloud.check("changed.py", table)?;

    end::tell(&changed, cloud, clock, table)?;
    Unit::both(&shared, Unit::destroy)?;
    clock.says("everything is destroyed");
    table.add("each apply held the lock of its state", unlocked()?);
    cloud.check("gone.py", table)
}

/// Generates the roots of both units.
pub(super) fn generate() -> Result<(), String> {
    roots::generate_in(Path::new(WORKSPACE)).map(drop)
}

/// The plans of roots that have just been applied.
fn again(plans: &[Plan], table: &mut Table) {
    let differences = plans.iter().flat_map(Plan::shown).collect();
    let name = format!(
        "a second plan is empty, but for {} named gaps",
        Plan::gaps()
    );
    table.add(name, differences);
    table.add(
        "each named gap of the emulator is one",
        Plan::unused_gaps(plans),
    );
}

/// Renames one unit, and lets the other one grow.
fn change() -> Result<(), String> {
    let configs = Path::new(WORKSPACE).join("configs");

    let (old, new) = (
        configs.join("dev3/orders.yaml"),
        configs.join("dev3/orders-api.yaml"),
    );
    let text = files::read(&old)?.replace("namespace: orders\n", "namespace: orders-api\n");
    files::write(&new, text)?;
    files::delete(&old)?;

    let path = configs.join("prod/ledger.yaml");
    let text = files::read(&path)?
        .replace("db.r7g.large", "db.r7g.xlarge")
        .replace("allocatedStorage: 100", "allocatedStorage: 200");
    files::write(&path, text)?;
    generate()
}

/// What is wrong with the root of the renamed unit.
fn moved() -> Result<Vec<String>, String> {
    let roots = Path::new(WORKSPACE).join("generated/dev3");
    let mut problems = Vec::new();
    if files::list(&roots.join("orders")).is_ok() {
        problems.push("the old root is still there".to_owned());
    }
    if files::read(&roots.join("orders-api/.terraform.lock.hcl")).is_err() {
        problems.push("the lock of the provider did not come along".to_owned());
    }
    let settings = files::read(&roots.join("orders-api/terraform.tf"))?;
    let [_, _, key, _] = STATES;
    if !settings.contains(&format!("\"{key}\"")) {
        problems.push(format!("the state is not {key}"));
    }
    Ok(problems)
}

fn compare(rename: &Plan, growth: &Plan, table: &mut Table) {
    table.add(
        "a new namespace replaces the role of its ServiceAccount alone",
        rename.not_in_place(&NAMED_AFTER_NAMESPACE),
    );
    table.add(
        "a new namespace leaves the database as it is, but for its tags",
        rename.differs_from(DATABASE, &["tags", "tags_all"]),
    );
    table.add(
        "a larger class and more storage replace nothing",
        growth.not_in_place(&[]),
    );
    table.add(
        "a larger class changes the database in place",
        growth.in_place(DATABASE, "instance_class"),
    );
    table.add(
        "more storage changes the database in place",
        growth.in_place(DATABASE, "allocated_storage"),
    );
    table.add(
        "a larger class and more storage change nothing else of the database",
        growth.differs_from(
            DATABASE,
            &[
                "allocated_storage",
                "instance_class",
                "max_allocated_storage",
            ],
        ),
    );
}

/// The states that nobody has locked.
fn unlocked() -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for state in STATES {
        for verb in ["PUT", "DELETE"] {
            if !Cloud::has_seen(&[verb, &format!("{state}.tflock")])? {
                problems.push(format!(
                    "no {verb} of the lock of {state} in {FOLDER}/server.log"
                ));
            }
        }
    }
    Ok(problems)
}

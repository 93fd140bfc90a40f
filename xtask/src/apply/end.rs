//! How the two units end: one is destroyed and leaves a snapshot, the other one is forgotten and stays as it is.

use std::path::Path;

use super::{
    WORKSPACE,
    clock::Clock,
    cloud::Cloud,
    plan::Plan,
    story::{DATABASE, generate},
    table::Table,
    unit::Unit,
};
use crate::files;

/// Walks both units from active to gone, with the commands of a service team.
pub(super) fn tell(
    units: &[Unit; 2],
    cloud: &Cloud,
    clock: &Clock,
    table: &mut Table,
) -> Result<(), String> {
    let [destroyed, forgotten] = units;
    destroyed.retire(&[])?;
    forgotten.retire(&["--retain"])?;
    generate()?;
    let plans = Unit::both(units, Unit::plan)?;
    let changes = plans.iter().flat_map(|plan| {
        let mut changes = plan.besides(DATABASE);
        changes.extend(plan.differs_from(
            DATABASE,
            &["deletion_protection", "final_snapshot_identifier"],
        ));
        changes
    });
    table.add(
        "retiring changes the protection and the name of the last snapshot",
        changes.collect(),
    );
    let refused = Unit::both(units, Unit::refused_by_the_gate)?;
    table.add(
        "the gate lets plans of retiring units pass",
        refused.concat(),
    );
    Unit::both(units, Unit::carry_out)?;
    cloud.check("retiring.py", table)?;
    clock.says("both units are retiring");

    destroyed.retire(&[])?;
    forgotten.retire(&[])?;
    generate()?;
    let [gone, kept] = Unit::both(units, Unit::plan)?;
    table.add(
        "a retired unit is destroyed whole",
        outside(&gone, "delete"),
    );
    table.add(
        "a retained unit is forgotten whole",
        outside(&kept, "forget"),
    );
    let refused = Unit::both(units, Unit::refused_by_the_gate)?;
    table.add(
        "the gate lets plans of retired units pass",
        refused.concat(),
    );
    Unit::both(units, Unit::carry_out)?;
    cloud.check("retired.py", table)?;
    clock.says("one unit is destroyed, the other one forgotten");

    for config in ["dev3/orders-api.yaml", "prod/ledger.yaml"] {
        files::delete(&Path::new(WORKSPACE).join("configs").join(config))?;
    }
    generate()?;
    table.add("without its config a retired root is pruned", pruned()?);
    Ok(())
}

/// What a plan does otherwise than by this action, or that it does nothing.
fn outside(plan: &Plan, action: &str) -> Vec<String> {
    let (inside, mut outside): (Vec<_>, Vec<_>) = plan
        .resources()
        .into_iter()
        .partition(|line| line.starts_with(action));
    if inside.is_empty() {
        outside.push(format!("nothing to {action}"));
    }
    outside
}

/// The generated files that should not be there any more.
fn pruned() -> Result<Vec<String>, String> {
    let mut left = Vec::new();
    for environment in ["dev3", "prod"] {
        let folder = Path::new(WORKSPACE).join("generated").join(environment);
        for root in files::folders(&folder)? {
            let generated = files::list(&root)?.into_iter().filter(|path| {
                let is_terraform = path.extension().is_some_and(|extension| extension == "tf");
                is_terraform && files::name(&root) != "_environment"
            });
            left.extend(generated.map(|path| path.display().to_string()));
        }
    }
    Ok(left)
}

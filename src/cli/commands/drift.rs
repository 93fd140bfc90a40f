//! `valet-rds drift`: what was changed in AWS and not by Terraform, sorted, each with the next step.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use crate::{
    cli::{
        context::Context,
        json::{self, drift::DriftDocument},
        session::Session,
        stop::Stop,
        terminal::print,
    },
    io::{self, snapshot::inputs::Inputs},
    model::identity::UnitId,
    review::{
        drift::{self, Context as Held, Drift, Evidence, UnitDrift},
        gate,
        run::{self, Causes, Reviewed, silent},
    },
    terraform::{
        applied::{self, Applied},
        drift::{Outside, outside},
        lower::Owner,
        normal_form::NormalForm,
        plan::{self, MAX_BYTES, Plan},
        state::State,
    },
};

/// Arguments of `drift`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Outputs of `terraform show -json PLAN`, or `-` for standard input
    #[arg(
        value_name = "PLAN.json",
        required_unless_present = "plans",
        conflicts_with = "plans"
    )]
    files: Vec<PathBuf>,
    /// Folder with what was planned: the `--out` of `plan`
    #[arg(long, value_name = "DIR")]
    plans: Option<PathBuf>,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For a comment, or a message to the team
    Markdown,
    /// One JSON document
    Json,
}

/// Runs the command.
///
/// # Errors
/// When a plan cannot be read or is not whole, or something has to be decided or is dangerous.
pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Stop> {
    let session = context.open()?;
    // A config that is wrong has no waivers; that is for `check` to say.
    let (compiled, _) = session.compile()?;
    let owners = session.owners(&compiled);
    let drift = match &arguments.plans {
        Some(folder) => of_folder(&session, &owners, folder)?,
        None => of_files(&session, &owners, &arguments.files)?,
    };
    match arguments.format {
        Format::Human => print(&drift::human(&drift)),
        Format::Markdown => print(&drift::markdown(&drift).screen()),
        Format::Json => json::print(&DriftDocument::new(&drift)),
    }?;
    if drift.is_benign() {
        Ok(())
    } else {
        Err(Stop::Rejected)
    }
}

/// All that cannot be used, at once.
fn all_or_nothing(found: Vec<Result<UnitDrift, String>>) -> Result<Vec<UnitDrift>, Stop> {
    let mut units = Vec::new();
    let mut faults = Vec::new();
    for one in found {
        match one {
            Ok(unit) => units.push(unit),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        units.sort_by(|a, b| (&a.unit, &a.file).cmp(&(&b.unit, &b.file)));
        Ok(units)
    } else {
        Err(Stop::Usage(faults.join("\nerror: ")))
    }
}

/// What `plan` has kept of each unit.
fn of_folder(session: &Session, owners: &[Owner], folder: &Path) -> Result<Drift, Stop> {
    let mut found = Vec::new();
    let mut planned = BTreeSet::new();
    for path in io::terraform::units(folder)? {
        let file = path.join(run::REVIEWED);
        let shown = file.display().to_string();
        let unit = UnitId::of_root(&path.to_string_lossy());
        if !io::is_file(&file) {
            found.push(Err(format!(
                "{unit} was not planned to its end, so nobody knows what has changed: see the logs in {}, and plan it again",
                path.display()
            )));
            planned.insert(unit);
            continue;
        }
        let reviewed = match Reviewed::read(&io::read_all(run::MOST, &file)?) {
            Ok(reviewed) => reviewed,
            Err(fault) => {
                found.push(Err(format!("{shown}: {fault}")));
                continue;
            }
        };
        let unit = reviewed.unit;
        let held = Held {
            owner: owners.iter().find(|owner| owner.unit() == unit).copied(),
            today: session.today,
        };
        let evidence = Evidence {
            outside: reviewed.outside,
            unplanned: reviewed.unplanned,
            plan: reviewed.plan,
            is_plan: true,
            causes: reviewed.causes,
        };
        planned.insert(unit.clone());
        found.push(Ok(drift::judge(&evidence, shown, Some(unit), &held)));
    }
    if found.is_empty() {
        return Err(Stop::Usage(format!(
            "{}: nothing was planned there; run `valet-rds plan --all --out {0}`",
            folder.display()
        )));
    }
    let all = owners.iter().map(Owner::unit);
    Ok(Drift {
        units: all_or_nothing(found)?,
        missing: all.filter(|unit| !planned.contains(unit)).collect(),
    })
}

/// What Terraform has shown.
fn of_files(session: &Session, owners: &[Owner], files: &[PathBuf]) -> Result<Drift, Stop> {
    let mut found = Vec::new();
    for path in files {
        let bytes = if path.as_os_str() == "-" {
            io::read_all_of_stdin(MAX_BYTES)?
        } else {
            io::read_all(MAX_BYTES, path)?
        };
        let shown = path.display().to_string();
        let judged = match plan::read(&bytes) {
            Ok(plan) => of_plan(session, owners, &plan, shown.clone())?,
            Err(error) => Err(error.to_string()),
        };
        found.push(judged.map_err(|fault| format!("{shown}: {fault}")));
    }
    Ok(Drift {
        units: all_or_nothing(found)?,
        missing: Vec::new(),
    })
}

/// What a plan says; or why it cannot be used.
fn of_plan(
    session: &Session,
    owners: &[Owner],
    plan: &Plan,
    file: String,
) -> Result<Result<UnitDrift, String>, Stop> {
    const CUT: &str = "the plan has been cut: it has no";
    if plan.configuration.is_none() {
        return Ok(Err(format!("{CUT} `configuration`, so it may lack more")));
    }
    let state = match State::before(plan) {
        Some(state) => state,
        None if plan.is_of_nothing() => State::default(),
        None => {
            return Ok(Err(format!(
                "{CUT} `prior_state`, so rules and policies of somebody else cannot be looked for"
            )));
        }
    };
    let identity = plan.identity();
    let mine = |owner: &&Owner| Some(gate::identity(**owner)) == identity;
    let owner = owners.iter().find(mine).copied();
    let form = NormalForm::of(plan);
    let outside = outside(plan);
    let edited = match &owner {
        Some(owner) => edited(session, owner)?,
        None => Edited::Unknown,
    };
    let evidence = Evidence {
        causes: causes(&form, &outside, &edited),
        outside,
        unplanned: silent::unplanned(&state, &silent::Stated::of_plan(plan)),
        plan: form,
        is_plan: plan.is_asked(),
    };
    let held = Held {
        owner,
        today: session.today,
    };
    let unit = owner.map(|owner| owner.unit());
    Ok(Ok(drift::judge(&evidence, file, unit, &held)))
}

/// Whether a root is another one than the one that was applied.
enum Edited {
    Yes,
    No(Box<Applied>),
    /// Nothing tells what was applied.
    Unknown,
}

fn edited(session: &Session, owner: &Owner) -> Result<Edited, Stop> {
    let path = format!("{}/{}", owner.directory(), applied::FILE);
    let Some(bytes) = io::find_in(&session.workspace, &path)? else {
        return Ok(Edited::Unknown);
    };
    let applied = Applied::read(&bytes)
        .map_err(|error| Stop::Usage(format!("{path}: {error}; remove it, or apply again")))?;
    let top = io::git::place(&session.workspace)
        .map_or_else(|| session.workspace.clone(), |(top, _)| top);
    let here = Inputs::here(&top, &session.in_repository(owner))?;
    Ok(match here {
        Some(here) if here.digests() == applied.inputs => Edited::No(Box::new(applied)),
        Some(_) => Edited::Yes,
        None => Edited::Unknown,
    })
}

/// Why each thing in a plan is planned, as far as the plan and the record of the last apply say.
fn causes(form: &NormalForm, outside: &Outside, edited: &Edited) -> Causes {
    let mut causes = Causes::new();
    for (address, planned) in &form.resources {
        let of = causes.entry(address.clone()).or_default();
        if planned.actions != "update" || planned.attributes.is_empty() {
            let cause = match edited {
                _ if outside.contains_key(address) => "drift",
                Edited::Yes => "edit",
                // What the state has never had, nobody has changed.
                Edited::Unknown if planned.actions == "create" => "new",
                Edited::No(_) | Edited::Unknown => "unexplained",
            };
            of.insert(planned.actions.clone(), cause.to_owned());
            continue;
        }
        for (path, difference) in run::cause::leading(planned) {
            let is_undone = outside
                .get(address)
                .is_some_and(|changed| changed.is_undone_by(path, difference));
            let cause = match edited {
                _ if is_undone => "drift",
                Edited::No(applied) if applied.is_waiting(address, path, difference) => "waiting",
                Edited::Yes => "edit",
                Edited::No(_) | Edited::Unknown => "unexplained",
            };
            of.insert(path.clone(), cause.to_owned());
        }
    }
    causes
}

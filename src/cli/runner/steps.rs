//! The commands of Terraform that a unit takes, one after the other.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Earlier, JOURNAL, Runner};
use crate::{
    io::{
        self,
        terraform::{Ended, Run, States, advice, last_words},
    },
    model::identity::UnitId,
    review::{
        gate::{self, Verdict},
        retirement,
        run::{Failed, Outcome},
        stale,
    },
    terraform::{
        drift::{self, Outside},
        lower::Owner,
        normal_form::NormalForm,
        plan::{self, MAX_BYTES},
        print::print_root,
        state::State,
    },
};

/// Arguments of every plan.
pub(super) const PLANNING: [&str; 5] = [
    "plan",
    "-input=false",
    "-no-color",
    "-lock=false",
    "-detailed-exitcode",
];

/// The steps that lock the state.
pub(super) const LOCKING: [&str; 3] = ["apply", "state-rm", "untaint"];

/// The name of a root whose plan tells of itself as an apply does.
pub(super) const TAKE_UP: &str = "take-up";

/// Where Terraform runs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Folder of the root.
    pub(super) root: PathBuf,
    /// Folder for what Terraform keeps beside it.
    pub(super) data: PathBuf,
    /// Folder for logs.
    pub(super) logs: PathBuf,
    /// What their names begin with; empty for the unit's own root.
    pub(super) name: &'static str,
    /// Whether the state is kept beside the root instead of where the root says.
    pub(super) is_local: bool,
}

/// What Terraform says that a root comes to.
pub struct Plan {
    /// What it does.
    pub form: NormalForm,
    /// What it has found changed in AWS, when it does anything.
    pub outside: Outside,
    /// What the gate says of it; none, when it does nothing.
    pub verdict: Option<Verdict>,
    /// What of it AWS keeps for the maintenance window: attributes by the addresses of their resources.
    pub waits: BTreeMap<String, Vec<String>>,
    /// The states that it was made on.
    pub states: States,
}

impl Runner<'_> {
    /// The place of a unit's own root.
    pub(super) fn place(&self, owner: &Owner, unit: &UnitId) -> Place {
        Place {
            root: self.session.workspace.join(owner.directory()),
            data: self.data(unit),
            logs: self.folder(unit),
            name: "",
            is_local: false,
        }
    }

    /// The place of another root that is looked at for a unit.
    pub(super) fn stage(&self, unit: &UnitId, name: &'static str, root: PathBuf) -> Place {
        Place {
            root,
            data: self.stages(unit).join(format!("{name}.terraform")),
            logs: self.folder(unit),
            name,
            is_local: true,
        }
    }

    /// Plans a root that stands as its config gives it, and asks the gate.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn plan(&self, owner: &Owner, unit: &UnitId) -> Result<Plan, Outcome> {
        let directory = owner.directory();
        let place = self.place(owner, unit);
        let files = io::snapshot::folder::files(&place.root)?;
        if !stale::is_current(files.as_ref(), &print_root(&owner.root())) {
            return Err(Outcome::Failed(Failed {
                step: "read",
                words: format!("{directory} is not what its config gives"),
                advice: Some("run `valet-rds generate` and commit the result".to_owned()),
                log: None,
            }));
        }
        let planned = self.plan_at(&place, &[])?;
        let states = io::terraform::states(&place.data.join(io::terraform::PLAN))?;
        self.judged(owner, unit, planned.as_ref(), states, &[])
    }

    /// What the plan that was just made has found changed in AWS. One that does nothing may have found something, too.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outside(&self, owner: &Owner, unit: &UnitId, plan: &Plan) -> Result<Outside, Outcome> {
        if plan.verdict.is_some() || !plan.states.differ() {
            return Ok(plan.outside.clone());
        }
        Ok(drift::outside(&self.show(&self.place(owner, unit))?))
    }

    /// What a plan comes to, if it does anything. `taken_up` are addresses of what it imports because an apply that was cut
    /// short has made it.
    ///
    /// # Errors
    /// When it is not the plan of this unit.
    pub(super) fn judged(
        &self,
        owner: &Owner,
        unit: &UnitId,
        plan: Option<&plan::Plan>,
        states: States,
        taken_up: &[&str],
    ) -> Result<Plan, Outcome> {
        let Some(plan) = plan else {
            return Ok(Plan {
                form: NormalForm::default(),
                outside: Outside::new(),
                verdict: None,
                waits: BTreeMap::new(),
                states,
            });
        };
        if plan.identity() != Some(gate::identity(*owner)) {
            return Err(Outcome::failed(
                "show",
                format!("the plan is not that of {unit}"),
            ));
        }
        let today = self.session.today;
        let mut verdict = gate::judge_rest(plan, Some(*owner), today, taken_up);
        if let Owner::Unit(database) = owner
            && retirement::is_retired(database)
        {
            let holders = io::holders(&self.session.workspace, database)?;
            gate::hold_for(&mut verdict, &holders);
        }
        Ok(Plan {
            form: NormalForm::of(plan),
            outside: drift::outside(plan),
            verdict: Some(verdict),
            waits: gate::waits(plan),
            states,
        })
    }

    /// Makes a root ready, plans it and reads the plan; none when it does nothing.
    pub(super) fn plan_at(
        &self,
        place: &Place,
        more: &[&str],
    ) -> Result<Option<plan::Plan>, Outcome> {
        self.init(place)?;
        let plan = place.data.join(io::terraform::PLAN);
        let out = format!("-out={}", plan.display());
        let mut arguments = PLANNING.to_vec();
        arguments.push(&out);
        arguments.extend(more);
        if self.step(place, "plan", &arguments, &[0, 2])? == 0 {
            return Ok(None);
        }
        self.show(place).map(Some)
    }

    /// Makes a root ready, without the plan that an earlier run has left: one that fails leaves it.
    pub(super) fn init(&self, place: &Place) -> Result<(), Outcome> {
        io::terraform::make_folder(&place.data)?;
        let init = ["init", "-input=false", "-no-color", "-lockfile=readonly"];
        self.step(place, "init", &init, &[0])?;
        Ok(io::terraform::forget(&place.data)?)
    }

    /// Reads a plan.
    pub(super) fn show(&self, place: &Place) -> Result<plan::Plan, Outcome> {
        let plan = place.data.join(io::terraform::PLAN);
        let show = ["show", "-json", "-no-color", &plan.to_string_lossy()];
        self.step(place, "show", &show, &[0])?;
        let bytes = io::terraform::shown(&place.data, MAX_BYTES)?;
        plan::read(&bytes).map_err(|error| Outcome::failed("show", error))
    }

    /// The state of a unit, as Terraform keeps it now.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn state(&self, owner: &Owner, unit: &UnitId) -> Result<State, Outcome> {
        let place = self.place(owner, unit);
        self.step(&place, "state", &["state", "pull"], &[0])?;
        let bytes = io::terraform::shown(&place.data, MAX_BYTES);
        let _ = self.forget(unit);
        State::read(&bytes?).map_err(|error| Outcome::failed("state", error))
    }

    /// Applies the plan that was just made.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn apply(&self, owner: &Owner, unit: &UnitId, earlier: &Earlier) -> Result<(), Outcome> {
        let place = self.place(owner, unit);
        let plan = place.data.join(io::terraform::PLAN);
        let apply = [
            "apply",
            "-json",
            "-input=false",
            "-lock-timeout=60s",
            &plan.to_string_lossy(),
        ];
        match self.step(&place, "apply", &apply, &[0]) {
            Ok(_) => Ok(()),
            Err(Outcome::Failed(failed)) => {
                Err(Outcome::Failed(self.told(unit, owner, earlier, failed)))
            }
            Err(other) => Err(other),
        }
    }

    /// Runs one command of Terraform: its exit code, which is one of these.
    pub(super) fn step(
        &self,
        place: &Place,
        step: &'static str,
        arguments: &[&str],
        codes: &[i32],
    ) -> Result<i32, Outcome> {
        let name = if place.name.is_empty() {
            step.to_owned()
        } else {
            format!("{}-{step}", place.name)
        };
        let log = place.logs.join(format!("{name}.log"));
        let output = match step {
            "show" | "state" => Some(place.data.join(io::terraform::SHOWN)),
            "apply" => Some(place.logs.join(JOURNAL)),
            "plan" if place.name == TAKE_UP => Some(place.data.join(io::terraform::SHOWN)),
            _ => None,
        };
        let run = Run {
            root: &place.root,
            data: &place.data,
            output: output.as_deref(),
            log: &log,
            is_local: place.is_local,
            locks: LOCKING.contains(&step),
        };
        match self.terraform.run(run, arguments, &self.stopping)? {
            Ended::Stopped => Err(Outcome::Interrupted),
            Ended::Code(Some(code)) if codes.contains(&code) => Ok(code),
            Ended::Code(code) => {
                let text = io::terraform::without_trace(&io::terraform::log(&log)?);
                let words = match code {
                    Some(_) => last_words(&text),
                    None => "Terraform was killed".to_owned(),
                };
                Err(Outcome::Failed(Failed {
                    step,
                    words,
                    advice: advice(&text),
                    log: Some(self.shown(&log)),
                }))
            }
        }
    }

    /// The path of a log, as it is seen from here.
    pub(super) fn shown(&self, log: &Path) -> String {
        let inner = log.strip_prefix(&self.folder).unwrap_or(log);
        self.named.join(inner).to_string_lossy().into_owned()
    }
}

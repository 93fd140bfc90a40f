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
        run::{Failed, Outcome},
        stale,
    },
    terraform::{
        lower::Owner,
        normal_form::{NormalForm, Planned},
        plan::{self, MAX_BYTES},
        print::print_root,
        state::State,
    },
};

/// Where Terraform runs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Folder of the root.
    pub(super) root: PathBuf,
    /// Folder for what Terraform keeps beside it.
    pub(super) data: PathBuf,
    /// Folder for logs.
    logs: PathBuf,
    /// What their names begin with; empty for the unit's own root.
    pub(super) name: &'static str,
}

/// What Terraform says that a root comes to.
pub struct Plan {
    /// What it does.
    pub form: NormalForm,
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
        }
    }

    /// The place of another root that is looked at for a unit.
    pub(super) fn stage(&self, unit: &UnitId, name: &'static str, root: PathBuf) -> Place {
        Place {
            root,
            data: self.stages(unit).join(format!("{name}.terraform")),
            logs: self.folder(unit),
            name,
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
        let Some(plan) = planned else {
            return Ok(Plan {
                form: NormalForm::default(),
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
        Ok(Plan {
            form: NormalForm::of(&plan),
            verdict: Some(gate::judge(&plan, Some(*owner), self.session.today)),
            waits: gate::waits(&plan),
            states,
        })
    }

    /// Makes a root ready, plans it and reads the plan; none when it does nothing.
    pub(super) fn plan_at(
        &self,
        place: &Place,
        more: &[&str],
    ) -> Result<Option<plan::Plan>, Outcome> {
        io::terraform::make_folder(&place.data)?;
        let init = ["init", "-input=false", "-no-color", "-lockfile=readonly"];
        self.step(place, "init", &init, &[0])?;
        // A plan that fails leaves the one before it.
        io::terraform::forget(&place.data)?;
        let plan = place.data.join(io::terraform::PLAN);
        let out = format!("-out={}", plan.display());
        let mut arguments = vec![
            "plan",
            "-input=false",
            "-no-color",
            "-lock=false",
            "-detailed-exitcode",
            &out,
        ];
        arguments.extend(more);
        if self.step(place, "plan", &arguments, &[0, 2])? == 0 {
            return Ok(None);
        }
        let show = ["show", "-json", "-no-color", &plan.to_string_lossy()];
        self.step(place, "show", &show, &[0])?;
        let bytes = io::terraform::shown(&place.data, MAX_BYTES)?;
        let plan = plan::read(&bytes).map_err(|error| Outcome::failed("show", error))?;
        Ok(Some(plan))
    }

    /// Plans what is left of a unit after applies that were cut short. What Terraform was told to stop at it takes for broken,
    /// and would destroy. AWS has gone on with it, so it is kept; nothing is destroyed that nobody has reviewed.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn plan_rest(
        &self,
        owner: &Owner,
        unit: &UnitId,
        earlier: &mut Earlier,
    ) -> Result<Plan, Outcome> {
        let mut plan = self.plan(owner, unit)?;
        let is_tainted = |(address, planned): (&String, &Planned)| {
            let is_cut = earlier.cut_short.contains(address);
            let reason = planned.reason.as_deref();
            (is_cut && reason == Some("replace_because_tainted")).then(|| address.clone())
        };
        let tainted: Vec<String> = plan.form.resources.iter().filter_map(is_tainted).collect();
        let place = self.place(owner, unit);
        for address in &tainted {
            let untaint = ["untaint", "-no-color", "-lock-timeout=60s", address];
            self.step(&place, "untaint", &untaint, &[0])?;
        }
        if !tainted.is_empty() {
            plan = self.plan(owner, unit)?;
        }
        // One that is there is not made any more; what AWS was not told yet is an update now.
        let is_begun = |address: &&String| {
            let planned = plan.form.resources.get(*address);
            planned.is_none_or(|planned| planned.actions == "update")
        };
        let begun: Vec<String> = earlier.cut_short.iter().filter(is_begun).cloned().collect();
        earlier.begun.extend(begun);
        Ok(plan)
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
    pub fn apply(&self, owner: &Owner, unit: &UnitId) -> Result<(), Outcome> {
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
            Err(Outcome::Failed(failed)) => Err(Outcome::Failed(self.told(unit, owner, failed))),
            Err(other) => Err(other),
        }
    }

    /// Runs one command of Terraform: its exit code, which is one of these.
    fn step(
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
            _ => None,
        };
        let run = Run {
            root: &place.root,
            data: &place.data,
            output: output.as_deref(),
            log: &log,
            is_local: !place.name.is_empty(),
        };
        match self.terraform.run(run, arguments, &self.stopping)? {
            Ended::Stopped => Err(Outcome::Interrupted),
            Ended::Code(Some(code)) if codes.contains(&code) => Ok(code),
            Ended::Code(code) => {
                let text = io::terraform::log(&log)?;
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
    fn shown(&self, log: &Path) -> String {
        let inner = log.strip_prefix(&self.folder).unwrap_or(log);
        self.named.join(inner).to_string_lossy().into_owned()
    }
}

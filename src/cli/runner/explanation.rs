//! Why each thing in the plan of a unit is planned, asked of Terraform: what was there before is planned, too.

use std::{collections::BTreeMap, path::PathBuf};

use super::{Plan, Runner, steps::Place};
use crate::{
    cli::{session::Session, stop::Stop},
    compile::snapshot::{Changes, Head, Heads, RootChange},
    io::{
        self,
        git::{Commit, Repository},
        snapshot::inputs::Inputs,
    },
    model::identity::UnitId,
    review::{
        self, Line,
        gate::{self, Verdict},
        retirement,
        run::{
            Failed, Outcome,
            cause::{self, Chain, Item, Known},
            silent::{self, Stated, Unplanned},
        },
    },
    terraform::{
        applied::{self, Applied, Digests, Writing},
        dataflow::Dataflow,
        lower::{Owner, TERRAFORM},
        normal_form::NormalForm,
        plan,
        state::State,
    },
};

/// What the plan of a unit is explained by.
#[derive(Debug, Default)]
pub struct Baseline {
    /// The commit that the unit is compared with, and the folder of its root there; without one, the last that was applied.
    pub base: Option<(Commit, Option<String>)>,
    /// What differs from it.
    pub lines: Vec<Line>,
}

/// Why a plan is as it is.
#[derive(Debug, Default)]
pub struct Explanation {
    /// The cause of each thing in it.
    pub causes: Vec<Item>,
    /// What is otherwise in AWS, though nothing is planned for it.
    pub unplanned: Vec<Unplanned>,
}

impl Explanation {
    /// Why what no edit explains has to be meant, by address.
    #[must_use]
    pub fn needs(&self) -> BTreeMap<String, String> {
        let needs = |item: &Item| Some((item.address.clone(), item.cause.needs()?));
        self.causes.iter().filter_map(needs).collect()
    }
}

/// The file that has Terraform keep the state of a root beside it. An override, so it wins over what the root says.
const LOCAL: (&str, &[u8]) = (
    "zz_valet_rds_override.tf",
    b"terraform {\n  backend \"local\" {}\n}\n",
);

/// The state that a local backend reads by itself.
const STATE: &str = "terraform.tfstate";

impl Runner<'_> {
    /// The folder for roots that are only looked at.
    pub(super) fn stages(&self, unit: &UnitId) -> PathBuf {
        self.data(unit).join("valet-rds.stages")
    }

    /// Explains a plan of a unit.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn explain(
        &self,
        owner: &Owner,
        unit: &UnitId,
        baseline: &Baseline,
        plan: &Plan,
    ) -> Result<Explanation, Outcome> {
        let explained = self.chain(owner, unit, baseline, plan);
        let _ = io::terraform::remove_folder(&self.stages(unit));
        explained
    }

    /// Has the gate judge what no edit explains, too: why it has to be meant, by address.
    pub fn hold(&self, owner: &Owner, verdict: &mut Verdict, needs: &BTreeMap<String, String>) {
        let today = self.session.today;
        let row = |(address, reason): (&String, &String)| {
            gate::unreviewed(*owner, today, address, reason)
        };
        verdict.rows.extend(needs.iter().map(row));
        verdict
            .rows
            .sort_by(|a, b| (a.outcome, &a.address).cmp(&(b.outcome, &b.address)));
    }

    fn chain(
        &self,
        owner: &Owner,
        unit: &UnitId,
        baseline: &Baseline,
        plan: &Plan,
    ) -> Result<Explanation, Outcome> {
        let read = |bytes: &[u8]| State::read(bytes).map_err(|error| unread("the state", error));
        let (kept, refreshed) = (read(&plan.states.kept)?, read(&plan.states.refreshed)?);
        let directory = self.session.in_repository(owner);
        let head = self.here(&directory)?;
        let stated = Stated::of_root(&retirement::read(&head.files()));
        let unplanned = silent::unplanned(&refreshed, &stated);
        if plan.form.is_empty() {
            return Ok(Explanation {
                causes: Vec::new(),
                unplanned,
            });
        }
        // What is imported is in both states of its plan already.
        let is_imported = |address: &String| {
            let planned = plan.form.resources.get(address);
            planned.is_some_and(|planned| planned.importing.is_some())
        };
        let addresses = [&kept, &refreshed].map(State::addresses);
        if addresses.iter().flatten().all(is_imported) {
            let causes = cause::all_new(&plan.form);
            return Ok(Explanation { causes, unplanned });
        }
        let new = head.digests();
        let record = self.record(owner)?;
        let base = self.base(baseline, record.as_ref(), &directory)?;
        let is_missing = base.is_none();
        let mut base = base.unwrap_or_else(|| head.clone());
        let mut doubt = None;
        if let Some(folder) = base.missing.clone() {
            let was = record.as_ref().map(|record| &record.inputs.modules);
            if was != Some(&new.modules) {
                doubt = Some(format!(
                    "the files of {folder} as they were are not in this repository, so a change of modules cannot be told from one in AWS"
                ));
            }
            base = base.with_modules_of(&head, &self.top())?;
        }
        let lines = if baseline.base.is_some() {
            baseline.lines.clone()
        } else {
            self.lines(owner, &directory, &base, &head)
        };
        let old = base.digests();
        let plans = self.plans(unit, (&base, &old), (&head, &new), plan)?;
        let place = self.place(owner, unit);
        let flow = Dataflow::read(&io::terraform::texts(&place.root, &place.data)?);
        let no_record = if is_missing {
            "it has a state, but no root where it is compared with and no record of an apply"
        } else {
            "there is no record of an apply beside the root (`applied.json`), so say with `--base` what it is compared with"
        };
        let taken_over = plan.verdict.iter().flat_map(gate::may_differ).collect();
        let known = Known {
            applied: record.as_ref(),
            no_record: plans.unkept.as_deref().unwrap_or(no_record),
            base: &old,
            state: &Writing::of(&kept),
            taken_over: &taken_over,
            doubt: doubt.as_deref(),
            lines: &lines,
            flow: &flow,
        };
        let chain = Chain {
            kept: plans.kept.as_ref(),
            base: plans.base.as_ref(),
            provider: plans.provider.as_ref(),
            modules: plans.modules.as_ref(),
            head: &plan.form,
        };
        Ok(Explanation {
            causes: cause::explain(&chain, &known),
            unplanned,
        })
    }

    /// The plans before the one of the head, as far as what goes into them differs.
    fn plans(
        &self,
        unit: &UnitId,
        (base, old): (&Inputs, &Digests),
        (head, new): (&Inputs, &Digests),
        plan: &Plan,
    ) -> Result<Plans, Outcome> {
        // What the provider gives every resource is read back by it, too: under other tags everything would have drifted.
        let own;
        let refreshed = if base.has_the_same(TERRAFORM, head) {
            &plan.states.refreshed
        } else {
            own = self.refresh_stage(unit, base, &plan.states.kept)?;
            &own
        };
        let mut plans = Plans::default();
        let with_lock = base.with_lock_of(head);
        // What the base calls, the head may not: the end of a unit calls nothing.
        let with_modules = with_lock.with_modules_of(head, &self.top())?;
        if old.root != new.root {
            plans.modules = Some(self.plan_stage(unit, "modules", &with_modules, refreshed)?);
        }
        if old.modules != with_modules.digests().modules {
            plans.provider = Some(self.plan_stage(unit, "provider", &with_lock, refreshed)?);
        }
        if old.lock != new.lock {
            plans.base = Some(self.plan_stage(unit, "base", base, refreshed)?);
        }
        let first = [&plans.base, &plans.provider, &plans.modules];
        let first = first.into_iter().flatten().next().unwrap_or(&plan.form);
        if !first.resources.is_empty() {
            match self.plan_stage(unit, "kept", base, &plan.states.kept) {
                Ok(form) => plans.kept = Some(form),
                // An apply that was cut short leaves resources without values: it is as if nothing had changed since.
                Err(Outcome::Failed(failed)) => plans.unkept = Some(failed.words),
                Err(other) => return Err(other),
            }
        }
        Ok(plans)
    }

    /// Plans a root that is laid out for it, on a state as it is.
    fn plan_stage(
        &self,
        unit: &UnitId,
        name: &'static str,
        inputs: &Inputs,
        state: &[u8],
    ) -> Result<NormalForm, Outcome> {
        let (_, planned) = self.plan_laid_out(unit, name, inputs, state, &["-refresh=false"])?;
        Ok(planned
            .map(|plan| NormalForm::of(&plan))
            .unwrap_or_default())
    }

    /// A state with what AWS says now, asked with the provider of a root that is laid out for it.
    fn refresh_stage(
        &self,
        unit: &UnitId,
        inputs: &Inputs,
        state: &[u8],
    ) -> Result<Vec<u8>, Outcome> {
        let (place, _) = self.plan_laid_out(unit, "refresh", inputs, state, &[])?;
        let states = io::terraform::states(&place.data.join(io::terraform::PLAN))?;
        Ok(states.refreshed)
    }

    /// Lays a root out with a state, and plans it.
    fn plan_laid_out(
        &self,
        unit: &UnitId,
        name: &'static str,
        inputs: &Inputs,
        state: &[u8],
        options: &[&str],
    ) -> Result<(Place, Option<plan::Plan>), Outcome> {
        let below = self.stages(unit).join(name);
        let mut more = vec![LOCAL];
        if !state.trim_ascii().is_empty() {
            more.push((STATE, state));
        }
        let root = inputs.lay_out(&below, &more)?;
        let place = self.stage(unit, name, root);
        let planned = self
            .plan_at(&place, options)
            .map_err(|outcome| match outcome {
                Outcome::Failed(failed) => Outcome::Failed(Failed {
                    words: format!(
                        "what was there before cannot be planned ({name}): {}",
                        failed.words
                    ),
                    ..failed
                }),
                other => other,
            })?;
        Ok((place, planned))
    }

    /// The folder that all paths begin in: that of the repository, or without one the workspace.
    fn top(&self) -> PathBuf {
        let place = io::git::place(&self.session.workspace);
        place.map_or_else(|| self.session.workspace.clone(), |(top, _)| top)
    }

    /// What Terraform reads of the root in a folder of the repository, or without one of the workspace.
    pub(super) fn here(&self, directory: &str) -> Result<Inputs, Outcome> {
        let here = Inputs::here(&self.top(), directory)?;
        here.ok_or_else(|| unread(directory, "there is no root"))
    }

    /// What Terraform reads of a root now, and the commit that has the same, if the one that is checked out does.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn inputs(&self, owner: &Owner) -> Result<(Digests, Option<String>), Outcome> {
        let directory = self.session.in_repository(owner);
        let here = self.here(&directory)?.digests();
        let committed = || {
            let repository = Repository::find(&self.session.workspace).ok()?;
            let head = repository.head().ok()?;
            let there = Inputs::at(&repository, &head, &directory).ok()??;
            (there.digests() == here).then_some(head.id)
        };
        let commit = committed();
        Ok((here, commit))
    }

    /// The record of the last apply beside the root.
    fn record(&self, owner: &Owner) -> Result<Option<Applied>, Outcome> {
        let path = format!("{}/{}", owner.directory(), applied::FILE);
        let Some(bytes) = io::find_in(&self.session.workspace, &path)? else {
            return Ok(None);
        };
        let read = Applied::read(&bytes).map_err(|error| unread(&path, error))?;
        Ok(Some(read))
    }

    /// What a unit is compared with: in a commit that was named, or in the one that was applied last.
    fn base(
        &self,
        baseline: &Baseline,
        record: Option<&Applied>,
        directory: &str,
    ) -> Result<Option<Inputs>, Outcome> {
        let (commit, directory) = match (&baseline.base, record.and_then(|one| one.commit.as_ref()))
        {
            (Some((commit, Some(directory))), _) => (commit.clone(), directory.as_str()),
            (Some((_, None)), _) | (None, None) => return Ok(None),
            (None, Some(id)) => (Commit::named(id), directory),
        };
        let repository = Repository::find(&self.session.workspace);
        let repository = repository.map_err(|error| unread(directory, error))?;
        Inputs::at(&repository, &commit, directory)
            .map_err(|error| unread(&format!("{directory} in {}", commit.words), error))
    }

    /// What differs between a base and the head of a unit, as `diff` says it.
    fn lines(&self, owner: &Owner, directory: &str, base: &Inputs, head: &Inputs) -> Vec<Line> {
        let change = RootChange {
            directory: directory.to_owned(),
            base: Some(base.files()),
            head: Some(head.files()),
            ..RootChange::default()
        };
        let changes = Changes {
            prefix: self.session.prefix.clone(),
            roots: vec![change],
            ..Changes::default()
        };
        let head = Head {
            owner: *owner,
            config_differs: true,
            workspace_differs: true,
        };
        let heads = Heads::from([(directory.to_owned(), head)]);
        let units = review::compare(&changes, &heads).units;
        units.into_iter().flat_map(|unit| unit.lines).collect()
    }
}

#[derive(Default)]
struct Plans {
    kept: Option<NormalForm>,
    /// Why the state as it was kept cannot be planned on, when it cannot.
    unkept: Option<String>,
    base: Option<NormalForm>,
    provider: Option<NormalForm>,
    modules: Option<NormalForm>,
}

fn unread(what: &str, why: impl std::fmt::Display) -> Outcome {
    Outcome::failed("read", format_args!("{what}: {why}"))
}

/// The base of all units of a run, from a reference.
///
/// # Errors
/// When git refuses.
pub(in crate::cli) fn base_commit(session: &Session, reference: &str) -> Result<Commit, Stop> {
    Ok(Repository::find(&session.workspace)?.merge_base(reference)?)
}

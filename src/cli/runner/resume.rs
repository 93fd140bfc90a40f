//! Going on where an apply that was cut short has ended: its lock is given back, and what it has made is kept.

use std::{collections::BTreeSet, path::Path, thread, time::Duration};

use super::{
    DONE, JOURNAL, JOURNALS, Runner,
    steps::{LOCKING, PLANNING, Place, Plan, TAKE_UP},
};
use crate::{
    io::{
        self,
        terraform::{Last, advice, last_words},
    },
    model::identity::UnitId,
    review::{
        gate,
        run::{Failed, Outcome, Reviewed},
    },
    terraform::{
        import::{self, Import},
        journal::{self, Diagnostic, Journal},
        lower::Owner,
        normal_form::Planned,
        state::State,
    },
};

/// What earlier applies of a unit have come to.
#[derive(Debug, Default)]
pub struct Earlier {
    /// What they have told.
    pub journal: Journal,
    /// Ids of the locks that they have perhaps left.
    locks: Vec<String>,
    /// Addresses of what they have made and Terraform has not known to be whole, and what is there.
    pub there: BTreeSet<String>,
    /// What they have made and nobody can take up, in words.
    pub lost: Vec<String>,
}

/// The file with what is imported, in a copy of the root.
const IMPORTS: &str = "zz_valet_rds_import.tf";

/// The file that has a security group let nothing out, in a copy of its module. An override, so it wins over what that says.
const CLOSED: &str = "zz_valet_rds_override.tf";

impl Runner<'_> {
    /// What earlier applies of a unit have told, as far as they were cut short. Terraform goes on when whoever has started it is
    /// killed, so it is waited for.
    ///
    /// # Errors
    /// When that cannot be kept, or Terraform is still at work.
    pub fn earlier(&self, unit: &UnitId) -> Result<Earlier, Outcome> {
        let folder = self.folder(unit);
        let mut locks = Vec::new();
        for step in LOCKING {
            if let Last::Over { lock, .. } = self.wait_for(unit, step)? {
                locks.extend(lock);
            }
        }
        let all = folder.join(JOURNALS);
        io::terraform::keep_journal(&folder.join(JOURNAL), &all)?;
        Ok(Earlier {
            journal: Journal::read(&io::terraform::log(&all)?),
            locks,
            ..Earlier::default()
        })
    }

    /// Waits for the last run of a command, as long as Terraform waits for a lock.
    fn wait_for(&self, unit: &UnitId, step: &'static str) -> Result<Last, Outcome> {
        const LOOK: Duration = Duration::from_millis(100);
        const LOOKS: usize = 600;
        let log = self.folder(unit).join(format!("{step}.log"));
        for _ in 0..LOOKS {
            let last = io::terraform::last(&log)?;
            if last != Last::Alive {
                return Ok(last);
            }
            if self.stopping.is_asked() {
                return Err(Outcome::Interrupted);
            }
            thread::sleep(LOOK);
        }
        Err(Outcome::Failed(Failed {
            step,
            words: "the Terraform of an earlier run is still at work".to_owned(),
            advice: Some("wait until it has ended, and run this again".to_owned()),
            log: Some(self.shown(&log)),
        }))
    }

    /// Whether an apply of a unit was killed, so that only its journal tells of what it has made.
    ///
    /// # Errors
    /// When that cannot be read, or Terraform is still at work.
    pub(super) fn is_killed(&self, unit: &UnitId) -> Result<bool, Outcome> {
        let folder = self.folder(unit);
        if io::is_there(&folder.join(DONE)) {
            return Ok(false);
        }
        let is_seen = match self.wait_for(unit, "apply")? {
            Last::Over { is_seen, .. } => is_seen,
            _ => true,
        };
        let told = |name| io::terraform::log(&folder.join(name));
        let journal = Journal::read(&(told(JOURNALS)? + "\n" + &told(JOURNAL)?));
        Ok(!is_seen && !journal.made.is_empty())
    }

    /// Plans what is left of a unit after applies that were cut short. What Terraform was told to stop at it takes for broken,
    /// and would destroy. AWS has gone on with it, so it is kept; nothing is destroyed that nobody has reviewed. What it does not
    /// know to be there it would make, so it is told of it.
    ///
    /// # Errors
    /// With how the unit has ended instead.
    pub fn plan_rest(
        &self,
        owner: &Owner,
        reviewed: &Reviewed,
        earlier: &mut Earlier,
    ) -> Result<Plan, Outcome> {
        let unit = &reviewed.unit;
        let mut plan = self.plan(owner, unit)?;
        let place = self.place(owner, unit);
        for lock in &earlier.locks {
            // When it is another one, or none, there is nothing to give back.
            let unlock = ["force-unlock", "-force", "-no-color", lock];
            self.step(&place, "unlock", &unlock, &[0, 1])?;
        }
        let is_tainted = |(address, planned): (&String, &Planned)| {
            let is_cut = earlier.journal.cut_short.contains(address);
            let reason = planned.reason.as_deref();
            (is_cut && reason == Some("replace_because_tainted")).then(|| address.clone())
        };
        let tainted: Vec<String> = plan.form.resources.iter().filter_map(is_tainted).collect();
        for address in &tainted {
            let untaint = ["untaint", "-no-color", "-lock-timeout=60s", address];
            self.step(&place, "untaint", &untaint, &[0])?;
        }
        if !tainted.is_empty() {
            plan = self.plan(owner, unit)?;
        }
        let mut orphans = import::orphans(&earlier.journal, &reviewed.plan, &plan.form);
        earlier.lost.append(&mut orphans.lost);
        let mut imports = orphans.imports;
        if !imports.is_empty() {
            plan = self.take_up(owner, unit, &mut imports, &[])?;
        }
        let refreshed = State::read(&plan.states.refreshed);
        let refreshed = refreshed.map_err(|error| Outcome::failed("plan", error))?;
        let mut open = refreshed.open_groups();
        open.retain(|address| earlier.journal.is_half_made(address));
        if !open.is_empty() {
            plan = self.take_up(owner, unit, &mut imports, &open)?;
        }
        let taken = imports.into_iter().map(|import| import.address);
        earlier.there.extend(taken.chain(open));
        // One that is there is not made any more; what AWS was not told yet is an update now.
        let is_there = |address: &&String| {
            let planned = plan.form.resources.get(*address);
            planned.is_none_or(|planned| planned.actions == "update")
        };
        let there = earlier.journal.cut_short.iter().filter(is_there).cloned();
        earlier.there.extend(there.collect::<Vec<_>>());
        Ok(plan)
    }

    /// Plans a copy of a root that imports these, as far as they are there, and in which these security groups let nothing out.
    /// Nothing is changed by it, so whatever it comes to can still be refused.
    fn take_up(
        &self,
        owner: &Owner,
        unit: &UnitId,
        imports: &mut Vec<Import>,
        open: &[String],
    ) -> Result<Plan, Outcome> {
        let planned = self.plan_copy(owner, unit, imports, open);
        let _ = io::terraform::remove_folder(&self.stages(unit));
        planned
    }

    fn plan_copy(
        &self,
        owner: &Owner,
        unit: &UnitId,
        imports: &mut Vec<Import>,
        open: &[String],
    ) -> Result<Plan, Outcome> {
        let inputs = self.here(&self.session.in_repository(owner))?;
        let below = self.stages(unit);
        let mut place = Place {
            name: TAKE_UP,
            data: below.join("take-up.terraform"),
            ..self.place(owner, unit)
        };
        let planned = loop {
            let blocks = import::blocks(imports);
            let files = [(IMPORTS, blocks.as_bytes())];
            place.root = inputs.lay_out(&below.join(TAKE_UP), &files)?;
            self.init(&place)?;
            for group in open {
                close(&below, &place, group)?;
            }
            match self.plan_imports(&place) {
                Ok(()) => {
                    let planned = self.show(&place)?;
                    let former = planned.not_imported(imports.iter().map(|one| &*one.address));
                    if former.is_empty() {
                        break planned;
                    }
                    self.forget_former(owner, unit, &former)?;
                }
                Err((outcome, errors)) => match import::without_missing(imports, &errors) {
                    Some(rest) => *imports = rest,
                    None => return Err(outcome),
                },
            }
        };
        // What the files declare has other tags still; the gate looks at it.
        let declared = gate::declared_addresses(*owner);
        let foreign = planned.foreign_imports(&gate::identity(*owner)).into_iter();
        let mut foreign = foreign.filter(|address| !declared.contains(*address));
        if let Some(first) = foreign.next() {
            return Err(Outcome::failed(
                "plan",
                format!(
                    "{first}: an apply that was cut short was to make it, and what is there has not the tags of {unit}: see whose it is"
                ),
            ));
        }
        let states = io::terraform::states(&place.data.join(io::terraform::PLAN))?;
        io::terraform::move_plan(&place.data, &self.data(unit))?;
        let taken_up: Vec<&str> = imports.iter().map(|one| one.address.as_str()).collect();
        self.judged(owner, unit, Some(&planned), states, &taken_up)
    }

    /// Has the state forget what is gone, as each refresh says: it was replaced, and what took its place is imported only where
    /// the state holds nothing.
    fn forget_former(&self, owner: &Owner, unit: &UnitId, former: &[&str]) -> Result<(), Outcome> {
        let place = self.place(owner, unit);
        let mut forget = vec!["state", "rm", "-lock-timeout=60s"];
        forget.extend(former);
        self.step(&place, "state-rm", &forget, &[0]).map(drop)
    }

    /// Plans, and has Terraform tell which imports fail.
    fn plan_imports(&self, place: &Place) -> Result<(), (Outcome, Vec<Diagnostic>)> {
        let plan = place.data.join(io::terraform::PLAN);
        let out = format!("-out={}", plan.display());
        let mut arguments = PLANNING.to_vec();
        arguments.extend(["-json", &out]);
        let Err(outcome) = self.step(place, "plan", &arguments, &[0, 2]) else {
            return Ok(());
        };
        let Outcome::Failed(mut failed) = outcome else {
            return Err((outcome, Vec::new()));
        };
        let told = io::terraform::log(&place.data.join(io::terraform::SHOWN));
        let errors = journal::errors(&told.unwrap_or_default());
        if let Some(first) = errors.first() {
            let text = first.text();
            failed.words = last_words(&text);
            failed.advice = failed.advice.or_else(|| advice(&text));
        }
        Err((Outcome::Failed(failed), errors))
    }
}

/// Has the copy of a security group let nothing out, as long as no rule of ours is in it.
fn close(below: &Path, place: &Place, group: &str) -> Result<(), Outcome> {
    let closed = match import::closed(group) {
        None => false,
        Some((module, text)) => {
            let copy = (place.root.as_path(), place.data.as_path());
            io::terraform::add_to_module(below, copy, &module, (CLOSED, &text))?
        }
    };
    if closed {
        return Ok(());
    }
    Err(Outcome::failed(
        "plan",
        format!(
            "{group}: an apply that was cut short was making it, and it still has the rule of AWS that lets everything out: take that rule away, and run this again"
        ),
    ))
}

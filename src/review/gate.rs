//! A Terraform plan against what is declared: nothing that holds data or identity may go, unless a config says so.

mod endpoints;
mod holdings;
mod imports;
mod scope;
mod table;
mod waits;

use std::collections::BTreeMap;

use crate::{
    config::{Acknowledgement, Effect, Lifecycle},
    model::Database,
    review::{adoption::Attribute, impact},
    terraform::{
        lower::Owner,
        plan::{Action, Identity, Mode, Plan, ResourceChange},
    },
    text::date::Date,
};
use holdings::{Holds, leaves_snapshot};
use scope::Scopes;
use waits::Waits;

pub use endpoints::hold_for;
pub use imports::declared_addresses;
pub use table::{attributes, closing, counted, human, markdown, may_differ, refusals};

/// Whose plan has to be held against a root's config, as the tags of the root say.
#[must_use]
pub fn identity(owner: Owner) -> Identity {
    let (shortname, cluster) = match owner {
        Owner::Unit(database) => (Some(database.shortname.clone()), None),
        Owner::Environment(_) => (None, None),
        Owner::Consumer(consumer) => (None, Some(consumer.cluster.clone())),
    };
    Identity {
        environment: owner.environment().to_owned(),
        shortname,
        cluster,
    }
}

/// What the gate says about a plan.
#[derive(Debug)]
pub struct Verdict {
    /// Everything that goes, and what else is worth a word: what is refused first, then what `allow` lets pass.
    pub rows: Vec<Row>,
    /// How many resources are made, changed, forgotten, replaced, destroyed.
    pub counts: Vec<(&'static str, usize)>,
}

/// What is done to a database of which `applyImmediately` lets interruptions pass.
const NOW: &str = "now";

/// Something that a plan does, and whether it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Address of the resource.
    pub address: String,
    /// What is done to it, in a word.
    pub action: &'static str,
    /// The arguments that force a replacement.
    pub forced_by: Vec<String>,
    /// Whether it may be done.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// What becomes of an attribute of something that is taken over, when it is about one.
    pub attribute: Option<Attribute>,
}

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It may not.
    Refused,
    /// It may, because of an `allow`, or of `applyImmediately`.
    Allowed,
    /// It may.
    Fine,
}

impl Verdict {
    /// Whether everything may be done.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.count(Outcome::Refused) == 0
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.rows
            .iter()
            .filter(|row| row.outcome == outcome)
            .count()
    }
}

/// Judges a plan by what the owner of its root declares; without one, nothing is.
#[must_use]
pub fn judge(plan: &Plan, owner: Option<Owner>, today: Date) -> Verdict {
    judge_rest(plan, owner, today, &[])
}

/// Judges a plan that also imports what an apply that was cut short has made: `taken_up` are the addresses of that.
#[must_use]
pub fn judge_rest(plan: &Plan, owner: Option<Owner>, today: Date, taken_up: &[&str]) -> Verdict {
    let judge = Judge {
        owner,
        today,
        scopes: Scopes::of(owner),
        taken_up,
    };
    let managed = |change: &&ResourceChange| change.mode == Mode::Managed;
    let changes: Vec<_> = plan.resource_changes.iter().filter(managed).collect();
    let drift = plan.resource_drift.iter().filter(managed);
    let mut rows: Vec<Row> = drift.filter_map(|change| judge.drift(change)).collect();
    rows.extend(changes.iter().filter_map(|change| judge.change(change)));
    rows.extend(changes.iter().filter_map(|change| judge.timing(change)));
    rows.extend(judge.imports(plan, &changes));
    rows.extend(plan.action_invocations.iter().map(|invocation| Row {
        address: invocation.address.clone(),
        action: "invoke",
        forced_by: Vec::new(),
        outcome: Outcome::Refused,
        reason: "nobody knows what an action of a provider does".to_owned(),
        attribute: None,
    }));
    rows.sort_by(|a, b| (a.outcome, &a.address).cmp(&(b.outcome, &b.address)));
    let count = |word| {
        let of = |change: &&&ResourceChange| word_of(&change.change.action) == Some(word);
        (word, changes.iter().filter(of).count())
    };
    let is_imported = |change: &&&ResourceChange| change.change.importing.is_some();
    let mut counts = vec![("import", changes.iter().filter(is_imported).count())];
    counts.extend(WORDS.map(count));
    Verdict { rows, counts }
}

/// What a plan changes that AWS keeps for the maintenance window: names of attributes, by the addresses of their databases.
#[must_use]
pub fn waits(plan: &Plan) -> BTreeMap<String, Vec<String>> {
    let of = |change: &ResourceChange| {
        let waits = Waits::of(change).filter(|waits| !waits.is_immediate)?;
        Some((change.address.clone(), waits.attributes))
    };
    plan.resource_changes.iter().filter_map(of).collect()
}

/// Whether a resource of this type holds neither data nor identity.
#[must_use]
pub fn holds_nothing(kind: &str) -> bool {
    holdings::NOTHING.contains(&kind)
}

/// What is planned at an address although no edit asks for it, and so needs to be meant: the row that says whether it is.
#[must_use]
pub fn unreviewed(owner: Owner, today: Date, address: &str, reason: &str) -> Row {
    let judge = Judge {
        owner: Some(owner),
        today,
        scopes: Scopes::of(Some(owner)),
        taken_up: &[],
    };
    let (outcome, reason) = judge.needs_of(&[address], Effect::Drift, reason);
    Row {
        address: address.to_owned(),
        action: "drift",
        forced_by: Vec::new(),
        outcome,
        reason,
        attribute: None,
    }
}

const WORDS: [&str; 6] = ["create", "update", "forget", "replace", "delete", "unknown"];

/// An action in a word; none for what does nothing.
const fn word_of(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::NoOp | Action::Read => return None,
        Action::Create => "create",
        Action::Update => "update",
        Action::Forget => "forget",
        Action::Replace(_) => "replace",
        Action::Delete => "delete",
        Action::Unknown(_) => "unknown",
    })
}

struct Judge<'a> {
    owner: Option<Owner<'a>>,
    today: Date,
    scopes: Scopes,
    taken_up: &'a [&'a str],
}

type Judgement = (Outcome, String);

impl Judge<'_> {
    fn change(&self, change: &ResourceChange) -> Option<Row> {
        let judgement = match &change.change.action {
            Action::NoOp | Action::Read => return None,
            Action::Create => self.comes(change)?,
            Action::Update => self.changes(change)?,
            Action::Unknown(words) => {
                let reason = format!("nobody knows what the actions `{words}` do");
                (Outcome::Refused, reason)
            }
            Action::Forget | Action::Replace(_) | Action::Delete => self.goes(change),
        };
        Some(row(change, word_of(&change.change.action)?, judgement))
    }

    /// A database that is made where a state is said to have been moved to: the state has not been copied, or not this one.
    fn comes(&self, change: &ResourceChange) -> Option<Judgement> {
        if self.is_adopted(change) {
            let reason = "the config adopts a database that is there, but the plan makes one: its state does not hold it, so take `adopt.imported` out".to_owned();
            return Some((Outcome::Refused, reason));
        }
        let former = self.owner.as_ref().and_then(Owner::former_state)?;
        holdings::is_database(change).then(|| {
            let reason = format!(
                "its state is said to have been at {former} before, but the one that was planned with knows no database: copy it first; to make a new database, take `movedFrom` out of valet.yaml"
            );
            (Outcome::Refused, reason)
        })
    }

    /// What a change of a database waits for, and whether it may happen at once instead.
    fn timing(&self, change: &ResourceChange) -> Option<Row> {
        let waits = Waits::of(change)?;
        let list = waits.list();
        if !waits.is_immediate {
            let reason = format!(
                "waits for the maintenance window, {} UTC: {list}; until then every plan shows it as a difference",
                waits.window
            );
            let judgement = (Outcome::Fine, reason);
            return (!list.is_empty()).then(|| row(change, "wait", judgement));
        }
        let urgent = match self.owner {
            Some(Owner::Unit(database)) => database.apply_immediately.value.as_ref(),
            _ => None,
        };
        let judgement = match urgent {
            Some(urgent) if self.today <= urgent.expires => {
                let reason = format!(
                    "happens now: {list}; `applyImmediately` until {}: {}",
                    urgent.expires, urgent.reason
                );
                if list.is_empty() {
                    return None;
                }
                (Outcome::Allowed, reason)
            }
            Some(urgent) => (
                Outcome::Refused,
                format!("`applyImmediately` held until {}", urgent.expires),
            ),
            None => (
                Outcome::Refused,
                "edits and what waits already happen now, with their interruptions; not declared: the config has no `applyImmediately`".to_owned(),
            ),
        };
        Some(row(change, NOW, judgement))
    }

    /// What changes in place.
    fn changes(&self, change: &ResourceChange) -> Option<Judgement> {
        if let Some(reason) = self.renames(change).or_else(|| self.regroups(change)) {
            return Some((Outcome::Refused, reason));
        }
        if let Some(reason) = holdings::impossible(change) {
            return Some((Outcome::Refused, reason));
        }
        let (effect, what) = holdings::update(change)?;
        Some(self.needs(change, effect, what))
    }

    /// What has been destroyed outside Terraform: the plan makes it anew, without its data, or leaves it gone.
    fn drift(&self, change: &ResourceChange) -> Option<Row> {
        let is_gone = matches!(
            change.change.action,
            Action::Delete | Action::Replace(_) | Action::Unknown(_)
        );
        let holds = Holds::of(change);
        if !is_gone || holds == Holds::Nothing {
            return None;
        }
        let judgement = match self.retired() {
            Some(database) if !database.retain.value => {
                (Outcome::Fine, "`lifecycle: retired`".to_owned())
            }
            _ if self.is_adopted(change) => {
                let reason = "it is gone, though Terraform did not destroy it, and nobody makes an adopted database anew: restore it under its identifier, or retire it";
                (Outcome::Refused, reason.to_owned())
            }
            _ => self.needs(
                change,
                holds.effect(),
                "it is gone, though Terraform did not destroy it",
            ),
        };
        Some(row(change, "gone", judgement))
    }

    /// What is destroyed, replaced or forgotten.
    fn goes(&self, change: &ResourceChange) -> Judgement {
        let fine = |reason: &str| (Outcome::Fine, reason.to_owned());
        let refused = |reason: String| (Outcome::Refused, reason);
        let holds = Holds::of(change);
        let action = &change.change.action;
        let is_destroyed = *action != Action::Forget;
        if is_destroyed && leaves_snapshot(change) == Some(false) {
            return refused("its state does not say `skip_final_snapshot = false` and the name of a snapshot, so no snapshot would be left".to_owned());
        }
        if let Some(database) = self.retired() {
            match (action, database.retain.value) {
                (Action::Forget, true) => return fine("`retain: true`"),
                (Action::Delete | Action::Replace(_), true) if holds != Holds::Nothing => {
                    return refused(
                        "the config says `retain: true`, but the plan destroys".to_owned(),
                    );
                }
                (Action::Delete, false) if holds != Holds::Nothing => {
                    return match self.foreign(change) {
                        Some(reason) => refused(reason),
                        None => fine("`lifecycle: retired`"),
                    };
                }
                _ => {}
            }
        }
        if holds == Holds::Nothing {
            return fine(holdings::runs_again(change).unwrap_or("holds neither data nor identity"));
        }
        if self.is_adopted(change) {
            return refused("an adopted database is neither replaced nor given up, whatever is allowed: only `lifecycle` ends it".to_owned());
        }
        if let Some(reason) = self.lets_go(change) {
            return fine(reason);
        }
        let stays = matches!(action, Action::Replace(_)) && self.is_protected(change);
        let effect = if stays {
            Effect::Replace
        } else {
            holds.effect()
        };
        let (outcome, mut reason) = self.needs(change, effect, holds.what());
        if outcome == Outcome::Refused && is_of_zones(change) {
            reason.push_str("; AWS leaves out a subnet in a zone without RDS Proxy, and then every plan is like this: name the proxy's own in `network.proxySubnetIds`");
        }
        (outcome, reason)
    }

    /// Why something is not among what the root of a retired unit held.
    fn foreign(&self, change: &ResourceChange) -> Option<String> {
        if !self.scopes.is_in_module(&change.address) {
            return Some("not in a module of this unit".to_owned());
        }
        let is_tagged = change
            .change
            .before
            .as_ref()
            .is_some_and(|before| before.contains_key("tags_all"));
        match (change.identity(), self.owner.map(identity)) {
            (None, _) if is_tagged => Some("no tag says that it is of this unit".to_owned()),
            (Some(found), Some(wanted)) if found != wanted => {
                Some(format!("its tags say that it is of {found}"))
            }
            _ => None,
        }
    }

    /// Whether AWS refuses to destroy it: it is protected, and the root leaves it so.
    fn is_protected(&self, change: &ResourceChange) -> bool {
        let Some(Owner::Unit(database)) = self.owner else {
            return false;
        };
        let keeps =
            database.deletion_protection.value && database.lifecycle.value == Lifecycle::Active;
        keeps && holdings::is_protected(change)
    }

    /// Whether it is the database of a unit that was there before its config.
    fn is_adopted(&self, change: &ResourceChange) -> bool {
        let is_adopted = match self.owner {
            Some(Owner::Unit(database)) => database.adopted().is_some(),
            _ => false,
        };
        is_adopted && holdings::is_database(change)
    }

    fn retired(&self) -> Option<&Database> {
        match self.owner {
            Some(Owner::Unit(database)) if database.lifecycle.value == Lifecycle::Retired => {
                Some(database)
            }
            _ => None,
        }
    }

    /// Something that may be done only when an `allow` names this effect, or a worse one.
    fn needs(&self, change: &ResourceChange, effect: Effect, what: &str) -> Judgement {
        self.needs_of(&[&change.address], effect, what)
    }

    /// The same for what has these names: addresses, or keys.
    fn needs_of(&self, names: &[&str], effect: Effect, what: &str) -> Judgement {
        let allow = match self.owner {
            None => {
                return (
                    Outcome::Refused,
                    format!("{what}, and no config declares it"),
                );
            }
            Some(Owner::Unit(database)) => &database.allow.value,
            Some(Owner::Environment(environment)) => &environment.spec.allow,
            Some(Owner::Consumer(consumer)) => &consumer.environment.spec.allow,
        };
        let is_enough = |one: &&Acknowledgement| match impact::allowed(effect) {
            Some(grade) => impact::allowed(one.change) >= Some(grade),
            None => one.change == effect,
        };
        let (about, beside): (Vec<_>, Vec<_>) = allow
            .iter()
            .filter(is_enough)
            .partition(|one| names.iter().any(|name| self.scopes.covers(one, name)));
        let is_current = |one: &&&Acknowledgement| self.today <= one.expires;
        let effect = effect.as_str();
        if let Some(one) = about.iter().find(is_current) {
            let of = one
                .of
                .as_ref()
                .map(|of| format!(" for `{of}`"))
                .unwrap_or_default();
            return (
                Outcome::Allowed,
                format!("allowed until {}{of}: {}", one.expires, one.reason),
            );
        }
        let reason = match (about.first(), beside.first()) {
            (Some(one), _) => format!("was allowed until {}", one.expires),
            (None, Some(one)) => {
                format!(
                    "the `allow` of `{}` is only about `{}`",
                    one.change.as_str(),
                    one.of.as_deref().unwrap_or_default()
                )
            }
            (None, None) => format!("not declared: `allow` names no `{effect}`"),
        };
        (Outcome::Refused, format!("{what}; {reason}"))
    }
}

/// Whether a proxy is replaced because of its subnets.
fn is_of_zones(change: &ResourceChange) -> bool {
    let forced_by = change.forced_by();
    change.kind == "aws_db_proxy"
        && forced_by
            .iter()
            .any(|argument| argument.starts_with("vpc_subnet_ids"))
}

fn row(change: &ResourceChange, action: &'static str, (outcome, reason): Judgement) -> Row {
    Row {
        address: change.address.clone(),
        action,
        forced_by: change.forced_by(),
        outcome,
        reason,
        attribute: None,
    }
}

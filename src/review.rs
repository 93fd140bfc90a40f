//! What a change means, unit by unit: two sides in, graded lines out.

pub mod adoption;
pub mod beside;
pub mod campaign;
mod cause;
mod change;
pub mod drift;
pub mod forbidden;
pub mod foreign;
pub mod gate;
mod group;
mod human;
pub mod impact;
mod markdown;
mod pairs;
pub mod retirement;
pub mod run;
pub mod stale;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::{
    compile::snapshot::{Changes, Content, Head, Heads},
    config::{Acknowledgement, Effect},
    diagnostic::{Diagnostics, Problem, rule},
    model::{
        Database, Origin,
        consumer::is_of_cluster,
        identity::{StateKey, UnitId},
    },
    review::{
        cause::Causes,
        impact::Impact,
        pairs::{Pair, Standing},
        retirement::StandingRoot,
    },
    terraform::{diff, lower::Owner, tree::Change},
    text::date::Date,
};

pub use change::Line;
pub use human::human;
pub use markdown::{LIMIT, markdown};

/// Everything that a change means.
#[derive(Debug, Default)]
pub struct Review {
    /// Roots that are not what their configs give: what is reviewed is not what the configs say.
    pub stale: Diagnostics,
    /// Units that differ, by name.
    pub units: Vec<Unit>,
    /// Steps that must not be taken.
    pub problems: Diagnostics,
}

/// What happens to one unit.
#[derive(Debug)]
pub struct Unit {
    /// What it is called; its namespace is `_environment` for what units share.
    pub id: UnitId,
    /// Folder of its root.
    pub directory: String,
    /// Folder of its root in the base; none when it is new.
    pub base: Option<String>,
    /// What kind of difference it is.
    pub kind: Kind,
    /// The arguments that differ, the worst first.
    pub lines: Vec<Line>,
    /// What to know about an upgrade to another major version.
    pub upgrade: Vec<String>,
    /// The files that differ.
    pub hcl: Vec<Change>,
    /// What is meant, as the config says.
    pub allow: Vec<Acknowledgement>,
}

/// What kind of difference it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Created,
    /// It is another.
    Changed,
    /// Its folder was another one: the name of its unit before, or the folder when the name has stayed.
    Moved(String),
    /// Its config is gone, after its retirement.
    Gone,
}

/// What a review must not hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deny {
    /// This grade and worse.
    pub from: Option<Impact>,
    /// Changes of what clients know.
    pub connection: bool,
}

impl Review {
    /// Whether anything must not pass, whatever is denied.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.stale.has_errors() || self.problems.has_errors()
    }
}

impl Unit {
    /// The worst that happens.
    #[must_use]
    pub fn grade(&self) -> Impact {
        self.lines
            .iter()
            .map(|line| line.grade)
            .max()
            .unwrap_or(Impact::None)
    }

    /// Whether it is new and takes over a database that is there.
    #[must_use]
    pub fn takes_over(&self) -> bool {
        let is_import = |line: &Line| diff::is_import_of_database(&line.address);
        self.kind == Kind::Created && self.lines.iter().any(is_import)
    }

    /// What clients know that becomes another.
    #[must_use]
    pub fn connection(&self) -> BTreeSet<&'static str> {
        self.lines
            .iter()
            .flat_map(|line| line.connection.iter().copied())
            .collect()
    }

    /// The worst that the config does not let pass.
    #[must_use]
    pub fn unacknowledged(&self, today: Date) -> Impact {
        let is_open = |line: &&Line| {
            let allowed = self
                .about(line, today)
                .map(|one| impact::allowed(one.change))
                .max();
            !line.is_declared && allowed.flatten().is_none_or(|allowed| line.grade > allowed)
        };
        let open = self.lines.iter().filter(is_open);
        open.map(|line| line.grade).max().unwrap_or(Impact::None)
    }

    /// Whether clients lose what they know, and the config does not let that pass.
    #[must_use]
    pub fn breaks_connections(&self, today: Date) -> bool {
        let is_open = |line: &Line| {
            let allowed = self
                .about(line, today)
                .any(|one| one.change == Effect::Connection);
            !line.is_declared && !line.connection.is_empty() && !allowed
        };
        self.lines.iter().any(is_open)
    }

    /// Why the unit must not pass: the words for what `deny` names and the config does not let pass.
    #[must_use]
    pub fn denied(&self, deny: Deny, today: Date) -> Option<String> {
        let grade = self.unacknowledged(today);
        if deny.from.is_some_and(|from| grade >= from) {
            return Some(grade.as_str().to_owned());
        }
        let breaks = deny.connection && self.breaks_connections(today);
        breaks.then(|| "connection".to_owned())
    }

    /// The acknowledgements that count today and are about a line.
    fn about<'a>(
        &'a self,
        line: &'a Line,
        today: Date,
    ) -> impl Iterator<Item = &'a Acknowledgement> {
        let is_about = |one: &&Acknowledgement| line.is_meant_by(one);
        let is_current = move |one: &&Acknowledgement| today <= one.expires;
        self.allow.iter().filter(is_current).filter(is_about)
    }
}

/// What the difference between two sides means. `heads` are the compiled roots of the head, as far as there are any:
/// they tell the keys behind a change, and what a config lets pass.
#[must_use]
pub fn compare(changes: &Changes, heads: &Heads) -> Review {
    let pairs = pairs::pairs(changes);
    let mut problems = changes.problems.clone();
    problems.extend(collisions(changes, &pairs));
    problems.extend(left_behind(changes, &pairs));
    let reviewed: Vec<(Option<Unit>, Vec<Problem>)> = pairs
        .par_iter()
        .filter(|pair| !is_foreign(pair))
        .map(|pair| {
            let head = pair.head.as_ref();
            let head = head.and_then(|one| heads.get(&one.change.directory).copied());
            let unit = unit(pair, head);
            let problems = forbidden(pair, head, unit.as_ref());
            (unit, problems)
        })
        .collect();
    let mut units = Vec::new();
    for (unit, found) in reviewed {
        units.extend(unit);
        problems.extend(found);
    }
    units.sort_by(|a, b| (&a.id, &a.directory).cmp(&(&b.id, &b.directory)));
    Review {
        stale: Diagnostics::new(),
        units,
        problems,
    }
}

/// Whether only other workspaces look after a unit.
fn is_foreign(pair: &Pair) -> bool {
    let sides = [&pair.base, &pair.head];
    let mut sides = sides.into_iter().flatten();
    sides.all(|one| one.change.is_foreign)
}

/// What must not be done to a unit.
fn forbidden(pair: &Pair, head: Option<Head>, unit: Option<&Unit>) -> Vec<Problem> {
    let Some(Head {
        owner: Owner::Unit(database),
        config_differs,
        ..
    }) = head
    else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if let Some(base) = &pair.base {
        problems.extend(forbidden::refused(&base.root, database));
    }
    if let Some(unit) = unit.filter(|_| config_differs) {
        problems.extend(unused(unit, database));
    }
    problems
}

/// Two roots with one state: each would destroy what the other has made.
fn collisions(changes: &Changes, pairs: &[Pair]) -> Vec<Problem> {
    let mut seen: BTreeMap<&StateKey, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for head in pairs.iter().filter_map(|pair| pair.head.as_ref()) {
        let Some(state) = &head.state else { continue };
        let standing = changes.standing.get(state).map(String::as_str);
        let other = standing.or_else(|| seen.insert(state, &head.change.directory));
        let Some(other) = other else { continue };
        let message = format!(
            "the state {state} is that of {} already",
            changes.in_workspace(other)
        );
        problems.push(
            Problem::new(
                &rule::STATE_COLLISION,
                standing_root(changes, head).span(),
                message,
            )
            .help("remove one of the two roots; `valet-rds generate` writes the right one"),
        );
    }
    problems
}

/// States of the base that are nowhere in the head, although nobody has retired what they hold.
fn left_behind(changes: &Changes, pairs: &[Pair]) -> Vec<Problem> {
    let heads: BTreeSet<&StateKey> = pairs
        .iter()
        .filter_map(|pair| pair.head.as_ref()?.state.as_ref())
        .collect();
    let is_there = |state: &StateKey| {
        heads.contains(state)
            || changes.standing.contains_key(state)
            || changes.planned.contains(state)
    };
    pairs
        .iter()
        .filter_map(|pair| pair.base.as_ref())
        .filter(|base| !base.change.is_foreign && base.root.is_live())
        .filter(|base| !base.state.as_ref().is_some_and(is_there))
        .filter(|base| base.state.is_some() || base.change.head.is_none())
        .map(|base| {
            let root = standing_root(changes, base);
            let here = pairs.iter().filter_map(|pair| pair.head.as_ref());
            let mut here = here.filter(|head| head.change.directory == base.change.directory);
            let same = here.find(|head| base.state.is_some() && root.has_tags_of(&head.root));
            match same.and_then(|head| head.state.as_ref()) {
                Some(now) => root.left(now),
                None => root.orphan(),
            }
        })
        .collect()
}

fn standing_root(changes: &Changes, one: &Standing) -> StandingRoot {
    StandingRoot::read(changes.in_workspace(&one.change.directory), one.files)
}

/// What happens to one unit; nothing when nothing does.
fn unit(pair: &Pair, head: Option<Head>) -> Option<Unit> {
    let one = pair.head.as_ref().or(pair.base.as_ref())?;
    let directory = one.change.directory.clone();
    let id = UnitId::of_root(&directory);
    let hcl = hcl(pair, &directory);
    let mut lines = lines(pair, head);
    let kind = match (&pair.base, &pair.head) {
        (Some(base), Some(_)) if base.change.directory != directory => {
            let from = UnitId::of_root(&base.change.directory);
            Kind::Moved(if from == id {
                base.change.directory.clone()
            } else {
                from.to_string()
            })
        }
        (Some(_), Some(_)) => Kind::Changed,
        (None, _) => Kind::Created,
        (Some(base), None) if base.root.is_live() => return None,
        (Some(_), None) => Kind::Gone,
    };
    if kind == Kind::Changed && hcl.is_empty() && lines.is_empty() {
        return None;
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.grade));
    let (database, allow) = match head.map(|head| head.owner) {
        Some(Owner::Unit(database)) => (Some(database), database.allow.value.clone()),
        Some(Owner::Environment(environment)) => (None, environment.spec.allow.clone()),
        Some(Owner::Consumer(consumer)) => (None, consumer.environment.spec.allow.clone()),
        None => (None, Vec::new()),
    };
    let base = pair.base.as_ref().map(|base| &base.root);
    Some(Unit {
        id,
        directory,
        base: pair.base.as_ref().map(|base| base.change.directory.clone()),
        kind,
        upgrade: base
            .zip(database)
            .map(|(base, database)| upgrade::notes(base, database))
            .unwrap_or_default(),
        lines,
        hcl,
        allow,
    })
}

/// Everything that differs in a unit that is in the head.
fn lines(pair: &Pair, head: Option<Head>) -> Vec<Line> {
    let Some(new) = &pair.head else {
        return Vec::new();
    };
    let mut lines: Vec<Line> = Vec::new();
    if let Some(doubt) = &new.change.doubt {
        lines.push(Line::worst(&new.change.directory, doubt.clone()));
    }
    let old = pair.base.as_ref();
    for (side, words) in [(old, "the base"), (Some(new), "the change")] {
        let faults = side
            .map(|one| one.root.faults.as_slice())
            .unwrap_or_default();
        lines.extend(faults.iter().map(|fault| {
            let why = format!("in {words} it cannot be understood: {}", fault.error);
            Line::worst(&fault.file, why)
        }));
    }
    match old {
        Some(old) => lines.extend(differences(old, new, head)),
        None => lines.extend(change::takes_over(&new.root, &Causes::new(head, &[]))),
    }
    lines.extend(beside::lines(
        old.map(|one| (one.files, &one.root)),
        Some((new.files, &new.root)),
    ));
    lines.extend(
        new.change
            .modules
            .iter()
            .map(|folder| change::module(folder)),
    );
    lines
}

/// The arguments and module calls that differ.
fn differences(old: &Standing, new: &Standing, head: Option<Head>) -> Vec<Line> {
    let unit = UnitId::of_root(&new.change.directory);
    match (old.root.is_live(), new.root.is_live()) {
        (true, false) if is_of_cluster(&unit.namespace) => {
            let is_declared = matches!(
                head.map(|head| head.owner),
                Some(Owner::Consumer(consumer)) if consumer.spec.retired
            );
            return vec![change::disconnected(is_declared)];
        }
        (false, true) if is_of_cluster(&unit.namespace) => return vec![change::connected()],
        (true, false) => {
            let is_declared = matches!(
                head.map(|head| head.owner),
                Some(Owner::Unit(database)) if retirement::is_retired(database)
            );
            return vec![change::retired(&old.root, &new.root, is_declared)];
        }
        (false, true) => {
            return vec![change::revived(
                &old.root,
                &new.root,
                &Causes::new(head, &[]),
            )];
        }
        _ => {}
    }
    let (from, to) = (&old.change.directory, &new.change.directory);
    let difference = diff::compare(&old.root, &new.root, from, to);
    let all = &difference.arguments;
    let causes = Causes::new(head, all);
    let arguments = all.iter().map(|delta| {
        let behind = cause::behind(delta, all);
        let mut line = change::argument(delta, behind, &causes, (&old.root, &new.root));
        let is_of_state = ["bucket", "key", "region"]
            .iter()
            .any(|name| line.address == format!("terraform.backend.s3.{name}"));
        line.is_declared |= is_of_state && old.has_moved();
        line.is_declared |= change::lets_go(delta, head.map(|head| head.owner));
        line
    });
    let duplicates = difference.duplicates.iter().map(|address| {
        let why = format!("Terraform refuses it: {address} stands twice");
        Line::worst("the root", why)
    });
    arguments
        .chain(difference.calls.iter().map(change::call))
        .chain(duplicates)
        .collect()
}

/// New acknowledgements that nothing in the change needs.
fn unused(unit: &Unit, new: &Database) -> Vec<Problem> {
    let is_needed = |one: &Acknowledgement| {
        let mut about = unit.lines.iter().filter(|line| line.is_meant_by(one));
        match impact::allowed(one.change) {
            Some(grade) => about.any(|line| !line.is_declared && line.grade == grade),
            // What differs outside of the files, no comparison of files tells.
            None if one.change == Effect::Drift => true,
            None => about.any(|line| !line.connection.is_empty()),
        }
    };
    let unneeded = new.allow.value.iter().enumerate();
    unneeded
        .filter(|(_, one)| !is_needed(one))
        .map(|(index, one)| {
            let span = new.span_below(Origin::Config("allow"), &format!("/{index}/change"));
            let message = format!(
                "nothing in this change has the effect `{}`",
                one.change.as_str()
            );
            Problem::new(&rule::ACKNOWLEDGEMENT_UNUSED, span, message).help("remove it")
        })
        .collect()
}

/// The files that differ, under their path in the head. Line ends are git's business.
fn hcl(pair: &Pair, directory: &str) -> Vec<Change> {
    let texts = |side: Option<&Standing>| -> BTreeMap<String, String> {
        let files = side.map(|one| one.files.iter()).into_iter().flatten();
        files
            .filter_map(|(name, content)| match content {
                Content::Text(text) => Some((name.clone(), text.replace("\r\n", "\n"))),
                Content::Unreadable(_) | Content::Unread => None,
            })
            .collect()
    };
    let (mut old, new) = (texts(pair.base.as_ref()), texts(pair.head.as_ref()));
    let mut changes: Vec<Change> = new
        .into_iter()
        .map(|(name, text)| Change {
            path: format!("{directory}/{name}"),
            old: old.remove(&name),
            new: Some(text),
        })
        .collect();
    changes.extend(old.into_iter().map(|(name, text)| Change {
        path: format!("{directory}/{name}"),
        old: Some(text),
        new: None,
    }));
    changes.retain(|change| change.old != change.new);
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

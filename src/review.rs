//! What a change means, unit by unit: two sides in, graded lines out.

mod group;
mod human;
mod json;
mod line;
mod markdown;
mod upgrade;
mod write_once;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::{
    config::{Acknowledgement, Effect, Lifecycle},
    delta,
    emit::emit,
    grade::{self, Grade},
    instance::{Instance, Origin},
    lay_out,
    life::{self, Identity, Stage},
    problem::{self, Problem},
    root::Root,
    rule,
    side::Side,
    tree::{Change, Tree},
};

pub use human::human;
pub use json::json;
pub use line::Line;
pub use markdown::{LIMIT, markdown};

use line::{line, of_row, other_modules, retired, revived};

/// Everything that a change means.
#[derive(Debug, Default)]
pub struct Review {
    /// Units that differ, by name.
    pub units: Vec<Unit>,
    /// Steps that must not be taken.
    pub problems: Vec<Problem>,
}

/// What happens to one unit.
#[derive(Debug)]
pub struct Unit {
    /// `environment/namespace`, or `environment/_environment` for what units share.
    pub name: String,
    /// Folder of its root.
    pub directory: String,
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
    /// Its file had this name before: `environment/namespace`.
    Moved(String),
    /// Its config is gone, after its retirement.
    Gone,
}

/// What a review must not hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deny {
    /// This grade and worse.
    pub from: Option<Grade>,
    /// Changes of what clients know.
    pub connection: bool,
}

impl Unit {
    /// The worst that happens.
    #[must_use]
    pub fn grade(&self) -> Grade {
        self.lines
            .iter()
            .map(|line| line.grade)
            .max()
            .unwrap_or(Grade::None)
    }

    /// What clients know that becomes another.
    #[must_use]
    pub fn connection(&self) -> BTreeSet<&'static str> {
        self.lines
            .iter()
            .flat_map(|line| line.connection.iter().copied())
            .collect()
    }

    /// The worst that the config does not let pass. `today` is `YYYY-MM-DD`.
    #[must_use]
    pub fn unacknowledged(&self, today: &str) -> Grade {
        let allowed = self
            .current(today)
            .filter_map(|one| grade::allowed(one.change))
            .max();
        let open = self.lines.iter().filter(|line| !line.is_declared);
        open.map(|line| line.grade)
            .filter(|grade| allowed.is_none_or(|allowed| *grade > allowed))
            .max()
            .unwrap_or(Grade::None)
    }

    /// Whether clients lose what they know, and the config does not let that pass.
    #[must_use]
    pub fn breaks_connections(&self, today: &str) -> bool {
        let allowed = self
            .current(today)
            .any(|one| one.change == Effect::Connection);
        let open = self
            .lines
            .iter()
            .any(|line| !line.is_declared && !line.connection.is_empty());
        open && !allowed
    }

    /// Why the unit must not pass: the words for what `deny` names and the config does not let pass.
    #[must_use]
    pub fn denied(&self, deny: Deny, today: &str) -> Option<String> {
        let grade = self.unacknowledged(today);
        if deny.from.is_some_and(|from| grade >= from) {
            return Some(grade.word().to_owned());
        }
        let breaks = deny.connection && self.breaks_connections(today);
        breaks.then(|| "connection".to_owned())
    }

    fn current(&self, today: &str) -> impl Iterator<Item = &Acknowledgement> {
        self.allow
            .iter()
            .filter(move |one| today <= one.expires.as_str())
    }
}

/// Compares two sides.
#[must_use]
pub fn compare(base: &Side, head: &Side) -> Review {
    let before: BTreeMap<Identity, &Instance> = base
        .instances
        .iter()
        .map(|one| (life::identity(one), one))
        .collect();
    let mut units: Vec<Unit> = head
        .instances
        .par_iter()
        .filter_map(|instance| {
            let old = before.get(&life::identity(instance)).copied();
            unit(base, head, old, instance)
        })
        .collect();
    let mut problems = problems(&base.instances, &head.instances);
    let (gone, left_behind) = vanished(base, head);
    units.extend(gone);
    problems.extend(left_behind);
    units.extend(environments(base, head));
    units.sort_by(|a, b| a.name.cmp(&b.name));
    problem::sort(&mut problems);
    Review { units, problems }
}

/// What must not be done to these units.
#[must_use]
pub fn problems(old: &[Instance], new: &[Instance]) -> Vec<Problem> {
    let before: BTreeMap<Identity, &Instance> =
        old.iter().map(|one| (life::identity(one), one)).collect();
    let one = |instance: &Instance| {
        let old = before.get(&life::identity(instance)).copied();
        let mut problems = unused(old, instance);
        if let Some(old) = old {
            problems.extend(life::step(&Stage::of(old), instance));
            problems.extend(write_once::check(old, instance));
        }
        problems
    };
    new.iter().flat_map(one).collect()
}

/// Units that only the base has: they are at their end, or left behind.
fn vanished(base: &Side, head: &Side) -> (Vec<Unit>, Vec<Problem>) {
    let known: BTreeSet<Identity> = head.instances.iter().map(life::identity).collect();
    let mut units = Vec::new();
    let mut problems = Vec::new();
    for old in &base.instances {
        if known.contains(&life::identity(old)) || head.broken.contains(&old.file.path) {
            continue;
        }
        let stage = Stage::of(old);
        if stage == Stage::Retired {
            units.push(Unit {
                name: old.unit(),
                directory: old.directory(),
                kind: Kind::Gone,
                lines: Vec::new(),
                upgrade: Vec::new(),
                hcl: changes(&emit(&lay_out::unit(old)), &Tree::new()),
                allow: Vec::new(),
            });
        } else {
            let place = old.place(Origin::Config("shortname"));
            problems.push(life::orphan(
                place,
                &old.file.path,
                Some(&old.shortname),
                &stage,
            ));
        }
    }
    (units, problems)
}

fn unit(base: &Side, head: &Side, old: Option<&Instance>, new: &Instance) -> Option<Unit> {
    let root = lay_out::unit(new);
    let Some(old) = old else {
        return Some(created(base, new, &root));
    };
    let before = lay_out::unit(old);
    let hcl = changes(&emit(&before), &emit(&root));
    let mut lines = lines(old, new, &before, &root);
    lines.extend(other_modules(base, head, &before, &root));
    if hcl.is_empty() && lines.is_empty() {
        return None;
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.grade));
    let moved = old.unit() != new.unit();
    Some(Unit {
        name: new.unit(),
        directory: new.directory(),
        kind: if moved {
            Kind::Moved(old.unit())
        } else {
            Kind::Changed
        },
        upgrade: upgrade::notes(old, new),
        lines,
        hcl,
        allow: new.allow.clone(),
    })
}

fn lines(old: &Instance, new: &Instance, before: &Root, after: &Root) -> Vec<Line> {
    let is_retired = |instance: &Instance| instance.lifecycle.value == Lifecycle::Retired;
    match (is_retired(old), is_retired(new)) {
        (false, true) => vec![retired(old, new)],
        (true, false) => vec![revived(new)],
        _ => delta::compare(before, after)
            .iter()
            .map(|delta| line(delta, old))
            .collect(),
    }
}

fn created(base: &Side, new: &Instance, root: &Root) -> Unit {
    let mut lines = Vec::new();
    // What the base had under this path is unknown, so the worst is assumed.
    if base.broken.contains(&new.file.path) {
        lines.push(Line {
            why: "the config was wrong before, so nothing can be compared: the worst is assumed"
                .to_owned(),
            grade: Grade::Replace,
            address: "module.rds".to_owned(),
            ..Line::about("shortname")
        });
    }
    Unit {
        name: new.unit(),
        directory: new.directory(),
        kind: Kind::Created,
        lines,
        upgrade: Vec::new(),
        hcl: changes(&Tree::new(), &emit(root)),
        allow: new.allow.clone(),
    }
}

/// The roots that units share.
fn environments(base: &Side, head: &Side) -> Vec<Unit> {
    let roots = |side: &Side| -> BTreeMap<String, Root> {
        let roots = side.environments.iter();
        roots
            .filter_map(|one| Some((one.unit(), lay_out::environment(one)?)))
            .collect()
    };
    let (before, after) = (roots(base), roots(head));
    let mut units = Vec::new();
    for (name, root) in &after {
        let old = before.get(name);
        let tree = old.map(emit).unwrap_or_default();
        let hcl = changes(&tree, &emit(root));
        let mut lines: Vec<Line> = old
            .map(|old| delta::compare(old, root))
            .unwrap_or_default()
            .iter()
            .map(|delta| of_row(delta, grade::find(delta)))
            .collect();
        lines.extend(
            old.map(|old| other_modules(base, head, old, root))
                .unwrap_or_default(),
        );
        if hcl.is_empty() && lines.is_empty() {
            continue;
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.grade));
        units.push(Unit {
            name: name.clone(),
            directory: root.directory.clone(),
            kind: if old.is_some() {
                Kind::Changed
            } else {
                Kind::Created
            },
            lines,
            upgrade: Vec::new(),
            hcl,
            allow: Vec::new(),
        });
    }
    units
}

/// New acknowledgements that nothing in the change needs.
fn unused(old: Option<&Instance>, new: &Instance) -> Vec<Problem> {
    if new.allow.is_empty() {
        return Vec::new();
    }
    let lines = old.map(|old| lines(old, new, &lay_out::unit(old), &lay_out::unit(new)));
    let lines = lines.unwrap_or_default();
    let is_new = |one: &Acknowledgement| old.is_none_or(|old| !old.allow.contains(one));
    let is_needed = |one: &Acknowledgement| match grade::allowed(one.change) {
        Some(grade) => lines
            .iter()
            .any(|line| !line.is_declared && line.grade == grade),
        None => lines.iter().any(|line| !line.connection.is_empty()),
    };
    let unneeded = new.allow.iter().enumerate();
    unneeded
        .filter(|(_, one)| is_new(one) && !is_needed(one))
        .map(|(index, one)| {
            let place = new.place_below(Origin::Config("allow"), &format!("/{index}/change"));
            let message = format!(
                "nothing in this change has the effect `{}`",
                one.change.word()
            );
            Problem::new(&rule::ACKNOWLEDGEMENT_UNUSED, place, message).help("remove it")
        })
        .collect()
}

/// The files that differ, by path.
fn changes(old: &Tree, new: &Tree) -> Vec<Change> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut files: BTreeMap<String, Change> = BTreeMap::new();
    for (path, text) in old {
        files.insert(
            name(path),
            Change {
                path: path.clone(),
                old: Some(text.clone()),
                new: None,
            },
        );
    }
    for (path, text) in new {
        let change = files.entry(name(path)).or_insert_with(|| Change {
            path: path.clone(),
            old: None,
            new: None,
        });
        change.path.clone_from(path);
        change.new = Some(text.clone());
    }
    files
        .into_values()
        .filter(|change| change.old != change.new)
        .collect()
}

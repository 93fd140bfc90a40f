//! What a change means, unit by unit: two sides in, graded lines out.

mod change;
mod forbidden;
pub mod gate;
mod group;
mod human;
pub mod impact;
mod json;
mod markdown;
pub mod retirement;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::{
    compile::snapshot::Snapshot,
    config::{Acknowledgement, Effect, Lifecycle},
    diagnostic::{self, Problem, rule},
    model::{Database, Origin},
    review::{
        impact::Impact,
        retirement::{Identity, Stage},
    },
    terraform::{
        diff, lower,
        print::print_root,
        root_module::RootModule,
        tree::{Change, Tree},
    },
    text::date::Date,
};

pub use change::Line;
pub use human::human;
pub use json::json;
pub use markdown::{LIMIT, markdown};

use change::{line, of_row, other_modules, retired, revived};

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
    pub from: Option<Impact>,
    /// Changes of what clients know.
    pub connection: bool,
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
        let allowed = self
            .current(today)
            .filter_map(|one| impact::allowed(one.change))
            .max();
        let open = self.lines.iter().filter(|line| !line.is_declared);
        open.map(|line| line.grade)
            .filter(|grade| allowed.is_none_or(|allowed| *grade > allowed))
            .max()
            .unwrap_or(Impact::None)
    }

    /// Whether clients lose what they know, and the config does not let that pass.
    #[must_use]
    pub fn breaks_connections(&self, today: Date) -> bool {
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
    pub fn denied(&self, deny: Deny, today: Date) -> Option<String> {
        let grade = self.unacknowledged(today);
        if deny.from.is_some_and(|from| grade >= from) {
            return Some(grade.as_str().to_owned());
        }
        let breaks = deny.connection && self.breaks_connections(today);
        breaks.then(|| "connection".to_owned())
    }

    fn current(&self, today: Date) -> impl Iterator<Item = &Acknowledgement> {
        self.allow.iter().filter(move |one| today <= one.expires)
    }
}

/// Compares two sides.
#[must_use]
pub fn compare(base: &Snapshot, head: &Snapshot) -> Review {
    let before: BTreeMap<Identity, &Database> = base
        .databases
        .iter()
        .map(|one| (retirement::identity(one), one))
        .collect();
    let mut units: Vec<Unit> = head
        .databases
        .par_iter()
        .filter_map(|database| {
            let old = before.get(&retirement::identity(database)).copied();
            unit(base, head, old, database)
        })
        .collect();
    let mut problems = problems(&base.databases, &head.databases);
    let (gone, left_behind) = vanished(base, head);
    units.extend(gone);
    problems.extend(left_behind);
    units.extend(environments(base, head));
    units.sort_by(|a, b| a.name.cmp(&b.name));
    diagnostic::sort(&mut problems);
    Review { units, problems }
}

/// What must not be done to these units.
#[must_use]
pub fn problems(old: &[Database], new: &[Database]) -> Vec<Problem> {
    let before: BTreeMap<Identity, &Database> = old
        .iter()
        .map(|one| (retirement::identity(one), one))
        .collect();
    let one = |database: &Database| {
        let old = before.get(&retirement::identity(database)).copied();
        let mut problems = unused(old, database);
        if let Some(old) = old {
            problems.extend(retirement::step(&Stage::of(old), database));
            problems.extend(forbidden::check(old, database));
        }
        problems
    };
    new.iter().flat_map(one).collect()
}

/// Units that only the base has: they are at their end, or left behind.
fn vanished(base: &Snapshot, head: &Snapshot) -> (Vec<Unit>, Vec<Problem>) {
    let known: BTreeSet<Identity> = head.databases.iter().map(retirement::identity).collect();
    let mut units = Vec::new();
    let mut problems = Vec::new();
    for old in &base.databases {
        if known.contains(&retirement::identity(old)) || head.broken.contains(&old.file.path) {
            continue;
        }
        let stage = Stage::of(old);
        if stage == Stage::Retired {
            units.push(Unit {
                name: old.unit().to_string(),
                directory: old.directory(),
                kind: Kind::Gone,
                lines: Vec::new(),
                upgrade: Vec::new(),
                hcl: changes(&print_root(&lower::unit(old)), &Tree::new()),
                allow: Vec::new(),
            });
        } else {
            let span = old.span(Origin::Config("shortname"));
            problems.push(retirement::orphan(
                span,
                &old.file.path,
                Some(&old.shortname),
                &stage,
            ));
        }
    }
    (units, problems)
}

fn unit(base: &Snapshot, head: &Snapshot, old: Option<&Database>, new: &Database) -> Option<Unit> {
    let root = lower::unit(new);
    let Some(old) = old else {
        return Some(created(base, new, &root));
    };
    let before = lower::unit(old);
    let hcl = changes(&print_root(&before), &print_root(&root));
    let mut lines = lines(old, new, &before, &root);
    lines.extend(other_modules(base, head, &before, &root));
    if hcl.is_empty() && lines.is_empty() {
        return None;
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.grade));
    let moved = old.unit() != new.unit();
    Some(Unit {
        name: new.unit().to_string(),
        directory: new.directory(),
        kind: if moved {
            Kind::Moved(old.unit().to_string())
        } else {
            Kind::Changed
        },
        upgrade: upgrade::notes(old, new),
        lines,
        hcl,
        allow: new.allow.clone(),
    })
}

fn lines(old: &Database, new: &Database, before: &RootModule, after: &RootModule) -> Vec<Line> {
    let is_retired = |database: &Database| database.lifecycle.value == Lifecycle::Retired;
    match (is_retired(old), is_retired(new)) {
        (false, true) => vec![retired(old, new)],
        (true, false) => vec![revived(new)],
        _ => diff::compare(before, after)
            .iter()
            .map(|delta| line(delta, old))
            .collect(),
    }
}

fn created(base: &Snapshot, new: &Database, root: &RootModule) -> Unit {
    let mut lines = Vec::new();
    // What the base had under this path is unknown, so the worst is assumed.
    if base.broken.contains(&new.file.path) {
        lines.push(Line {
            why: "the config was wrong before, so nothing can be compared: the worst is assumed"
                .to_owned(),
            grade: Impact::Replace,
            address: "module.rds".to_owned(),
            ..Line::about("shortname")
        });
    }
    Unit {
        name: new.unit().to_string(),
        directory: new.directory(),
        kind: Kind::Created,
        lines,
        upgrade: Vec::new(),
        hcl: changes(&Tree::new(), &print_root(root)),
        allow: new.allow.clone(),
    }
}

/// The roots that units share.
fn environments(base: &Snapshot, head: &Snapshot) -> Vec<Unit> {
    let roots = |side: &Snapshot| -> BTreeMap<String, RootModule> {
        let roots = side.environments.iter();
        roots
            .filter_map(|one| Some((one.unit().to_string(), lower::environment(one)?)))
            .collect()
    };
    let (before, after) = (roots(base), roots(head));
    let mut units = Vec::new();
    for (name, root) in &after {
        let old = before.get(name);
        let tree = old.map(print_root).unwrap_or_default();
        let hcl = changes(&tree, &print_root(root));
        let mut lines: Vec<Line> = old
            .map(|old| diff::compare(old, root))
            .unwrap_or_default()
            .iter()
            .map(|delta| of_row(delta, impact::find(delta)))
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
fn unused(old: Option<&Database>, new: &Database) -> Vec<Problem> {
    if new.allow.is_empty() {
        return Vec::new();
    }
    let lines = old.map(|old| lines(old, new, &lower::unit(old), &lower::unit(new)));
    let lines = lines.unwrap_or_default();
    let is_new = |one: &Acknowledgement| old.is_none_or(|old| !old.allow.contains(one));
    let is_needed = |one: &Acknowledgement| match impact::allowed(one.change) {
        Some(grade) => lines
            .iter()
            .any(|line| !line.is_declared && line.grade == grade),
        None => lines.iter().any(|line| !line.connection.is_empty()),
    };
    let unneeded = new.allow.iter().enumerate();
    unneeded
        .filter(|(_, one)| is_new(one) && !is_needed(one))
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

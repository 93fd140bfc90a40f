//! Why each thing in a plan is planned.
//!
//! Plans of one unit form a chain, from what was there before to what is there now: of each two neighbours one thing
//! differs. The cause of something that is planned in the end is the first plan of the chain from which on it is planned
//! with the same result.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::{
    review::{
        beside::{self, Kind},
        change::Line,
        gate,
        impact::{self, Impact},
    },
    terraform::{
        applied::{Applied, Digests, Writing},
        dataflow::{Dataflow, Node},
        drift::table::{self, Rule},
        normal_form::{Difference, Leaf, NormalForm, Planned},
        read::Value,
    },
};

/// The plans of a unit, each on what AWS says now but for the first. None stands for one that is the same as the next.
#[derive(Debug)]
pub struct Chain<'a> {
    /// What the base plans on the state as it was kept.
    pub kept: Option<&'a NormalForm>,
    /// What the base plans.
    pub base: Option<&'a NormalForm>,
    /// What it plans with the provider of the head.
    pub provider: Option<&'a NormalForm>,
    /// What it plans with the modules of the head, too.
    pub modules: Option<&'a NormalForm>,
    /// What the head plans.
    pub head: &'a NormalForm,
}

/// Something that is planned, with its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Address of the resource.
    pub address: String,
    /// What is planned.
    pub what: What,
    /// Why.
    pub cause: Cause,
}

/// What is planned for a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An action on the whole of it, such as `create`.
    Action(String),
    /// A change of an attribute, by its path.
    Attribute(String, Difference),
}

/// Why something is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The unit is new.
    New,
    /// An edit of files: the keys behind it, each with its place.
    Edit(Vec<Key>),
    /// An edit of files, but `diff` did not foretell this.
    Unforetold,
    /// The modules have changed.
    Modules,
    /// The provider is another version.
    Provider,
    /// AWS says something else than the state: somebody has changed it outside of Terraform. What is known of that, and what
    /// undoing it does.
    Drift(&'static Rule, Danger),
    /// It was applied, and waits for the maintenance window.
    Waiting,
    /// It stands in the base, which has not been applied as it is.
    NotApplied,
    /// Nobody can say: in words what speaks against every other cause.
    Unexplained(String),
}

/// What undoing a change that was made outside of Terraform does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Nothing that anybody notices.
    Harmless,
    /// This, as the table of impacts says.
    Hurts(&'static str),
    /// Nobody knows.
    Unknown,
}

/// A key whose edit causes something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The key, or what stands for one: the address in the root, or the name of a file.
    pub name: String,
    /// Where it is written: a path in the workspace and a line, counted from 1.
    pub place: Option<(String, usize)>,
}

impl Cause {
    /// Its name in documents.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Edit(_) => "edit",
            Self::Unforetold => "unforetold",
            Self::Modules => "modules",
            Self::Provider => "provider",
            Self::Drift(..) => "drift",
            Self::Waiting => "waiting",
            Self::NotApplied => "not-applied",
            Self::Unexplained(_) => "unexplained",
        }
    }

    /// Why it has to be meant before it is applied, in words; none when nobody needs to say so.
    #[must_use]
    pub fn needs(&self) -> Option<String> {
        match self {
            Self::Drift(_, Danger::Hurts(why)) => Some(format!(
                "it was changed outside of Terraform, and undoing that hurts: {why}"
            )),
            Self::Drift(_, Danger::Unknown) => Some(
                "it was changed outside of Terraform, and nobody knows what undoing that does"
                    .to_owned(),
            ),
            Self::Unexplained(words) => Some(format!("nobody can explain it: {words}")),
            _ => None,
        }
    }
}

/// What is known of a unit beside its plans.
pub struct Known<'a> {
    /// The record of the last apply, if there is one.
    pub applied: Option<&'a Applied>,
    /// Why the record cannot be had, when it cannot.
    pub no_record: &'a str,
    /// What the base is.
    pub base: &'a Digests,
    /// The state as it was kept.
    pub state: &'a Writing,
    /// Addresses of attributes of what is taken over, which may change while that happens.
    pub taken_over: &'a BTreeSet<&'a str>,
    /// Why modules of the base cannot be told from those of the head, when they cannot.
    pub doubt: Option<&'a str>,
    /// What differs between the base and the head, as `diff` says.
    pub lines: &'a [Line],
    /// What leads to what.
    pub flow: &'a Dataflow,
}

/// The cause of everything in the last plan of a chain.
#[must_use]
pub fn explain(chain: &Chain, known: &Known) -> Vec<Item> {
    let mut items = Vec::new();
    for (address, planned) in &chain.head.resources {
        for what in parts(planned) {
            let cause = cause(chain, known, address, planned, &what);
            items.push(Item {
                address: address.clone(),
                what,
                cause,
            });
        }
    }
    items
}

/// Everything that a new unit makes.
#[must_use]
pub fn all_new(head: &NormalForm) -> Vec<Item> {
    let resources = head.resources.iter();
    resources
        .map(|(address, planned)| Item {
            address: address.clone(),
            what: What::Action(planned.actions.clone()),
            cause: Cause::New,
        })
        .collect()
}

/// The attributes that a plan changes, without what follows from others; all, when all do.
#[must_use]
pub fn leading(planned: &Planned) -> Vec<(&String, &Difference)> {
    let attributes = planned.attributes.iter();
    let leading: Vec<_> = attributes
        .filter(|(path, difference)| !follows(path, difference))
        .collect();
    if leading.is_empty() {
        planned.attributes.iter().collect()
    } else {
        leading
    }
}

/// What is planned for a resource, part by part, without what follows from other parts.
fn parts(planned: &Planned) -> Vec<What> {
    if planned.actions != UPDATE {
        return vec![What::Action(planned.actions.clone())];
    }
    if planned.attributes.is_empty() {
        return vec![What::Action(planned.actions.clone())];
    }
    let attribute = |(path, difference): (&String, &Difference)| {
        What::Attribute(path.clone(), difference.clone())
    };
    leading(planned).into_iter().map(attribute).collect()
}

/// Whether a difference follows from others of its resource: a value that only the apply tells, and inside of a block a zero
/// or an empty text where nothing was. The provider cannot tell those two apart, and writes one for the other once anything
/// else of the resource changes.
fn follows(path: &str, difference: &Difference) -> bool {
    let is_in_block = path
        .split('.')
        .nth(1)
        .is_some_and(|part| part.parse::<usize>().is_ok());
    match difference {
        Difference(_, Some(Leaf::Unknown)) => true,
        Difference(None, Some(Leaf::Known(value))) => {
            is_in_block && [json!(0), json!(""), json!(false)].contains(value)
        }
        _ => false,
    }
}

const UPDATE: &str = "update";

/// Whether a plan does the same, in the end, to a resource.
fn has(form: &NormalForm, address: &str, what: &What, forced_by: &Planned) -> bool {
    let Some(planned) = form.resources.get(address) else {
        return false;
    };
    match what {
        What::Action(actions) => {
            planned.actions == *actions && planned.replaced_by == forced_by.replaced_by
        }
        What::Attribute(path, difference) => planned
            .attributes
            .get(path)
            .is_some_and(|other| other.1 == difference.1),
    }
}

fn cause(chain: &Chain, known: &Known, address: &str, planned: &Planned, what: &What) -> Cause {
    let has = |form: &NormalForm| has(form, address, what, planned);
    // A plan that was left out is the one after it.
    let modules = chain.modules.unwrap_or(chain.head);
    let provider = chain.provider.unwrap_or(modules);
    let base = chain.base.unwrap_or(provider);
    let kept = chain.kept.unwrap_or(base);
    if !has(modules) {
        return edit(known, chain.head, address, what);
    }
    if let Some(doubt) = known.doubt {
        return Cause::Unexplained(doubt.to_owned());
    }
    if !has(provider) {
        return Cause::Modules;
    }
    if !has(base) {
        return Cause::Provider;
    }
    if !has(kept) {
        return drift(address, planned, what);
    }
    if planned.importing.is_some() {
        // The state does not have it, so no apply has come so far.
        return Cause::NotApplied;
    }
    standing(known, address, what)
}

/// What the base plans on its own state, though nothing has changed in AWS since.
fn standing(known: &Known, address: &str, what: &What) -> Cause {
    let Some(applied) = known.applied else {
        // The state has never had it, or no more than imported it: an apply has not come so far.
        let is_to_be_done = match what {
            What::Action(action) => action == "create",
            What::Attribute(path, _) => {
                let attribute = path.split('.').next().unwrap_or(path);
                known
                    .taken_over
                    .contains(format!("{address}.{attribute}").as_str())
            }
        };
        if is_to_be_done {
            return Cause::NotApplied;
        }
        return Cause::Unexplained(known.no_record.to_owned());
    };
    if let What::Attribute(path, difference) = what
        && applied.is_waiting(address, path, difference)
    {
        return Cause::Waiting;
    }
    if applied.inputs != *known.base {
        return Cause::NotApplied;
    }
    let now = known.state;
    let words = if applied.state.lineage != now.lineage {
        format!("the state is another one than that of `applied.json` here: {MERGE_FIRST}")
    } else if applied.state.serial == now.serial {
        "what was applied last planned nothing of it".to_owned()
    } else {
        format!(
            "the state was written since `applied.json` here, writing {} instead of {}: {MERGE_FIRST}",
            now.serial, applied.state.serial
        )
    };
    Cause::Unexplained(words)
}

/// A state that somebody else has written looks the same, whoever it was.
const MERGE_FIRST: &str =
    "if another apply did that, merge its `applied.json` first; nothing else may write it";

/// The keys whose edit leads to what is planned.
fn edit(known: &Known, head: &NormalForm, address: &str, what: &What) -> Cause {
    let path = match what {
        What::Action(_) => "",
        What::Attribute(path, _) => path,
    };
    let node = Node::of_plan(address, path);
    let mut made_anew: BTreeMap<(String, String), bool> = BTreeMap::new();
    for (address, planned) in &head.resources {
        let node = Node::of_plan(address, "");
        *made_anew.entry(node.resource()).or_default() |= planned.actions != UPDATE;
    }
    let is_made_anew = |module: &str, name: &str| {
        let key = (module.to_owned(), name.to_owned());
        made_anew.get(&key).copied().unwrap_or(false)
    };
    let leads = |line: &&Line| {
        line.address == EVERYTHING || known.flow.leads(&line.address, &node, &is_made_anew)
    };
    let is_file =
        |line: &&Line| [Kind::Override, Kind::Configuration].contains(&beside::kind(&line.address));
    let mut keys: Vec<Key> = known.lines.iter().filter(leads).map(key).collect();
    if keys.is_empty() {
        keys = known.lines.iter().filter(is_file).map(key).collect();
    }
    keys.sort();
    keys.dedup();
    if keys.is_empty() {
        Cause::Unforetold
    } else {
        Cause::Edit(keys)
    }
}

/// The address of a line about all that a unit has.
const EVERYTHING: &str = "module.*";

fn key(line: &Line) -> Key {
    let name = if line.key.is_empty() {
        &line.address
    } else {
        &line.key
    };
    Key {
        name: name.clone(),
        place: line.place.clone(),
    }
}

/// What was changed outside of Terraform, and what undoing that does.
fn drift(address: &str, planned: &Planned, what: &What) -> Cause {
    let node = Node::of_plan(address, "");
    let (_, resource) = node.resource();
    let kind = resource.split('.').next().unwrap_or(&resource);
    let (path, difference) = match what {
        What::Attribute(path, difference) => (path, difference),
        What::Action(_) => {
            // It comes back as it was; when it held something, the gate says so.
            let danger = if planned.actions == "create" || gate::holds_nothing(kind) {
                Danger::Harmless
            } else {
                Danger::Hurts("it is destroyed, or destroyed and made anew")
            };
            let rule = if planned.actions == "create" {
                table::of_whole(kind)
            } else {
                &table::UNKNOWN
            };
            return Cause::Drift(rule, danger);
        }
    };
    // What is planned leads from what AWS says to what the state said.
    let (aws, state) = (difference.0.as_ref(), difference.1.as_ref());
    let rule = table::of_attribute(kind, path, told(state), told(aws));
    Cause::Drift(rule, danger(&resource, path, aws, state))
}

/// What it does to a resource such as `aws_db_instance.this` that an attribute becomes again what the state said.
#[must_use]
pub fn danger(resource: &str, path: &str, aws: Option<&Leaf>, state: Option<&Leaf>) -> Danger {
    let kind = resource.split('.').next().unwrap_or(resource);
    let attribute = path.split('.').next().unwrap_or(path);
    let (aws, state) = (value(aws), value(state));
    match impact::of_attribute(resource, attribute, aws.as_ref(), state.as_ref()) {
        _ if table::is_undone_unnoticed("", path) => Danger::Harmless,
        Some(row) if row.grade <= Impact::InPlace => Danger::Harmless,
        Some(row) => Danger::Hurts(row.why),
        None if table::is_undone_unnoticed(kind, path) => Danger::Harmless,
        None => Danger::Unknown,
    }
}

fn told(leaf: Option<&Leaf>) -> Option<&serde_json::Value> {
    match leaf? {
        Leaf::Known(value) => Some(value),
        Leaf::Unknown | Leaf::Sensitive => None,
    }
}

fn value(leaf: Option<&Leaf>) -> Option<Value> {
    match leaf? {
        Leaf::Known(value) => Value::of_plan(value),
        Leaf::Unknown | Leaf::Sensitive => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::json;

    use super::{Cause, Chain, Danger, Known, What, explain};
    use crate::{
        review::change::Line,
        terraform::{
            applied::{Applied, Digests, Writing},
            dataflow::{Dataflow, Texts},
            normal_form::{Difference, Leaf, NormalForm},
        },
    };

    const DATABASE: &str = "module.rds.aws_db_instance.this";

    /// A plan that changes attributes of the database: each with its value before and after.
    fn plan(attributes: &[(&str, &str, &str)]) -> NormalForm {
        let leaf = |text: &str| json!({"known": text});
        let attributes: serde_json::Map<_, _> = attributes
            .iter()
            .map(|(name, old, new)| ((*name).to_owned(), json!([leaf(old), leaf(new)])))
            .collect();
        let resource = json!({
            "actions": "update", "reason": null, "previousAddress": null, "importing": null,
            "replacedBy": [], "provider": "aws", "attributes": attributes,
        });
        let mut resources = serde_json::Map::new();
        if !attributes.is_empty() {
            resources.insert(DATABASE.to_owned(), resource);
        }
        let form = json!({"resources": resources, "outputs": {}, "failedChecks": []});
        serde_json::from_value(form).unwrap()
    }

    /// A line of a review about an argument of the module of the database.
    fn line(argument: &str) -> Line {
        Line {
            key: argument.to_owned(),
            place: Some(("configs/dev/orders.yaml".to_owned(), 3)),
            address: format!("module.rds.{argument}"),
            ..Line::default()
        }
    }

    fn flow() -> Dataflow {
        let text = r#"
            resource "aws_db_instance" "this" {
              instance_class = var.class
              backup_window  = var.window
              port           = var.port
            }
        "#;
        let texts: Texts = [("rds".to_owned(), vec![text.to_owned()])].into();
        Dataflow::read(&texts)
    }

    fn digests(root: &str) -> Digests {
        Digests {
            root: root.to_owned(),
            ..Digests::default()
        }
    }

    fn record(root: &str, serial: u64, waiting: &[(&str, &str, &str)]) -> Applied {
        let waits: BTreeMap<_, _> = plan(waiting)
            .resources
            .into_iter()
            .map(|(address, planned)| (address, planned.attributes))
            .collect();
        let state = Writing {
            lineage: "l".to_owned(),
            serial,
        };
        Applied::new(None, digests(root), state, waits)
    }

    /// The causes of everything that the head plans, by attribute.
    fn causes(chain: &Chain, applied: Option<&Applied>, lines: &[Line]) -> Vec<(String, Cause)> {
        let state = Writing {
            lineage: "l".to_owned(),
            serial: 7,
        };
        let known = Known {
            applied,
            no_record: "no record",
            base: &digests("base"),
            state: &state,
            taken_over: &BTreeSet::new(),
            doubt: None,
            lines,
            flow: &flow(),
        };
        let items = explain(chain, &known).into_iter();
        items
            .map(|item| match item.what {
                What::Attribute(path, _) => (path, item.cause),
                What::Action(action) => (action, item.cause),
            })
            .collect()
    }

    const CLASS: (&str, &str, &str) = ("instance_class", "small", "large");
    const WINDOW: (&str, &str, &str) = ("backup_window", "01:00", "02:00");

    #[test]
    fn the_first_plan_with_the_same_result_is_the_cause() {
        let (empty, class) = (plan(&[]), plan(&[CLASS]));
        let chain = |kept, base, provider, modules| {
            let chain = Chain {
                kept,
                base,
                provider,
                modules,
                head: &class,
            };
            let edited = [line("class")];
            let [(_, cause)] = &causes(&chain, None, &edited)[..] else {
                panic!("one cause");
            };
            cause.as_str()
        };
        let (some, none) = (Some(&class), Some(&empty));
        assert_eq!(chain(none, none, none, none), "edit");
        assert_eq!(chain(none, none, none, some), "modules");
        assert_eq!(chain(none, none, some, some), "provider");
        assert_eq!(chain(none, some, some, some), "drift");
        assert_eq!(chain(some, some, some, some), "unexplained");
        // A plan that was left out is the one after it.
        assert_eq!(chain(none, None, None, none), "edit");
        assert_eq!(chain(none, None, none, None), "modules");
        assert_eq!(chain(none, none, None, None), "provider");
        assert_eq!(chain(none, None, None, None), "drift");
        // What was planned on the way, and is no more, is no cause.
        assert_eq!(chain(some, some, some, none), "edit");
    }

    #[test]
    fn what_is_imported_is_new_to_the_state_whoever_has_written_that() {
        let mut head = plan(&[CLASS]);
        let instance = head.resources.get_mut(DATABASE).unwrap();
        instance.importing = Some(json!({"id": "orders"}));
        let chain = Chain {
            kept: Some(&head),
            base: None,
            provider: None,
            modules: None,
            head: &head,
        };
        for applied in [None, Some(record("base", 3, &[]))] {
            let found = causes(&chain, applied.as_ref(), &[]);
            assert_eq!(found, [("instance_class".to_owned(), Cause::NotApplied)]);
        }
    }

    #[test]
    fn an_edit_over_a_drift_is_an_edit_and_names_its_key() {
        let base = plan(&[("instance_class", "huge", "small")]);
        let head = plan(&[("instance_class", "huge", "large"), WINDOW]);
        let chain = Chain {
            kept: None,
            base: None,
            provider: None,
            modules: Some(&base),
            head: &head,
        };
        let lines = [line("class"), line("port")];
        let found = causes(&chain, None, &lines);
        let (path, Cause::Edit(keys)) = &found[1] else {
            panic!("{found:?}");
        };
        assert_eq!((path.as_str(), keys.len()), ("instance_class", 1));
        assert_eq!(keys[0].name, "class");
        assert_eq!(
            keys[0].place,
            Some(("configs/dev/orders.yaml".to_owned(), 3))
        );
        // Nothing in the review leads to it.
        assert_eq!(found[0], ("backup_window".to_owned(), Cause::Unforetold));
    }

    #[test]
    fn what_follows_from_another_difference_has_no_cause_of_its_own() {
        let mut head = plan(&[WINDOW]);
        let attributes = &mut head.resources.get_mut(DATABASE).unwrap().attributes;
        let nothing_to = |value| Difference(None, Some(Leaf::Known(value)));
        attributes.insert("endpoint".to_owned(), Difference(None, Some(Leaf::Unknown)));
        attributes.insert("query.0.period".to_owned(), nothing_to(json!(0)));
        attributes.insert("query.0.metric.0.unit".to_owned(), nothing_to(json!("")));
        // A number of its own, and one that is more than nothing, lead.
        attributes.insert("iops".to_owned(), nothing_to(json!(0)));
        attributes.insert("query.0.count".to_owned(), nothing_to(json!(3)));
        let chain = Chain {
            kept: None,
            base: None,
            provider: None,
            modules: Some(&plan(&[])),
            head: &head,
        };
        let found = causes(&chain, None, &[]);
        let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["backup_window", "iops", "query.0.count"]);
    }

    #[test]
    fn what_the_base_plans_by_itself_is_told_by_the_record_of_the_last_apply() {
        let class = plan(&[CLASS]);
        let chain = Chain {
            kept: Some(&class),
            base: None,
            provider: None,
            modules: None,
            head: &class,
        };
        let cause = |applied: Option<&Applied>| causes(&chain, applied, &[]).remove(0).1;
        assert_eq!(cause(Some(&record("base", 7, &[CLASS]))), Cause::Waiting);
        assert_eq!(cause(Some(&record("older", 7, &[]))), Cause::NotApplied);
        for (applied, words) in [
            (None, "no record"),
            (Some(record("base", 7, &[WINDOW])), "planned nothing of it"),
            (Some(record("base", 5, &[])), "writing 7 instead of 5"),
        ] {
            let Cause::Unexplained(said) = cause(applied.as_ref()) else {
                panic!("{words}");
            };
            assert!(said.contains(words), "{said}");
        }
        // Another's apply looks the same from a checkout that does not have its record yet.
        let mut moved = record("base", 7, &[]);
        moved.state.lineage = "m".to_owned();
        for applied in [moved, record("base", 5, &[])] {
            let Cause::Unexplained(said) = cause(Some(&applied)) else {
                panic!("{applied:?}");
            };
            assert!(said.contains("merge its `applied.json` first"), "{said}");
        }
        // Another value is not what waits.
        let other = record("base", 7, &[("instance_class", "small", "huge")]);
        assert!(cause(Some(&other)).needs().is_some());
    }

    #[test]
    fn what_the_state_never_had_is_not_applied_yet() {
        let mut head = plan(&[CLASS]);
        for planned in head.resources.values_mut() {
            "create".clone_into(&mut planned.actions);
        }
        let empty = plan(&[]);
        let cause = |kept| {
            let chain = Chain {
                kept: Some(kept),
                base: None,
                provider: None,
                modules: None,
                head: &head,
            };
            causes(&chain, None, &[]).remove(0).1
        };
        assert_eq!(cause(&head), Cause::NotApplied);
        // It had it, and AWS has it no more.
        assert!(matches!(cause(&empty), Cause::Drift(_, Danger::Harmless)));
    }

    #[test]
    fn a_drift_hurts_when_undoing_it_does() {
        let danger = |attribute: (&str, &str, &str)| {
            let head = plan(&[attribute]);
            let empty = plan(&[]);
            let chain = Chain {
                kept: Some(&empty),
                base: None,
                provider: None,
                modules: None,
                head: &head,
            };
            let Cause::Drift(_, danger) = causes(&chain, None, &[]).remove(0).1 else {
                panic!("{attribute:?}");
            };
            danger
        };
        assert!(matches!(danger(CLASS), Danger::Hurts(_)));
        assert!(matches!(
            danger(("engine_version", "16.3", "17.1")),
            Danger::Hurts(_)
        ));
        assert_eq!(danger(WINDOW), Danger::Harmless);
        assert_eq!(danger(("tags.team", "a", "b")), Danger::Harmless);
        assert_eq!(danger(("character_set_name", "a", "b")), Danger::Unknown);
    }

    #[test]
    fn values_that_only_the_apply_tells_follow_from_others() {
        let mut head = plan(&[CLASS]);
        let unknown = Difference(None, Some(Leaf::Unknown));
        let planned = head.resources.get_mut(DATABASE).unwrap();
        planned
            .attributes
            .insert("latest_restorable_time".to_owned(), unknown);
        let empty = plan(&[]);
        let chain = Chain {
            kept: None,
            base: None,
            provider: None,
            modules: Some(&empty),
            head: &head,
        };
        let found = causes(&chain, None, &[line("class")]);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

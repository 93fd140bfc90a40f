//! What was changed in AWS and not by Terraform, sorted: what is benign, what somebody has to decide, and what is dangerous;
//! each with the next step, and apart from what configs ask for.

mod next;
mod text;

use serde_json::Value;

use super::{
    cause::Causes as Keys,
    impact,
    run::{Causes, silent::Unplanned},
};
use crate::{
    compile::snapshot::Head,
    config::{Waiver, is_within},
    model::identity::UnitId,
    terraform::{
        dataflow::Node,
        drift::{
            Outside,
            table::{self, AGREED, Class, FOLLOWS, Rule, UNEXPLAINED, UNKNOWN, WAITS},
        },
        lower::Owner,
        normal_form::{Difference, Leaf, NormalForm, Planned},
    },
    text::date::Date,
};

pub use next::Key;
pub use text::{human, markdown};

/// What a plan says, as far as drift is concerned.
#[derive(Debug)]
pub struct Evidence {
    /// What was found changed in AWS.
    pub outside: Outside,
    /// What is otherwise in AWS, though nothing is planned for it.
    pub unplanned: Vec<Unplanned>,
    /// What is planned.
    pub plan: NormalForm,
    /// Whether it was asked what an apply does: one with `-refresh-only` says nothing of that.
    pub is_plan: bool,
    /// Why each thing in it is planned.
    pub causes: Causes,
}

/// What was found of all plans.
#[derive(Debug)]
pub struct Drift {
    /// By unit.
    pub units: Vec<UnitDrift>,
    /// Units of the workspace of which there is no plan.
    pub missing: Vec<UnitId>,
}

/// What was found of one unit.
#[derive(Debug)]
pub struct UnitDrift {
    /// The unit; none when the plan does not say whose it is.
    pub unit: Option<UnitId>,
    /// The file of the plan.
    pub file: String,
    /// What was changed, the worst first.
    pub findings: Vec<Finding>,
    /// What configs, modules or the provider ask for: addresses, each with the attribute or the action, and the cause.
    pub asked: Vec<(String, String, String)>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Address of the resource.
    pub address: String,
    /// What has changed: the path of an attribute, or empty for the resource as a whole.
    pub attribute: String,
    /// What has become of the resource as a whole; empty for an attribute.
    pub action: String,
    /// What was there, and what is there now.
    pub difference: Difference,
    /// What is known of it.
    pub rule: &'static Rule,
    /// Whether the next apply changes it.
    pub is_planned: bool,
    /// The key that decides it.
    pub key: Option<Key>,
    /// What to do.
    pub next: String,
    /// The waiver that is about it.
    pub waiver: Option<Waived>,
}

/// A waiver that is about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// Why it stays.
    pub reason: String,
    /// Its last day.
    pub expires: Date,
    /// Whether that has not passed.
    pub holds: bool,
}

impl Finding {
    /// Whether a waiver sets it aside.
    #[must_use]
    pub fn is_waived(&self) -> bool {
        self.waiver.as_ref().is_some_and(|waiver| waiver.holds)
    }

    /// How much it counts.
    #[must_use]
    pub fn class(&self) -> Class {
        self.rule.class
    }
}

impl UnitDrift {
    /// How many findings of a class there are that nobody has waived.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        let counts = |one: &&Finding| one.class() == class && !one.is_waived();
        self.findings.iter().filter(counts).count()
    }

    /// How many findings beyond the benign ones are waived.
    #[must_use]
    pub fn waived(&self) -> usize {
        let counts = |one: &&Finding| one.class() != Class::Benign && one.is_waived();
        self.findings.iter().filter(counts).count()
    }
}

impl Drift {
    /// Whether everything is benign, or waived.
    #[must_use]
    pub fn is_benign(&self) -> bool {
        self.count(Class::ToDecide) == 0 && self.count(Class::Dangerous) == 0
    }

    /// How many findings of a class there are that nobody has waived.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.units.iter().map(|unit| unit.count(class)).sum()
    }

    /// How many findings beyond the benign ones are waived.
    #[must_use]
    pub fn waived(&self) -> usize {
        self.units.iter().map(UnitDrift::waived).sum()
    }
}

/// Whose plan it is, and the day on which it is looked at.
pub struct Context<'a> {
    /// The unit; none when the workspace does not know it.
    pub owner: Option<Owner<'a>>,
    /// The day.
    pub today: Date,
}

impl Context<'_> {
    fn waivers(&self) -> Vec<&Waiver> {
        let (own, environment) = match self.owner {
            None => return Vec::new(),
            Some(Owner::Unit(database)) => {
                (database.waivers.value.as_slice(), &database.environment)
            }
            Some(Owner::Environment(environment)) => {
                return environment.spec.waivers.iter().collect();
            }
            Some(Owner::Consumer(consumer)) => (&[][..], &consumer.environment),
        };
        own.iter().chain(&environment.spec.waivers).collect()
    }

    /// The waiver of a finding: one that holds before one that has ended.
    fn waiver(&self, finding: &Finding) -> Option<Waived> {
        let is_about = |waiver: &&&Waiver| {
            let is_of = |of: &String| {
                let key = finding.key.as_ref().is_some_and(|key| key.name == *of);
                key || is_within(&finding.address, of)
                    || is_within(&format!("{}.{}", finding.address, finding.attribute), of)
            };
            waiver.rule == finding.rule.code && waiver.of.as_ref().is_none_or(is_of)
        };
        let waivers = self.waivers();
        let found = waivers.iter().filter(is_about);
        let best = found.max_by_key(|waiver| waiver.expires)?;
        Some(Waived {
            reason: best.reason.clone(),
            expires: best.expires,
            holds: self.today <= best.expires,
        })
    }
}

/// Sorts what a plan says.
#[must_use]
pub fn judge(
    evidence: &Evidence,
    file: String,
    unit: Option<UnitId>,
    context: &Context,
) -> UnitDrift {
    let mut judge = Judge {
        evidence,
        findings: Vec::new(),
        asked: Vec::new(),
    };
    judge.outside();
    judge.unplanned();
    judge.planned();
    let Judge {
        mut findings,
        asked,
        ..
    } = judge;
    let head = context.owner.map(|owner| Head {
        owner,
        config_differs: false,
        workspace_differs: false,
    });
    let keys = Keys::new(head, &[]);
    for finding in &mut findings {
        if evidence.is_plan && is_agreed(finding) {
            finding.rule = &AGREED;
        }
    }
    for finding in &mut findings {
        finding.key = next::key(&keys, context.owner, finding);
        finding.next = next::step(finding, evidence);
        finding.waiver = context.waiver(finding);
    }
    findings.sort_by(|a, b| {
        let order = |one: &Finding| (one.is_waived(), std::cmp::Reverse(one.class()));
        let place = |one: &Finding| (one.address.clone(), one.attribute.clone());
        (order(a), place(a)).cmp(&(order(b), place(b)))
    });
    UnitDrift {
        unit,
        file,
        findings,
        asked,
    }
}

struct Judge<'a> {
    evidence: &'a Evidence,
    findings: Vec<Finding>,
    asked: Vec<(String, String, String)>,
}

impl Judge<'_> {
    fn push(
        &mut self,
        address: &str,
        attribute: &str,
        difference: Difference,
        rule: &'static Rule,
    ) {
        let planned = self.evidence.plan.resources.get(address);
        self.findings.push(Finding {
            address: address.to_owned(),
            attribute: attribute.to_owned(),
            action: String::new(),
            is_planned: planned.is_some_and(|planned| touches(planned, attribute)),
            difference,
            rule,
            key: None,
            next: String::new(),
            waiver: None,
        });
    }

    fn push_whole(&mut self, address: &str, action: &str, rule: &'static Rule) {
        let is_planned = self.evidence.plan.resources.contains_key(address);
        self.push(address, "", Difference(None, None), rule);
        if let Some(last) = self.findings.last_mut() {
            action.clone_into(&mut last.action);
            last.is_planned = is_planned;
        }
    }

    /// The cause of what is planned for an attribute, or for the resource as a whole.
    fn cause(&self, address: &str, attribute: &str) -> Option<&str> {
        let of = self.evidence.causes.get(address)?;
        let mut causes = of.iter();
        let same = |what: &str| top(what) == top(attribute);
        let found = causes.find(|(what, _)| same(what));
        found.map(|(_, cause)| cause.as_str())
    }

    /// What the plan says itself.
    fn outside(&mut self) {
        let evidence = self.evidence;
        for (address, changed) in &evidence.outside {
            if changed.is_whole() {
                let rule = if changed.actions == "delete" {
                    table::of_whole(&changed.kind)
                } else {
                    &UNKNOWN
                };
                self.push_whole(address, &changed.actions, rule);
                continue;
            }
            for (path, difference) in &changed.attributes {
                // Those of the provider are among all tags alone.
                let twin = path
                    .strip_prefix("tags.")
                    .map(|tag| format!("tags_all.{tag}"));
                let is_twin = twin.is_some_and(|twin| {
                    let mut all = changed.attributes.iter();
                    all.any(|(path, _)| *path == twin)
                });
                if is_twin {
                    continue;
                }
                let rule = if self.cause(address, path) == Some("waiting") {
                    &WAITS
                } else {
                    let (state, aws) = (difference.0.as_ref(), difference.1.as_ref());
                    table::of_attribute(&changed.kind, path, value(state), value(aws))
                };
                self.push(address, path, difference.clone(), rule);
            }
        }
    }

    /// What no plan says.
    fn unplanned(&mut self) {
        let evidence = self.evidence;
        for one in &evidence.unplanned {
            let rule = table::find(&one.rule).unwrap_or(&UNKNOWN);
            let is_stranger = one.difference.0.is_none();
            let is_told = self.findings.iter().any(|finding| {
                finding.address == one.address && top(&finding.attribute) == one.attribute
            });
            if is_told && !is_stranger {
                continue;
            }
            self.push(&one.address, &one.attribute, one.difference.clone(), rule);
            if let Some(last) = self.findings.last_mut().filter(|_| is_stranger) {
                last.is_planned = false;
                last.next = match one.command.as_str() {
                    "" => "no apply takes it away: do that in AWS".to_owned(),
                    command => format!("no apply takes it away: run `{command}`"),
                };
            }
        }
    }

    /// What is planned although nothing of it was found changed.
    fn planned(&mut self) {
        let evidence = self.evidence;
        for (address, of) in &evidence.causes {
            let Some(planned) = evidence.plan.resources.get(address) else {
                continue;
            };
            for (what, cause) in of {
                let is_attribute = planned.attributes.contains_key(what);
                let is_here = |finding: &&Finding| {
                    let is_same = finding.attribute.is_empty()
                        || !is_attribute
                        || top(&finding.attribute) == top(what);
                    finding.address == *address && is_same
                };
                let told = self.findings.iter().filter(is_here);
                let told = told.map(Finding::class).max();
                match cause.as_str() {
                    "drift" | "waiting" if told.is_some() => {}
                    "unexplained" if told > Some(Class::Benign) => {}
                    "drift" | "unexplained" | "waiting" => {
                        self.undone(address, planned, what, cause);
                    }
                    _ => self
                        .asked
                        .push((address.clone(), what.clone(), cause.clone())),
                }
            }
        }
    }

    fn undone(&mut self, address: &str, planned: &Planned, what: &str, cause: &str) {
        let Some(Difference(aws, state)) = planned.attributes.get(what) else {
            let is_update = planned.actions == "update";
            let rule = match cause {
                "waiting" => &WAITS,
                "drift" if is_update => &FOLLOWS,
                "drift" if planned.actions == "create" => table::of_whole(kind(address).as_str()),
                _ => &UNEXPLAINED,
            };
            return self.push_whole(address, &planned.actions, rule);
        };
        let known = table::of_attribute(
            &kind(address),
            what,
            value(state.as_ref()),
            value(aws.as_ref()),
        );
        let rule = match cause {
            "waiting" => &WAITS,
            "drift" => &FOLLOWS,
            _ if known.class == Class::Dangerous => known,
            _ => &UNEXPLAINED,
        };
        self.push(address, what, Difference(state.clone(), aws.clone()), rule);
    }
}

fn value(leaf: Option<&Leaf>) -> Option<&Value> {
    match leaf {
        Some(Leaf::Known(value)) => Some(value),
        _ => None,
    }
}

/// The attribute that a path begins with.
fn top(path: &str) -> &str {
    match path.split('.').next().unwrap_or(path) {
        "tags_all" => "tags",
        top => top,
    }
}

/// Whether a plan changes an attribute, or makes the resource anew.
fn touches(planned: &Planned, attribute: &str) -> bool {
    planned.actions != "update"
        || planned
            .attributes
            .keys()
            .any(|path| top(path) == top(attribute))
}

/// The type of the resource at an address.
fn kind(address: &str) -> String {
    let (_, resource) = Node::of_plan(address, "").resource();
    let kind = resource.split('.').next();
    kind.unwrap_or_default().to_owned()
}

/// Whether an attribute that a root gives a value to is not changed by its plan: the value is the one that AWS has.
fn is_agreed(finding: &Finding) -> bool {
    let (module, resource) = Node::of_plan(&finding.address, "").resource();
    let becomes = format!("{resource}.{}", top(&finding.attribute));
    let is_stated = || impact::rows().any(|row| row.becomes == becomes && row.block == module);
    let is_stranger = finding.difference.0.is_none() && !finding.next.is_empty();
    let is_open = !finding.is_planned && !finding.attribute.is_empty() && !is_stranger;
    finding.class() != Class::Benign && is_open && is_stated()
}

//! What a plan imports: only what is declared, under the id that is declared, and a database only as it is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Judge, Outcome, Row, row};
use crate::{
    config::{Effect, Lifecycle},
    review::adoption::{self, Attribute, Class},
    terraform::{
        lower::{self, IDENTITY_TAGS, Owner},
        plan::{Action, Identity, Plan, ResourceChange, Values},
    },
};

/// Something that may be imported.
struct Declared {
    address: String,
    id: String,
}

/// What the files of an owner say that exists already.
fn declared(owner: Owner) -> Vec<Declared> {
    match owner {
        Owner::Unit(database) => {
            if database.lifecycle.value == Lifecycle::Retired {
                return Vec::new();
            }
            let existing = lower::existing(database).into_iter();
            let declared = existing.map(|(address, identifier, _)| Declared {
                address: address.to_string(),
                id: identifier.to_owned(),
            });
            declared.collect()
        }
        Owner::Environment(environment) => {
            let existing = environment.owned_clusters().filter(|(.., exists)| *exists);
            let provider =
                |(name, cluster, _): (&String, &crate::config::workspace::Cluster, _)| Declared {
                    address: format!(
                        "module.cluster_trust.aws_iam_openid_connect_provider.this[{name:?}]"
                    ),
                    id: environment.oidc_provider_arn(&cluster.oidc_issuer),
                };
            existing.map(provider).collect()
        }
        Owner::Consumer(_) => Vec::new(),
    }
}

/// Addresses at which the files of an owner say that something exists already.
#[must_use]
pub fn declared_addresses(owner: Owner) -> BTreeSet<String> {
    declared(owner).into_iter().map(|one| one.address).collect()
}

impl Judge<'_> {
    /// Whether a plan may import what it does.
    pub(super) fn imports(&self, plan: &Plan, changes: &[&ResourceChange]) -> Vec<Row> {
        let rows = changes.iter().flat_map(|change| {
            change.change.importing.as_ref().map_or_else(
                || self.half_taken_over(plan, change),
                |importing| self.import(plan, change, importing),
            )
        });
        rows.collect()
    }

    /// What an apply has imported, and failed before it came to it: it has no tags of ours yet.
    fn half_taken_over(&self, plan: &Plan, change: &ResourceChange) -> Vec<Row> {
        let is_tagged = |before: &Values| {
            let tags = before.get("tags_all").and_then(Value::as_object);
            tags.is_none_or(|tags| tags.keys().any(|key| key.starts_with(IDENTITY_TAGS)))
        };
        let is_done = change.change.before.as_ref().is_none_or(is_tagged);
        if is_done || change.change.action != Action::Update {
            return Vec::new();
        }
        let declared = self.owner.map(declared).unwrap_or_default();
        let is_unit = matches!(self.owner, Some(Owner::Unit(_)));
        let mut declared = declared.iter().filter(|_| is_unit);
        let one = declared.find(|one| one.address == change.address);
        one.map_or_else(Vec::new, |one| self.adoption(plan, change, one))
    }

    fn import(&self, plan: &Plan, change: &ResourceChange, importing: &Value) -> Vec<Row> {
        let refused = |reason: String| vec![row(change, IMPORT, (Outcome::Refused, reason))];
        if self.taken_up.contains(&change.address.as_str()) {
            return Vec::new();
        }
        let Some(owner) = self.owner else {
            return refused("something is taken over, and no config declares it".to_owned());
        };
        let declared = declared(owner);
        let Some(one) = declared.iter().find(|one| one.address == change.address) else {
            let reason = match owner {
                Owner::Unit(database) if database.adopted().is_some() => {
                    "something is taken over, and `adopt` declares only the database itself, until it says `imported: true`"
                }
                Owner::Unit(_) => "something is taken over, and the config has no `adopt`",
                Owner::Environment(_) => {
                    "something is taken over, and no cluster here says `oidcProvider: import`"
                }
                Owner::Consumer(_) => "something is taken over, and nothing declares it",
            };
            return refused(reason.to_owned());
        };
        let id = importing.get("id").and_then(Value::as_str);
        if id != Some(one.id.as_str()) {
            return refused(format!(
                "{} is taken over, but what is declared is `{}`",
                id.map_or_else(
                    || "something without an id".to_owned(),
                    |id| format!("`{id}`")
                ),
                one.id
            ));
        }
        match owner {
            Owner::Unit(_) => self.adoption(plan, change, one),
            Owner::Environment(_) | Owner::Consumer(_) => Vec::new(),
        }
    }

    /// What taking something over does to it.
    fn adoption(&self, plan: &Plan, change: &ResourceChange, one: &Declared) -> Vec<Row> {
        let refused =
            |reason: &str| vec![row(change, ADOPT, (Outcome::Refused, reason.to_owned()))];
        // Whatever else happens to it has a row of its own.
        if !matches!(change.change.action, Action::NoOp | Action::Update) {
            return Vec::new();
        }
        let Some(before) = &change.change.before else {
            return refused("the plan does not say what it is now");
        };
        if let Some(reason) = self.is_anothers(before) {
            return refused(&reason);
        }
        let module = match self.owner {
            Some(Owner::Unit(database)) => database.facts().form.module(),
            _ => "",
        };
        let groups = plan.given(module, "security_group_ids");
        let groups = groups.and_then(Value::as_array).into_iter().flatten();
        let groups = groups.filter_map(Value::as_str).collect();
        let Some(found) = adoption::differences(&change.kind, &change.change, &groups) else {
            return refused("the plan does not say what it is afterwards");
        };
        let whole = format!(
            "takes over `{}` as it is: {} of its attributes stay the same",
            one.id, found.same
        );
        let mut rows = vec![row(change, ADOPT, (Outcome::Fine, whole))];
        let attributes = found.attributes.into_iter();
        rows.extend(attributes.map(|attribute| self.attribute(change, attribute)));
        rows
    }

    /// Why something is not this unit's to take, by its tags.
    fn is_anothers(&self, before: &Values) -> Option<String> {
        let tags = before.get("tags_all");
        let Some(Value::Object(entries)) = tags else {
            return Some("the plan does not say which tags it has".to_owned());
        };
        if !entries.keys().any(|key| key.starts_with(IDENTITY_TAGS)) {
            return None;
        }
        let found = tags.and_then(Identity::of);
        if found.is_some() && found == self.owner.map(super::identity) {
            return None;
        }
        let whose = found.map_or_else(
            || "another tool of this name".to_owned(),
            |identity| identity.to_string(),
        );
        Some(format!("its tags say that it is of {whose}"))
    }

    /// Why what the state holds is not the database that the config adopts.
    pub(super) fn renames(&self, change: &ResourceChange) -> Option<String> {
        let Some(Owner::Unit(database)) = self.owner else {
            return None;
        };
        let wanted = &database.adopted()?.identifier;
        let sides = [&change.change.before, &change.change.after];
        let mut names = sides.into_iter().filter_map(|side| {
            let side = side.as_ref()?;
            let mut names = IDENTIFIERS.iter().filter_map(|name| side.get(*name));
            names.next()?.as_str().map(str::to_owned)
        });
        let other = names.find(|name| name != wanted)?;
        self.is_adopted(change).then(|| {
            format!(
                "the config adopts `{wanted}`, and this is `{other}`, or becomes it: an adopted database is not renamed"
            )
        })
    }

    /// Why the instances of an adopted cluster do not get another parameter group.
    pub(super) fn regroups(&self, change: &ResourceChange) -> Option<String> {
        let (before, after) = (
            change.change.before.as_ref()?,
            change.change.after.as_ref()?,
        );
        let differs = |name: &str| before.get(name) != after.get(name);
        let is_alone = differs("db_instance_parameter_group_name") && !differs("engine_version");
        (self.is_adopted(change) && is_alone && change.change.importing.is_none()).then(|| {
            "AWS takes the instances of a cluster to another parameter group with a major upgrade only: keep `adopt.parameterGroup` until then".to_owned()
        })
    }

    fn attribute(&self, change: &ResourceChange, attribute: Attribute) -> Row {
        let address = format!("{}.{}", change.address, attribute.name);
        let said = format!(
            "{}: {} -> {}; {}",
            attribute.class.as_str(),
            attribute.before,
            attribute.after,
            attribute.words
        );
        let (outcome, reason) = match attribute.class {
            Class::TerraformOnly | Class::Harmless => (Outcome::Fine, said),
            Class::Forbidden => (Outcome::Refused, said),
            Class::Decision => self.needs_of(&[&address, attribute.key], Effect::Drift, &said),
        };
        Row {
            address,
            action: ADOPT,
            forced_by: Vec::new(),
            outcome,
            reason,
            attribute: Some(attribute),
        }
    }
}

/// What an instance and a cluster are called by.
const IDENTIFIERS: [&str; 2] = ["identifier", "cluster_identifier"];

/// The actions of rows about imports, in a word.
const IMPORT: &str = "import";
const ADOPT: &str = "adopt";

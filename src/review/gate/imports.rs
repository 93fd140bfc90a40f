//! What a plan imports: only what is declared, under the id that is declared, and an instance only as it is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Judge, Outcome, Row, row};
use crate::{
    config::{Effect, Lifecycle},
    review::adoption::{self, Attribute, Class},
    terraform::{
        diff::INSTANCE,
        lower::{IDENTITY_TAGS, Owner},
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
            let is_there = database.lifecycle.value != Lifecycle::Retired;
            let adopted = database.adopted().filter(|_| is_there);
            let adopted = adopted.filter(|one| one.imported != Some(true));
            let instance = adopted.map(|one| Declared {
                address: INSTANCE.to_owned(),
                id: one.identifier.clone(),
            });
            instance.into_iter().collect()
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

    /// An instance that an apply has imported, and failed before it came to it: it has no tags of ours yet.
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
        let one = declared
            .iter()
            .find(|one| one.address == change.address && one.address == INSTANCE);
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
                    "something is taken over, and `adopt` declares only the instance, until it says `imported: true`"
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

    /// What taking an instance over does to it.
    fn adoption(&self, plan: &Plan, change: &ResourceChange, one: &Declared) -> Vec<Row> {
        let refused =
            |reason: &str| vec![row(change, ADOPT, (Outcome::Refused, reason.to_owned()))];
        // Whatever else happens to it has a row of its own.
        if !matches!(change.change.action, Action::NoOp | Action::Update) {
            return Vec::new();
        }
        let Some(before) = &change.change.before else {
            return refused("the plan does not say what the instance is now");
        };
        if let Some(reason) = self.is_anothers(before) {
            return refused(&reason);
        }
        let groups = plan.given("rds", "security_group_ids");
        let groups = groups.and_then(Value::as_array).into_iter().flatten();
        let groups = groups.filter_map(Value::as_str).collect();
        let Some(found) = adoption::differences(&change.change, &groups) else {
            return refused("the plan does not say what the instance is afterwards");
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

    /// Why an instance is not this unit's to take, by its tags.
    fn is_anothers(&self, before: &Values) -> Option<String> {
        let tags = before.get("tags_all");
        let Some(Value::Object(entries)) = tags else {
            return Some("the plan does not say which tags the instance has".to_owned());
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

/// The actions of rows about imports, in a word.
const IMPORT: &str = "import";
const ADOPT: &str = "adopt";

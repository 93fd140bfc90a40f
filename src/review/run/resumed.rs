//! Whether what is planned after applies that were cut short is what was reviewed.

use std::collections::BTreeSet;

use crate::terraform::{
    journal::Journal,
    normal_form::{Leaf, NormalForm, Planned},
};

/// What differs between what was reviewed and what is planned now. The rest of a plan is smaller and knows more: what the
/// journal says is done with is forgiven, and so is what was at work. `there` are addresses of what was made and that Terraform
/// has not known to be whole: it is kept, and what of it is still to be set was reviewed with it.
#[must_use]
pub fn deviations(
    reviewed: &NormalForm,
    now: &NormalForm,
    journal: &Journal,
    there: &BTreeSet<String>,
) -> Vec<String> {
    if journal.is_empty() && there.is_empty() {
        return reviewed.deviations(now);
    }
    let (mut rest, mut now) = (reviewed.clone(), now.clone());
    rest.learn(&now);
    // The state holds what the apply has begun with: nothing is imported twice.
    rest.resources.retain(|address, then| {
        let planned = now.resources.get(address);
        if planned.is_none_or(|planned| planned.importing.is_none())
            && then.importing.take().is_some()
        {
            return planned.is_some() || then.actions != "no-op";
        }
        true
    });
    for address in there {
        let Some(then) = rest.resources.get(address).filter(|one| one.is_made()) else {
            continue;
        };
        match now.resources.get(address) {
            None => drop(rest.resources.remove(address)),
            Some(planned) if ["no-op", "update"].contains(&planned.actions.as_str()) => {
                let whole = made_whole(then, planned);
                rest.resources.insert(address.clone(), whole);
            }
            Some(_) => {}
        }
    }
    for address in journal.completed.union(&journal.open) {
        let Some(then) = rest.resources.get_mut(address) else {
            continue;
        };
        match now.resources.get(address) {
            None => drop(rest.resources.remove(address)),
            Some(planned) => remains(then, planned, journal.destroyed.contains(address)),
        }
    }
    // What was to go after what took its place.
    now.resources.retain(|name, planned| {
        let of = name.split_once(" (deposed ").map(|(address, _)| address);
        let then = of.and_then(|address| reviewed.resources.get(address));
        let is_left = planned.actions == "delete"
            && then.is_some_and(|then| then.actions == "create, delete")
            && of.is_some_and(|address| journal.completed.contains(address));
        !is_left
    });
    // Those that an interrupted apply has saved become no others any more.
    rest.outputs
        .retain(|name, _| now.outputs.contains_key(name));
    rest.deviations(&now)
}

/// What may be planned for something that was reviewed as made and is there: whatever of it is not as it was to be.
fn made_whole(then: &Planned, now: &Planned) -> Planned {
    let mut whole = now.clone();
    for (path, difference) in &now.attributes {
        let wanted = then.attributes.get(path);
        let is_reviewed = match (&difference.1, wanted.map(|wanted| &wanted.1)) {
            (None | Some(Leaf::Unknown), _) => true,
            (now, Some(then)) => now == then,
            (Some(_), None) => false,
        };
        if !is_reviewed {
            match wanted {
                Some(wanted) => drop(whole.attributes.insert(path.clone(), wanted.clone())),
                None => drop(whole.attributes.remove(path)),
            }
        }
    }
    whole
}

/// Takes from what was reviewed what has been done of it.
fn remains(then: &mut Planned, now: &Planned, is_destroyed: bool) {
    match (then.actions.as_str(), now.actions.as_str()) {
        // What is set already is no longer planned.
        ("update", "update") => {
            then.attributes
                .retain(|path, _| now.attributes.contains_key(path));
        }
        // The old one has gone, and there is no new one yet.
        ("delete, create", "create") if is_destroyed => {
            then.actions.clone_from(&now.actions);
            then.reason.clone_from(&now.reason);
            then.replaced_by.clone_from(&now.replaced_by);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::deviations;
    use crate::terraform::{journal::Journal, normal_form::NormalForm, plan};

    /// A plan of one resource at `a.b`, or at this address.
    fn at(address: &str, actions: &[&str], before: &Value, after: &Value) -> NormalForm {
        let change = json!({"actions": actions, "before": before, "after": after});
        let resource = json!({
            "address": address, "mode": "managed", "type": "a", "name": "b", "provider_name": "p", "change": change,
        });
        let plan =
            json!({"format_version": "1.2", "planned_values": {}, "resource_changes": [resource]});
        NormalForm::of(&plan::read(plan.to_string().as_bytes()).unwrap())
    }

    fn one(actions: &[&str], before: &Value, after: &Value) -> NormalForm {
        at("a.b", actions, before, after)
    }

    fn told(lines: &[(&str, &str)]) -> Journal {
        let line = |(kind, action): &(&str, &str)| {
            let hook = json!({"resource": {"addr": "a.b", "resource_type": "a"}, "action": action, "id_value": "1"});
            format!("{}\n", json!({"type": kind, "hook": hook}))
        };
        Journal::read(&lines.iter().map(line).collect::<String>())
    }

    const START: &str = "apply_start";
    const DONE: &str = "apply_complete";

    #[test]
    fn what_was_done_or_at_work_is_forgiven_and_nothing_else() {
        let none = NormalForm::default();
        let made = one(&["create"], &Value::Null, &json!({"x": 1}));
        let update = one(
            &["update"],
            &json!({"x": 1, "y": 1}),
            &json!({"x": 2, "y": 2}),
        );
        let rest = one(
            &["update"],
            &json!({"x": 1, "y": 2}),
            &json!({"x": 2, "y": 2}),
        );
        let other = one(
            &["update"],
            &json!({"x": 1, "y": 2}),
            &json!({"x": 3, "y": 2}),
        );
        let gone = one(&["delete"], &json!({"x": 1}), &Value::Null);
        let replaced = one(&["delete", "create"], &json!({"x": 1}), &json!({"x": 2}));
        let anew = one(&["create"], &Value::Null, &json!({"x": 2}));
        let created_first = one(&["create", "delete"], &json!({"x": 1}), &json!({"x": 2}));
        let mut left = at("a.b", &["delete"], &json!({"x": 1}), &Value::Null);
        let planned = left.resources.remove("a.b").unwrap();
        left.resources.insert("a.b (deposed 0)".to_owned(), planned);
        let nothing: &[(&str, &str)] = &[];
        let updating = &[(START, "update")][..];
        let updated = &[(START, "update"), (DONE, "update")][..];
        let deleting = &[(START, "delete")][..];
        for (number, (reviewed, now, lines, is_fine)) in [
            (&made, &none, nothing, false),
            (
                &made,
                &none,
                &[(START, "create"), (DONE, "create")][..],
                true,
            ),
            (&made, &made, &[(START, "create")][..], true),
            (&update, &none, nothing, false),
            (&update, &none, updating, true),
            (&update, &rest, updating, true),
            (&update, &rest, updated, true),
            (&update, &rest, nothing, false),
            (&update, &other, updated, false),
            (&gone, &none, nothing, false),
            (&gone, &none, deleting, true),
            (&replaced, &anew, deleting, true),
            (
                &replaced,
                &anew,
                &[(START, "delete"), (DONE, "delete"), (START, "create")][..],
                true,
            ),
            (&replaced, &anew, nothing, false),
            (&replaced, &made, deleting, false),
            (
                &made,
                &gone,
                &[(START, "create"), (DONE, "create")][..],
                false,
            ),
            (
                &created_first,
                &left,
                &[(START, "create"), (DONE, "create")][..],
                true,
            ),
            (&created_first, &left, nothing, false),
            (
                &none,
                &left,
                &[(START, "create"), (DONE, "create")][..],
                false,
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let found = deviations(reviewed, now, &told(lines), &BTreeSet::new());
            assert_eq!(found.is_empty(), is_fine, "{number}: {found:?}");
        }
    }

    #[test]
    fn what_was_imported_is_not_imported_twice() {
        let imported = |actions: &str, before: &Value| {
            let mut form = one(&["update"], before, &json!({"x": 2}));
            let planned = form.resources.get_mut("a.b").unwrap();
            planned.importing = Some(json!({"id": "1"}));
            actions.clone_into(&mut planned.actions);
            form
        };
        let found = |reviewed: &NormalForm, now: &NormalForm, journal: &Journal| {
            deviations(reviewed, now, journal, &BTreeSet::new())
        };
        let begun = told(&[(START, "update")]);
        let reviewed = imported("update", &json!({"x": 1}));
        let rest = one(&["update"], &json!({"x": 1}), &json!({"x": 2}));
        assert!(found(&reviewed, &reviewed, &begun).is_empty());
        assert!(found(&reviewed, &rest, &begun).is_empty());
        assert!(found(&reviewed, &NormalForm::default(), &begun).is_empty());
        let whole = imported("no-op", &json!({"x": 2}));
        assert!(found(&whole, &NormalForm::default(), &begun).is_empty());
        // Nothing was applied, so nothing of ours has imported it; and nothing else is imported instead.
        assert!(!found(&reviewed, &rest, &Journal::default()).is_empty());
        let mut other = reviewed.clone();
        other.resources.get_mut("a.b").unwrap().importing = Some(json!({"id": "2"}));
        assert!(!found(&reviewed, &other, &begun).is_empty());
        let anew = one(&["create"], &Value::Null, &json!({"x": 2}));
        assert!(!found(&reviewed, &anew, &begun).is_empty());
    }

    #[test]
    fn what_is_taken_up_becomes_what_was_reviewed() {
        let there = BTreeSet::from(["a.b".to_owned()]);
        let reviewed = one(&["create"], &Value::Null, &json!({"x": 2, "list": ["a"]}));
        let journal = told(&[(START, "create")]);
        let found = |now: &NormalForm| deviations(&reviewed, now, &journal, &there);
        for (now, said) in [
            (NormalForm::default(), None),
            (one(&["no-op"], &json!({"x": 2}), &json!({"x": 2})), None),
            (
                one(&["update"], &json!({"x": 1, "y": 1}), &json!({"x": 2})),
                None,
            ),
            (
                one(&["update"], &json!({"x": 1}), &json!({"x": 3})),
                Some("a.b: x: nothing -> 2 was reviewed, and 1 -> 3 is planned now"),
            ),
            (
                one(&["update"], &json!({"x": 2}), &json!({"x": 2, "y": 1})),
                Some("a.b: y: nothing -> 1 is planned now, and was not reviewed"),
            ),
            (
                one(&["delete", "create"], &json!({"x": 1}), &json!({"x": 2})),
                Some("a.b: create was reviewed, and delete, create is planned now"),
            ),
        ] {
            assert_eq!(found(&now), said.into_iter().collect::<Vec<_>>(), "{now:?}");
        }
        // What was not to be made is not forgiven.
        let now = one(&["update"], &json!({"x": 1}), &json!({"x": 2}));
        let update = one(&["update"], &json!({"x": 1}), &json!({"x": 5}));
        assert!(!deviations(&update, &now, &journal, &there).is_empty());
    }
}

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

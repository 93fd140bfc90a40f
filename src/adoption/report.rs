//! What becomes of databases, in words.

use super::{Outcome, Refused, draft::Draft, old_root::Farewell};
use crate::{diagnostic::report::plural, text::screen::Screen, yaml::edit::inline};

/// What every database keeps of its own, what is waived, and what should be known.
#[must_use]
pub fn whole(outcome: &Outcome) -> Screen {
    let mut screen = Screen::new();
    for draft in &outcome.drafts {
        screen.line(format_args!("{}: {}", draft.unit, draft.identifier));
        for debt in &draft.debts {
            let value = inline(&debt.value);
            let for_ever = if debt.is_for_ever { ", for ever" } else { "" };
            screen.line(format_args!("  keeps   {}: {value}{for_ever}", debt.key));
        }
        for waived in &draft.waivers {
            screen.line(format_args!(
                "  waives  {}: {}",
                waived.rule, waived.message
            ));
        }
        for note in &draft.notes {
            screen.line(format_args!("  note    {note}"));
        }
    }
    screen
}

/// A line for each config.
#[must_use]
pub fn lines(drafts: &[Draft], base: &str) -> Screen {
    let mut screen = Screen::new();
    for draft in drafts {
        let kept = plural(draft.debts.len(), "key");
        let waived = plural(draft.waivers.len(), "waiver");
        screen.line(format_args!(
            "{base}{}: {}, which keeps {kept} of its own, and has {waived}",
            draft.path, draft.identifier
        ));
    }
    screen
}

/// Those that are refused, each with its reasons and the way out.
#[must_use]
pub fn refused(all: &[Refused], left_out: &[String]) -> Screen {
    let mut screen = Screen::new();
    for one in all {
        let unit = one
            .unit
            .as_ref()
            .map(|unit| format!(", which was to be {unit}"));
        screen.line(format_args!(
            "refused: {}{}",
            one.identifier,
            unit.unwrap_or_default()
        ));
        for refusal in &one.refusals {
            screen.line(format_args!("  because {}", refusal.reason));
            screen.line(format_args!("  way out {}", refusal.way));
        }
    }
    if !left_out.is_empty() {
        screen.line(format_args!(
            "left out by the mapping: {}",
            left_out.join(", ")
        ));
    }
    screen
}

/// How many became what.
#[must_use]
pub fn count(outcome: &Outcome, left_out: &[String]) -> String {
    let others = match left_out.len() {
        0 => String::new(),
        many => format!(", {many} left out by the mapping"),
    };
    let (drafts, refused) = (outcome.drafts.len(), outcome.refused.len());
    format!("{drafts} can be adopted, {refused} refused{others}")
}

/// What the older roots have to be told, and when: at no moment has a database two owners that change it, or none.
#[must_use]
pub fn farewells(all: &[Farewell]) -> Screen {
    let mut screen = Screen::new();
    if all.is_empty() {
        return screen;
    }
    screen.line("# For the roots that hold them now, in this order:");
    screen.line("# 1. Here: generate, plan and apply the import, until a second plan is empty. The old root is not applied meanwhile.");
    screen.line("# 2. There: take out what is named, put the blocks in its place, and plan: it forgets, and destroys nothing. Apply.");
    screen.line("# 3. Here: only then write `adopt.credentials`, which makes the way for pods. The old root would cut it off again.");
    screen.line("# Where Terraform refuses a block because a module is of another package: `terraform state rm` with the address after `from`.");
    for one in all {
        screen.line("");
        screen.line(format_args!(
            "# {}: take out {}, which holds {}.",
            one.file,
            one.takes_out,
            one.instances.join(", ")
        ));
        for left in &one.left {
            screen.line(format_args!("# Nobody owns afterwards: {left}"));
        }
        screen.file(&one.blocks);
    }
    screen
}

//! Rules about the way out of a database, and about what is let pass.

use super::Found;
use crate::{config::Lifecycle, instance::Origin, problem::Problem, rule};

impl Found<'_> {
    pub(super) fn lifecycle(&mut self, today: &str) {
        let instance = self.instance;
        let lifecycle = instance.lifecycle.value;
        match (&instance.retirement_requested, lifecycle) {
            (None, Lifecycle::Retiring | Lifecycle::Retired) => self.add(
                &rule::RETIREMENT_DATE,
                instance.lifecycle.origin,
                format!(
                    "`{}` needs the day on which it was asked for",
                    lifecycle.word()
                ),
                format!("write `retirementRequested: {today}`"),
            ),
            (Some(_), Lifecycle::Active) => self.add(
                &rule::RETIREMENT_DATE,
                Origin::Config("retirementRequested"),
                "an active database is not being retired",
                "remove the date, or write `lifecycle: retiring`",
            ),
            _ => {}
        }
        for (index, acknowledgement) in instance.allow.iter().enumerate() {
            if today <= acknowledgement.expires.as_str() {
                continue;
            }
            let place = self
                .instance
                .place_below(Origin::Config("allow"), &format!("/{index}/expires"));
            let message = format!(
                "`{}` was allowed until {}",
                acknowledgement.change.word(),
                acknowledgement.expires
            );
            self.problems.push(
                Problem::new(&rule::ACKNOWLEDGEMENT_EXPIRED, place, message)
                    .help("remove it, or give it a new date if the change is still to come"),
            );
        }
    }
}

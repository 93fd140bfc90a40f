//! Rules about the way out of a database, and about what is let pass.

use super::Found;
use crate::{
    config::Lifecycle,
    diagnostic::{Problem, rule},
    model::Origin,
    text::date::Date,
};

impl Found<'_> {
    pub(super) fn lifecycle(&mut self, today: Date) {
        let database = self.database;
        let lifecycle = database.lifecycle.value;
        match (&database.retirement_requested.value, lifecycle) {
            (None, Lifecycle::Retiring | Lifecycle::Retired) => self.add(
                &rule::RETIREMENT_DATE,
                database.lifecycle.origin,
                format!(
                    "`{}` needs the day on which it was asked for",
                    lifecycle.as_str()
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
        if let Some(urgent) = &database.apply_immediately.value
            && today > urgent.expires
        {
            let span = database.span_below(Origin::Config("applyImmediately"), "/expires");
            let message = format!("`applyImmediately` held until {}", urgent.expires);
            self.problems.push(
                Problem::new(&rule::ACKNOWLEDGEMENT_EXPIRED, span, message)
                    .help("remove it, so that edits wait for the maintenance window again, or give it a new date"),
            );
        }
        for (index, acknowledgement) in database.allow.value.iter().enumerate() {
            if today <= acknowledgement.expires {
                continue;
            }
            let span = self
                .database
                .span_below(Origin::Config("allow"), &format!("/{index}/expires"));
            let message = format!(
                "`{}` was allowed until {}",
                acknowledgement.change.as_str(),
                acknowledgement.expires
            );
            self.problems.push(
                Problem::new(&rule::ACKNOWLEDGEMENT_EXPIRED, span, message)
                    .help("remove it, or give it a new date if the change is still to come"),
            );
        }
    }
}

//! When a rule about drift holds: what the state says of a value, and what AWS says.

use serde_json::Value;

use crate::aws::{engine, engine_version::EngineVersion};
use When::{Added, Always, Filled, Higher, Lower, Minor, Shorter, SwitchedOff, SwitchedOn};

/// When a rule holds: what the state says, and what AWS says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Whatever the values.
    Always,
    /// Something where the state says nothing.
    Added,
    /// The same, of what only AWS says.
    Filled,
    /// `true`, or a word that means it, becomes something else.
    SwitchedOff,
    /// It becomes `true`, or a word that means it.
    SwitchedOn,
    /// A smaller number, or none where one was.
    Lower,
    /// A greater number.
    Higher,
    /// A shorter time, where 0 is for ever.
    Shorter,
    /// A later version of the same major one.
    Minor,
}

impl When {
    /// The condition, in words; empty for whatever the values.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Always => "",
            Added => "where nothing was",
            Filled => "where the state said nothing",
            SwitchedOff => "switched off",
            SwitchedOn => "switched on",
            Lower => "lower",
            Higher => "higher",
            Shorter => "shorter",
            Minor => "a later minor version",
        }
    }

    pub(super) fn holds(self, state: Option<&Value>, aws: Option<&Value>) -> bool {
        let is_on = |value: Option<&Value>| {
            value.is_some_and(|value| {
                *value == Value::Bool(true)
                    || ["on", "ENABLED"]
                        .iter()
                        .any(|word| value.as_str() == Some(word))
            })
        };
        let number = |value: Option<&Value>| value.and_then(Value::as_f64);
        match self {
            Always => true,
            Added | Filled => state.is_none_or(is_empty) && !aws.is_none_or(is_empty),
            SwitchedOff => is_on(state) && !is_on(aws),
            SwitchedOn => !is_on(state) && is_on(aws),
            Lower => number(state).is_some_and(|state| number(aws).is_none_or(|aws| aws < state)),
            Higher => number(state)
                .zip(number(aws))
                .is_some_and(|(state, aws)| aws > state),
            Shorter => {
                let days = |value| {
                    number(value).map(|days| if days == 0.0 { f64::INFINITY } else { days })
                };
                days(state)
                    .zip(days(aws))
                    .is_some_and(|(state, aws)| aws < state)
            }
            Minor => is_minor(state, aws),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || *value == Value::String(String::new())
}

fn is_minor(state: Option<&Value>, aws: Option<&Value>) -> bool {
    let version = |value: Option<&Value>| value?.as_str()?.parse::<EngineVersion>().ok();
    let (Some(state), Some(aws)) = (version(state), version(aws)) else {
        return false;
    };
    let major = engine::major_of(aws).unwrap_or_else(|| aws.likely_major());
    state.is_of(major) && !aws.is_older_than(state)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_minor;

    #[test]
    fn a_minor_is_later_and_of_the_same_major() {
        for (state, aws, expected) in [
            ("16.8", "16.10", true),
            ("16", "16.10", true),
            ("16.8", "16.8", true),
            ("16.10", "16.8", false),
            ("16.8", "17.4", false),
            ("8.4.6", "8.4.7", true),
            ("8.0.46", "8.4.6", false),
            // Of majors that nobody knows any more.
            ("9.6", "9.7", true),
            ("5.7.42", "5.7.44", true),
            ("5.6.51", "5.7.44", false),
            ("8.0.mysql_aurora.3.10.1", "8.0.mysql_aurora.3.12.0", true),
            ("8.0", "8.0.mysql_aurora.3.12.0", true),
            ("8.0.mysql_aurora.3.10.1", "8.0.mysql_aurora.3.10.0", false),
            ("8.0.mysql_aurora.3.10.1", "8.4.mysql_aurora.8.4.7", false),
            ("16.8", "sixteen", false),
        ] {
            let is = is_minor(Some(&json!(state)), Some(&json!(aws)));
            assert_eq!(is, expected, "{state} to {aws}");
        }
        assert!(!is_minor(None, Some(&json!("16.8"))));
    }
}

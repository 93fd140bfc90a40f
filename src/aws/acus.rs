//! Capacity of Aurora Serverless v2.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Capacity units of Aurora, of 2 GiB memory each, in steps of a half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acus {
    halves: u32,
}

/// The most that AWS gives.
const MOST: u32 = 256;

impl Acus {
    /// Memory in GiB, rounded down.
    #[must_use]
    pub const fn memory_gib(self) -> u32 {
        self.halves
    }
}

impl std::fmt::Display for Acus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.halves / 2)?;
        f.write_str(if self.halves.is_multiple_of(2) {
            ""
        } else {
            ".5"
        })
    }
}

impl Serialize for Acus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.halves.is_multiple_of(2) {
            serializer.serialize_u32(self.halves / 2)
        } else {
            serializer.serialize_f64(f64::from(self.halves) / 2.0)
        }
    }
}

impl<'de> Deserialize<'de> for Acus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let halves = f64::deserialize(deserializer)? * 2.0;
        let mut steps = 1..=2 * MOST;
        steps
            .find(|step| f64::from(*step).total_cmp(&halves).is_eq())
            .map(|halves| Self { halves })
            .ok_or_else(|| de::Error::custom("capacity comes in steps of 0.5, from 0.5 to 256"))
    }
}

impl schemars::JsonSchema for Acus {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Acus".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "number",
            "minimum": 0.5,
            "maximum": MOST,
            "multipleOf": 0.5,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Acus;

    #[test]
    fn capacity_comes_in_halves() {
        let read = |text: &str| serde_json::from_str::<Acus>(text);
        for (text, shown, memory) in [
            ("0.5", "0.5", 1),
            ("2", "2", 4),
            ("16.5", "16.5", 33),
            ("256", "256", 512),
        ] {
            let acus = read(text).unwrap();
            assert_eq!(acus.to_string(), shown);
            assert_eq!(acus.memory_gib(), memory);
            assert_eq!(serde_json::to_string(&acus).unwrap(), shown);
        }
        assert_eq!(read("2.0").unwrap(), read("2").unwrap());
        for text in ["0", "0.25", "1.3", "-1", "256.5", "\"2\""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}

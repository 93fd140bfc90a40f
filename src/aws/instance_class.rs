//! Instance classes: which exist, how much memory they have.
//!
//! As AWS offered them for PostgreSQL in October 2026.

use std::{error, fmt, str::FromStr};

use crate::text::{as_text::as_text, malformed::Malformed};

/// Sizes of the families with the full range.
const XLARGE_16: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
];
const XLARGE_24: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
];
const XLARGE_32: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "32xlarge",
];
const XLARGE_48: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "48xlarge",
];
const X2IEDN: &[&str] = &[
    "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge",
];
const BURSTABLE: &[&str] = &["micro", "small", "medium", "large", "xlarge", "2xlarge"];

/// Classes that differ only in size.
struct Family {
    name: &'static str,
    sizes: &'static [&'static str],
    /// GiB of memory for each vCPU.
    gib_per_cpu: u32,
}

const fn family(name: &'static str, sizes: &'static [&'static str], gib_per_cpu: u32) -> Family {
    Family {
        name,
        sizes,
        gib_per_cpu,
    }
}

const FAMILIES: &[Family] = &[
    family("m5", XLARGE_24, 4),
    family("m5d", XLARGE_24, 4),
    family("m6g", XLARGE_16, 4),
    family("m6gd", XLARGE_16, 4),
    family("m6i", XLARGE_32, 4),
    family("m6id", XLARGE_32, 4),
    family("m6idn", XLARGE_32, 4),
    family("m6in", XLARGE_32, 4),
    family("m7g", XLARGE_16, 4),
    family("m7i", XLARGE_48, 4),
    family("m8a", XLARGE_48, 4),
    family("m8g", XLARGE_48, 4),
    family("m8gd", XLARGE_48, 4),
    family("m9g", XLARGE_48, 4),
    family("r5", XLARGE_24, 8),
    family("r5b", XLARGE_24, 8),
    family("r5d", XLARGE_24, 8),
    family("r6g", XLARGE_16, 8),
    family("r6gd", XLARGE_16, 8),
    family("r6i", XLARGE_32, 8),
    family("r6id", XLARGE_32, 8),
    family("r6idn", XLARGE_32, 8),
    family("r6in", XLARGE_32, 8),
    family("r7g", XLARGE_16, 8),
    family("r7i", XLARGE_48, 8),
    family("r8a", XLARGE_48, 8),
    family("r8g", XLARGE_48, 8),
    family("r8gd", XLARGE_48, 8),
    family("t3", BURSTABLE, 4),
    family("t4g", BURSTABLE, 4),
    family("x2g", XLARGE_16, 16),
    family("x2iedn", X2IEDN, 32),
];

/// The name of an instance class, such as `db.t4g.medium`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceClass {
    family: String,
    size: String,
}

/// What is known of a class that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Memory in GiB.
    pub memory_gib: u32,
    /// Whether its CPU runs on credits.
    pub burstable: bool,
}

/// Why a class cannot be ordered.
#[derive(Debug)]
pub struct UnknownClass {
    /// The family whose size is wrong; none when there is no such family.
    pub family: Option<String>,
    /// The part of its name that is wrong.
    pub part: String,
    /// The words that would be right.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = &self.part;
        match &self.family {
            Some(family) => write!(f, "`{family}` has no size `{part}`"),
            None => write!(f, "there is no class family `{part}`"),
        }
    }
}

impl error::Error for UnknownClass {}

/// The family whose capacity follows the load: it has no sizes.
const SERVERLESS: &str = "serverless";

impl InstanceClass {
    /// Whether its capacity follows the load.
    #[must_use]
    pub fn is_serverless(&self) -> bool {
        self.family == SERVERLESS && self.size.is_empty()
    }

    /// Its family, and its size, which one that follows the load does not have.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        (&self.family, &self.size)
    }

    /// What is known of a class of a fixed size.
    ///
    /// # Errors
    /// When there is no such class.
    pub fn capacity(&self) -> Result<Capacity, UnknownClass> {
        let Self { family, size } = self;
        let Some(found) = FAMILIES.iter().find(|known| known.name == family) else {
            return Err(UnknownClass {
                family: None,
                part: family.clone(),
                known: FAMILIES.iter().map(|known| known.name).collect(),
            });
        };
        if !found.sizes.contains(&size.as_str()) {
            return Err(UnknownClass {
                family: Some(family.clone()),
                part: size.clone(),
                known: found.sizes.to_vec(),
            });
        }
        let xlarges = match size.as_str() {
            "xlarge" => 1,
            many => many.trim_end_matches("xlarge").parse().unwrap_or(1),
        };
        Ok(Capacity {
            memory_gib: match size.as_str() {
                "micro" => 1,
                "small" => 2,
                "medium" => 4,
                "large" => 2 * found.gib_per_cpu,
                _ => xlarges * 4 * found.gib_per_cpu,
            },
            burstable: family.starts_with('t'),
        })
    }
}

impl fmt::Display for InstanceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size.as_str() {
            "" => write!(f, "db.{}", self.family),
            size => write!(f, "db.{}.{size}", self.family),
        }
    }
}

impl FromStr for InstanceClass {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parts: Vec<_> = text.split('.').collect();
        match parts.as_slice() {
            ["db", SERVERLESS] => Ok(Self {
                family: SERVERLESS.to_owned(),
                size: String::new(),
            }),
            ["db", family, size] if !family.is_empty() && !size.is_empty() => Ok(Self {
                family: (*family).to_owned(),
                size: (*size).to_owned(),
            }),
            _ => Err(Malformed("write it like `db.t4g.medium`")),
        }
    }
}

as_text!(InstanceClass, {
    "type": "string",
    "pattern": r"^db\.([a-z][a-z0-9]*\.([0-9]*xlarge|micro|small|medium|large)|serverless)$",
});

#[cfg(test)]
mod tests {
    use super::InstanceClass;

    fn class(name: &str) -> InstanceClass {
        name.parse().unwrap()
    }

    #[test]
    fn memory_follows_family_and_size() {
        for (name, memory) in [
            ("db.t4g.micro", 1),
            ("db.t3.large", 8),
            ("db.m6g.large", 8),
            ("db.r6g.xlarge", 32),
            ("db.r7i.48xlarge", 1536),
            ("db.x2g.4xlarge", 256),
        ] {
            assert!(!class(name).is_serverless());
            assert_eq!(class(name).capacity().unwrap().memory_gib, memory, "{name}");
            assert_eq!(class(name).to_string(), name);
        }
        assert_eq!(class("db.m4.large").capacity().unwrap_err().part, "m4");
        assert_eq!(
            class("db.t3.4xlarge").capacity().unwrap_err().part,
            "4xlarge"
        );
        assert!(class("db.serverless").is_serverless());
        assert_eq!(class("db.serverless").to_string(), "db.serverless");
        for name in [
            "",
            "db.serverless.large.x",
            "t3.large",
            "db.t3",
            "db.t3.large.",
            "db..large",
        ] {
            assert!(name.parse::<InstanceClass>().is_err(), "{name}");
        }
    }
}

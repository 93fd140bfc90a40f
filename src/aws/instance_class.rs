//! Instance classes: which exist, how much memory they have.
//!
//! As AWS offered them for PostgreSQL in October 2026.

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

/// Family, its sizes, and GiB of memory for each vCPU.
const FAMILIES: &[(&str, &[&str], u32)] = &[
    ("m5", XLARGE_24, 4),
    ("m5d", XLARGE_24, 4),
    ("m6g", XLARGE_16, 4),
    ("m6gd", XLARGE_16, 4),
    ("m6i", XLARGE_32, 4),
    ("m6id", XLARGE_32, 4),
    ("m6idn", XLARGE_32, 4),
    ("m6in", XLARGE_32, 4),
    ("m7g", XLARGE_16, 4),
    ("m7i", XLARGE_48, 4),
    ("m8a", XLARGE_48, 4),
    ("m8g", XLARGE_48, 4),
    ("m8gd", XLARGE_48, 4),
    ("m9g", XLARGE_48, 4),
    ("r5", XLARGE_24, 8),
    ("r5b", XLARGE_24, 8),
    ("r5d", XLARGE_24, 8),
    ("r6g", XLARGE_16, 8),
    ("r6gd", XLARGE_16, 8),
    ("r6i", XLARGE_32, 8),
    ("r6id", XLARGE_32, 8),
    ("r6idn", XLARGE_32, 8),
    ("r6in", XLARGE_32, 8),
    ("r7g", XLARGE_16, 8),
    ("r7i", XLARGE_48, 8),
    ("r8a", XLARGE_48, 8),
    ("r8g", XLARGE_48, 8),
    ("r8gd", XLARGE_48, 8),
    ("t3", BURSTABLE, 4),
    ("t4g", BURSTABLE, 4),
    ("x2g", XLARGE_16, 16),
    ("x2iedn", X2IEDN, 32),
];

/// An instance class that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Memory in GiB.
    pub memory_gib: u32,
    /// Whether its CPU runs on credits.
    pub burstable: bool,
}

/// What is known of a class such as `db.t4g.medium`.
///
/// # Errors
/// With what is wrong with the name and the words that would be right.
pub fn look_up(name: &str) -> Result<Class, (String, Vec<&'static str>)> {
    let mut parts = name.split('.').skip(1);
    let (family, size) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let Some((_, sizes, per_cpu)) = FAMILIES.iter().find(|(known, ..)| *known == family) else {
        let families = FAMILIES.iter().map(|(known, ..)| *known).collect();
        return Err((format!("there is no class family `{family}`"), families));
    };
    if !sizes.contains(&size) {
        return Err((format!("`{family}` has no size `{size}`"), sizes.to_vec()));
    }
    let burstable = family.starts_with('t');
    let memory_gib = match size {
        "micro" => 1,
        "small" => 2,
        "medium" => 4,
        "large" => 2 * per_cpu,
        "xlarge" => 4 * per_cpu,
        many => many.trim_end_matches("xlarge").parse::<u32>().unwrap_or(1) * 4 * per_cpu,
    };
    Ok(Class {
        memory_gib,
        burstable,
    })
}

#[cfg(test)]
mod tests {
    use super::look_up;

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
            assert_eq!(look_up(name).unwrap().memory_gib, memory, "{name}");
        }
        assert!(look_up("db.m4.large").is_err());
        assert!(look_up("db.t3.4xlarge").is_err());
    }
}

//! Which versions of this tool are wanted, written as Cargo does.

use std::{fmt, str::FromStr};

use super::{as_text::as_text, malformed::Malformed};

/// The version of this tool.
pub const OWN: &str = env!("CARGO_PKG_VERSION");

/// The versions of this tool that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRequirement(semver::VersionReq);

impl VersionRequirement {
    /// Whether this tool is one of them.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.takes(OWN)
    }

    fn takes(&self, version: &str) -> bool {
        semver::Version::parse(version).is_ok_and(|version| self.0.matches(&version))
    }
}

impl fmt::Display for VersionRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VersionRequirement {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let read = semver::VersionReq::parse(text);
        read.map(Self).map_err(|_| {
            Malformed("write one version as `=1.2.3`, or some as `^1.2` or `>=1.2, <2`")
        })
    }
}

as_text!(VersionRequirement, {"type": "string", "format": "version-requirement"});

#[cfg(test)]
mod tests {
    use super::{OWN, VersionRequirement};

    #[test]
    fn versions_are_taken_as_cargo_takes_them() {
        for (written, taken, refused) in [
            ("=1.2.3", "1.2.3", "1.2.4"),
            ("1.2", "1.9.0", "2.0.0"),
            (">=0.1, <0.3", "0.2.9", "0.3.0"),
            ("^1.2", "1.2.0", "1.3.0-beta.1"),
        ] {
            let requirement: VersionRequirement = written.parse().unwrap();
            assert!(requirement.takes(taken), "{written}");
            assert!(!requirement.takes(refused), "{written}");
        }
        for wrong in [
            "",
            "latest",
            "v1.2.3",
            "1.2.3.4",
            "=1.2 or =1.3",
            "> 1,",
            "=1.2.3\n",
        ] {
            assert!(wrong.parse::<VersionRequirement>().is_err(), "{wrong:?}");
        }
        let own: VersionRequirement = format!("={OWN}").parse().unwrap();
        assert!(own.is_met());
    }
}

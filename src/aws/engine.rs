//! What is known of each engine: versions, support dates, ports, reserved words.
//!
//! Versions as AWS offered them in October 2026; support dates as published in the RDS release calendars.

use crate::{config::Engine, text::date::Date};

/// One major version of an engine.
#[derive(Clone, Copy, Debug)]
pub struct Major {
    /// As written in `engineVersion`.
    pub name: &'static str,
    /// Minors that can be created today, oldest first.
    pub minors: &'static [&'static str],
    /// Last day of standard support; AWS charges extra afterwards.
    pub standard_support_ends: Date,
}

/// Majors of PostgreSQL, oldest first.
const POSTGRES: &[Major] = &[
    Major {
        name: "13",
        minors: &["13.23"],
        standard_support_ends: Date::constant(2026, 2, 28),
    },
    Major {
        name: "14",
        minors: &[
            "14.18", "14.19", "14.20", "14.21", "14.22", "14.23", "14.24",
        ],
        standard_support_ends: Date::constant(2027, 2, 28),
    },
    Major {
        name: "15",
        minors: &[
            "15.13", "15.14", "15.15", "15.16", "15.17", "15.18", "15.19",
        ],
        standard_support_ends: Date::constant(2028, 2, 29),
    },
    Major {
        name: "16",
        minors: &["16.9", "16.10", "16.11", "16.12", "16.13", "16.14", "16.15"],
        standard_support_ends: Date::constant(2029, 2, 28),
    },
    Major {
        name: "17",
        minors: &["17.5", "17.6", "17.7", "17.8", "17.9", "17.10", "17.11"],
        standard_support_ends: Date::constant(2030, 2, 28),
    },
    Major {
        name: "18",
        minors: &["18.1", "18.2", "18.3", "18.4", "18.6"],
        standard_support_ends: Date::constant(2031, 2, 28),
    },
];

impl Engine {
    /// The versions that are known, oldest major first.
    #[must_use]
    pub const fn majors(self) -> &'static [Major] {
        match self {
            Self::Postgres => POSTGRES,
        }
    }

    /// What `engineVersion` is when nobody sets it: the newest major that RDS Proxy is documented to take.
    ///
    /// Raising it upgrades every database that leaves the key out, so it is a major release of this tool.
    #[must_use]
    pub const fn default_major(self) -> &'static str {
        match self {
            Self::Postgres => "17",
        }
    }

    /// The known major that a version belongs to.
    #[must_use]
    pub fn major(self, version: &str) -> Option<Major> {
        self.majors().iter().copied().find(|major| {
            version == major.name
                || version
                    .strip_prefix(major.name)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// The parameter group family of a version.
    #[must_use]
    pub fn family(self, version: &str) -> String {
        let major = self.major(version).map_or(version, |major| major.name);
        match self {
            Self::Postgres => format!("postgres{major}"),
        }
    }

    /// The port that the engine listens on when nobody sets one, and that the proxy always listens on.
    #[must_use]
    pub const fn port(self) -> u32 {
        match self {
            Self::Postgres => 5432,
        }
    }

    /// The family of engines, as RDS Proxy calls it.
    #[must_use]
    pub const fn proxy_family(self) -> &'static str {
        match self {
            Self::Postgres => "POSTGRESQL",
        }
    }

    /// The database that always exists.
    #[must_use]
    pub const fn default_database(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
        }
    }

    /// Why AWS refuses a master user of this name, if it does.
    #[must_use]
    pub fn refuses_user(self, name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        match self {
            Self::Postgres if name.starts_with("pg_") => {
                Some("names that start with `pg_` belong to PostgreSQL")
            }
            Self::Postgres if name.starts_with("rds") => {
                Some("names that start with `rds` belong to AWS")
            }
            Self::Postgres if POSTGRES_USERS.contains(&name.as_str()) => Some("it is reserved"),
            Self::Postgres if POSTGRES_WORDS.contains(&name.as_str()) => {
                Some("it is a reserved word of SQL")
            }
            Self::Postgres => None,
        }
    }

    /// Why AWS refuses a first database of this name, if it does.
    #[must_use]
    pub fn refuses_database(self, name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        match self {
            Self::Postgres if matches!(name.as_str(), "template0" | "template1" | "rdsadmin") => {
                Some("it exists already")
            }
            Self::Postgres if POSTGRES_WORDS.contains(&name.as_str()) => {
                Some("it is a reserved word of SQL")
            }
            Self::Postgres => None,
        }
    }
}

const POSTGRES_USERS: &[&str] = &["admin", "public", "none", "replication"];

/// Words that PostgreSQL reserves, from appendix C of its manual.
const POSTGRES_WORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "system_user",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

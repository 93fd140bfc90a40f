//! Amazon RDS for PostgreSQL.
//!
//! Versions as AWS offered them in October 2026; support dates from the RDS release calendar. Reserved words from appendix
//! C of the PostgreSQL manual.

pub(super) mod parameters;

use super::{Client, EngineVersion, Facts, Form, LogExport, StorageType, Upgrades, major};
use crate::text::date::Date;

/// The first day without creation, and the last one of support, of the minors that AWS announced in 2026.
const FIRST_WAVE: (Date, Date) = (Date::constant(2026, 10, 1), Date::constant(2026, 10, 31));

/// What no user's name may start with, and why.
pub(super) const RESERVED_PREFIXES: &[(&str, &str)] = &[
    ("pg_", "names that start with `pg_` belong to PostgreSQL"),
    ("rds", "names that start with `rds` belong to AWS"),
];
pub(super) const RESERVED_USERS: &[&str] = &["admin", "public", "none", "replication"];
pub(super) const EXISTING_DATABASES: &[&str] = &["template0", "template1", "rdsadmin"];
#[rustfmt::skip]
pub(super) const RESERVED_WORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check",
    "collate", "column", "constraint", "create", "current_catalog", "current_date", "current_role", "current_time",
    "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
    "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect", "into",
    "lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or",
    "order", "placing", "primary", "references", "returning", "select", "session_user", "some", "symmetric",
    "system_user", "table", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic",
    "when", "where", "window", "with",
];
#[rustfmt::skip]
pub(super) const EXTENSIONS: &[&str] = &[
    "auto_explain", "cron", "orafce", "pg_bigm", "pg_hint_plan", "pg_prewarm", "pg_repack", "pg_stat_statements",
    "pg_tle", "pg_transport", "pgactive", "pgaudit", "pglogical", "plperl", "plpgsql", "plrust", "pltcl", "plv8",
    "postgis",
];

/// What clients of PostgreSQL cannot do through the proxy.
pub(super) const PROXY_LACKS: &[&str] = &[
    "a query cannot be cancelled: the proxy passes no `CancelRequest` on",
    "`SET`, `PREPARE`, `LISTEN`, advisory locks, temporary tables and statements of more than 16 KB pin a session to its connection",
    "there is no streaming replication, and `lastval()` is not to be relied on",
];

/// From the RDS guide's page on major upgrades of PostgreSQL.
pub(super) const BEFORE_MAJOR: &[&str] = &[
    "AWS upgrades no extension: bring each to its newest version before, and run `ALTER EXTENSION … UPDATE` after; `SELECT * FROM pg_extension` in every database says which there are",
    "AWS does not begin while there is a prepared transaction, a logical replication slot, or a column of a `reg*` type other than `regclass`, `regrole` and `regtype`",
    "run `ANALYZE` in every database right after: statistics may be gone",
];

pub(super) const CLIENT: Client = Client {
    url_scheme: "postgresql",
    // The server speaks before TLS begins, so the mesh must take the port as TCP.
    port_name: "tcp-postgresql",
    tls_option: "sslmode",
    tls_level: "verify-full",
};

/// The newest that RDS Proxy is documented to take is 17.
pub(super) const PROXY_TAKES: &[EngineVersion] = &[
    EngineVersion::of(13),
    EngineVersion::of(14),
    EngineVersion::of(15),
    EngineVersion::of(16),
    EngineVersion::of(17),
];

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    title: "PostgreSQL",
    form: Form::Instance,
    upgrades: Upgrades::ToAnyAsNew,
    storage_types: &[StorageType::Gp3, StorageType::Gp2, StorageType::Io1, StorageType::Io2],
    classes: None,
    serverless: false,
    majors: &[
        major(EngineVersion::of(13), &[23], Date::constant(2026, 2, 28)),
        major(EngineVersion::of(14), &[18, 19, 20, 21, 22, 23, 24], Date::constant(2027, 2, 28)).closed(19, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(15), &[13, 14, 15, 16, 17, 18, 19], Date::constant(2028, 2, 29)).closed(14, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(16), &[9, 10, 11, 12, 13, 14, 15], Date::constant(2029, 2, 28)).closed(10, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(17), &[5, 6, 7, 8, 9, 10, 11], Date::constant(2030, 2, 28)).closed(6, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(18), &[1, 2, 3, 4, 6], Date::constant(2031, 2, 28)),
    ],
    as_of: Date::constant(2026, 10, 20),
    default_major: EngineVersion::of(17),
    family: "postgres",
    port: 5432,
    proxy_family: "POSTGRESQL",
    proxy_password_type: None,
    sizes_without_insights: &[],
    default_database: "postgres",
    default_database_is_for_pods: true,
    log_exports: &[LogExport::IamDbAuthError, LogExport::Postgresql, LogExport::Upgrade],
    default_log_exports: &[LogExport::Postgresql, LogExport::Upgrade],
    transaction_ids: true,
    client: CLIENT,
    session_pinning_filters: &[],
    proxy_lacks: PROXY_LACKS,
    proxy_takes: PROXY_TAKES,
    users_dialect: "postgres",
    longest_user: 63,
    longest_app_user: 63,
    longest_database: 63,
    longest_grant: None,
    reserved_prefixes: RESERVED_PREFIXES,
    reserved_users: RESERVED_USERS,
    existing_databases: EXISTING_DATABASES,
    reserved_words: RESERVED_WORDS,
    before_major: BEFORE_MAJOR,
    forced_tls_parameter: "rds.force_ssl",
    parameters: parameters::PARAMETERS,
    extensions: EXTENSIONS,
};

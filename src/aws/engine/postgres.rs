//! Amazon RDS for PostgreSQL.
//!
//! Versions as AWS offered them in October 2026; support dates from the RDS release calendar. Reserved words from appendix
//! C of the PostgreSQL manual.

mod parameters;

use super::{Client, EngineVersion, Facts, LogExport, major};
use crate::text::date::Date;

/// The first day without creation, and the last one of support, of the minors that AWS announced in 2026.
const FIRST_WAVE: (Date, Date) = (Date::constant(2026, 10, 1), Date::constant(2026, 10, 31));

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    majors: &[
        major(EngineVersion::of(13), &[23], Date::constant(2026, 2, 28)),
        major(EngineVersion::of(14), &[18, 19, 20, 21, 22, 23, 24], Date::constant(2027, 2, 28)).closed(19, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(15), &[13, 14, 15, 16, 17, 18, 19], Date::constant(2028, 2, 29)).closed(14, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(16), &[9, 10, 11, 12, 13, 14, 15], Date::constant(2029, 2, 28)).closed(10, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(17), &[5, 6, 7, 8, 9, 10, 11], Date::constant(2030, 2, 28)).closed(6, FIRST_WAVE.0, FIRST_WAVE.1),
        major(EngineVersion::of(18), &[1, 2, 3, 4, 6], Date::constant(2031, 2, 28)),
    ],
    as_of: Date::constant(2026, 10, 20),
    // The newest that RDS Proxy is documented to take.
    default_major: EngineVersion::of(17),
    family: "postgres",
    port: 5432,
    proxy_family: "POSTGRESQL",
    default_database: "postgres",
    default_log_exports: &[LogExport::Postgresql, LogExport::Upgrade],
    transaction_ids: true,
    client: Client {
        url_scheme: "postgresql",
        // The server speaks before TLS begins, so the mesh must take the port as TCP.
        port_name: "tcp-postgresql",
        tls_option: "sslmode",
        tls_level: "verify-full",
    },
    reserved_prefixes: &[
        ("pg_", "names that start with `pg_` belong to PostgreSQL"),
        ("rds", "names that start with `rds` belong to AWS"),
    ],
    reserved_users: &["admin", "public", "none", "replication"],
    existing_databases: &["template0", "template1", "rdsadmin"],
    reserved_words: &[
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check",
        "collate", "column", "constraint", "create", "current_catalog", "current_date", "current_role", "current_time",
        "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
        "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect", "into",
        "lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or",
        "order", "placing", "primary", "references", "returning", "select", "session_user", "some", "symmetric",
        "system_user", "table", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic",
        "when", "where", "window", "with",
    ],
    forced_tls_parameter: "rds.force_ssl",
    parameters: parameters::PARAMETERS,
    extensions: &[
        "auto_explain", "cron", "orafce", "pg_bigm", "pg_hint_plan", "pg_prewarm", "pg_repack", "pg_stat_statements",
        "pg_tle", "pg_transport", "pgactive", "pgaudit", "pglogical", "plperl", "plpgsql", "plrust", "pltcl", "plv8",
        "postgis",
    ],
};

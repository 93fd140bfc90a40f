//! Amazon RDS for MySQL.
//!
//! Versions as AWS offered them in October 2026; support dates from the RDS release calendar. Reserved words are those
//! that the manuals of MySQL 8.0 and MariaDB 10.6 have in common. What RDS Proxy takes, and what pins a session, from the
//! RDS guide's pages on the proxy.

pub(super) mod parameters;

use super::{
    Client, EngineVersion, Facts, Form, LogExport, SessionPinningFilter, StorageType, Upgrades,
    major,
};
use crate::text::date::Date;

pub(super) const RESERVED_PREFIXES: &[(&str, &str)] = &[
    ("mysql.", "names that start with `mysql.` belong to MySQL"),
    ("rds", "names that start with `rds` belong to AWS"),
];
pub(super) const RESERVED_USERS: &[&str] = &["root", "public", "none", "event_scheduler"];
pub(super) const EXISTING_DATABASES: &[&str] = &[
    "information_schema",
    "innodb",
    "mysql",
    "performance_schema",
    "sys",
];
#[rustfmt::skip]
pub(super) const RESERVED_WORDS: &[&str] = &[
    "accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive", "before", "between", "bigint", "binary",
    "blob", "both", "by", "call", "cascade", "case", "change", "char", "character", "check", "collate", "column",
    "condition", "constraint", "continue", "convert", "create", "cross", "current_date", "current_time",
    "current_timestamp", "current_user", "cursor", "database", "databases", "day_hour", "day_microsecond", "day_minute",
    "day_second", "dec", "decimal", "declare", "default", "delayed", "delete", "desc", "describe", "deterministic",
    "distinct", "distinctrow", "div", "double", "drop", "dual", "each", "else", "elseif", "enclosed", "escaped", "except",
    "exists", "exit", "explain", "false", "fetch", "float", "float4", "float8", "for", "force", "foreign", "from",
    "fulltext", "grant", "group", "having", "high_priority", "hour_microsecond", "hour_minute", "hour_second", "if",
    "ignore", "in", "index", "infile", "inner", "inout", "insensitive", "insert", "int", "int1", "int2", "int3", "int4",
    "int8", "integer", "intersect", "interval", "into", "is", "iterate", "join", "key", "keys", "kill", "leading",
    "leave", "left", "like", "limit", "linear", "lines", "load", "localtime", "localtimestamp", "lock", "long",
    "longblob", "longtext", "loop", "low_priority", "match", "maxvalue", "mediumblob", "mediumint", "mediumtext",
    "middleint", "minute_microsecond", "minute_second", "mod", "modifies", "natural", "not", "no_write_to_binlog",
    "null", "numeric", "on", "optimize", "option", "optionally", "or", "order", "out", "outer", "outfile", "over",
    "partition", "precision", "primary", "procedure", "purge", "range", "read", "reads", "read_write", "real",
    "recursive", "references", "regexp", "release", "rename", "repeat", "replace", "require", "resignal", "restrict",
    "return", "revoke", "right", "rlike", "rows", "schema", "schemas", "second_microsecond", "select", "sensitive",
    "separator", "set", "show", "signal", "smallint", "spatial", "specific", "sql", "sqlexception", "sqlstate",
    "sqlwarning", "sql_big_result", "sql_calc_found_rows", "sql_small_result", "ssl", "starting", "straight_join",
    "table", "terminated", "then", "tinyblob", "tinyint", "tinytext", "to", "trailing", "trigger", "true", "undo",
    "union", "unique", "unlock", "unsigned", "update", "usage", "use", "using", "utc_date", "utc_time",
    "utc_timestamp", "values", "varbinary", "varchar", "varcharacter", "varying", "when", "where", "while", "with",
    "write", "xor", "year_month", "zerofill",
];
pub(super) const SESSION_PINNING_FILTERS: &[SessionPinningFilter] =
    &[SessionPinningFilter::ExcludeVariableSets];
#[rustfmt::skip]
pub(super) const PROXY_LACKS: &[&str] = &[
    "there is no compression of the protocol, and no second password of a user",
    "`SET` of a variable, `LOCK TABLES`, `GET_LOCK`, temporary tables, prepared statements and statements of more than 16 KB pin a session to its connection",
    "`LOCAL INFILE` is not passed on",
];
pub(super) const CLIENT: Client = Client {
    url_scheme: "mysql",
    // The server speaks before TLS begins, so the mesh must take the port as TCP.
    port_name: "tcp-mysql",
    tls_option: "ssl-mode",
    tls_level: "VERIFY_IDENTITY",
};
pub(super) const SIZES_WITHOUT_INSIGHTS: &[&str] = &["micro", "small"];
pub(super) const LOG_EXPORTS: &[LogExport] = &[
    LogExport::Audit,
    LogExport::Error,
    LogExport::General,
    LogExport::IamDbAuthError,
    LogExport::Slowquery,
];
pub(super) const DEFAULT_LOG_EXPORTS: &[LogExport] = &[LogExport::Error, LogExport::Slowquery];

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    title: "MySQL",
    form: Form::Instance,
    upgrades: Upgrades::ToNext,
    storage_types: &[StorageType::Gp3, StorageType::Gp2, StorageType::Io1, StorageType::Io2],
    classes: None,
    serverless: false,
    majors: &[
        major(EngineVersion::of(8).then(0), &[40, 41, 42, 43, 44, 45, 46], Date::constant(2026, 7, 31)),
        major(EngineVersion::of(8).then(4), &[3, 4, 5, 6, 7, 8, 9, 10, 11], Date::constant(2029, 7, 31)),
    ],
    as_of: Date::constant(2026, 10, 20),
    default_major: EngineVersion::of(8).then(4),
    family: "mysql",
    port: 3306,
    proxy_family: "MYSQL",
    session_pinning_filters: SESSION_PINNING_FILTERS,
    proxy_lacks: PROXY_LACKS,
    proxy_takes: &[EngineVersion::of(8).then(0), EngineVersion::of(8).then(4)],
    proxy_password_type: None,
    sizes_without_insights: SIZES_WITHOUT_INSIGHTS,
    default_database: "mysql",
    default_database_is_for_pods: false,
    log_exports: LOG_EXPORTS,
    default_log_exports: DEFAULT_LOG_EXPORTS,
    transaction_ids: false,
    client: CLIENT,
    users_dialect: "mysql",
    longest_user: 32,
    longest_app_user: 32,
    longest_database: 64,
    longest_grant: Some(64),
    reserved_prefixes: RESERVED_PREFIXES,
    reserved_users: RESERVED_USERS,
    existing_databases: EXISTING_DATABASES,
    reserved_words: RESERVED_WORDS,
    // From the RDS guide's page on major upgrades of MySQL.
    before_major: &[
        "AWS looks for what the new major does not take, and does not begin when it finds something: the log `PrePatchCompatibility.log` says what",
    ],
    forced_tls_parameter: "require_secure_transport",
    parameters: parameters::PARAMETERS,
    extensions: &[],
};

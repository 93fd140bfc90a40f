//! Amazon RDS for MariaDB.
//!
//! Versions as AWS offered them in October 2026; support dates from the RDS release calendar. What it shares with MySQL is
//! there.

mod parameters;

use super::{EngineVersion, Facts, Form, StorageType, Upgrades, major, mysql};
use crate::text::date::Date;

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    title: "MariaDB",
    form: Form::Instance,
    upgrades: Upgrades::ToAny,
    storage_types: &[StorageType::Gp3, StorageType::Gp2, StorageType::Io1, StorageType::Io2],
    classes: None,
    serverless: false,
    majors: &[
        major(EngineVersion::of(10).then(6), &[20, 21, 22, 23, 24, 25, 27, 28], Date::constant(2026, 12, 31)),
        major(EngineVersion::of(10).then(11), &[10, 11, 13, 14, 15, 16, 18, 19], Date::constant(2028, 2, 29)),
        major(EngineVersion::of(11).then(4), &[4, 5, 7, 8, 9, 10, 12, 13], Date::constant(2029, 5, 31)),
        major(EngineVersion::of(11).then(8), &[3, 4, 5, 6, 8, 9], Date::constant(2028, 6, 30)),
    ],
    as_of: Date::constant(2026, 10, 20),
    default_major: EngineVersion::of(11).then(4),
    family: "mariadb",
    port: 3306,
    proxy_family: "MYSQL",
    session_pinning_filters: mysql::SESSION_PINNING_FILTERS,
    proxy_lacks: &[
        "there is no TLS 1.3, and no user with the `ed25519` plugin",
        "`SET` of a variable, `LOCK TABLES`, `GET_LOCK`, temporary tables, prepared statements and statements of more than 16 KB pin a session to its connection",
        "`LOCAL INFILE` is not passed on",
        "a database with `read_only=1` is no target",
    ],
    proxy_takes: &[
        EngineVersion::of(10).then(6), EngineVersion::of(10).then(11), EngineVersion::of(11).then(4),
        EngineVersion::of(11).then(8),
    ],
    proxy_password_type: Some("MYSQL_NATIVE_PASSWORD"),
    sizes_without_insights: mysql::SIZES_WITHOUT_INSIGHTS,
    default_database: "mysql",
    default_database_is_for_pods: false,
    log_exports: mysql::LOG_EXPORTS,
    default_log_exports: mysql::DEFAULT_LOG_EXPORTS,
    transaction_ids: false,
    client: mysql::CLIENT,
    users_dialect: "mariadb",
    longest_user: 16,
    longest_app_user: 32,
    longest_database: 64,
    longest_grant: Some(64),
    reserved_prefixes: mysql::RESERVED_PREFIXES,
    reserved_users: mysql::RESERVED_USERS,
    existing_databases: mysql::EXISTING_DATABASES,
    reserved_words: mysql::RESERVED_WORDS,
    before_major: &[
        "AWS does not look before whether the new major takes everything: run the statements of the applications on a copy",
    ],
    forced_tls_parameter: "require_secure_transport",
    parameters: parameters::PARAMETERS,
    extensions: &[],
};

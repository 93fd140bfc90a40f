//! Amazon Aurora MySQL.
//!
//! Versions and classes as AWS offered them in October 2026, but for releases whose standard support ends before 2027, and
//! for t3, on which it has no Performance Insights; the days of the majors from the release calendar of Aurora MySQL. What it
//! shares with RDS for MySQL is there. RDS Proxy is documented for the releases of 8.0 alone, and that its protocol behaves
//! as with MySQL.

mod parameters;

use super::{
    EngineVersion, Facts, Form, Major, StorageType, Upgrades,
    aurora_postgresql::{BURSTABLE, classes},
    major, mysql,
};
use crate::text::date::Date;

/// A major whose exact versions are releases of Aurora, oldest first.
const fn releases(version: EngineVersion, ends: Date, releases: &'static [[u32; 3]]) -> Major {
    Major {
        releases,
        ..major(version, &[], ends)
    }
}

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    title: "Aurora MySQL",
    form: Form::Cluster,
    upgrades: Upgrades::ToNext,
    storage_types: &[StorageType::Aurora, StorageType::AuroraIopt1],
    classes: Some(&[
        classes("r5", &[]), classes("r6g", &[]), classes("r6i", &[]), classes("r7g", &[]), classes("r7i", &[]),
        classes("r8a", &[]), classes("r8g", &[]), classes("t4g", BURSTABLE), classes("x2g", &[]),
    ]),
    serverless: true,
    majors: &[
        releases(EngineVersion::of(8).then(0), Date::constant(2028, 4, 30), &[
            [3, 10, 0], [3, 10, 1], [3, 10, 2], [3, 10, 3], [3, 10, 4], [3, 10, 5], [3, 10, 6], [3, 12, 0], [3, 13, 0],
        ]),
        // At least until the community gives it up.
        releases(EngineVersion::of(8).then(4), Date::constant(2032, 4, 30), &[[8, 4, 7], [8, 4, 8]]),
    ],
    as_of: Date::constant(2026, 10, 20),
    default_major: EngineVersion::of(8).then(0),
    family: "aurora-mysql",
    port: 3306,
    proxy_family: "MYSQL",
    session_pinning_filters: mysql::SESSION_PINNING_FILTERS,
    proxy_lacks: mysql::PROXY_LACKS,
    proxy_takes: &[EngineVersion::of(8).then(0)],
    proxy_password_type: None,
    sizes_without_insights: &[],
    default_database: "mysql",
    default_database_is_for_pods: false,
    log_exports: mysql::LOG_EXPORTS,
    default_log_exports: mysql::DEFAULT_LOG_EXPORTS,
    transaction_ids: false,
    client: mysql::CLIENT,
    users_dialect: "mysql",
    longest_user: 32,
    longest_app_user: 32,
    longest_database: 64,
    longest_grant: Some(64),
    reserved_prefixes: mysql::RESERVED_PREFIXES,
    reserved_users: mysql::RESERVED_USERS,
    existing_databases: mysql::EXISTING_DATABASES,
    reserved_words: mysql::RESERVED_WORDS,
    // From the Aurora user guide's page on upgrades to 8.4.
    before_major: &[
        "AWS looks for what the new major does not take before the upgrade begins, and stops when it finds something",
        "users with `mysql_native_password` are to move to `caching_sha2_password`",
    ],
    forced_tls_parameter: "require_secure_transport",
    parameters: parameters::PARAMETERS,
    extensions: &[],
};

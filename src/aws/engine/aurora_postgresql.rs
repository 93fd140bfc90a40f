//! Amazon Aurora PostgreSQL.
//!
//! Versions and classes as AWS offered them in October 2026, parameters as RDS for PostgreSQL has them; what the storage
//! of Aurora makes needless (write-ahead log, checkpoints, archiving) is not among them.

use super::{
    Classes, EngineVersion, Facts, Form, LogExport, StorageType, Upgrades, major, postgres,
};
use crate::text::date::Date;

const XLARGE_UP: &[&str] = &[
    "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge",
];
pub(super) const BURSTABLE: &[&str] = &["medium", "large"];

pub(super) const fn classes(family: &'static str, sizes: &'static [&'static str]) -> Classes {
    Classes { family, sizes }
}

#[rustfmt::skip]
pub(super) static FACTS: Facts = Facts {
    title: "Aurora PostgreSQL",
    form: Form::Cluster,
    upgrades: Upgrades::ToAnyAsNew,
    storage_types: &[StorageType::Aurora, StorageType::AuroraIopt1],
    classes: Some(&[
        classes("r5", &[]), classes("r6g", &[]), classes("r6gd", XLARGE_UP), classes("r6i", &[]),
        classes("r6id", &["24xlarge", "32xlarge"]), classes("r7g", &[]), classes("r7i", &[]), classes("r8a", &[]),
        classes("r8g", &[]), classes("r8gd", XLARGE_UP), classes("t3", BURSTABLE), classes("t4g", BURSTABLE),
        classes("x2g", &[]),
    ]),
    serverless: true,
    // Aurora leaves some minors of PostgreSQL out.
    majors: &[
        major(EngineVersion::of(14), &[17, 18, 19, 20, 22, 23, 24], Date::constant(2027, 2, 28)),
        major(EngineVersion::of(15), &[12, 13, 14, 15, 17, 18, 19], Date::constant(2028, 2, 29)),
        major(EngineVersion::of(16), &[8, 9, 10, 11, 13, 14, 15], Date::constant(2029, 2, 28)),
        major(EngineVersion::of(17), &[4, 5, 6, 7, 9, 10, 11], Date::constant(2030, 2, 28)),
        major(EngineVersion::of(18), &[3, 4, 6], Date::constant(2031, 2, 28)),
    ],
    as_of: Date::constant(2026, 10, 20),
    default_major: EngineVersion::of(17),
    family: "aurora-postgresql",
    port: 5432,
    proxy_family: "POSTGRESQL",
    session_pinning_filters: &[],
    proxy_lacks: postgres::PROXY_LACKS,
    proxy_takes: postgres::PROXY_TAKES,
    proxy_password_type: None,
    sizes_without_insights: &[],
    default_database: "postgres",
    default_database_is_for_pods: true,
    log_exports: &[LogExport::IamDbAuthError, LogExport::Postgresql],
    default_log_exports: &[LogExport::Postgresql],
    transaction_ids: true,
    client: postgres::CLIENT,
    users_dialect: "postgres",
    longest_user: 63,
    longest_app_user: 63,
    longest_database: 63,
    longest_grant: None,
    reserved_prefixes: postgres::RESERVED_PREFIXES,
    reserved_users: postgres::RESERVED_USERS,
    existing_databases: postgres::EXISTING_DATABASES,
    reserved_words: postgres::RESERVED_WORDS,
    before_major: postgres::BEFORE_MAJOR,
    forced_tls_parameter: "rds.force_ssl",
    parameters: postgres::parameters::PARAMETERS,
    extensions: postgres::EXTENSIONS,
};

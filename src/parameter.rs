//! Database parameters: which need a reboot.

/// Parameters of PostgreSQL that are read only when the server starts.
const STATIC: &[&str] = &[
    "archive_mode",
    "autovacuum_freeze_max_age",
    "autovacuum_max_workers",
    "autovacuum_multixact_freeze_max_age",
    "huge_pages",
    "logging_collector",
    "max_connections",
    "max_files_per_process",
    "max_locks_per_transaction",
    "max_logical_replication_workers",
    "max_pred_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
    "rds.logical_replication",
    "shared_buffers",
    "shared_preload_libraries",
    "superuser_reserved_connections",
    "track_activity_query_size",
    "track_commit_timestamp",
    "wal_buffers",
];

/// How a change of a parameter reaches the server, as `apply_method` spells it.
#[must_use]
pub fn apply_method(name: &str) -> &'static str {
    if STATIC.contains(&name) {
        "pending-reboot"
    } else {
        "immediate"
    }
}

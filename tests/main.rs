//! All integration tests, in one binary: one file for each capability.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests touch files, start processes, and may fail loudly"
)]

mod cases;
mod cli;
mod comfort;
mod create;
mod diff;
mod explain;
mod graph;
mod house;
mod info;
mod k8s;
mod life;
mod modules;
mod privatelink;
mod provider;
mod shapes;
mod workspace;

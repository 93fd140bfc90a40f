//! All integration tests, in one binary: one file for each capability.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests touch files, start processes, and may fail loudly"
)]

mod cases;
mod cli;
mod diff;
mod explain;
mod gate;

mod house;
mod life;
mod modules;
mod provider;
mod workspace;

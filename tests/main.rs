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
mod fuzzed;
mod hostile;
mod house;
mod killed;
mod life;
mod modules;
mod oracle;
mod properties;
mod provider;
mod unkind;
mod workspace;

//! All integration tests, in one binary: one file for each capability.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "tests touch files, start processes, hold what is printed, and may fail loudly"
)]

mod adopt;
mod adopt_clusters;
mod adopted;
mod adopted_clusters;
mod adoption_gate;
mod adoption_gate_clusters;
mod adoption_review;
mod adoption_runs;
mod book;
mod cases;
mod catalog;
mod check;
mod checkout;
mod clones;
mod completions;
mod connection;
mod consumer;
mod create;
mod crowded;
mod diff;
mod documents;
mod drift;
mod edits;
mod exit_codes;
mod explain;
mod field;
mod finding;
mod foreign;
mod fuzzed;
mod gate;
mod generate;
mod grades;
mod graph;
mod handoff;
mod help;
mod hostile;
mod house;
mod info;
mod inherited;
mod init;
mod injection;
mod k8s;
mod keys;
mod killed;
mod life;
mod line_ends;
mod links;
mod list;
mod lock;
mod modules;
mod output;
mod pipeline;
mod places;
mod plans;
mod preview;
mod privatelink;
mod prompt;
mod properties;
mod provider;
mod quotas;
mod renames;
mod report;
mod repositories;
mod repository_paths;
mod required_version;
mod resumed;
mod runs;
mod settings;
mod shapes;
mod submodules;
mod support;
mod unkind;
mod upgrade;

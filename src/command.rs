//! The commands, one to a file.

pub mod check;
pub mod generate;
pub mod graph;
pub mod handoff;
pub mod k8s;
pub mod preview;
pub mod privatelink;
pub mod rules;
pub mod schema;
pub mod unit;

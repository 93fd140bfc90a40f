//! The commands, one to a file.

pub mod adopt;
pub mod affected;
pub mod apply;
pub mod check;
pub mod ci;
pub mod completions;
pub mod create;
pub mod diff;
pub mod explain;
pub mod gate;
pub mod generate;
pub mod graph;
pub mod handoff;
pub mod info;
pub mod init;
pub mod k8s;
pub mod lock;
pub mod plan;
pub mod preview;
pub mod privatelink;
pub mod retire;
pub mod rules;
pub mod schema;
pub mod upgrade;

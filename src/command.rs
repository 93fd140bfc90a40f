//! The commands, one to a file.

pub mod affected;
pub mod base;
pub mod check;
pub mod completions;
pub mod create;
pub mod diff;
pub mod explain;
pub mod gate;
pub mod generate;
pub mod info;
pub mod init;
pub mod preview;
pub mod retire;
pub mod rules;
pub mod schema;

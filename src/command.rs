//! The commands, one to a file.

pub mod check;
pub mod generate;
pub mod init;
pub mod preview;
pub mod retire;
pub mod rules;
pub mod schema;

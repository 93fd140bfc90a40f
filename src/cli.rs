//! The command line: arguments; a workspace that is open; the commands, one to a file; and dispatch on top of them.

pub mod args;
pub mod base_argument;
pub mod commands;
pub mod complete;
pub mod context;
pub mod dispatch;
pub mod json;
pub mod legacy;
pub mod outputs_argument;
pub mod progress;
pub mod prompt;
pub mod runner;
pub mod session;
pub mod stop;
pub mod terminal;
pub mod unit_argument;

pub use dispatch::{command, start};

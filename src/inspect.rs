//! What is decided about a database, where it comes from, and how it is wired.

pub mod catalog;
pub mod debts;
pub mod explain;
pub mod fleet;
pub mod graph;
pub mod names;
pub mod report;
pub mod resolved;

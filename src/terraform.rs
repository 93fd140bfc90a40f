//! Root modules as data: lowered from a database, printed, compared, and as trees of files.

pub mod applied;
pub mod dataflow;
pub mod diff;
pub mod drift;
pub mod import;
pub mod journal;
pub mod lock;
pub mod lower;
pub mod normal_form;
pub mod plan;
pub mod print;
pub mod read;
pub mod root_module;
pub mod state;
pub mod tree;

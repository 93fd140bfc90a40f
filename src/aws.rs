//! Facts about AWS: engines, classes, windows, names.

pub mod engine;
pub mod engine_version;
pub mod instance_class;
pub mod name;
pub mod window;

//! Facts about AWS: engines, classes, capacity, windows, names.

pub mod acus;
pub mod engine;
pub mod engine_version;
pub mod instance_class;
pub mod name;
pub mod upgrade;
pub mod window;

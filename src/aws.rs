//! Facts about AWS: engines, classes, parameters, windows, names.

pub mod engine;
pub mod instance_class;
pub mod name;
pub mod parameter;
pub mod window;

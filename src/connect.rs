//! From what apply told to a connected pod: outputs, Kubernetes objects, the private-link entry, the handoff.

pub mod handoff;
pub mod kubernetes;
pub mod outputs;
pub mod privatelink;
pub mod way;

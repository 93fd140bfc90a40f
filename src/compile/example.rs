//! The environment in which a config outside any workspace is previewed.

use std::sync::Arc;

use crate::{compile, diagnostic::Checked, model::Environment};

/// A `valet.yaml` with one environment of documentation values.
pub const WORKSPACE: &str = include_str!("example.yaml");

/// That environment.
///
/// # Errors
/// Never: a test opens it.
pub fn environment() -> Checked<Option<Arc<Environment>>> {
    compile::open(WORKSPACE.as_bytes().to_vec()).map(|environments| environments.into_iter().next())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_is_a_workspace() {
        assert_eq!(super::environment().unwrap().unwrap().name, "example");
    }
}

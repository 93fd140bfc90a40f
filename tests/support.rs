//! What the test files share.

pub(crate) mod answer;
#[cfg(unix)]
pub(crate) mod book;
pub(crate) mod command;
pub(crate) mod described;
pub(crate) mod folder;
pub(crate) mod grades;
pub(crate) mod harmless;
pub(crate) mod kubernetes;
pub(crate) mod monorepo;
pub(crate) mod oracle;
pub(crate) mod outputs;
pub(crate) mod plans;
pub(crate) mod random;
pub(crate) mod repository;
pub(crate) mod snapshot;
#[cfg(unix)]
pub(crate) mod terminal;
#[cfg(unix)]
pub(crate) mod terraform;
pub(crate) mod workspace;

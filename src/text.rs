//! Letters, words and lengths of time: what knows nothing of databases.

pub mod date;
pub mod duration;
pub mod pointer;
pub mod suggest;
pub mod unicode;

//! Letters, words, days, lengths of time and networks: what knows nothing of databases.

pub(crate) mod as_text;
pub mod cidr;
pub mod date;
pub mod duration;
pub mod malformed;
pub mod path;
pub mod pointer;
pub mod suggest;
pub mod unicode;
pub(crate) mod words;

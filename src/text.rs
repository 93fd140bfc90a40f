//! Letters, words, days, lengths of time, networks, and what becomes of a text where it is shown: what knows nothing of
//! databases.

pub(crate) mod as_text;
pub mod cidr;
pub mod date;
pub mod duration;
pub mod go_template;
pub mod hexadecimal;
pub mod html;
pub mod json;
pub mod malformed;
pub mod markdown;
pub mod path;
pub mod pointer;
pub mod screen;
pub mod starlark;
pub mod suggest;
pub mod unicode;
pub mod version_requirement;
pub(crate) mod words;

//! Where the values of a file stand: the shape of a document with a place for each key and value.

use std::{collections::BTreeMap, ops::Range};

/// A value and its place, in bytes.
#[derive(Debug)]
pub struct Shape {
    /// The characters of the value.
    pub range: Range<usize>,
    /// What is in it.
    pub inside: Inside,
}

/// What is in a value.
#[derive(Debug)]
pub enum Inside {
    /// Nothing that has a place of its own.
    Scalar,
    /// Entries.
    List(Vec<Shape>),
    /// Entries by key, with the place of the key.
    Map(BTreeMap<String, (Range<usize>, Shape)>),
}

impl Shape {
    /// The characters of the value behind a JSON pointer, or of its key.
    ///
    /// A value without characters, such as one that is left out, has the place of its key.
    #[must_use]
    pub fn find(&self, pointer: &str, of_key: bool) -> Option<Range<usize>> {
        let mut at = self;
        let mut key = None;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            (key, at) = match &at.inside {
                Inside::Map(entries) => {
                    let (key, value) = entries.get(&token)?;
                    (Some(key), value)
                }
                Inside::List(items) => (None, items.get(token.parse::<usize>().ok()?)?),
                Inside::Scalar => return None,
            };
        }
        Some(match key {
            Some(key) if of_key || at.range.is_empty() => key.clone(),
            _ => at.range.clone(),
        })
    }
}

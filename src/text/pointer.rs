//! JSON pointers (RFC 6901): the way from a document to a value in it, such as `/proxy/initQuery`.

use std::{borrow::Cow, fmt};

/// A pointer that grows on the way down through a document, and costs nothing until it is written.
#[derive(Clone, Copy, Debug)]
pub enum Pointer<'a> {
    /// The document.
    Document,
    /// A key of the mapping that the first points to.
    Key(&'a Self, &'a str),
    /// An entry of the list that the first points to, counted from 0.
    Entry(&'a Self, usize),
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => Ok(()),
            Self::Key(outer, key) => write!(f, "{outer}/{}", escape(key)),
            Self::Entry(outer, number) => write!(f, "{outer}/{number}"),
        }
    }
}

/// A key as it stands in a pointer. A `#` is escaped as well, because one at the end of a pointer stands for the key.
#[must_use]
pub fn escape(key: &str) -> String {
    let escaped = key.replace('~', "~0").replace('/', "~1");
    escaped.replace('#', "~2")
}

/// The keys of a pointer from the outside in.
pub fn tokens(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(|token| {
        if token.contains('~') {
            Cow::Owned(
                token
                    .replace("~2", "#")
                    .replace("~1", "/")
                    .replace("~0", "~"),
            )
        } else {
            Cow::Borrowed(token)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Pointer, escape, tokens};

    #[test]
    fn a_key_survives() {
        for key in ["", "a", "a/b", "a~b", "~1", "~01/", "a#", "#~2"] {
            let pointer = format!("/outer/{}", escape(key));
            let outer = Pointer::Key(&Pointer::Document, "outer");
            assert_eq!(Pointer::Key(&outer, key).to_string(), pointer);
            let back: Vec<_> = tokens(&pointer).collect();
            assert_eq!(back, ["outer", key]);
        }
        assert_eq!(tokens("").count(), 0);
    }
}

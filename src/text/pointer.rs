//! JSON pointers (RFC 6901): the way from a document to a value in it, such as `/proxy/initQuery`.

use std::borrow::Cow;

/// A key as it stands in a pointer.
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The keys of a pointer from the outside in.
pub fn tokens(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(|token| {
        if token.contains('~') {
            Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
        } else {
            Cow::Borrowed(token)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{escape, tokens};

    #[test]
    fn a_key_survives() {
        for key in ["", "a", "a/b", "a~b", "~1", "~01/"] {
            let pointer = format!("/outer/{}", escape(key));
            let back: Vec<_> = tokens(&pointer).collect();
            assert_eq!(back, ["outer", key]);
        }
        assert_eq!(tokens("").count(), 0);
    }
}

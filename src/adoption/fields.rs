//! Reading a JSON object key by key: what is missing, or something else, is named by its key. No value is ever quoted: one
//! may be a password.

use serde_json::{Map, Value};

/// A key that is missing, or holds something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The key, with `.` between keys inside each other.
    pub key: String,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Malformed {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        format!("`{}` {}", self.key, self.what)
    }
}

/// What is wrong with a key that is not there.
pub const MISSING: &str = "is missing";

/// An object, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    above: &'a str,
}

impl<'a> Fields<'a> {
    /// An object; `above` goes before the names of its keys.
    #[must_use]
    pub const fn of(map: &'a Map<String, Value>, above: &'a str) -> Self {
        Self { map, above }
    }

    /// A value; null is none.
    #[must_use]
    pub fn find(self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn wrong(self, key: &str, what: &'static str) -> Malformed {
        Malformed {
            key: format!("{}{key}", self.above),
            what,
        }
    }

    fn read<T>(
        self,
        key: &str,
        what: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        match self.find(key) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| self.wrong(key, what)),
        }
    }

    fn needed<T>(self, key: &str, found: Option<T>) -> Result<T, Malformed> {
        found.ok_or_else(|| self.wrong(key, MISSING))
    }

    /// A text, if there is one.
    ///
    /// # Errors
    /// When it is something else.
    pub fn text_if(self, key: &str) -> Result<Option<&'a str>, Malformed> {
        self.read(key, "is no text", Value::as_str)
    }

    /// A text.
    ///
    /// # Errors
    /// When it is missing, or something else.
    pub fn text(self, key: &str) -> Result<&'a str, Malformed> {
        self.needed(key, self.text_if(key)?)
    }

    /// A whole number, if there is one.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number_if(self, key: &str) -> Result<Option<u32>, Malformed> {
        let whole = |value: &Value| value.as_u64().and_then(|one| u32::try_from(one).ok());
        self.read(key, "is no whole number that AWS gives", whole)
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is missing, or something else.
    pub fn number(self, key: &str) -> Result<u32, Malformed> {
        self.needed(key, self.number_if(key)?)
    }

    /// Whether something holds, if that is said.
    ///
    /// # Errors
    /// When it is neither true nor false.
    pub fn flag_if(self, key: &str) -> Result<Option<bool>, Malformed> {
        self.read(key, "is neither true nor false", Value::as_bool)
    }

    /// Whether something holds.
    ///
    /// # Errors
    /// When it is missing, or neither true nor false.
    pub fn flag(self, key: &str) -> Result<bool, Malformed> {
        self.needed(key, self.flag_if(key)?)
    }

    /// A list; none is an empty one, since AWS leaves those out.
    ///
    /// # Errors
    /// When it is something else.
    pub fn list(self, key: &str) -> Result<&'a [Value], Malformed> {
        let found = self.read(key, "is no list", Value::as_array)?;
        Ok(found.map_or(&[], Vec::as_slice))
    }

    /// A list of texts.
    ///
    /// # Errors
    /// When it is something else.
    pub fn texts(self, key: &str) -> Result<Vec<String>, Malformed> {
        let texts = self.list(key)?.iter();
        texts
            .map(|one| one.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| self.wrong(key, "holds something else than texts"))
    }

    /// An object, if there is one.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object_if(self, key: &str) -> Result<Option<&'a Map<String, Value>>, Malformed> {
        self.read(key, "is no object", Value::as_object)
    }

    /// An object.
    ///
    /// # Errors
    /// When it is missing, or something else.
    pub fn object(self, key: &str) -> Result<&'a Map<String, Value>, Malformed> {
        self.needed(key, self.object_if(key)?)
    }

    /// The value of a key of each object of a list.
    ///
    /// # Errors
    /// When an entry is no object, or lacks the key.
    pub fn each(self, key: &str, of: &str) -> Result<Vec<&'a str>, Malformed> {
        let entries = self.list(key)?.iter();
        entries
            .map(|one| one.get(of).and_then(Value::as_str))
            .collect::<Option<_>>()
            .ok_or_else(|| Malformed {
                key: format!("{}{key}.{of}", self.above),
                what: "is missing, or no text",
            })
    }
}

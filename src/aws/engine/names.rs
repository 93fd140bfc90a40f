//! Which names an engine takes for users and databases.

use std::borrow::Cow;

use super::Facts;

impl Facts {
    /// Why AWS refuses a master user of this name, if it does.
    #[must_use]
    pub fn refuses_user(&self, name: &str) -> Option<Cow<'static, str>> {
        if name.len() > self.longest_user {
            return Some(longer_than(self.longest_user));
        }
        self.reserves_user(name)
    }

    fn reserves_user(&self, name: &str) -> Option<Cow<'static, str>> {
        let name = name.to_ascii_lowercase();
        let mut prefixes = self.reserved_prefixes.iter();
        match prefixes.find(|(prefix, _)| name.starts_with(prefix)) {
            Some((_, why)) => Some((*why).into()),
            None if self.reserved_users.contains(&name.as_str()) => Some("it is reserved".into()),
            None => self.refuses_word(&name),
        }
    }

    /// Why the function of an environment makes no user of this name, if it does not. It takes names for what they are, without quotes.
    #[must_use]
    pub fn refuses_app_user(&self, name: &str) -> Option<Cow<'static, str>> {
        /// What SQL or RDS means by a name, besides what is reserved for a master.
        const MEANT: &[&str] = &[
            "all",
            "current_role",
            "current_user",
            "master",
            "none",
            "postgres",
            "public",
            "session_user",
            "user",
        ];
        if MEANT.contains(&name) {
            return Some("it is reserved".into());
        }
        if name.len() > self.longest_app_user {
            return Some(longer_than(self.longest_app_user));
        }
        self.reserves_user(name)
    }

    /// Why no user can be given rights on a database of this name alone, if so: the letters that would stand for others are
    /// quoted, and the server cuts off what is too long, which is another database's name then.
    #[must_use]
    pub fn refuses_users_in(&self, database: &str) -> Option<String> {
        let most = self.longest_grant?;
        let quoted = database.len() + database.matches('_').count();
        (quoted > most).then(|| {
            format!("its name has more than {most} characters, when each `_` counts twice")
        })
    }

    /// Why AWS refuses a first database of this name, if it does.
    #[must_use]
    pub fn refuses_database(&self, name: &str) -> Option<Cow<'static, str>> {
        if name.len() > self.longest_database {
            return Some(longer_than(self.longest_database));
        }
        let name = name.to_ascii_lowercase();
        if self.existing_databases.contains(&name.as_str()) {
            return Some("it exists already".into());
        }
        self.refuses_word(&name)
    }

    fn refuses_word(&self, name: &str) -> Option<Cow<'static, str>> {
        let is_reserved = self.reserved_words.contains(&name);
        is_reserved.then(|| "it is a reserved word of SQL".into())
    }
}

fn longer_than(most: usize) -> Cow<'static, str> {
    format!("it has more than {most} characters").into()
}

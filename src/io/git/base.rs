//! The commit that a change is compared with: where the branch left the base.

use super::{Refusal, Repository, line};

/// A commit of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its whole name.
    pub id: String,
    /// How it was found, in words.
    pub words: String,
}

impl Commit {
    /// A commit of this whole name.
    #[must_use]
    pub fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            words: id.get(..12).unwrap_or(id).to_owned(),
        }
    }
}

impl Repository {
    /// The commit that is checked out.
    ///
    /// # Errors
    /// When nothing is committed yet.
    pub fn head(&self) -> Result<Commit, Refusal> {
        Ok(Commit::named(&self.commit("HEAD")?))
    }

    /// The merge base of a reference and `HEAD`.
    ///
    /// # Errors
    /// When the reference is not one commit, nothing is committed yet, or the two have no one merge base here.
    pub fn merge_base(&self, reference: &str) -> Result<Commit, Refusal> {
        let named = self.commit(reference)?;
        let head = self.commit("HEAD");
        let head = head.map_err(|_| Refusal::NothingCommitted)?;
        let arguments = ["merge-base", "--all", &named, &head];
        let output = self.output(&arguments)?;
        // 1 says that there is none.
        if !output.status.success() && output.status.code() != Some(1) {
            return Err(super::refused(&arguments, &output.stderr));
        }
        let found = line(&output.stdout);
        let found: Vec<&str> = found.lines().collect();
        let id = match found.as_slice() {
            [one] => (*one).to_owned(),
            [] if self.is_shallow => return Err(Refusal::Shallow(reference.to_owned())),
            [] => return Err(Refusal::Unrelated(reference.to_owned())),
            several => {
                let (reference, count) = (reference.to_owned(), several.len());
                return Err(Refusal::SeveralBases(reference, count));
            }
        };
        if self.is_shallow && id != named && id != head {
            self.check_depth(reference, &id, [&named, &head])?;
        }
        let short = id.get(..12).unwrap_or(&id);
        let words = if id == named {
            format!("{short} ({reference})")
        } else {
            format!("{short} (merge base of {reference} and HEAD)")
        };
        Ok(Commit { id, words })
    }

    /// Whether `HEAD` contains a reference; nothing when there is no such reference.
    ///
    /// # Errors
    /// When the reference is something else than a commit, or cannot be told from one that is not here.
    pub fn contains(&self, reference: &str) -> Result<Option<bool>, Refusal> {
        let named = match self.commit(reference) {
            Ok(named) => named,
            Err(Refusal::Unknown {
                is_shallow: false, ..
            }) => return Ok(None),
            Err(other) => return Err(other),
        };
        let arguments = ["merge-base", "--is-ancestor", &named, "HEAD"];
        let output = self.output(&arguments)?;
        match output.status.code() {
            Some(0) => Ok(Some(true)),
            Some(1) if self.is_shallow => Err(Refusal::Shallow(reference.to_owned())),
            Some(1) => Ok(Some(false)),
            _ => Err(super::refused(&arguments, &output.stderr)),
        }
    }

    /// In a shallow clone, a commit whose parents are not here may hide a later merge base.
    fn check_depth(&self, reference: &str, base: &str, tips: [&String; 2]) -> Result<(), Refusal> {
        let excluded = format!("^{base}");
        let [one, other] = tips;
        let arguments = ["rev-list", "--max-parents=0", one, other, &excluded, "--"];
        if self.run(&arguments)?.is_empty() {
            return Ok(());
        }
        Err(Refusal::Hidden(reference.to_owned()))
    }

    /// The whole name of the one commit that a reference means.
    fn commit(&self, reference: &str) -> Result<String, Refusal> {
        let is_range = reference.contains("..");
        if is_range || reference.starts_with('^') || reference.contains(['\n', '\r', '\0']) {
            return Err(Refusal::NotOne(reference.to_owned()));
        }
        let wanted = format!("{reference}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &wanted];
        let output = self.output(&arguments)?;
        let told = String::from_utf8_lossy(&output.stderr);
        if told.contains("is ambiguous") {
            return Err(Refusal::Ambiguous(reference.to_owned()));
        }
        if !output.status.success() {
            return Err(self.no_commit(reference));
        }
        Ok(line(&output.stdout))
    }

    fn no_commit(&self, reference: &str) -> Refusal {
        let kind = self.run(&["cat-file", "-t", "--end-of-options", reference]);
        let kind = kind.map(|kind| line(&kind)).unwrap_or_default();
        if ["tree", "blob"].contains(&kind.as_str()) {
            return Refusal::NotACommit(reference.to_owned(), kind);
        }
        Refusal::Unknown {
            reference: reference.to_owned(),
            is_shallow: self.is_shallow,
        }
    }
}

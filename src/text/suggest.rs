//! "Did you mean": the nearest of the words that would have been right.

/// The known word that a mistyped one is most like, if it is like any.
#[must_use]
pub fn nearest<'a>(typed: &str, known: &'a [impl AsRef<str>]) -> Option<&'a str> {
    const ALIKE: f64 = 0.66;
    let folded = fold(typed);
    known
        .iter()
        .map(AsRef::as_ref)
        .map(|word| {
            let word_folded = fold(word);
            (
                strsim::normalized_damerau_levenshtein(&folded, &word_folded),
                word,
            )
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, first), (b, second)| a.total_cmp(b).then(second.cmp(first)))
        .map(|(_, word)| word)
}

/// The known word that differs only by case, hyphens and underscores.
#[must_use]
pub fn same<'a>(typed: &str, known: &'a [impl AsRef<str>]) -> Option<&'a str> {
    let mut alike = known
        .iter()
        .map(AsRef::as_ref)
        .filter(|word| fold(word) == fold(typed));
    let found = alike.next()?;
    alike.next().is_none().then_some(found)
}

/// Whether one slip of the finger turns a long word into the other.
#[must_use]
pub fn is_slip(typed: &str, word: &str) -> bool {
    const LONG: usize = 6;
    word.len() >= LONG && strsim::damerau_levenshtein(typed, word) == 1
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace(['_', '-'], "")
}

/// Words in backticks, separated by commas.
#[must_use]
pub fn list(words: &[impl AsRef<str>]) -> String {
    let quoted: Vec<_> = words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let known = ["instanceClass", "iops", "multiAz"];
        assert_eq!(nearest("instanceclas", &known), Some("instanceClass"));
        assert_eq!(nearest("instance_class", &known), Some("instanceClass"));
        assert_eq!(nearest("multiAZ", &known), Some("multiAz"));
        assert_eq!(nearest("owner", &known), None);
    }
}

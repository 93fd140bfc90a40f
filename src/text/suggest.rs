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

/// Asks for the known word that a mistyped one is most like, if it is like any.
#[must_use]
pub fn question(typed: &str, known: &[impl AsRef<str>]) -> Option<String> {
    nearest(typed, known).map(did_you_mean)
}

/// The same behind a sentence, where `before` stands before each known word; empty when nothing is alike.
#[must_use]
pub fn hint(before: &str, typed: &str, known: &[impl AsRef<str>]) -> String {
    nearest(typed, known).map_or(String::new(), |near| {
        format!("; {}", did_you_mean(&format!("{before}{near}")))
    })
}

/// The question, or else what `lead` introduces: all known words.
#[must_use]
pub fn question_or_list(typed: &str, known: &[impl AsRef<str>], lead: &str) -> String {
    question(typed, known).unwrap_or_else(|| format!("{lead} {}", list(known)))
}

/// The question, if there is one, and all known words.
#[must_use]
pub fn question_and_list(typed: &str, known: &[impl AsRef<str>], lead: &str) -> String {
    let listed = format!("{lead} {}", list(known));
    match question(typed, known) {
        Some(question) => format!("{question} {}", capitalized(&listed)),
        None => listed,
    }
}

fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
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
    use super::{hint, nearest, question_and_list, question_or_list};

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let known = ["instanceClass", "iops", "multiAz"];
        assert_eq!(nearest("instanceclas", &known), Some("instanceClass"));
        assert_eq!(nearest("instance_class", &known), Some("instanceClass"));
        assert_eq!(nearest("multiAZ", &known), Some("multiAz"));
        assert_eq!(nearest("owner", &known), None);
    }

    #[test]
    fn a_slip_is_asked_about_and_nonsense_is_told_what_there_is() {
        let known = ["dev", "prod"];
        for (typed, alone, with_list) in [
            (
                "prd",
                "did you mean `prod`?",
                "did you mean `prod`? The values are `dev`, `prod`",
            ),
            (
                "x",
                "the values are `dev`, `prod`",
                "the values are `dev`, `prod`",
            ),
        ] {
            assert_eq!(question_or_list(typed, &known, "the values are"), alone);
            assert_eq!(
                question_and_list(typed, &known, "the values are"),
                with_list
            );
        }
        assert_eq!(hint("eu/", "prd", &known), "; did you mean `eu/prod`?");
        assert_eq!(hint("eu/", "x", &known), "");
    }
}

//! What a terminal and the log of a pipeline must not be given, said here without the help of what is tested.

/// Letters that cannot be seen, or that turn others: of Unicode's `Cc`, `Cf`, `Zl` and `Zp`, and what has no width.
fn steers(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'
        | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the runner of GitHub Actions takes a line for a command: `::name …::` behind any white space, or the older
/// `##[name]` anywhere.
pub(crate) fn is_command(line: &str) -> bool {
    let newer = line.trim_start().strip_prefix("::");
    newer.is_some_and(|rest| rest.contains("::"))
        || line
            .split_once("##[")
            .is_some_and(|(_, rest)| rest.contains(']'))
}

/// Text that is shown, and nothing else.
pub(crate) fn assert_harmless(text: &str) {
    let found = text.chars().find(|letter| steers(*letter));
    assert_eq!(found, None, "{text:?}");
    // The reader of a pipe ends lines at more than one letter.
    let command = text.lines().find(|line| is_command(line));
    assert_eq!(command, None);
}

/// The same, for what may be in colour.
pub(crate) fn assert_harmless_in_color(text: &str) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let (numbers, behind) = after.split_once('m').unwrap();
        let is_number = |letter: char| letter.is_ascii_digit() || letter == ';';
        assert!(numbers.chars().all(is_number), "{text:?}");
        rest = behind;
    }
    plain.push_str(rest);
    assert_harmless(&plain);
}

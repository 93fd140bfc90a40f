//! Slips in `[…]` and `{…}`.

use granit_parser::{ErrorKind as Kind, Options, Scanner, StrInput, TokenType};

use super::{Slip, lines::colon_in_text, text::Text};

pub(super) fn find(text: Text, kind: &Kind, at: usize) -> Option<Slip> {
    let unclosed = |opening: usize, open: char| {
        let message = format!("the `{open}` is not closed");
        let help = format!("write `{}` after the last entry", closing(open));
        Slip::new(opening..opening + 1, message, help)
    };
    match kind {
        Kind::UnclosedFlowCollection { open } => Some(unclosed(at, *open)),
        Kind::MismatchedFlowCollectionEnd { open, close } => Some(Slip::new(
            at..at + 1,
            format!("the `{open}` is closed by `{close}`"),
            format!("close it with `{}`", closing(*open)),
        )),
        Kind::MisplacedFlowCollectionEnd => {
            let mark = text.from(at).chars().next()?;
            Some(Slip::new(
                at..at + 1,
                format!("a `{mark}` that closes nothing"),
                "remove it, or put the text in quotes",
            ))
        }
        Kind::BlockEntryInFlowCollection => Some(Slip::new(
            at..at + 1,
            "a `-` in brackets",
            "separate entries with `, ` and leave the `-` out",
        )),
        Kind::InvalidColonPlacement
        | Kind::ExpectedFlowMappingSeparator
        | Kind::ExpectedFlowSequenceSeparator
        | Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping
        | Kind::FlowMappingValueAdjacentCollection
        | Kind::InvalidFlowScalarIndent => {
            let (opening, open) = open_brackets(text, at).pop()?;
            let (first, here) = (text.line(opening), text.line(at));
            if here.start != first.start && here.indent() <= first.indent() {
                return Some(unclosed(opening, open));
            }
            if text.starts_with(at, ',') {
                return Some(Slip::new(
                    at..at + 1,
                    "an entry without text",
                    "remove the comma",
                ));
            }
            let before = text.0.get(first.start..at)?.trim_end();
            let start = before
                .rfind([' ', '\n', ',', '[', '{'])
                .map_or(0, |at| at + 1);
            let word = before.get(start..)?;
            let range = first.start + start..first.start + before.len();
            if before.get(..start)?.trim_end().ends_with(':') {
                return Some(colon_in_text(at));
            }
            Some(Slip::new(
                range,
                format!("no comma before `{word}`"),
                "separate entries with `, `",
            ))
        }
        _ => None,
    }
}

const fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

/// The brackets that are open at a byte, from the outside in.
pub(super) fn open_brackets(text: Text, at: usize) -> Vec<(usize, char)> {
    let mut open = Vec::new();
    let mut options = Options::default();
    options.set_emit_comments(false);
    let tokens = Scanner::with_options(StrInput::new(text.0), options);
    for token in tokens.map_while(Result::ok) {
        let (span, token) = token.into_parts();
        let start = span.start.byte_offset().unwrap_or(0);
        if start >= at {
            break;
        }
        match token {
            TokenType::FlowSequenceStart => open.push((start, '[')),
            TokenType::FlowMappingStart => open.push((start, '{')),
            TokenType::FlowSequenceEnd | TokenType::FlowMappingEnd => {
                open.pop();
            }
            _ => {}
        }
    }
    open
}

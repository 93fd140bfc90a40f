//! The fuzz targets for a moment: the same questions, asked with inputs that are the same in every run.

use std::fs;

use crate::oracle;

/// Numbers that only look random: every run has the same.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    pub(crate) fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Pieces that YAML or HCL treat in their own way.
const PIECES: &[&str] = &[
    "${",
    "%{",
    "$${",
    "%%{",
    "$",
    "%",
    "{",
    "}",
    "~}",
    "\\",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\t",
    " ",
    ": ",
    " #",
    "- ",
    "? ",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!!str",
    "<<",
    "---",
    "...",
    "|",
    ">",
    "=",
    "\\u0041",
    "\\n",
    "<<EOT",
    "EOT",
    "é",
    "漢",
    "🐘",
    "e\u{301}",
    "\u{202e}",
    "\u{feff}",
    "\u{7f}",
    "\0",
    "\u{85}",
    "\u{2028}",
    "\u{200b}",
    "\u{e0041}",
    "\\U000E0041",
    "о",
    "1e999",
    ".inf",
    "0x1F",
    "true",
    "null",
    "~",
    "a",
    "Z",
    "9",
    "_",
    "shortname",
    "tags",
    "port",
    "proxy",
    "initQuery",
    "environments",
    "defaults",
];

/// Up to 24 pieces.
pub(crate) fn text(random: &mut Random) -> String {
    let count = random.below(24);
    (0..count).map(|_| random.one_of(PIECES)).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let files = walkdir::WalkDir::new("fixtures").sort_by_file_name();
    let files = files.into_iter().map(Result::unwrap);
    let yaml = files.filter(|entry| entry.path().extension().is_some_and(|name| name == "yaml"));
    let seeds: Vec<_> = yaml
        .filter_map(|entry| fs::read(entry.path()).ok())
        .collect();
    assert!(seeds.len() > 50);
    seeds
}

/// A file with a few pieces put in, cut out or taken from another file.
fn mutated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = bytes.len().min(at + random.below(12));
        let piece = match random.below(4) {
            0 => Vec::new(),
            1 => vec![u8::try_from(random.below(256)).unwrap()],
            2 => random.one_of(PIECES).as_bytes().to_vec(),
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                other[from..other.len().min(from + 40)].to_vec()
            }
        };
        bytes.splice(at..end, piece);
    }
    bytes
}

#[test]
fn any_bytes_are_rejected_or_compiled() {
    let seeds = seeds();
    let mut random = Random::new(1);
    for _ in 0..3000 {
        let bytes = mutated(&mut random, &seeds);
        oracle::bytes_are_rejected_or_compiled(&bytes);
    }
}

#[test]
fn any_text_survives_in_hcl() {
    let mut random = Random::new(2);
    for _ in 0..3000 {
        oracle::text_survives(&text(&mut random));
    }
}

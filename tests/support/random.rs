//! Numbers and texts that only look random: every run has the same.

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
pub(crate) const PIECES: &[&str] = &[
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

//! The lock file: which version of each provider Terraform takes, and the checksums that its packages must have.

use super::read::{Block, Root, Value};

/// Its name, in a root and beside `valet.yaml`.
pub const FILE: &str = ".terraform.lock.hcl";

/// A provider that is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its address, such as `registry.terraform.io/hashicorp/aws`.
    pub source: String,
    /// The version.
    pub version: String,
    /// Checksums, each with its scheme: `h1:` of an unpacked package, `zh:` of an archive.
    pub hashes: Vec<String>,
}

impl Locked {
    /// Whether Terraform can tell an unpacked package from another one: without such a checksum it takes what it is given.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.hashes.iter().any(|hash| hash.starts_with("h1:"))
    }
}

/// Reads a lock file; none when it is not one.
#[must_use]
pub fn read(text: &str) -> Option<Vec<Locked>> {
    let root = Root::read([(FILE, text)]);
    let is_whole = root.faults.is_empty();
    is_whole
        .then(|| root.blocks.iter().map(locked).collect())
        .flatten()
}

fn locked(block: &Block) -> Option<Locked> {
    let text = |value: &Value| value.as_text().map(str::to_owned);
    let [source] = block.labels.as_slice() else {
        return None;
    };
    let hashes = match block.argument("hashes") {
        Some(Value::List(hashes)) => hashes.iter().map(text).collect::<Option<_>>()?,
        Some(_) => return None,
        None => Vec::new(),
    };
    (block.kind == "provider").then_some(Locked {
        source: source.clone(),
        version: text(block.argument("version")?)?,
        hashes,
    })
}

/// Whether Terraform has written a file: it says so on the first line, and that edits by hand may be lost.
#[must_use]
pub fn is_written_by_terraform(bytes: &[u8]) -> bool {
    ["terraform", "tofu"].iter().any(|program| {
        let first = format!("# This file is maintained automatically by \"{program} init\".");
        bytes.starts_with(first.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_no_lock_file_is_not_read_as_one() {
        let block = |inside: &str| format!("provider \"a/b/c\" {{\n{inside}\n}}\n");
        let held = read(&block(
            "version = \"1.0.0\"\nhashes = [\"h1:x=\", \"zh:y\"]",
        ))
        .unwrap();
        assert!(held.iter().all(super::Locked::is_held));
        let open = read(&block("version = \"1.0.0\"\nhashes = [\"zh:y\"]")).unwrap();
        assert!(!open[0].is_held());
        assert_eq!(read("").map(|all| all.len()), Some(0));
        for text in [
            &block(""),
            &block("version = 1"),
            &block("version = \"1.0.0\"\nhashes = \"h1:x\""),
            "provider {}",
            "module \"a\" {\n  version = \"1.0.0\"\n}\n",
            "provider \"a\" {",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

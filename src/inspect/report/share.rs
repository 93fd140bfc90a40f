//! Parts of a whole, in whole numbers.

/// Thousandths as percent.
pub(super) fn percent(thousandths: u64) -> String {
    format!("{}.{}", thousandths / 10, thousandths % 10)
}

/// How many thousandths of a whole a part is, at most all.
pub(super) fn share(part: u64, whole: u64) -> u64 {
    (part * 1000 / whole.max(1)).min(1000)
}

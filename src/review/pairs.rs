//! Which root of the head is which root of the base: a unit is its state, wherever its folder is.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::retirement;
use crate::{
    compile::snapshot::{Changes, Files, RootChange},
    model::identity::StateKey,
    terraform::read::Root,
};

/// A root on one side.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub(super) change: &'a RootChange,
    pub(super) files: &'a Files,
    pub(super) root: Root,
    pub(super) state: Option<StateKey>,
}

impl<'a> Standing<'a> {
    fn new(change: &'a RootChange, files: &'a Files) -> Self {
        let root = retirement::read(files);
        Self {
            change,
            files,
            state: root.state(),
            root,
        }
    }

    /// A root of the base, whose state may have moved since.
    fn before(changes: &Changes, change: &'a RootChange, files: &'a Files) -> Self {
        let mut root = Self::new(change, files);
        root.state = root.state.map(|state| changes.follow(state));
        root
    }

    /// Whether the environment says that its state has moved.
    pub(super) fn has_moved(&self) -> bool {
        self.state != self.root.state()
    }
}

/// One unit on both sides, as far as it is there.
#[derive(Debug, Default)]
pub(super) struct Pair<'a> {
    pub(super) base: Option<Standing<'a>>,
    pub(super) head: Option<Standing<'a>>,
}

/// Matches the roots of the two sides: first those with one state in one folder, then those with one state, and last
/// those whose folder is all that is known.
pub(super) fn pairs(changes: &Changes) -> Vec<Pair<'_>> {
    let read: Vec<(Option<Standing>, Option<Standing>)> = changes
        .roots
        .par_iter()
        .map(|change| {
            (
                change
                    .base
                    .as_ref()
                    .map(|files| Standing::before(changes, change, files)),
                change
                    .head
                    .as_ref()
                    .map(|files| Standing::new(change, files)),
            )
        })
        .collect();
    let mut pairs = Vec::new();
    let (mut bases, mut heads) = (Vec::new(), Vec::new());
    for (base, head) in read {
        match (base, head) {
            (Some(base), Some(head)) if base.state == head.state || is_unknown(&base, &head) => {
                pairs.push(Pair {
                    base: Some(base),
                    head: Some(head),
                });
            }
            (base, head) => {
                bases.extend(base);
                heads.extend(head);
            }
        }
    }
    let mut by_state: BTreeMap<StateKey, Standing> = BTreeMap::new();
    for base in bases {
        match base.state.clone() {
            Some(state) if !by_state.contains_key(&state) => drop(by_state.insert(state, base)),
            _ => pairs.push(Pair {
                base: Some(base),
                head: None,
            }),
        }
    }
    for head in heads {
        let base = head.state.as_ref().and_then(|state| by_state.remove(state));
        pairs.push(Pair {
            base,
            head: Some(head),
        });
    }
    pairs.extend(by_state.into_values().map(|base| Pair {
        base: Some(base),
        head: None,
    }));
    pairs
}

/// Whether one side does not say its state, so that the folder is the best that is known.
fn is_unknown(base: &Standing, head: &Standing) -> bool {
    base.state.is_none() || head.state.is_none()
}

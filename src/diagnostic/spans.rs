//! Where the values of a file stand, kept small: a workspace holds those of every config.

use std::{collections::BTreeMap, ops::Range};

use crate::text::pointer;

/// Places of the keys and values of one document, in the order in which they are written.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    nodes: Box<[Node]>,
    /// Names of the keys that are not written as they are: quoted, for example.
    names: BTreeMap<usize, Box<str>>,
    /// What is in the few mappings and lists that have many entries: in the order of the names, or of the list.
    wide: BTreeMap<usize, Box<[u32]>>,
}

/// Entries up to which a mapping is searched one by one.
const WIDE: usize = 64;

/// One value, in bytes of the text.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Its key; empty for an entry of a list and for the document.
    key: Place,
    /// The value; empty when no character stands for it, as with a block of keys.
    value: Place,
    /// The first node after this one and all within it.
    end: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    /// No text that is read has so many bytes that a place does not fit.
    fn of(range: &Range<usize>) -> Self {
        Self {
            start: short(range.start),
            end: short(range.end),
        }
    }

    fn range(self) -> Range<usize> {
        long(self.start)..long(self.end)
    }

    const fn is_empty(self) -> bool {
        self.start == self.end
    }
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn long(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Spans {
    /// The characters of the value behind a JSON pointer, or of its key. `text` is that of the document.
    ///
    /// A value without characters of its own has the place of its key.
    #[must_use]
    pub fn find(&self, text: &str, pointer: &str, of_key: bool) -> Option<Range<usize>> {
        let mut at = 0;
        for token in pointer::tokens(pointer) {
            at = self.child(text, at, &token)?;
        }
        let Node { key, value, .. } = self.nodes.get(at)?;
        let is_key = !key.is_empty() && (of_key || value.is_empty());
        Some(if is_key { key } else { value }.range())
    }

    /// The node of a key, or of an entry of a list by its number.
    fn child(&self, text: &str, parent: usize, token: &str) -> Option<usize> {
        if let Some(children) = self.wide.get(&parent) {
            let is_list = self.nodes.get(parent + 1)?.key.is_empty();
            let at = if is_list {
                token.parse().ok()?
            } else {
                let compare = |at: &u32| self.name(text, long(*at)).cmp(token);
                children.binary_search_by(compare).ok()?
            };
            return children.get(at).copied().map(long);
        }
        let is_it = |(number, at): (usize, usize)| {
            let is_entry = self.nodes.get(at)?.key.is_empty();
            let is_it = if is_entry {
                token.parse() == Ok(number)
            } else {
                self.name(text, at) == token
            };
            is_it.then_some(at)
        };
        children(&self.nodes, parent).enumerate().find_map(is_it)
    }

    fn name<'a>(&'a self, text: &'a str, at: usize) -> &'a str {
        name(&self.nodes, &self.names, text, at)
    }
}

/// The nodes directly in a mapping or list.
fn children(nodes: &[Node], parent: usize) -> impl Iterator<Item = usize> {
    let end = nodes.get(parent).map_or(0, |node| long(node.end));
    let within = move |at: usize| (at < end).then_some(at);
    std::iter::successors(within(parent + 1), move |at| {
        within(long(nodes.get(*at)?.end))
    })
}

fn name<'a>(
    nodes: &[Node],
    names: &'a BTreeMap<usize, Box<str>>,
    text: &'a str,
    at: usize,
) -> &'a str {
    let written = || text.get(nodes.get(at)?.key.range());
    let odd = names.get(&at).map(AsRef::as_ref);
    odd.or_else(written).unwrap_or("")
}

/// Collects places while a document is read.
#[derive(Debug)]
pub struct Builder<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    names: BTreeMap<usize, Box<str>>,
    wide: BTreeMap<usize, Box<[u32]>>,
}

impl<'a> Builder<'a> {
    /// For the text of a document.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        const BYTES_A_NODE: usize = 20;
        const MOST: usize = 1024;
        Self {
            text,
            nodes: Vec::with_capacity((text.len() / BYTES_A_NODE).min(MOST) + 1),
            names: BTreeMap::new(),
            wide: BTreeMap::new(),
        }
    }

    /// Starts a value, with its key unless it is an entry of a list or the document. The answer is what ends it.
    pub fn start(&mut self, key: Option<(&str, &Range<usize>)>, value: &Range<usize>) -> usize {
        let at = self.nodes.len();
        if let Some((name, range)) = key
            && self.text.get(range.clone()) != Some(name)
        {
            self.names.insert(at, name.into());
        }
        self.nodes.push(Node {
            key: key.map_or_else(Place::default, |(_, range)| Place::of(range)),
            value: Place::of(value),
            end: short(at + 1),
        });
        at
    }

    /// Ends a mapping or list after so many entries.
    pub fn end(&mut self, at: usize, entries: usize) {
        let end = short(self.nodes.len());
        let Some(node) = self.nodes.get_mut(at) else {
            return;
        };
        node.end = end;
        if entries <= WIDE {
            return;
        }
        let mut children: Box<[u32]> = children(&self.nodes, at).map(short).collect();
        let name = |at: &u32| name(&self.nodes, &self.names, self.text, long(*at));
        // The entries of a list have no names, and stay as they are.
        children.sort_by(|a, b| name(a).cmp(name(b)));
        self.wide.insert(at, children);
    }

    /// The places of the whole document.
    #[must_use]
    pub fn finish(self) -> Spans {
        Spans {
            nodes: self.nodes.into_boxed_slice(),
            names: self.names,
            wide: self.wide,
        }
    }
}

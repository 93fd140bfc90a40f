//! The lines that each argument, and each entry of a map, gets in a generated file.

use std::{fmt, mem, ops::RangeInclusive};

use super::{Item, Sink, print_file_to};
use crate::terraform::root_module::{Argument, Block, Expression};

/// An argument and its lines, counted from 1.
#[derive(Clone, Debug)]
pub struct ArgumentLines<'a> {
    /// Address in the root, such as `module.rds.instance_class`.
    pub address: String,
    /// The block that it stands in.
    pub block: &'a Block,
    /// The argument.
    pub argument: &'a Argument,
    /// Its lines.
    pub lines: RangeInclusive<usize>,
    /// The entries of its map, in order; those of maps inside belong to their entry.
    pub entries: Vec<EntryLines<'a>>,
}

/// An entry of a map and its lines, counted from 1.
#[derive(Clone, Debug)]
pub struct EntryLines<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its value.
    pub value: &'a Expression,
    /// Its lines.
    pub lines: RangeInclusive<usize>,
}

/// The lines of every argument of a file, in order.
#[must_use]
pub fn map_lines<'a>(
    written_in: &str,
    notes: &[String],
    blocks: &'a [Block],
) -> Vec<ArgumentLines<'a>> {
    let mut map = LineMap {
        line: 1,
        depth: 0,
        blocks: Vec::new(),
        entries: Vec::new(),
        arguments: Vec::new(),
    };
    print_file_to(&mut map, written_in, notes, blocks);
    map.arguments
}

/// Counts lines instead of keeping the text.
struct LineMap<'a> {
    /// The line that is being written.
    line: usize,
    /// Items around the one that is being written.
    depth: usize,
    /// Addresses of the blocks around it.
    blocks: Vec<(String, &'a Block)>,
    /// Entries of the argument that is being written.
    entries: Vec<EntryLines<'a>>,
    arguments: Vec<ArgumentLines<'a>>,
}

impl fmt::Write for LineMap<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.line += text.matches('\n').count();
        Ok(())
    }
}

impl<'a> Sink<'a> for LineMap<'a> {
    fn block(&mut self, block: &'a Block, print: impl FnOnce(&mut Self)) {
        let above = self.blocks.last().map_or("", |(address, _)| address);
        self.blocks.push((block.address(above), block));
        print(self);
        self.blocks.pop();
    }

    fn item(&mut self, item: Item<'a>, print: impl FnOnce(&mut Self)) {
        let first = self.line;
        self.depth += 1;
        print(self);
        self.depth -= 1;
        let lines = first..=self.line;
        match (item, self.blocks.last()) {
            (Item::Argument(argument), Some((address, block))) => {
                self.arguments.push(ArgumentLines {
                    address: format!("{address}.{}", argument.name),
                    block,
                    argument,
                    lines,
                    entries: mem::take(&mut self.entries),
                });
            }
            (Item::Entry(key, value), _) if self.depth == 1 => {
                self.entries.push(EntryLines { key, value, lines });
            }
            _ => {}
        }
    }
}

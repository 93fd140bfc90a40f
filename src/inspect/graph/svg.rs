//! A graph as a picture that needs nothing else: laid out and drawn here, for light and for dark surroundings.
//!
//! Boxes stand in two columns. Arrows run straight down between neighbours, around the outside between others of one
//! column, and through lanes between the columns, so no two of them share a piece unless they end in the same box.

use std::{collections::BTreeMap, fmt::Write};

use super::{Edge, Graph, Group, Node};
use crate::text::{html::escaped, unicode::spelt_out};

const MARGIN: usize = 24;
const PADDING: usize = 16;
const TITLE: usize = 48;
const HEADING: usize = 40;
const LINE: usize = 18;
const GAP: usize = 40;
const LANE: usize = 16;
const SMALLEST: usize = 240;

/// Tenths of a pixel that a letter is wide: names are monospaced at 12 pixels, and no common font is wider than 0.61 em.
const LETTER: usize = 74;

/// Colours and letters of a picture, for light surroundings: as literals, which every program that draws SVG knows.
const LIGHT: &str = "\
  .paper { fill: #ffffff }
  .account { fill: #f4f6f9; stroke: #b6c0cc }
  .box { fill: #ffffff; stroke: #b6c0cc }
  .wiring text { font-family: ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace; font-size: 12px; fill: #1b2430 }
  .wiring .title { font-size: 16px; font-weight: 600 }
  .wiring .kind { font-weight: 600 }
  .wiring .faint { fill: #56616f }
  .wiring path { fill: none; stroke-width: 1.6 }
  .data { stroke: #0b62c4 }
  .wiring .data-label, .data-head { fill: #0b62c4 }
  .grant { stroke: #8a5a00; stroke-dasharray: 5 4 }
  .wiring .grant-label, .grant-head { fill: #8a5a00 }
";

/// What is otherwise in dark ones, where a program knows of those.
const DARK: &str = "\
  .paper { fill: #0d1117 }
  .account { fill: #161b22; stroke: #465060 }
  .box { fill: #1f2630; stroke: #465060 }
  .wiring text { fill: #e6edf3 }
  .wiring .faint { fill: #a3afbd }
  .data { stroke: #6cb2ff }
  .wiring .data-label, .data-head { fill: #6cb2ff }
  .grant { stroke: #e0af5a }
  .wiring .grant-label, .grant-head { fill: #e0af5a }
";

/// When the second sheet counts.
const IN_THE_DARK: &str = "screen and (prefers-color-scheme: dark)";

/// Both sheets, for a page that has pictures in it.
#[must_use]
pub fn style() -> String {
    format!("{LIGHT}@media {IN_THE_DARK} {{\n{DARK}}}\n")
}

/// Where a text goes in a shape.
const HOLE: char = '\u{1}';

/// A picture whose texts are apart from it: pictures of one shape differ in nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// All but the texts and the sheets.
    shape: String,
    /// The texts in their order, the title first.
    pub texts: Vec<String>,
}

impl Drawing {
    /// The same for each picture of this shape: SVG with empty elements where the texts go, and without sheets.
    #[must_use]
    pub fn shape(&self) -> String {
        self.shape.replace(HOLE, "")
    }

    fn with_texts(&self) -> String {
        let mut texts = self.texts.iter();
        let mut whole = String::with_capacity(self.shape.len() * 2);
        for piece in self.shape.split(HOLE) {
            whole.push_str(piece);
            if let Some(text) = texts.next() {
                whole.push_str(&escaped(text));
            }
        }
        whole
    }

    /// Adds a text, in an element of this class.
    fn write(&mut self, class: &str, (x, y): (usize, usize), content: &str) {
        let class = if class.is_empty() {
            String::new()
        } else {
            format!(" class=\"{class}\"")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.shape, "<text{class} x=\"{x}\" y=\"{y}\">{HOLE}</text>");
        self.texts.push(spelt_out(content));
    }
}

/// Where a box stands.
#[derive(Clone, Copy)]
struct Spot {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
    /// Column, and how many boxes are above it there.
    column: usize,
    row: usize,
}

impl Spot {
    /// Where arrows go that have a side for themselves: the middle, or in a tall list the first lines.
    fn middle(self) -> usize {
        self.top + self.reach() / 2
    }

    /// How far down arrows go in.
    fn reach(self) -> usize {
        const TALL: usize = 96;
        (self.bottom - self.top).min(TALL)
    }
}

/// The graph as SVG.
#[must_use]
pub fn svg(graph: &Graph) -> String {
    let whole = draw(graph).with_texts();
    let (start, rest) = whole.split_once("</title>\n").unwrap_or((&whole, ""));
    format!(
        "{start}</title>\n<style>\n{LIGHT}</style>\n<style media=\"{IN_THE_DARK}\">\n{DARK}</style>\n{rest}"
    )
}

/// The graph as a picture, with its texts apart.
#[must_use]
pub fn draw(graph: &Graph) -> Drawing {
    let plan = Plan::of(graph);
    let (width, height) = (plan.width, plan.height);
    let mut drawing = Drawing {
        shape: format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"wiring\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title>{HOLE}</title>\n<defs>{}{}</defs>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
            head("data"),
            head("grant"),
        ),
        texts: vec![spelt_out(&graph.title)],
    };
    drawing.write("title", (MARGIN, MARGIN + 14), &graph.title);
    for (group, frame) in &plan.frames {
        draw_box(&mut drawing.shape, "account", frame, 10);
        drawing.write(
            "faint",
            (frame.left + PADDING, frame.top + 24),
            &group.title,
        );
    }
    let mut trunks = Trunks::new();
    for edge in &graph.edges {
        plan.draw(&mut drawing.shape, edge, &mut trunks);
    }
    for (node, spot) in &plan.nodes {
        draw_node(&mut drawing, node, spot);
    }
    // Labels come last, so that nothing runs through them.
    for (class, place, label) in plan.labels(graph) {
        drawing.write(class, place, label);
    }
    drawing.shape.push_str("</svg>\n");
    drawing
}

/// From where to where the lane to a box is drawn already.
type Trunks<'a> = BTreeMap<&'a str, (usize, usize)>;

struct Plan<'a> {
    frames: Vec<(&'a Group, Spot)>,
    nodes: Vec<(&'a Node, Spot)>,
    spots: BTreeMap<&'a str, Spot>,
    /// Lane of each end that cross edges are gathered by.
    lanes: BTreeMap<&'a str, usize>,
    /// Whether cross edges are gathered by where they come from.
    by_source: bool,
    /// The first lane between the columns.
    lane_start: usize,
    width: usize,
    height: usize,
}

impl<'a> Plan<'a> {
    fn of(graph: &'a Graph) -> Self {
        let inner = |groups: &[&Group], outside: usize| {
            let texts = groups
                .iter()
                .flat_map(|group| &group.nodes)
                .flat_map(|node| {
                    node.lines
                        .iter()
                        .map(String::as_str)
                        .chain([node.kind.as_str()])
                });
            let boxes = texts
                .map(|text| wide(text) + 2 * PADDING)
                .max()
                .unwrap_or(0)
                .max(SMALLEST);
            let titles = groups
                .iter()
                .map(|group| wide(&group.title))
                .max()
                .unwrap_or(0);
            let frame = (boxes + outside).max(titles);
            (frame - outside, frame + 2 * PADDING)
        };
        let left: Vec<&Group> = graph.left.iter().collect();
        let side = |id: &str| usize::from(graph.right.nodes.iter().any(|node| node.id == id));
        let around = |column: usize| {
            let labels = graph
                .edges
                .iter()
                .filter(|edge| side(&edge.from) == column && side(&edge.to) == column);
            let rows = |id: &str| {
                graph
                    .right
                    .nodes
                    .iter()
                    .position(|node| node.id == id)
                    .unwrap_or(0)
            };
            let labels =
                labels.filter(|edge| column == 1 && rows(&edge.from).abs_diff(rows(&edge.to)) > 1);
            let all: Vec<_> = labels.map(|edge| wide(&edge.label)).collect();
            all.iter()
                .max()
                .map_or(0, |widest| widest + (all.len() + 1) * LANE)
        };
        let (left_box, left_frame) = inner(&left, 0);
        let (right_box, right_frame) = inner(&[&graph.right], around(1));
        let crossing: Vec<_> = graph
            .edges
            .iter()
            .filter(|edge| side(&edge.from) != side(&edge.to))
            .collect();
        let ends = |end: fn(&Edge) -> &str| {
            let mut ids: Vec<&str> = Vec::new();
            for edge in &crossing {
                if !ids.contains(&end(edge)) {
                    ids.push(end(edge));
                }
            }
            ids
        };
        let (sources, targets) = (ends(|edge| &edge.from), ends(|edge| &edge.to));
        let by_source = targets.len() > sources.len();
        let gathered = if by_source { sources } else { targets };
        let lanes: BTreeMap<_, _> = gathered
            .iter()
            .enumerate()
            .map(|(lane, id)| (*id, lane))
            .collect();
        let label = crossing
            .iter()
            .map(|edge| wide(&edge.label))
            .max()
            .unwrap_or(0);
        let between = label + (lanes.len() + 3) * LANE;
        let right_start = MARGIN + left_frame + between;
        let mut plan = Self {
            frames: Vec::new(),
            nodes: Vec::new(),
            spots: BTreeMap::new(),
            lanes,
            by_source,
            lane_start: MARGIN + left_frame + LANE,
            width: right_start + right_frame + MARGIN,
            height: 0,
        };
        let bottom = plan.stack(&left, 0, MARGIN, (left_box, left_frame));
        let other = plan.stack(&[&graph.right], 1, right_start, (right_box, right_frame));
        plan.height = bottom.max(other) + MARGIN;
        plan
    }

    /// Stacks the groups of a column; returns where it ends.
    fn stack(
        &mut self,
        groups: &[&'a Group],
        column: usize,
        left: usize,
        (boxes, frame): (usize, usize),
    ) -> usize {
        let mut top = MARGIN + TITLE - 16;
        let mut row = 0;
        for (number, group) in groups.iter().enumerate() {
            if number > 0 {
                top += MARGIN;
            }
            let mut y = top + HEADING;
            for node in &group.nodes {
                let spot = Spot {
                    left: left + PADDING,
                    right: left + PADDING + boxes,
                    top: y,
                    bottom: y + 18 + LINE * (node.lines.len() + 1),
                    column,
                    row,
                };
                self.nodes.push((node, spot));
                self.spots.insert(&node.id, spot);
                y = spot.bottom + GAP;
                row += 1;
            }
            let bottom = y - if group.nodes.is_empty() { 0 } else { GAP } + PADDING;
            self.frames.push((
                group,
                Spot {
                    left,
                    right: left + frame,
                    top,
                    bottom,
                    column,
                    row: number,
                },
            ));
            top = bottom;
            row += 1;
        }
        top
    }

    fn lane(&self, edge: &Edge) -> usize {
        let end = if self.by_source { &edge.from } else { &edge.to };
        self.lane_start + self.lanes.get(end.as_str()).copied().unwrap_or(0) * LANE
    }

    /// Height at which a cross edge enters its box.
    fn entry(&self, edge: &Edge, to: Spot) -> usize {
        if !self.by_source {
            return to.middle();
        }
        let count = self.lanes.len();
        let lane = self.lanes.get(edge.from.as_str()).copied().unwrap_or(0);
        to.top + to.reach() * (lane + 1) / (count + 1)
    }

    fn draw<'e>(&self, text: &mut String, edge: &'e Edge, trunks: &mut Trunks<'e>) {
        let (Some(from), Some(to)) = (
            self.spots.get(edge.from.as_str()),
            self.spots.get(edge.to.as_str()),
        ) else {
            return;
        };
        let class = if edge.data { "data" } else { "grant" };
        let mut end = format!(" marker-end=\"url(#{class}-head)\"");
        let path = if from.column != to.column {
            let (lane, y) = (self.lane(edge), self.entry(edge, *to));
            let (right, leaves) = (from.right, from.middle());
            let joined = trunks.get(edge.to.as_str()).filter(|_| !self.by_source);
            if let Some((top, bottom)) = joined.copied() {
                // It joins what is drawn: dashes over dashes would look like a line.
                trunks.insert(&edge.to, (top.min(leaves), bottom.max(leaves)));
                end.clear();
                format!("M{right} {leaves} H{lane} V{}", leaves.clamp(top, bottom))
            } else {
                trunks.insert(&edge.to, (y.min(leaves), y.max(leaves)));
                format!("M{right} {leaves} H{lane} V{y} H{}", to.left)
            }
        } else if from.row + 1 == to.row {
            let x = usize::midpoint(from.left, from.right);
            format!("M{x} {} V{}", from.bottom, to.top)
        } else {
            let lane = self.around(edge, *from);
            let shift = self.shift(edge);
            let (leaves, arrives) = (from.middle() - shift, to.middle() + shift);
            format!("M{} {leaves} H{lane} V{arrives} H{}", from.right, to.right)
        };
        let _ = writeln!(text, "<path class=\"{class}\" d=\"{path}\"{end}/>");
    }

    /// Where an edge runs along the outside of its column: those that go down, outside of those that go up.
    fn around(&self, edge: &Edge, from: Spot) -> usize {
        let outer = if self.goes_up(edge) { 0 } else { LANE };
        from.right + wide(&edge.label) + LANE + outer
    }

    fn goes_up(&self, edge: &Edge) -> bool {
        let row = |id: &str| self.spots.get(id).map_or(0, |spot| spot.row);
        row(&edge.from) > row(&edge.to)
    }

    /// How far from its middle an edge around the outside touches a box, so that two of them keep apart.
    fn shift(&self, edge: &Edge) -> usize {
        if self.goes_up(edge) { LANE / 2 } else { LANE }
    }

    fn labels<'g>(&self, graph: &'g Graph) -> Vec<(&'static str, (usize, usize), &'g str)> {
        let mut labels = Vec::new();
        for edge in &graph.edges {
            let (Some(from), Some(to)) = (
                self.spots.get(edge.from.as_str()),
                self.spots.get(edge.to.as_str()),
            ) else {
                continue;
            };
            let (x, y) = if from.column != to.column {
                (
                    to.left - wide(&edge.label) - 3 * LANE / 2,
                    self.entry(edge, *to) - 6,
                )
            } else if from.row + 1 == to.row {
                (
                    usize::midpoint(from.left, from.right) + 10,
                    usize::midpoint(from.bottom, to.top) + 4,
                )
            } else {
                (to.right + 14, to.middle() + self.shift(edge) - 6)
            };
            let class = if edge.data {
                "data-label"
            } else {
                "grant-label"
            };
            let label = (class, (x, y), edge.label.as_str());
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }
}

/// Pixels that text is wide, at most.
fn wide(text: &str) -> usize {
    (text.chars().count() * LETTER).div_ceil(10)
}

fn head(class: &str) -> String {
    format!(
        "<marker id=\"{class}-head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><polygon class=\"{class}-head\" points=\"0,0 10,5 0,10\"/></marker>"
    )
}

fn draw_box(text: &mut String, class: &str, spot: &Spot, radius: usize) {
    let (width, height) = (spot.right - spot.left, spot.bottom - spot.top);
    let _ = writeln!(
        text,
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>",
        spot.left, spot.top
    );
}

fn draw_node(drawing: &mut Drawing, node: &Node, spot: &Spot) {
    draw_box(&mut drawing.shape, "box", spot, 6);
    let x = spot.left + PADDING;
    let mut y = spot.top + 24;
    drawing.write("kind", (x, y), &node.kind);
    for (number, line) in node.lines.iter().enumerate() {
        y += LINE;
        let is_name = number == 0 || node.is_list;
        drawing.write(if is_name { "" } else { "faint" }, (x, y), line);
    }
}

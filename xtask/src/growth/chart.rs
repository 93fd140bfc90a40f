//! The chart of growth: two bars for each number of units, in the colours of the reader's screen.

use std::fmt::Write;

use super::Point;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 96.0;
/// Room after the longest bar for its label.
const RIGHT: f64 = 96.0;
const TOP: f64 = 92.0;
const BAR: f64 = 18.0;
const GROUP: f64 = 62.0;

const STYLE: &str = "\
svg { --paper: #ffffff; --ink: #1b2430; --faint: #56616f; --own: #0b62c4; --shared: #b6c0cc }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #a3afbd; --own: #6cb2ff; --shared: #465060 }
  }
  .paper { fill: var(--paper) } .own { fill: var(--own) } .shared { fill: var(--shared) }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: var(--ink) }
  .title { font-size: 16px; font-weight: 600 } .faint { fill: var(--faint) }";

/// Draws the points, the fewest units first.
pub(super) fn draw(points: &[Point]) -> String {
    let longest = points
        .iter()
        .flat_map(|point| [point.own, point.shared])
        .fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LEFT - RIGHT) / longest;
    let mut body = String::new();
    let mut y = TOP;
    for point in points {
        // Writing to a string cannot fail.
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} units</text>",
            LEFT - 12.0,
            y + BAR + 4.0,
            point.units
        );
        bar(&mut body, "own", y, point.own, scale);
        bar(&mut body, "shared", y + BAR + 2.0, point.shared, scale);
        y += GROUP;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{WIDTH}\" height=\"{y}\" viewBox=\"0 0 {WIDTH} {y}\">
<title>Time to plan one changed unit</title>
<style>
{STYLE}
</style>
<rect class=\"paper\" width=\"{WIDTH}\" height=\"{y}\"/>
<text class=\"title\" x=\"24\" y=\"34\">Time to plan one changed unit</text>
<rect class=\"own\" x=\"24\" y=\"52\" width=\"12\" height=\"12\" rx=\"2\"/>
<text x=\"42\" y=\"63\">a root for each unit, as generated here</text>
<rect class=\"shared\" x=\"312\" y=\"52\" width=\"12\" height=\"12\" rx=\"2\"/>
<text x=\"330\" y=\"63\">one root for all, for_each over a folder of configs</text>
{body}</svg>
"
    )
}

fn bar(body: &mut String, class: &str, y: f64, seconds: f64, scale: f64) {
    let width = seconds * scale;
    let _ = writeln!(
        body,
        "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"2\"/>
<text class=\"faint\" x=\"{:.1}\" y=\"{}\">{seconds:.1} s</text>",
        LEFT + width + 8.0,
        y + 14.0,
    );
}

//! How a number moves while something else grows tenfold, and tenfold again.

use super::picture::{MARGIN, Picture, WIDTH};
use super::{Line, Panel, is_ours};
use crate::goal::digits;
use crate::table::{Table, grouped};

const GAP: f64 = 32.0;
const TOP: f64 = 60.0;
/// A panel with its title above, and its sizes below.
const PANEL: f64 = 284.0;
const PLOT: f64 = 176.0;
/// Beside the first and the last point, for their numbers.
const SIDE: f64 = 36.0;

/// Where a panel's points go.
struct Scale {
    left: f64,
    bottom: f64,
    width: f64,
    /// Logarithms of the least and the greatest size.
    sizes: [f64; 2],
    greatest: f64,
}

pub(super) fn draw(table: &Table, over: &str, panels: &[Panel]) -> String {
    let mut picture = Picture::new();
    picture.text(MARGIN, 38.0, "head", &table.title);
    let columns = if panels.len() > 1 { 2 } else { 1 };
    let width = (WIDTH - 2.0 * MARGIN + GAP) / columns as f64 - GAP;
    let mut about = format!("Curves over {over}. {}", table.about);
    let logarithms = || table.rows.iter().filter_map(|row| row.size).map(f64::log10);
    let sizes = [logarithms().fold(f64::MAX, f64::min), logarithms().fold(f64::MIN, f64::max)];
    for (place, panel) in panels.iter().enumerate() {
        let left = MARGIN + (width + GAP) * (place % columns) as f64;
        let top = TOP + PANEL * (place / columns) as f64;
        let points = panel.lines.iter().flat_map(|line| points(table, &line.column));
        let greatest = points.map(|(_, value)| value).fold(f64::MIN_POSITIVE, f64::max);
        let scale = Scale { left: left + SIDE, bottom: top + 44.0 + PLOT, width: width - 2.0 * SIDE, sizes, greatest };
        frame(&mut picture, table, panel, over, [left, top], &scale);
        about.push_str(&format!(" {}:", panel.title));
        for line in &panel.lines {
            about.push_str(&curve(&mut picture, table, line, panel, &scale));
        }
    }
    let height = TOP + PANEL * panels.len().div_ceil(columns) as f64 + 8.0;
    picture.finish(height, &table.title, about.trim_end_matches(';'))
}

/// The title with the curves' names, the ground line, and the sizes below it.
fn frame(picture: &mut Picture, table: &Table, panel: &Panel, over: &str, [left, top]: [f64; 2], scale: &Scale) {
    picture.text(left, top + 12.0, "", &panel.title);
    let mut x = left;
    for line in panel.lines.iter().filter(|line| !line.name.is_empty()) {
        picture.line([x, top + 27.0, x + 24.0, top + 27.0], &format!("curve {}", class(line)));
        picture.text(x + 30.0, top + 32.0, "small", &line.name);
        // Wide enough for its letters.
        x += 50.0 + 7.5 * line.name.chars().count() as f64;
    }
    picture.line([scale.left - SIDE, scale.bottom, scale.left + scale.width + SIDE, scale.bottom], "axis");
    for size in table.rows.iter().filter_map(|row| row.size) {
        let x = scale.x(size);
        picture.line([x, scale.bottom, x, scale.bottom + 5.0], "axis");
        picture.text(x, scale.bottom + 34.0, "small middle", &short(size));
    }
    picture.text(scale.left + scale.width / 2.0, scale.bottom + 52.0, "small middle", over);
}

/// Draws it, and says it in words.
fn curve(picture: &mut Picture, table: &Table, line: &Line, panel: &Panel, scale: &Scale) -> String {
    let found = points(table, &line.column);
    let places: Vec<(f64, f64)> = found.iter().map(|(size, value)| (scale.x(*size), scale.y(*value))).collect();
    picture.curve(&places, class(line));
    let mut words = if line.name.is_empty() { String::new() } else { format!(" {}:", line.name) };
    for ((size, value), (x, y)) in found.iter().zip(&places) {
        let number = grouped(*value, digits(*value));
        // Below, where another curve's number stands above.
        let others = panel.lines.iter().filter(|other| other.column != line.column);
        let is_below =
            others.flat_map(|other| points(table, &other.column)).any(|other| other.0 == *size && other.1 > *value);
        picture.text(*x, if is_below { y + 20.0 } else { y - 10.0 }, "number middle", &number);
        words.push_str(&format!(" at {} {number};", grouped(*size, 0)));
    }
    words
}

/// Sizes with their values in this column.
fn points(table: &Table, column: &str) -> Vec<(f64, f64)> {
    let place = table.columns.iter().skip(1).position(|name| name == column);
    let value = |place: usize, cells: &[crate::table::Cell]| cells.get(place)?.value;
    table.rows.iter().filter_map(|row| Some((row.size?, value(place?, &row.cells)?))).collect()
}

fn class(line: &Line) -> &'static str {
    if line.name.is_empty() || is_ours(&line.name) { "ours" } else { "other" }
}

/// `10k`, where that is all of it.
fn short(size: f64) -> String {
    match size {
        size if size >= 1e6 && size % 1e6 == 0.0 => format!("{}M", size / 1e6),
        size if size >= 1e3 && size % 1e3 == 0.0 => format!("{}k", size / 1e3),
        size => grouped(size, 0),
    }
}

impl Scale {
    fn x(&self, size: f64) -> f64 {
        let [least, greatest] = self.sizes;
        let share = if greatest > least { (size.log10() - least) / (greatest - least) } else { 0.5 };
        self.left + self.width * share
    }

    /// From zero, so that a small change looks small.
    fn y(&self, value: f64) -> f64 {
        self.bottom - (PLOT - 18.0) * value / self.greatest
    }
}

//! Rows side by side: longer is more, and the number stands behind.

use super::is_ours;
use super::picture::{MARGIN, Picture, WIDTH};
use crate::table::{Cell, Row, Table};

/// Between the columns of bars.
const GAP: f64 = 32.0;
/// For the number behind the longest bar.
const NUMBER: f64 = 190.0;
const ROW: f64 = 46.0;
const TOP: f64 = 88.0;

pub(super) fn draw(table: &Table, columns: &[String]) -> String {
    let rows: Vec<&Row> =
        table.rows.iter().filter(|row| columns.iter().any(|name| cell(table, row, name).is_some())).collect();
    let mut picture = Picture::new();
    picture.text(MARGIN, 38.0, "head", &table.title);
    for (place, row) in rows.iter().enumerate() {
        picture.text(MARGIN, TOP + ROW * place as f64 + 12.0, "", &row.name);
    }
    let width = (WIDTH - 2.0 * MARGIN + GAP) / columns.len().max(1) as f64 - GAP;
    let mut about = format!("Bars, one for each row. {}", table.about);
    for (place, column) in columns.iter().enumerate() {
        let left = MARGIN + (width + GAP) * place as f64;
        picture.text(left, 66.0, "small", column);
        about.push_str(&format!(" {column}:"));
        let cells = || rows.iter().map(|row| cell(table, row, column));
        let greatest = cells().flatten().map(reach).fold(f64::MIN_POSITIVE, f64::max);
        let scale = (width - NUMBER) / greatest;
        for (place, cell) in cells().enumerate() {
            let Some(cell) = cell else { continue };
            let (name, top) = (&rows[place].name, TOP + ROW * place as f64 + 19.0);
            bar(&mut picture, cell, [left, top], scale, is_ours(name));
            about.push_str(&format!(" {name}, {};", cell.text));
        }
    }
    picture.finish(TOP + ROW * rows.len() as f64 + 12.0, &table.title, about.trim_end_matches(';'))
}

fn bar(picture: &mut Picture, cell: &Cell, [left, top]: [f64; 2], scale: f64, is_ours: bool) {
    let long = |value: f64| (value * scale).max(1.0);
    let class = if is_ours { "ours" } else { "other" };
    picture.bar([left, top, long(cell.value.unwrap_or_default()), 13.0], class);
    if let Some([least, greatest]) = cell.range {
        picture.line([left + long(least), top + 6.5, left + long(greatest), top + 6.5], "range");
    }
    picture.text(left + long(reach(cell)) + 8.0, top + 11.5, "number", &cell.text);
}

/// As far as anything of it is drawn.
fn reach(cell: &Cell) -> f64 {
    cell.range.map_or(0.0, |[_, greatest]| greatest).max(cell.value.unwrap_or_default())
}

/// The number in this column, if there is one.
fn cell<'a>(table: &Table, row: &'a Row, column: &str) -> Option<&'a Cell> {
    let place = table.columns.iter().skip(1).position(|name| name == column)?;
    row.cells.get(place).filter(|cell| cell.value.is_some())
}

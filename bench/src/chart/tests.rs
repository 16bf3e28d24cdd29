use super::{Chart, Panel};
use crate::spread::Spread;
use crate::table::{Cell, Table};

fn bars() -> String {
    let mut table = Table::new("gateway", "nginx & Doorward", "By turns.", &["what", "requests/s", "ratio"]);
    table.row("nginx", vec![Cell::spread(&Spread::of(vec![50.0, 100.0, 200.0]), 0), Cell::number(1.0, 2)]);
    table.row("Doorward", vec![Cell::number(50.0, 0), Cell::number(0.5, 2)]);
    table.row("not to be had", vec![Cell::text("not installed"), Cell::default()]);
    Chart::bars(&["requests/s"]).draw(&table)
}

fn curves() -> String {
    let mut table = Table::new("sessions", "More sessions", "All in memory.", &["what", "requests/s", "MB"]);
    for (size, rate) in [(1e3, 43_002.0), (1e6, 41_000.0)] {
        table.step(&format!("{size} sessions"), size, vec![Cell::number(rate, 0), Cell::default()]);
    }
    let panels = vec![Panel::of("requests/s"), Panel::new("memory", &[("Doorward", "MB")])];
    Chart::curves("sessions", panels).draw(&table)
}

/// The numbers of an attribute, of all elements with this class.
fn numbers(picture: &str, class: &str, attribute: &str) -> Vec<f64> {
    let lines = picture.lines().filter(|line| line.contains(&format!("class=\"{class}\"/>")));
    let value = |line: &str| line.split_once(&format!(" {attribute}=\""))?.1.split('"').next()?.parse().ok();
    lines.filter_map(value).collect()
}

#[test]
fn a_bar_is_as_long_as_its_number_says() {
    let picture = bars();
    assert_eq!(numbers(&picture, "other", "width"), [numbers(&picture, "ours", "width")[0] * 2.0]);
}

#[test]
fn the_longest_bar_leaves_room_for_its_number() {
    let picture = bars();
    let ends = numbers(&picture, "range", "x2");
    assert!(ends.iter().all(|end| *end < super::picture::WIDTH - 200.0), "{ends:?}");
}

#[test]
fn a_row_without_a_number_has_no_bar() {
    let picture = bars();
    assert_eq!(picture.matches("<rect").count(), 3, "the ground and two bars: {picture}");
    assert!(!picture.contains("not to be had"), "{picture}");
}

#[test]
fn who_cannot_see_a_chart_is_told_its_title_and_every_number() {
    for (picture, title, numbers) in [
        (bars(), "nginx &amp; Doorward", &["nginx, 100 (50 to 200)", "Doorward, 50"][..]),
        (curves(), "More sessions", &["at 1,000 43,002", "at 1,000,000 41,000"]),
    ] {
        assert!(picture.contains(&format!("<title id=\"title\">{title}</title>")), "{picture}");
        let about = picture.split("<desc id=\"about\">").nth(1).expect("a description");
        let about = about.split("</desc>").next().expect("its end");
        for number in numbers {
            assert!(about.contains(number), "{number}: {about}");
        }
    }
}

#[test]
fn every_number_of_a_curve_stands_beside_its_point() {
    let picture = curves();
    assert_eq!(picture.matches("<circle").count(), 2, "{picture}");
    for number in [">43,002</text>", ">41,000</text>", ">1k</text>", ">1M</text>"] {
        assert!(picture.contains(number), "{number}: {picture}");
    }
}

#[test]
fn curves_begin_at_zero_so_that_a_small_change_looks_small() {
    let picture = curves();
    let heights = numbers(&picture, "ours", "cy");
    let ground = numbers(&picture, "axis", "y1")[0];
    let share = (ground - heights[1]) / (ground - heights[0]);
    assert!((share - 41_000.0 / 43_002.0).abs() < 0.01, "{heights:?} over {ground}");
}

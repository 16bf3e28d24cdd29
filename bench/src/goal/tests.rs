use super::{Aim, Goal};
use crate::spread::Spread;
use crate::table::Cell;

/// The last cell of a goal about rounds like these.
fn reached(rounds: &[f64], aim: Aim) -> String {
    let measured = Cell::spread(&Spread::of(rounds.to_vec()), 2);
    let line = Goal::new("requests/s", &measured, "", aim).expect("a number").line("The gateway");
    line.trim_end_matches(" |\n").rsplit("| ").next().expect("a cell").to_owned()
}

#[test]
fn the_median_says_what_is_reached() {
    let aim = Aim::AtLeast(0.9, 1.1);
    assert_eq!(reached(&[0.70, 0.80, 0.85], aim), "no");
    assert_eq!(reached(&[0.95, 1.00, 1.05], aim), "what is expected");
    assert_eq!(reached(&[1.15, 1.20, 1.30], aim), "the goal");
    assert_eq!(reached(&[1.15, 1.20, 1.30], Aim::AtMost(1.05, 0.78)), "no");
}

#[test]
fn a_limit_between_the_least_and_the_greatest_is_within_the_noise() {
    let aim = Aim::AtLeast(0.9, 1.1);
    assert_eq!(reached(&[0.80, 0.89, 0.97], aim), "no (within the noise)");
    assert_eq!(reached(&[0.80, 0.91, 0.97], aim), "what is expected (within the noise)");
    assert_eq!(reached(&[0.95, 1.00, 1.15], aim), "what is expected (within the noise)");
    assert_eq!(reached(&[1.05, 1.20, 1.30], aim), "the goal (within the noise)");
}

#[test]
fn a_goal_that_a_run_did_not_get_to_stays_in_the_table() {
    let goal = Goal::new("memory", &Cell::default(), " MB", Aim::AtMost(300.0, 100.0)).expect("a goal");
    let line = "| Sessions: memory | not measured | \u{2264} 300 MB | \u{2264} 100 MB | not measured |\n";
    assert_eq!(goal.line("Sessions"), line);
}

#[test]
fn what_is_no_number_fails() {
    for value in [f64::NAN, f64::INFINITY] {
        assert!(Goal::new("a ratio", &Cell::number(value, 2), "", Aim::AtLeast(0.9, 1.0)).is_err(), "{value}");
    }
}

#[test]
fn a_goal_shows_the_median_with_the_least_and_the_greatest() {
    let measured = Cell::spread(&Spread::of(vec![30.0, 33.8, 36.25]), 1);
    let goal = Goal::new("CPU", &measured, " \u{b5}s", Aim::AtMost(13.5, 10.0)).expect("a goal");
    assert!(goal.line("The gateway").contains("| 33.8 (30.0 to 36.2) \u{b5}s | \u{2264} 13.5 \u{b5}s |"));
}

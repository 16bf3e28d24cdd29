use std::cell::RefCell;
use std::path::PathBuf;

use super::{Case, Loaded, RATIO, tabulate};
use crate::run::Run;
use crate::table::Table;

/// What is measured is this very process, whose load is said and not done.
fn case<'a>(name: &'a str, rates: &'a [f64], asked: &'a RefCell<Vec<&'a str>>) -> Case<'a> {
    let load = move |_| {
        asked.borrow_mut().push(name);
        let round = asked.borrow().iter().filter(|asked| **asked == name).count();
        // The first one is for what happens only once.
        let rate = rates[round.saturating_sub(2)];
        Ok(Loaded { rate, requests: rate, times: Some([1.0, rate]) })
    };
    Case { name, processes: vec![std::process::id()], load: Box::new(load) }
}

#[test]
fn cases_are_asked_by_turns_and_held_against_the_same_round_of_the_first() {
    let run = Run {
        doorward: PathBuf::new(),
        micro: None,
        peers: None,
        seconds: 1,
        rounds: 3,
        quick: false,
        ten_million: false,
    };
    let asked = RefCell::default();
    // A neighbour had half of the machine in the second round.
    let cases = [case("nginx", &[100.0, 50.0, 80.0], &asked), case("Doorward", &[90.0, 45.0, 88.0], &asked)];
    let (table, compared) = tabulate(Table::new("gateway", "", "", &[]), &cases, &run).expect("a figure");
    assert_eq!(*asked.borrow(), ["nginx", "Doorward"].repeat(4));
    assert_eq!(table.cell("Doorward", RATIO).expect("a ratio").text, "0.90 (0.90 to 1.10)");
    assert_eq!(compared.rate("nginx", "Doorward").expect("a ratio").text, "1.11 (0.91 to 1.11)");
    assert_eq!(table.cell("Doorward", "p99 ms").expect("a time").text, "88.00 (45.00 to 90.00)");
    assert!(table.cell("Doorward", "memory after, MB").expect("memory").value.is_some_and(|memory| memory > 0.1));
    assert!(compared.rate("Doorward", "Caddy").is_err(), "it was not measured");
}

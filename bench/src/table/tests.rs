use super::{Aside, Cell, Table};

#[test]
fn columns_that_are_told_aside_stand_in_a_table_below() {
    let mut table = Table::new("gateway", "The gateway", "By turns.", &["what", "requests/s", "p99 ms", "ratio"]);
    table.row("nginx", vec![Cell::number(20.0, 0), Cell::number(1.5, 1), Cell::number(1.0, 2)]);
    table.row("missing", vec![Cell::text("not installed"), Cell::none(), Cell::none()]);
    table.aside = Some(Aside { about: "Of a client that waits.".into(), columns: vec!["p99 ms".into()] });
    let expected = "| what | requests/s | ratio |\n| --- | ---: | ---: |\n| nginx | 20 | 1.00 |\n| missing | not installed | \u{2013} |\n\
                    \nOf a client that waits.\n\n| what | p99 ms |\n| --- | ---: |\n| nginx | 1.5 |\n";
    assert_eq!(table.lines(), expected);
}

#[test]
fn a_number_is_found_by_row_and_column_and_nothing_else_is() {
    let mut table = Table::new("gateway", "The gateway", "By turns.", &["what", "requests/s"]);
    table.row("nginx", vec![Cell::number(20.0, 0)]);
    table.row("missing", vec![Cell::none()]);
    assert_eq!(table.cell("nginx", "requests/s").expect("a number").value, Some(20.0));
    for (row, column) in [("nginx", "ratio"), ("Doorward", "requests/s"), ("missing", "requests/s")] {
        assert!(table.cell(row, column).is_err(), "{row} {column}");
    }
}

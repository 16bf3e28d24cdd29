use clap::Parser;

use super::{FIGURES, Group};

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    options: super::Options,
}

#[test]
fn what_a_quick_run_says_is_never_kept() {
    let parse = |more: &[&str]| Command::try_parse_from([&["measure", "--doorward", "doorward"], more].concat());
    assert!(parse(&["--quick"]).is_ok_and(|command| command.options.write.is_none()));
    assert!(parse(&["--write", "docs"]).is_ok_and(|command| command.options.write.is_some()));
    assert!(parse(&["--quick", "--write", "docs"]).is_err());
}

#[test]
fn the_list_of_figures_has_all_of_them_in_their_order() {
    let listed: Vec<_> = include_str!("../../figures.txt").lines().filter_map(|line| line.split_once(' ')).collect();
    let group = |group| match group {
        Group::Own => "own",
        Group::Peers => super::PEERS,
        Group::Scale => super::SCALE,
    };
    assert_eq!(listed, FIGURES.map(|figure| (figure.name, group(figure.group))));
}

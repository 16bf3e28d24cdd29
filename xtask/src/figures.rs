//! The figures that there are, by name, so that a wrong one is refused before anything is installed or built.

/// Each with what it is asked for with; the benchmarks check that it is all that they have.
const LIST: &str = include_str!("../../bench/figures.txt");
/// All with peers.
pub(crate) const PEERS: &str = "peers";
/// All about growth.
const SCALE: &str = "scale";
/// What is counted, and asserted: it does not depend on what else the machine does.
pub(crate) const INSTRUCTIONS: &str = "instructions";

/// All that may be asked for.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    list().map(|(name, _)| name).chain([PEERS, SCALE, INSTRUCTIONS])
}

/// Whether peers are needed for it.
pub(crate) fn has_peers(name: &str) -> bool {
    name == PEERS || list().any(|(figure, group)| figure == name && group == PEERS)
}

fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once(' '))
}

//! Instructions by benchmark, and with what they were counted.

use std::collections::BTreeMap;

use anyhow::Context as _;

/// So many hundredths more are no complaint.
const MARGIN: u64 = 5;
/// Where they were counted by another compiler, or for another processor: both choose other instructions.
const WIDE_MARGIN: u64 = 15;

const HEAD: &str = "\
# How many instructions each benchmark of judge.rs takes. `cargo xtask test` fails where one takes 5 % more, or 15 % with
# another compiler or processor than these. Where that is meant, `cargo xtask bench instructions --write` renews this file.
";

pub(super) struct Counts {
    pub(super) compiler: String,
    pub(super) machine: String,
    pub(super) all: BTreeMap<String, u64>,
}

impl Counts {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let mut counts = Self { compiler: String::new(), machine: String::new(), all: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.split_once(": ").with_context(|| format!("`{line}` is no `name: value`"))?;
            match name {
                "compiler" => counts.compiler = value.into(),
                "machine" => counts.machine = value.into(),
                name => drop(counts.all.insert(name.into(), value.parse().with_context(|| line.to_owned())?)),
            }
        }
        Ok(counts)
    }

    pub(super) fn text(&self) -> String {
        let Self { compiler, machine, all } = self;
        let counts: String = all.iter().map(|(name, count)| format!("{name}: {count}\n")).collect();
        format!("{HEAD}compiler: {compiler}\nmachine: {machine}\n{counts}")
    }

    /// Hundredths that these may be above those.
    pub(super) fn margin(&self, kept: &Self) -> u64 {
        let is_alike = self.compiler == kept.compiler && self.machine == kept.machine;
        if is_alike { MARGIN } else { WIDE_MARGIN }
    }

    /// What of these is more than was kept, or is not kept at all; and what is kept and was not counted.
    pub(super) fn complaints(&self, kept: &Self) -> Vec<String> {
        let margin = self.margin(kept);
        let mut complaints = Vec::new();
        for (name, now) in &self.all {
            match kept.all.get(name) {
                None => complaints.push(format!("{name}: {now}, and none are kept")),
                Some(before) if now * 100 > before * (100 + margin) => {
                    complaints.push(format!("{name}: {now}, and {before} are kept"));
                }
                Some(_) => {}
            }
        }
        let gone = kept.all.keys().filter(|name| !self.all.contains_key(*name));
        complaints.extend(gone.map(|name| format!("{name}: kept, and not counted")));
        complaints
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counts(lines: &str) -> Counts {
        Counts::parse(&format!("# what this is\ncompiler: rustc 1.95\nmachine: x86_64\n{lines}")).expect("counts")
    }

    #[test]
    fn a_count_that_grew_by_six_hundredths_is_a_complaint() {
        let complaints = counts("judge.read: 10600\n").complaints(&counts("judge.read: 10000\n"));
        assert_eq!(complaints, ["judge.read: 10600, and 10000 are kept"]);
    }

    #[test]
    fn a_count_that_grew_by_five_hundredths_or_fell_is_none() {
        for now in ["10500", "10000", "5000"] {
            let complaints = counts(&format!("judge.read: {now}\n")).complaints(&counts("judge.read: 10000\n"));
            assert!(complaints.is_empty(), "{complaints:?}");
        }
    }

    #[test]
    fn another_compiler_or_processor_has_more_to_spare_but_not_everything() {
        for other in [("rustc 1.96", "x86_64"), ("rustc 1.95", "aarch64")] {
            for (now, complaints) in [("11500", 0), ("11501", 1)] {
                let mut counted = counts(&format!("judge.read: {now}\n"));
                (counted.compiler, counted.machine) = (other.0.into(), other.1.into());
                assert_eq!(
                    counted.complaints(&counts("judge.read: 10000\n")).len(),
                    complaints,
                    "{now} with {other:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_counted_and_not_kept_is_a_complaint_and_so_is_the_reverse() {
        let complaints = counts("judge.read: 1\n").complaints(&counts("judge.write: 1\n"));
        assert_eq!(complaints, ["judge.read: 1, and none are kept", "judge.write: kept, and not counted"]);
    }

    #[test]
    fn what_is_kept_is_read_as_it_was_written() {
        let text = counts("judge.read: 10000\njudge.write: 29808\n").text();
        assert_eq!(Counts::parse(&text).expect("counts").text(), text);
    }
}

//! Limitations of policies and of assignments, as rules say them.

use std::collections::BTreeMap;

/// What limits a grant: the values that meet each limitation, by the name that it has in rules. Empty: nothing does.
pub type Limits = BTreeMap<String, Vec<String>>;

/// One limitation, as the tables have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limitation {
    pub identifier: String,
    pub values: Vec<String>,
}

/// The siteaccesses that are served here, the usual one first.
pub struct Siteaccesses<'a>(pub &'a [String]);

/// The identifier of the limitation to siteaccesses.
const SITEACCESS: &str = "SiteAccess";
/// Limitations to what is the user's own, where the value is 1. What is the own of a guest's session, 2, no rule can say.
const OWN: [&str; 2] = ["Owner", "ParentOwner"];
/// Limitations whose value 1 means the groups of the user, which no request says.
const OWN_GROUPS: [&str; 2] = ["Group", "ParentGroup"];
/// Limitations to what is below a place.
const PLACES: [&str; 2] = ["Subtree", "User_Subtree"];

impl Limitation {
    /// `Section 1, 3`, for people.
    pub fn text(&self) -> String {
        let values: Vec<&str> = self.values.iter().map(String::as_str).take(10).collect();
        let more = if self.values.len() > values.len() { ", …" } else { "" };
        format!("{} {}{more}", self.identifier, values.join(", "))
    }

    /// Adds it to what limits a grant already: both must be met.
    ///
    /// # Errors
    /// Why rules cannot say it without granting more.
    pub fn limit(&self, limits: &mut Limits, siteaccesses: &Siteaccesses<'_>) -> Result<(), String> {
        let Some((name, values)) = self.as_rule(siteaccesses)? else { return Ok(()) };
        match limits.get_mut(&name) {
            None => drop(limits.insert(name, values)),
            Some(before) => {
                let both = common(before, &values);
                if both.is_empty() {
                    return Err("its limitations contradict each other".into());
                }
                *before = both;
            }
        }
        Ok(())
    }

    /// The name and the values that rules have for it. None where it is met by every request here.
    fn as_rule(&self, siteaccesses: &Siteaccesses<'_>) -> Result<Option<(String, Vec<String>)>, String> {
        let identifier = self.identifier.as_str();
        let unsaid = || format!("rules cannot say the limitation {identifier}, and would grant more");
        if identifier == SITEACCESS {
            return siteaccesses.met_by(&self.values);
        }
        let name = kebab(identifier).ok_or_else(unsaid)?;
        let values: Vec<String> = if OWN.contains(&identifier) {
            self.values.iter().filter(|value| value.trim() == "1").map(|_| "%user_id%".to_owned()).take(1).collect()
        } else if OWN_GROUPS.contains(&identifier) {
            Vec::new()
        } else if PLACES.contains(&identifier) {
            self.values.iter().filter_map(|value| place(value)).collect()
        } else {
            self.values.iter().map(|value| value.trim()).filter(|value| is_plain(value)).map(str::to_owned).collect()
        };
        // Fewer values grant less: the others are left out. Without any nobody may.
        if values.is_empty() { Err(unsaid()) } else { Ok(Some((name, values))) }
    }
}

impl Siteaccesses<'_> {
    /// Which of those that are served here the values name. eZ keeps a siteaccess as the CRC-32 of its name, without a sign.
    fn met_by(&self, values: &[String]) -> Result<Option<(String, Vec<String>)>, String> {
        let is_met = |name: &&String| {
            let here = crc32fast::hash(name.as_bytes()).to_string();
            values.iter().any(|value| value.trim() == here)
        };
        let met: Vec<String> = self.0.iter().filter(is_met).cloned().collect();
        match met.len() {
            0 => {
                let names: Vec<String> =
                    self.0.iter().map(|name| format!("`{}`", super::grant::one_line(name))).collect();
                Err(format!("it is for other siteaccesses than {}", names.join(", ")))
            }
            all if all == self.0.len() => Ok(None),
            _ => Ok(Some(("siteaccess".to_owned(), met))),
        }
    }
}

/// `ParentOwner` is `parent-owner`. None for what no name in rules can be, and for a name with another meaning there.
fn kebab(identifier: &str) -> Option<String> {
    let mut name = String::new();
    for (at, letter) in identifier.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 && !name.ends_with(['-', '_', '.']) {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (letters && (1..=64).contains(&name.len()) && name != "siteaccess").then_some(name)
}

/// Whether rules take a value for itself: for no placeholder, and for no path.
fn is_plain(value: &str) -> bool {
    let letters = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'));
    letters && (1..=100).contains(&value.len())
}

/// `/1/2/`, with the slash at its end that some versions leave out.
fn place(value: &str) -> Option<String> {
    let nodes = value.trim().strip_prefix('/')?;
    let nodes = nodes.strip_suffix('/').unwrap_or(nodes);
    let is_node = |node: &str| node.len() <= 20 && !node.is_empty() && node.bytes().all(|b| b.is_ascii_digit());
    (nodes.len() <= 200 && nodes.split('/').all(is_node)).then(|| format!("/{nodes}/"))
}

/// What meets both: the same values, and of two places the one below the other.
fn common(one: &[String], two: &[String]) -> Vec<String> {
    let mut both = Vec::new();
    for first in one {
        for second in two {
            let narrower = match (first.ends_with('/'), second.ends_with('/')) {
                (true, true) if first.starts_with(second.as_str()) => Some(first),
                (true, true) if second.starts_with(first.as_str()) => Some(second),
                (false, false) if first == second => Some(first),
                _ => None,
            };
            both.extend(narrower.filter(|value| !both.contains(*value)).cloned().into_iter().collect::<Vec<_>>());
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(identifier: &str, values: &[&str]) -> Result<String, String> {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let mut limits = Limits::new();
        let served = ["site".to_owned(), "shop".to_owned()];
        Limitation { identifier: identifier.into(), values }.limit(&mut limits, &Siteaccesses(&served))?;
        Ok(limits.iter().map(|(name, values)| format!("{name} = {}", values.join(" "))).collect())
    }

    #[test]
    fn each_limitation_has_a_name_and_values_in_rules() {
        for (identifier, values, rule) in [
            ("Section", &["1", "3"][..], "section = 1 3"),
            ("Owner", &["1"], "owner = %user_id%"),
            ("ParentOwner", &["1", "2"], "parent-owner = %user_id%"),
            ("Subtree", &["/1/2/", "/1/43"], "subtree = /1/2/ /1/43/"),
            ("StateGroup_ez_lock", &["1"], "state-group_ez_lock = 1"),
            ("Language", &["eng-GB", "ger-DE"], "language = eng-GB ger-DE"),
            ("SiteAccess", &["1766001124"], "siteaccess = site"),
            ("SiteAccess", &["1766001124", "2892647586"], ""),
        ] {
            assert_eq!(read(identifier, values).as_deref(), Ok(rule), "{identifier} {values:?}");
        }
    }

    #[test]
    fn what_no_rule_can_say_is_refused_and_never_left_out() {
        for (identifier, values) in [
            ("Owner", &["2"][..]),
            ("Group", &["1"]),
            ("ParentGroup", &["1"]),
            ("Section", &[]),
            ("Section", &["%user_id%", "/1/", "a b", ""]),
            ("Subtree", &["1/2/", "/", "/1//2/", "/1/x/", "//1"]),
            ("SiteAccess", &["7"]),
            ("SiteAccess", &[]),
            ("siteaccess", &["site"]),
            ("Siteaccess", &["site"]),
            ("", &["1"]),
            ("A B", &["1"]),
        ] {
            assert!(read(identifier, values).is_err(), "{identifier} {values:?}");
        }
    }

    #[test]
    fn two_limitations_of_one_name_must_both_be_met() {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(common(&texts(&["1", "2", "3"]), &texts(&["3", "1"])), ["1", "3"]);
        assert_eq!(common(&texts(&["/1/2/", "/1/5/"]), &texts(&["/1/2/8/", "/1/"])), ["/1/2/8/", "/1/2/", "/1/5/"]);
        assert!(common(&texts(&["/1/2/"]), &texts(&["/1/23/"])).is_empty());
    }
}

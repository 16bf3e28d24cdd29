//! Names of parameters, and what may be taken for them.

use std::fmt;

/// The path of a parameter: one step or several.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Steps(Box<[Step]>);

/// One step of a path, as it was written and as it is compared.
#[derive(Clone, PartialEq, Eq)]
struct Step {
    written: Box<str>,
    folded: Box<str>,
}

/// How a name in a request relates to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Another parameter.
    Other,
    /// The very parameter, or something below it.
    Alias,
    /// A step on the way to it, with its own value.
    OnTheWay,
}

impl Steps {
    /// Reads `customerId`, `customer.id` or `customer[id]`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let step = |written: &str| Step { written: written.into(), folded: fold(written).into() };
        let steps: Box<[Step]> = split(text).map(step).collect();
        let named = steps.iter().all(|step| !step.folded.is_empty() && !step.written.contains(['%', '&', '=', '"']));
        (named && !steps.is_empty() && steps.len() <= 8).then_some(Self(steps))
    }

    /// Whether a name of one step may be taken for this parameter.
    pub(crate) fn is_alias(&self, name: &str) -> bool {
        fold(name) == self.whole()
    }

    /// Whether two paths are the same, one leads through the other, or a name could be taken for a part of both in two ways,
    /// as `ab` for the beginnings of `ab.c` and `a.b`.
    pub(crate) fn collide(&self, other: &Self) -> bool {
        let through = self.0.iter().zip(&other.0).all(|(one, two)| one.folded == two.folded);
        let shared = self.0.iter().zip(&other.0).take_while(|(one, two)| one.folded == two.folded).count();
        let theirs = other.beginnings(shared);
        through || self.beginnings(shared).iter().any(|mine| theirs.contains(mine))
    }

    /// The names of one step that stand for the first steps, from one more than `shared` to all of them.
    fn beginnings(&self, shared: usize) -> Vec<String> {
        (shared + 1..=self.0.len()).map(|length| join(&self.0[..length])).collect()
    }

    /// How a name in a query or a form, such as `customer[id]` or `customer.id`, relates to this path.
    pub(crate) fn relate(&self, name: &str) -> Relation {
        if self.is_alias(name) {
            return Relation::Alias;
        }
        relate(&self.0, name)
    }

    /// Whether `key`, in an object that is reached by the first `depth` steps, may be taken for the next step, and whether
    /// that one is the last.
    pub(crate) fn relate_key(&self, depth: usize, key: &str) -> Relation {
        let folded = fold(key);
        let Some(rest) = self.0.get(depth..).filter(|rest| !rest.is_empty()) else { return Relation::Other };
        if *rest[0].folded == *folded {
            return if rest.len() == 1 { Relation::Alias } else { Relation::OnTheWay };
        }
        // `customer.id` or `customerId` as one key, where the path has two steps.
        let is_joined = (2..=rest.len()).any(|length| join(&rest[..length]) == folded);
        if is_joined { Relation::Alias } else { relate(rest, key) }
    }

    /// The written form of one step.
    pub(crate) fn written(&self, depth: usize) -> &str {
        self.0.get(depth).map_or("", |step| &step.written)
    }

    /// Whether this path and another have their first steps in common.
    pub(crate) fn begins_like(&self, other: &Self, depth: usize) -> bool {
        let (Some(mine), Some(theirs)) = (self.0.get(..depth), other.0.get(..depth)) else { return false };
        mine.iter().zip(theirs).all(|(one, two)| one.folded == two.folded)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The name in a query or a form: `customer[id]`.
    pub(crate) fn in_query(&self) -> String {
        let mut name = self.written(0).to_owned();
        self.0[1..].iter().for_each(|step| name.extend(["[", &step.written, "]"]));
        name
    }

    fn whole(&self) -> String {
        join(&self.0)
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            write!(f, "{}{}", if place > 0 { "." } else { "" }, step.written)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a name with steps of its own relates to steps.
fn relate(steps: &[Step], name: &str) -> Relation {
    let is_list = |found: &str| found.bytes().all(|byte| byte.is_ascii_digit());
    let mut folded = split(name).map(fold);
    for (place, step) in steps.iter().enumerate() {
        match folded.next() {
            Some(found) if *found == *step.folded => {}
            // `a=1`, `a[]=1` and `a[0]=1` put a scalar or a list where the path needs an object.
            None => return Relation::OnTheWay,
            Some(found) if place > 0 && is_list(&found) => return Relation::OnTheWay,
            Some(_) => return Relation::Other,
        }
    }
    Relation::Alias
}

fn join(steps: &[Step]) -> String {
    steps.iter().map(|step| &*step.folded).collect()
}

/// What is left of a name for readers who overlook case and separators: letters and digits, in lower case. Going by way
/// of upper case also takes `\u{17F}` for `s`, as some readers do.
fn fold(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// The steps of `a.b`, `a[b]` and `a[b].c`. Empty steps are kept: `a[]` is a list. What follows a `]` is overlooked, as
/// by readers that overlook it.
fn split(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '[']).map(|step| step.split_once(']').map_or(step, |(inside, _)| inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Steps {
        Steps::parse(text).expect(text)
    }

    #[test]
    fn every_spelling_of_a_name_is_its_alias() {
        let path = steps("customerId");
        for name in [
            "customerId",
            "customer_id",
            "customer-id",
            "CUSTOMERID",
            "Customer_Id",
            "customer.id",
            "customer[id]",
            "customer id",
            "customerId[]",
            "customer_id[0]",
            "customerId[x][y]",
            "cu\u{17F}tomerId",
            "customerid]",
            "[customerId]",
        ] {
            assert_eq!(path.relate(name), Relation::Alias, "{name}");
        }
        for name in ["customer", "id", "customerIds", "xcustomerId", "", "[]", "0"] {
            assert_eq!(path.relate(name), Relation::Other, "{name}");
        }
    }

    #[test]
    fn a_path_of_steps_is_met_by_step_and_as_a_whole() {
        let path = steps("customer.id");
        for name in ["customer[id]", "customer.id", "Customer[ID]", "customer[id][0]", "customerId", "customer[id]x"] {
            assert_eq!(path.relate(name), Relation::Alias, "{name}");
        }
        for name in ["customer", "customer[]", "customer[0]", "CUSTOMER"] {
            assert_eq!(path.relate(name), Relation::OnTheWay, "{name}");
        }
        for name in ["customer[name]", "order[id]", "id", "customers"] {
            assert_eq!(path.relate(name), Relation::Other, "{name}");
        }
        assert_eq!(path.in_query(), "customer[id]");
    }

    #[test]
    fn a_key_of_an_object_is_met_as_a_name_in_a_query_is() {
        let path = steps("customer.id");
        for key in ["customerId", "customer.id", "customer[id]", "customer.id.x", "customer[id][0]", "CUSTOMER ID"] {
            assert_eq!(path.relate_key(0, key), Relation::Alias, "{key}");
        }
        for key in ["customer", "Customer_", "customer[]", "customer[0]", "customer.7.id"] {
            assert_eq!(path.relate_key(0, key), Relation::OnTheWay, "{key}");
        }
        for key in ["id", "customers", "customer.name", "customer.name.id", "", "0"] {
            assert_eq!(path.relate_key(0, key), Relation::Other, "{key}");
        }
        for key in ["id", "I-D", "id[0]", "id.x"] {
            assert_eq!(path.relate_key(1, key), Relation::Alias, "{key}");
        }
        assert_eq!(path.relate_key(1, "customerId"), Relation::Other);
        assert_eq!(path.relate_key(2, "id"), Relation::Other);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", ".", "a..b", "a[]", "_", "a.", "a=b", "1.2.3.4.5.6.7.8.9"] {
            assert!(Steps::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn paths_that_lead_through_each_other_collide() {
        assert!(steps("a.b").collide(&steps("A")));
        assert!(steps("a.b").collide(&steps("a_b")));
        assert!(!steps("a.b").collide(&steps("a.c")));
        assert!(steps("ab.c").collide(&steps("a.b")));
        assert!(steps("ab.c").collide(&steps("a.b.d")));
        assert!(steps("x.a.bc").collide(&steps("x.ab.cd")) == steps("x.ab.cd").collide(&steps("x.a.bc")));
        assert!(!steps("a.b.c").collide(&steps("a.bd.c")));
    }
}

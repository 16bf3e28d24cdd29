//! Lists that can be put in order by their columns: a link in the head of each, which works without scripts.

use super::asked::Asked;

/// The head of a column.
pub(super) struct Head {
    /// What `sort` says behind the link; empty for the order that needs no word.
    pub(super) sort: &'static str,
    /// The address that the link leads to.
    pub(super) query: String,
    /// How the list is in order by this column now, in the words of ARIA.
    pub(super) now: Option<&'static str>,
}

impl Head {
    /// The head of a column whose first order is `first` and whose other one is `other`, each as the API says it. An order
    /// with `-` before it is the descending one.
    pub(super) fn of(asked: &Asked, first: &'static str, other: &'static str, usual: &str) -> Self {
        let sort = Some(asked.value("sort")).filter(|sort| !sort.is_empty()).unwrap_or(usual);
        let next = if sort == first { other } else { first };
        let next = if next == usual { "" } else { next };
        let now = if sort.starts_with('-') { "descending" } else { "ascending" };
        Self {
            sort: next,
            query: asked.without(&["after"]).with("sort", next).query(),
            now: (sort == first || sort == other).then_some(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_puts_in_order_and_then_turns_round() {
        let head = |query: &str, first, other| {
            let asked = Asked::read(Some(query), &["role", "sort", "after"]);
            let Head { query, now, .. } = Head::of(&asked, first, other, "login");
            (query, now)
        };
        assert_eq!(head("role=a", "login", "-login"), ("role=a&sort=-login".into(), Some("ascending")));
        assert_eq!(head("role=a&sort=-login", "login", "-login"), ("role=a".into(), Some("descending")));
        assert_eq!(head("after=x", "-created", "created"), ("sort=-created".into(), None));
        assert_eq!(head("sort=-created", "-created", "created"), ("sort=created".into(), Some("descending")));
    }
}

//! A part of a list that is known whole, when all of it would be too long for a page.

use super::asked::Asked;

/// Some of the items, and where the others are.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    /// The queries of the parts before and behind.
    pub(super) before: Option<String>,
    pub(super) next: Option<String>,
    /// The place of the first item, from 1, and of the last one.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) all: usize,
}

impl<T> Part<T> {
    /// The part that an address asks for in this field, which says how many are passed over. What is no such number is 0.
    pub(super) fn of(all: impl IntoIterator<Item = T>, asked: &Asked, field: &'static str, size: usize) -> Self {
        let passed: usize = asked.value(field).parse().unwrap_or(0);
        let mut items = Vec::new();
        let mut count = 0;
        for item in all {
            if count >= passed && items.len() < size {
                items.push(item);
            }
            count += 1;
        }
        let at = |place: usize| asked.with(field, &if place == 0 { String::new() } else { place.to_string() }).query();
        let last = passed.saturating_add(items.len()).min(count);
        Self {
            before: (passed > 0).then(|| at(passed.min(count).saturating_sub(size))),
            next: (last < count).then(|| at(last)),
            first: if items.is_empty() { last } else { passed + 1 },
            items,
            last,
            all: count,
        }
    }

    /// The same part, with something made of each item.
    pub(super) fn map<U>(self, made: impl FnMut(T) -> U) -> Part<U> {
        let Self { items, before, next, first, last, all } = self;
        Part { items: items.into_iter().map(made).collect(), before, next, first, last, all }
    }

    /// Whether there is more than this part.
    pub(super) fn is_some_of_many(&self) -> bool {
        self.before.is_some() || self.next.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(query: &str) -> (Vec<usize>, Option<String>, Option<String>) {
        let asked = Asked::read(Some(query), &["of", "after"]);
        let part = Part::of(1..=7, &asked, "after", 3);
        assert_eq!(part.all, 7);
        (part.items, part.before, part.next)
    }

    #[test]
    fn all_parts_together_have_each_item_once() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(part("of=all"), (vec![1, 2, 3], None, some("of=all&after=3")));
        assert_eq!(part("of=all&after=3"), (vec![4, 5, 6], some("of=all"), some("of=all&after=6")));
        assert_eq!(part("after=6"), (vec![7], some("after=3"), None));
    }

    #[test]
    fn whatever_stands_in_an_address_there_is_a_part_and_a_way_back() {
        for odd in ["after=x", "after=-1", "after=", "after=99999999999999999999999"] {
            assert_eq!(part(odd).0, [1, 2, 3], "{odd}");
        }
        let greatest = format!("after={}", usize::MAX);
        assert_eq!(part(&greatest), (vec![], Some("after=4".to_owned()), None));
        assert_eq!(part("after=2").1, Some(String::new()));
    }
}

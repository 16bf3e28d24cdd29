//! Which of several routes Magento takes: the one whose path is the request's own, and else, of all that match, the last
//! one by the bytes of its path.
//!
//! Magento looks only at routes whose path begins as the request does, up to the first characters of the second segment
//! that are letters, digits or `_`. So routes are kept by their first two segments, and those that have a parameter there
//! are never found.

use std::collections::HashMap;

use super::method::Methods;
use super::pattern::{Pattern, Segment};
use super::table::{Asked, RouteId};

/// Routes below one root, in that order.
#[derive(Debug)]
pub(super) struct Precedence {
    /// Without a slash at its end.
    root: Box<str>,
    /// Routes without parameters, by their path.
    whole: HashMap<Box<str>, Vec<Candidate>>,
    /// The others by their first two segments, the last one by its bytes first.
    begun: HashMap<Box<str>, Vec<Candidate>>,
    /// All of them, in order.
    all: Vec<RouteId>,
}

#[derive(Debug)]
struct Candidate {
    pattern: Pattern,
    text: Box<str>,
    asked: Asked,
    id: RouteId,
}

impl Precedence {
    pub(super) fn below(root: &Pattern) -> Self {
        let root = if root.segments().is_empty() { String::new() } else { root.to_string() };
        Self { root: root.into(), whole: HashMap::new(), begun: HashMap::new(), all: Vec::new() }
    }

    /// Adds a route below the root, without `*rest`. Whether a request can find it at all.
    pub(super) fn insert(&mut self, pattern: &Pattern, asked: Asked, id: RouteId) -> bool {
        self.all.push(id);
        let text: Box<str> = pattern.to_string().into();
        let candidate = Candidate { pattern: pattern.clone(), text: text.clone(), asked, id };
        if pattern.parameters().next().is_none() {
            // A named method comes before `*`.
            let routes = self.whole.entry(text).or_default();
            let place = if asked == Asked::Every { routes.len() } else { 0 };
            routes.insert(place, candidate);
            return true;
        }
        let Some(beginning) = self.beginning(&text).filter(|beginning| is_found(&beginning[self.root.len()..])) else {
            return false;
        };
        let beginning = beginning.into();
        let routes = self.begun.entry(beginning).or_default();
        let rank = |candidate: &Candidate| (candidate.text.clone(), candidate.asked != Asked::Every);
        let own = rank(&candidate);
        let place = routes.partition_point(|other| rank(other) >= own);
        routes.insert(place, candidate);
        true
    }

    /// Whether a path is below the root.
    pub(super) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&*self.root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether a route is one of those that are found in this order alone.
    pub(super) fn has(&self, id: RouteId) -> bool {
        self.all.binary_search(&id).is_ok()
    }

    pub(super) fn find(&self, path: &str, method: Methods, every: Methods) -> Option<RouteId> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let takes = |candidate: &&Candidate| match candidate.asked {
            Asked::Named(methods) => methods.meets(method),
            Asked::Every => every.meets(method),
        };
        let whole = self.whole.get(path).and_then(|routes| routes.iter().find(takes));
        let begun = || {
            let routes = self.begun.get(self.beginning(path)?)?;
            routes.iter().filter(takes).find(|candidate| matches(&candidate.pattern, path))
        };
        whole.or_else(begun).map(|candidate| candidate.id)
    }

    /// A path up to its second segment below the root.
    fn beginning<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut segments = path.get(self.root.len()..)?.strip_prefix('/')?.splitn(3, '/');
        let length = segments.next()?.len() + segments.next()?.len() + 2;
        path.get(..self.root.len() + length)
    }
}

/// Whether Magento finds routes that begin so: `/V1/customers`.
fn is_found(beginning: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut segments = beginning.trim_start_matches('/').split('/');
    let first = segments.next().is_some_and(|first| !first.is_empty() && first.bytes().all(is_word));
    first && segments.next().is_some_and(|second| second.bytes().next().is_some_and(is_word))
}

/// Whether a path has the segments of a pattern without `*rest`; no segment of a path is empty.
fn matches(pattern: &Pattern, path: &str) -> bool {
    let mut rest = path.strip_prefix('/').unwrap_or(path).split('/');
    let all = pattern.segments().iter().all(|segment| match (segment, rest.next()) {
        (_, None | Some("")) | (Segment::Rest(_), _) => false,
        (Segment::Literal(text), Some(found)) => **text == *found,
        (Segment::Parameter(_), Some(_)) => true,
    });
    all && rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(paths: &[&str]) -> (Precedence, Vec<bool>) {
        let parse = |text: &str| Pattern::parse(text).expect(text);
        let mut precedence = Precedence::below(&parse("/rest"));
        let mut found = Vec::new();
        for (place, path) in paths.iter().enumerate() {
            found.push(precedence.insert(&parse(path), Asked::Named(Methods::GET), RouteId(place as u32)));
        }
        (precedence, found)
    }

    fn winner<'p>(paths: &[&'p str], path: &str) -> &'p str {
        let (precedence, _) = ordered(paths);
        precedence.find(path, Methods::GET, Methods::GET).map_or("", |id| paths[id.0 as usize])
    }

    #[test]
    fn the_last_one_by_its_bytes_wins_and_the_very_path_before_all() {
        let letters = ["/rest/V1/customers/me/:x", "/rest/V1/customers/:id/billing"];
        assert_eq!(winner(&letters, "/rest/V1/customers/me/billing"), letters[0]);
        // Digits and hyphens sort before the colon of a parameter.
        let digits = ["/rest/V1/codes/1x/:x", "/rest/V1/codes/:id/y"];
        assert_eq!(winner(&digits, "/rest/V1/codes/1x/y"), digits[1]);
        let hyphens = ["/rest/V1/codes/-x/:x", "/rest/V1/codes/:id/:x"];
        assert_eq!(winner(&hyphens, "/rest/V1/codes/-x/y"), hyphens[1]);
        let exact = ["/rest/V1/codes/1x", "/rest/V1/codes/:id"];
        assert_eq!(winner(&exact, "/rest/V1/codes/1x"), exact[0]);
    }

    #[test]
    fn names_of_parameters_count_as_bytes() {
        let paths = ["/rest/V1/carts/:a/items", "/rest/V1/carts/:b/:y"];
        assert_eq!(winner(&paths, "/rest/V1/carts/7/items"), paths[1]);
        // `-` sorts before the slash that follows the shorter name.
        let paths = ["/rest/V1/carts/:a/:y", "/rest/V1/carts/:a-b/items"];
        assert_eq!(winner(&paths, "/rest/V1/carts/7/items"), paths[0]);
    }

    #[test]
    fn a_parameter_in_the_first_two_segments_is_never_found() {
        let paths = ["/rest/V1/:x", "/rest/:v/carts/:x", "/rest/V1/-x/:y", "/rest/V1.0/x/:y", "/rest/V1/one-one/:y"];
        assert_eq!(ordered(&paths).1, [false, false, false, false, true]);
        assert_eq!(winner(&paths, "/rest/V1/-x/1"), "");
        assert_eq!(winner(&paths, "/rest/V1/one-one/2"), paths[4]);
        assert_eq!(winner(&paths, "/rest/V1/one-one"), "");
        // Without parameters they are found by their whole path.
        assert_eq!(winner(&["/rest/V1/-x"], "/rest/V1/-x"), "/rest/V1/-x");
    }

    #[test]
    fn no_segment_is_empty_and_none_is_missing() {
        let paths = ["/rest/V1/customers/:id/billingAddress"];
        for path in
            ["/rest/V1/customers//billingAddress", "/rest/V1/customers/7", "/rest/V1/customers/7/billingAddress/x"]
        {
            assert_eq!(winner(&paths, path), "", "{path}");
        }
        assert_eq!(winner(&paths, "/rest/V1/customers/7/billingAddress/"), paths[0]);
    }
}

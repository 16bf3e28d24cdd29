//! The route table: which route a request is for.
//!
//! One tree of segments for each host, and one for requests to any host. A look-up goes down the tree and tries a literal
//! before `:name` before `*rest`, and comes back when the method does not fit, so it visits each node once at most.

use std::collections::HashMap;

use memchr::memchr;

use super::method::Methods;
use super::pattern::{Pattern, Segment};
use super::precedence::Precedence;

/// A route of a policy: its place in [`Policy::routes`](super::Policy::routes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub u32);

/// The methods of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// These, GET with HEAD.
    Named(Methods),
    /// `*`: all that are known.
    Every,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// A route.
    Route(RouteId),
    /// Routes with these methods only; with none when nothing has this path.
    Other(Methods),
}

/// Routes by host and path.
#[derive(Debug, Default)]
pub(crate) struct Table {
    hosts: HashMap<Box<str>, Trie>,
    any_host: Trie,
}

impl Table {
    /// Adds a route. The routes of equal rank that have a method in common with it are handed back.
    pub(crate) fn insert(&mut self, host: Option<&str>, pattern: &Pattern, asked: Asked, id: RouteId) -> Vec<RouteId> {
        let trie = match host {
            Some(host) => self.hosts.entry(host.into()).or_default(),
            None => &mut self.any_host,
        };
        trie.insert(pattern, asked, id)
    }

    /// Finds a route that was inserted, and all others of which this is said below the same root, in the order that Magento has.
    /// Whether a request can find it at all.
    pub(crate) fn reorder(
        &mut self,
        host: Option<&str>,
        root: &Pattern,
        pattern: &Pattern,
        asked: Asked,
        id: RouteId,
    ) -> bool {
        let trie = match host {
            Some(host) => self.hosts.entry(host.into()).or_default(),
            None => &mut self.any_host,
        };
        trie.precedence.get_or_insert_with(|| Precedence::below(root)).insert(pattern, asked, id)
    }

    /// The winner: the host's own routes before those of any host. No method at all asks which ones there are.
    pub(crate) fn find(&self, host: &str, path: &str, method: Methods, every: Methods) -> Hit {
        let own = if self.hosts.is_empty() { None } else { self.hosts.get(host) };
        let mut other = Methods::default();
        for trie in own.into_iter().chain([&self.any_host]) {
            match trie.find(path, method, every) {
                Hit::Route(id) => return Hit::Route(id),
                Hit::Other(methods) => other = other.with(methods),
            }
        }
        Hit::Other(other)
    }
}

/// Routes by path.
#[derive(Debug)]
struct Trie {
    nodes: Vec<Node>,
    /// Some of them in another order.
    precedence: Option<Precedence>,
}

#[derive(Debug, Default)]
struct Node {
    /// By text, in order.
    literals: Vec<(Box<str>, usize)>,
    parameter: Option<usize>,
    rest: Leaf,
    end: Leaf,
}

/// The routes of one pattern.
#[derive(Debug, Default)]
struct Leaf {
    named: Vec<(Methods, RouteId)>,
    every: Option<RouteId>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], precedence: None }
    }
}

impl Trie {
    fn insert(&mut self, pattern: &Pattern, asked: Asked, id: RouteId) -> Vec<RouteId> {
        let mut at = 0;
        for segment in pattern.segments() {
            at = match segment {
                Segment::Literal(text) => self.literal(at, text),
                Segment::Parameter(_) => self.parameter(at),
                Segment::Rest(_) => return self.nodes[at].rest.insert(asked, id),
            };
        }
        self.nodes[at].end.insert(asked, id)
    }

    fn literal(&mut self, at: usize, text: &str) -> usize {
        match self.nodes[at].literals.binary_search_by(|(known, _)| (**known).cmp(text)) {
            Ok(place) => self.nodes[at].literals[place].1,
            Err(place) => {
                let new = self.add();
                self.nodes[at].literals.insert(place, (text.into(), new));
                new
            }
        }
    }

    fn parameter(&mut self, at: usize) -> usize {
        match self.nodes[at].parameter {
            Some(known) => known,
            None => {
                let new = self.add();
                self.nodes[at].parameter = Some(new);
                new
            }
        }
    }

    fn add(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn find(&self, path: &str, method: Methods, every: Methods) -> Hit {
        let Some(precedence) = self.precedence.as_ref().filter(|precedence| precedence.covers(path)) else {
            return self.search(path, method, every);
        };
        match precedence.find(path, method, every) {
            Some(id) => Hit::Route(id),
            None => match self.search(path, method, every) {
                Hit::Route(id) if precedence.has(id) => Hit::Other(Methods::default()),
                hit => hit,
            },
        }
    }

    fn search(&self, path: &str, method: Methods, every: Methods) -> Hit {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let mut search = Search { trie: self, method, every, other: Methods::default() };
        match search.descend(0, rest) {
            Some(id) => Hit::Route(id),
            None => Hit::Other(search.other),
        }
    }
}

struct Search<'t> {
    trie: &'t Trie,
    method: Methods,
    every: Methods,
    /// Methods of routes that have this path and not this method.
    other: Methods,
}

impl Search<'_> {
    /// The winner below a node. No deeper than the deepest pattern.
    fn descend(&mut self, at: usize, rest: &str) -> Option<RouteId> {
        let node = &self.trie.nodes[at];
        if rest.is_empty() {
            return self.choose(&node.end);
        }
        let (segment, after) = match memchr(b'/', rest.as_bytes()) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, ""),
        };
        if segment.is_empty() {
            return None;
        }
        let literal = node.literals.binary_search_by(|(known, _)| (**known).cmp(segment)).ok();
        if let Some(place) = literal
            && let Some(id) = self.descend(node.literals[place].1, after)
        {
            return Some(id);
        }
        if let Some(parameter) = node.parameter
            && let Some(id) = self.descend(parameter, after)
        {
            return Some(id);
        }
        self.choose(&node.rest)
    }

    /// A named method before `*`.
    fn choose(&mut self, leaf: &Leaf) -> Option<RouteId> {
        let named = leaf.named.iter().find(|(methods, _)| methods.meets(self.method));
        let every = leaf.every.filter(|_| self.every.meets(self.method));
        let winner = named.map(|(_, id)| *id).or(every);
        if winner.is_none() {
            let methods = leaf.named.iter().fold(Methods::default(), |all, (methods, _)| all.with(*methods));
            let every = if leaf.every.is_some() { self.every } else { Methods::default() };
            self.other = self.other.with(methods).with(every);
        }
        winner
    }
}

impl Leaf {
    fn insert(&mut self, asked: Asked, id: RouteId) -> Vec<RouteId> {
        match asked {
            Asked::Named(methods) => {
                let rivals = self.named.iter().filter(|(others, _)| others.meets(methods)).map(|(_, id)| *id).collect();
                self.named.push((methods, id));
                rivals
            }
            Asked::Every => {
                let rival = self.every.into_iter().collect();
                self.every.get_or_insert(id);
                rival
            }
        }
    }
}
